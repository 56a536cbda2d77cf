package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.resource.Resources;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Quantity;
import io.withingspg.store.Leases;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is not to be fetched is neither asked for nor stored. */
@ExtendWith(Rig.Provider.class)
final class BoundsIT {
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private static final List<String> DATED =
            List.of("measure_group", "activity_day", "workout", "sleep_summary", "heart_record");

    @Test
    void of_a_bounded_person_only_the_days_within_are_stored(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var from = today.minusDays(20);
        assertThat(rig.run(
                                "users",
                                "set",
                                id(ada),
                                "--from",
                                from.toString(),
                                "--until",
                                today.plusDays(5).toString())
                        .exitCode())
                .isZero();

        rig.run("sync");

        assertDays(rig, from, today.plusDays(5));
        assertThat(rig.count("SELECT count(*) FROM withings.activity_day"))
                .isEqualTo(ada.activities().stream()
                        .map(day -> day.path("date").asText())
                        .filter(day -> day.compareTo(from.toString()) >= 0)
                        .distinct()
                        .count());
        // A change filter returns old rows too, once somebody edits them.
        ada.measures(today.minusDays(25).atStartOfDay(ZoneOffset.UTC).toInstant(), 0, Quantity.of(1, "70"));
        ada.measures(Instant.now(), 0, Quantity.of(1, "71.234"));
        rig.run("sync");
        assertDays(rig, from, today.plusDays(5));
        assertThat(rig.count("SELECT count(*) FROM withings.measure WHERE value = 71.234"))
                .isEqualTo(1);
    }

    @Test
    void earlier_days_come_once_the_bound_is_moved(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("users", "set", id(ada), "--from", today.minusDays(5).toString());
        rig.run("sync");
        assertThat(rig.count("SELECT count(*) FROM withings.activity_day WHERE day < ?::date", today.minusDays(5)))
                .isZero();

        rig.run("users", "set", id(ada), "--from", today.minusDays(100).toString());
        rig.run("sync");

        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
    }

    @Test
    void no_call_is_made_for_a_person_whose_last_day_is_over(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("users", "set", id(ada), "--until", today.minusDays(2).toString());
        var calls = rig.withings().calls();

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).contains("is fetched until " + today.minusDays(2) + " only");
        assertThat(rig.withings().calls()).isEqualTo(calls);
    }

    @Test
    void the_last_day_is_asked_for_until_it_has_ended_everywhere(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("users", "set", id(ada), "--until", "2026-02-09");
        var west = Instant.parse("2026-02-10T11:59:59Z");
        rig.sql().execute("UPDATE sync.cursor SET next_due_at = '2026-02-01Z'");

        try (var service = rig.service()) {
            var person = service.people().find(ada.id()).orElseThrow();
            assertThat(person.isOver(west)).isFalse();
            assertThat(person.isOver(west.plusSeconds(1))).isTrue();
            var leases = new Leases(rig.sql(), "test");
            assertThat(leases.takeDue(Resources.names(), west.plusSeconds(1), 10, List.of()))
                    .isEmpty();
            assertThat(leases.takeDue(Resources.names(), west, 10, List.of())).containsExactly(ada.id());
        }
    }

    @Test
    void the_owner_s_earliest_day_bounds_everybody(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("BACKFILL_FROM", today.minusDays(10).toString());

        rig.run("sync");

        assertDays(rig, today.minusDays(10), today.plusDays(1));
        assertThat(rig.withings().seen().stream()
                        .filter(call -> call.action().equals("getactivity"))
                        .map(call -> call.arguments().get("startdateymd")))
                .containsOnly(today.minusDays(10).toString());
    }

    @Test
    void a_span_of_days_is_read_again_and_the_cursor_stays(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync");
        var reached = rig.column("SELECT resource || ' ' || reached_at || ' ' || next_due_at FROM sync.cursor"
                + " WHERE resource IN ('measures', 'activity', 'sleep', 'workouts', 'heart') ORDER BY 1");
        rig.sql()
                .execute(
                        "DELETE FROM withings.measure_group WHERE day BETWEEN ?::date AND ?::date",
                        today.minusDays(9),
                        today.minusDays(7));
        rig.sql().execute("DELETE FROM withings.activity_day");

        var ran = rig.run(
                "sync",
                "--from",
                today.minusDays(9).toString(),
                "--to",
                today.minusDays(7).toString());

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        assertThat(rig.column("SELECT DISTINCT day::text FROM withings.activity_day ORDER BY 1"))
                .isSubsetOf(today.minusDays(9)
                        .datesUntil(today.minusDays(6))
                        .map(LocalDate::toString)
                        .toList())
                .isNotEmpty();
        assertThat(rig.column("SELECT resource || ' ' || reached_at || ' ' || next_due_at FROM sync.cursor"
                        + " WHERE resource IN ('measures', 'activity', 'sleep', 'workouts', 'heart') ORDER BY 1"))
                .isEqualTo(reached);
    }

    @Test
    void a_full_sync_reads_everything_again(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync");
        rig.sql().execute("DELETE FROM withings.sleep_summary");
        rig.sql().execute("DELETE FROM withings.heart_record");
        rig.run("sync");
        assertThat(Told.differences(List.of(ada), rig.sql(), "sleep_summary")).isNotEmpty();

        rig.run("sync", "--full");

        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
    }

    @Test
    void heart_records_are_read_again_a_month_back(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "heart");
        rig.set("SYNC_TRAILING", "7d");

        rig.run("sync", "--resource", "heart");

        var asked = rig.withings().seen().getLast().arguments();
        assertThat(Instant.ofEpochSecond(Long.parseLong(asked.getOrDefault("startdate", "0"))))
                .isEqualTo(today.minusDays(7)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .minus(14, ChronoUnit.HOURS));
    }

    @Test
    void no_call_is_spent_on_what_the_person_did_not_grant(Rig rig) {
        var ada = rig.person(1);
        ada.grantsOnly(Set.of("user.metrics"));
        rig.enrol(ada);

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.withings().seen().stream()
                        .map(call -> call.path() + " " + call.action())
                        .distinct())
                .containsExactlyInAnyOrder(
                        "/v2/oauth2 requesttoken", "/measure getmeas", "/v2/heart list", "/v2/heart get");
        assertThat(Cursor.outcomes(rig, ada))
                .containsEntry("measures", "done")
                .containsEntry("activity", "not_permitted")
                .containsEntry("devices", "not_permitted");
        assertThat(Cursor.of(rig, ada, "goals").dueInMin()).isEqualTo(1440);
        assertThat(rig.count("SELECT calls FROM sync.run_resource WHERE resource = 'sleep'"))
                .isZero();
        assertThat(rig.run("status").out()).contains("not granted: user.info, user.activity");

        ada.grantsOnly(Set.of("user.metrics", "user.info", "user.activity"));
        rig.enrol(ada);
        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE next_due_at <= now()"))
                .isEqualTo(Resources.ALL.size());
        rig.run("sync");
        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
    }

    private static void assertDays(Rig rig, LocalDate from, LocalDate until) {
        for (var table : DATED) {
            assertThat(rig.count("SELECT count(*) FROM withings." + table))
                    .as(table)
                    .isPositive();
            assertThat(rig.count(
                            "SELECT count(*) FROM withings." + table + " WHERE day NOT BETWEEN ?::date AND ?::date",
                            from,
                            until))
                    .as(table)
                    .isZero();
        }
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
    }

    private static String id(Person person) {
        return Long.toString(person.id());
    }
}
