package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Quantity;
import io.withingspg.store.Leases;
import io.withingspg.sync.Replay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * After an update that understands more, what was kept is read again. What an older version would have left is put there
 * by hand: a field in {@code extra} and its column empty, a record among the rejects and not in its table.
 */
@ExtendWith(Rig.Provider.class)
final class ReplayIT {
    private static final String LISTS =
            "measure_group measure activity_day workout sleep_summary sleep_event heart_record";

    @Test
    void a_field_that_was_learned_leaves_extra_for_its_column(Rig rig) {
        var ada = synced(rig);
        var calls = rig.withings().calls();
        forget(rig, "measure_group", "attribution", "attrib");
        forget(rig, "measure", "fm", "fm");
        forget(rig, "activity_day", "steps", "steps");
        forget(rig, "workout", "attribution", "attrib");
        forget(rig, "sleep_summary", "score", "data.sleep_score");
        forget(rig, "heart_record", "afib", "ecg.afib");
        forget(rig, "activity_sample", "heart_rate", "heart_rate");
        forget(rig, "sleep_stage", "state", "state");
        assertThat(Told.differences(List.of(ada), rig.sql(), LISTS.split(" ", -1)))
                .isNotEmpty();

        var ran = rig.run("replay");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertSaysWhatWithingsSays(rig, ada);
        assertThat(rig.withings().calls()).isEqualTo(calls);
        assertThat(ran.out()).matches("(?s)[0-9,]+ pages read again: 0 rows new, [0-9,]+ changed, 0 rejected.*\\R");
        assertThat(rig.count("SELECT count(*) FROM sync.row_change WHERE table_name = 'workout' AND act = 'changed'"))
                .as("what the rows were before is kept")
                .isEqualTo(rig.count("SELECT count(*) FROM withings.workout"));
    }

    @Test
    void what_a_second_update_learns_comes_too_and_nothing_older_with_it(Rig rig) {
        var ada = synced(rig);
        var night = ada.nights().getFirst();
        ada.changes("getsummary", night.path("id").asLong(), row -> {
            row.withObject("/data").put("sleep_score", 3).put("hr_average", 99);
            return row;
        });
        days(rig, "sleep-samples");
        rig.run("sync", "--resource", "sleep");
        forget(rig, "sleep_summary", "score", "data.sleep_score");
        forget(rig, "activity_sample", "heart_rate", "heart_rate");
        forget(rig, "sleep_stage", "state", "state");
        rig.run("replay");
        forget(rig, "sleep_summary", "light_s", "data.lightsleepduration");
        forget(rig, "activity_sample", "duration_s", "duration");
        forget(rig, "sleep_stage", "model", "model");

        rig.run("replay");

        assertSaysWhatWithingsSays(rig, ada);
    }

    @Test
    void a_record_that_was_rejected_and_can_be_read_today_becomes_a_row(Rig rig) {
        var ada = synced(rig);
        var counts = counts(rig);
        var workout = ada.workouts().get(3);
        reject(rig, ada, "workouts", workout.toString());
        rig.sql()
                .execute(
                        "DELETE FROM withings.workout WHERE workout_id = ?",
                        workout.path("id").asLong());
        uncount(rig, "workouts", workout.path("date").asText());
        // Of this one the page is no longer kept.
        var night = ada.nights().get(2);
        reject(rig, ada, "sleep", night.toString());
        var events = rig.sql()
                .execute(
                        "DELETE FROM withings.sleep_event WHERE sleep_id = ?",
                        night.path("id").asLong());
        rig.sql()
                .execute(
                        "DELETE FROM withings.sleep_summary WHERE sleep_id = ?",
                        night.path("id").asLong());
        rig.sql().execute("UPDATE sync.cursor SET row_count = row_count - ? WHERE resource = 'sleep'", events);
        uncount(rig, "sleep", night.path("date").asText());
        rig.sql().execute("DELETE FROM sync.raw_page WHERE resource = 'sleep'");
        assertThat(counts(rig)).isNotEqualTo(counts);

        var ran = rig.run("replay");

        assertThat(ran.out()).contains(" 1 rejected records understood by now");
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
        assertThat(counts(rig)).isEqualTo(counts);
        assertSaysWhatWithingsSays(rig, ada);
    }

    @Test
    void a_part_that_was_rejected_comes_from_its_page(Rig rig) {
        var ada = synced(rig);
        var group = ada.groups().getFirst();
        var measure = group.path("measures").get(0);
        var part = new ObjectMapper()
                .createObjectNode()
                .put("grpid", group.path("grpid").asLong())
                .set("part", measure);
        reject(rig, ada, "measures", part.toString());
        rig.sql()
                .execute(
                        "DELETE FROM withings.measure WHERE group_id = ? AND type = ?",
                        group.path("grpid").asLong(),
                        measure.path("type").asInt());

        rig.run("replay", "--resource", "measures");

        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
        assertSaysWhatWithingsSays(rig, ada);
    }

    @Test
    void an_answer_never_undoes_what_a_newer_one_said(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "2");
        var at = Instant.now().minus(30, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        var edited = ada.measures(at, 0, Quantity.of(1, "70.5"), Quantity.of(6, "20.1"));
        var quietly = ada.measures(at.plusSeconds(60), 0, Quantity.of(1, "71.5"), Quantity.of(6, "21.1"));
        var deleted = ada.measures(at.plusSeconds(120), 0, Quantity.of(1, "72.5"));
        ada.goal("steps", "9000");
        ada.goal("sleep", "28800");
        rig.run("sync");
        ada.edits(edited, Quantity.of(1, "70.7"));
        var modified = group(ada, quietly).path("modified").asLong();
        ada.changes("getmeas", quietly, group -> {
            group.withArray("measures").remove(1);
            return group.put("modified", modified);
        });
        ada.deletes(deleted);
        ada.goal("steps", "null");
        ada.walks(LocalDate.now(ZoneOffset.UTC).minusDays(3), 4321);
        rig.run("sync", "--full");
        rig.run("sync", "--reconcile", "--accept-deletions");
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group WHERE deleted_at IS NOT NULL"))
                .isEqualTo(1);
        var before = rig.dump();

        var ran = rig.run("replay");

        assertThat(ran.out()).contains(": 0 rows new, 0 changed, 0 rejected");
        assertThat(rig.dump()).isEqualTo(before);
        forget(rig, "measure_group", "attribution", "attrib");
        forget(rig, "measure", "fm", "fm");
        rig.run("replay");
        assertThat(rig.column("SELECT group_id FROM withings.measure_group WHERE deleted_at IS NOT NULL"))
                .containsExactly(Long.toString(deleted));
        assertThat(rig.column(
                        "SELECT type || '=' || value FROM withings.measure WHERE group_id IN (?, ?) ORDER BY 1",
                        edited,
                        quietly))
                .containsExactly("1=70.7", "1=71.5");
        assertThat(rig.column("SELECT goal FROM withings.goal WHERE valid_to IS NULL AND goal IN ('steps', 'sleep')"))
                .containsExactly("sleep");
    }

    @Test
    void a_goal_that_ended_while_no_answers_were_kept_stays_ended(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.goal("steps", "9000");
        rig.run("sync", "--resource", "goals");
        rig.set("RAW_PAGES_KEEP", "0d");
        ada.goal("steps", "null");
        rig.run("sync", "--resource", "goals");
        var before = rig.dump();

        rig.run("replay");

        assertThat(rig.dump()).isEqualTo(before);
    }

    @Test
    void a_nap_that_is_gone_does_not_come_back_and_one_that_came_later_stays(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        nap(ada, 11);
        var gone = nap(ada, 13);
        days(rig, "sleep-samples");
        var stages = rig.count("SELECT count(*) FROM withings.sleep_stage");
        ada.deletesNight(gone);
        nap(ada, 15);
        nap(ada, 17);
        days(rig, "sleep-samples");
        var before = stages(rig);
        assertThat(stages).isPositive();

        rig.run("replay");

        assertThat(stages(rig)).isEqualTo(before);
        assertThat(rig.count("SELECT sum(row_count) FROM sync.cursor WHERE resource = 'sleep-samples'"))
                .isEqualTo(before.size() + rig.count("SELECT count(*) FROM withings.sleep_sample"));
    }

    @Test
    void a_nap_that_was_the_last_of_its_day_and_is_gone_does_not_come_back(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        nap(ada, 11);
        var gone = nap(ada, 18);
        days(rig, "sleep-samples");
        var stages = rig.count("SELECT count(*) FROM withings.sleep_stage");
        ada.deletesNight(gone);
        days(rig, "sleep-samples");
        var before = stages(rig);
        assertThat(before).hasSizeBetween(1, (int) stages - 1);

        rig.run("replay");

        assertThat(stages(rig)).isEqualTo(before);
    }

    @Test
    void samples_of_a_night_that_was_computed_anew_stay_as_they_came_last(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        days(rig, "sleep-samples");
        var before = rig.column("SELECT heart_rate FROM withings.sleep_sample ORDER BY sampled_at");
        for (var night : ada.nights().subList(0, 5)) {
            ada.changes("getsummary", night.path("id").asLong(), row -> {
                row.withObject("/data").put("hr_average", 58).put("hr_max", 120);
                return row;
            });
        }
        days(rig, "sleep-samples");
        var after = rig.column("SELECT heart_rate FROM withings.sleep_sample ORDER BY sampled_at");
        assertThat(after).isNotEqualTo(before);

        rig.run("replay");

        assertThat(rig.column("SELECT heart_rate FROM withings.sleep_sample ORDER BY sampled_at"))
                .isEqualTo(after);
    }

    @Test
    void whoever_is_killed_in_the_middle_goes_on(Rig rig) throws Exception {
        var ada = synced(rig);
        forget(rig, "activity_day", "steps", "steps");
        forget(rig, "workout", "attribution", "attrib");
        forget(rig, "sleep_summary", "score", "data.sleep_score");
        var settings = Settings.of(rig.environment(), Resources.names());
        var replay = new Replay(rig.sql(), settings, new Leases(rig.sql(), "killed"), Clock.systemUTC());
        replay.begin(List.of(), List.of(), false);
        var read = new AtomicInteger();
        assertThatThrownBy(() -> replay.run(
                        List.of(),
                        List.of(),
                        () -> {
                            if (read.incrementAndGet() == 4) {
                                throw new IllegalStateException("killed");
                            }
                        },
                        _ -> {}))
                .hasMessage("killed");
        var due = rig.count("SELECT count(*) FROM sync.cursor WHERE replay_due");
        assertThat(due).isBetween(1L, Resources.ALL.size() - 1L);

        var ran = rig.run("replay");

        assertThat(ran.err()).contains("Going on with a replay that was interrupted");
        assertThat(ran.exitCode()).isZero();
        assertSaysWhatWithingsSays(rig, ada);
        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE replay_due"))
                .isZero();
        assertThat(rig.run("replay").err()).doesNotContain("Going on");
    }

    @Test
    void one_person_and_one_resource_can_be_chosen(Rig rig) throws Exception {
        rig.enrolAll();
        rig.run("sync", "--resource", "workouts", "--resource", "activity");
        forget(rig, "workout", "attribution", "attrib");
        forget(rig, "activity_day", "steps", "steps");
        var whose = rig.person(1).id();

        var ran = rig.run("replay", "--user", Long.toString(whose), "--resource", "workouts", "--json");

        var said = new ObjectMapper().readTree(ran.out());
        assertThat(said.path("pages").asLong())
                .isEqualTo(rig.count(
                        "SELECT count(*) FROM sync.raw_page WHERE user_id = ? AND resource = 'workouts'", whose));
        assertThat(said.path("changed").asLong())
                .isEqualTo(rig.count("SELECT count(*) FROM withings.workout WHERE user_id = ?", whose));
        assertThat(rig.column("SELECT DISTINCT user_id FROM withings.workout WHERE attribution IS NOT NULL"))
                .containsExactly(Long.toString(whose));
        assertThat(rig.count("SELECT count(*) FROM withings.activity_day WHERE steps IS NOT NULL"))
                .isZero();
    }

    @Test
    void who_and_what_is_unknown_is_refused(Rig rig) {
        rig.run("migrate");
        assertThat(rig.run("replay", "--user", "17").exitCode()).isEqualTo(2);
        assertThat(rig.run("replay", "--user", "17").err()).contains("--user 17 is not enrolled");
        assertThat(rig.run("replay", "--resource", "steps").exitCode()).isEqualTo(2);
        assertThat(rig.run("replay").exitCode())
                .as("nothing to do is no failure")
                .isZero();
    }

    private static Person synced(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "3");
        assertThat(rig.run("sync").exitCode()).isZero();
        return ada;
    }

    private static void days(Rig rig, String resource) {
        var from = LocalDate.now(ZoneOffset.UTC).minusDays(3);
        assertThat(rig.run("sync", "--resource", resource, "--from", from.toString())
                        .exitCode())
                .isZero();
    }

    private static List<String> stages(Rig rig) {
        return rig.column("SELECT t::text FROM withings.sleep_stage t ORDER BY 1");
    }

    private static long nap(Person person, int hour) {
        var day = LocalDate.now(ZoneOffset.UTC).minusDays(2);
        return person.sleeps(day.atTime(hour, 0).toInstant(ZoneOffset.UTC), Duration.ofMinutes(50));
    }

    private static JsonNode group(Person person, long id) {
        return person.groups().stream()
                .filter(group -> group.path("grpid").asLong() == id)
                .findFirst()
                .orElseThrow();
    }

    private static void assertSaysWhatWithingsSays(Rig rig, Person person) {
        var from = LocalDate.now(ZoneOffset.UTC)
                .minusDays(3)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        assertThat(Told.differences(List.of(person), rig.sql())).isEmpty();
        var samples = ToldSamples.compare(List.of(person), rig.sql(), from, Instant.now());
        assertThat(samples.lacks()).isEmpty();
        assertThat(samples.has()).isEmpty();
    }

    /** @param field of the API, {@code data.x} where it is inside an object */
    private static void forget(Rig rig, String table, String column, String field) {
        var path = "{" + field.replace('.', ',') + "}";
        var outer = field.contains(".") ? field.substring(0, field.indexOf('.')) : null;
        var rows = rig.sql()
                .execute("UPDATE withings." + table + " SET " + column + " = NULL, extra = jsonb_set("
                        + (outer == null
                                ? "coalesce(extra, '{}')"
                                : "jsonb_build_object('" + outer + "', '{}'::jsonb) || coalesce(extra, '{}')")
                        + ", '" + path + "', to_jsonb(" + column + ")) WHERE " + column + " IS NOT NULL");
        assertThat(rows).as(table).isPositive();
    }

    /** As a version before would have: when its page came. */
    private static void reject(Rig rig, Person person, String resource, String record) {
        rig.sql()
                .execute(
                        "INSERT INTO sync.rejected_record (user_id, resource, fingerprint, reason, record, first_seen_at,"
                                + " last_seen_at, occurrences) SELECT ?, ?, sha256(?::bytea), 'once unreadable', ?::jsonb,"
                                + " max(asked_at), max(asked_at), 1 FROM sync.raw_page WHERE resource = ?",
                        person.id(),
                        resource,
                        record.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        record,
                        resource);
    }

    private static void uncount(Rig rig, String resource, String day) {
        rig.sql().execute("UPDATE sync.cursor SET row_count = row_count - 1 WHERE resource = ?", resource);
        rig.sql()
                .execute(
                        "UPDATE sync.coverage SET row_count = row_count - 1 WHERE resource = ? AND day = ?::date",
                        resource,
                        day);
    }

    private static List<String> counts(Rig rig) {
        return rig.column("SELECT resource || ' ' || row_count FROM sync.cursor"
                + " UNION ALL SELECT resource || ' ' || day || ' ' || row_count FROM sync.coverage ORDER BY 1");
    }
}
