package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What runs by itself: due work, and tokens kept fresh. */
@ExtendWith(Rig.Provider.class)
final class SchedulesIT {
    private static final String EVERY_SECOND = "* * * * * ?";
    private static final String NEVER = "0 0 0 1 1 ? 2099";

    @Test
    void due_work_is_done_and_becomes_due_again_after_its_own_interval(Rig rig) {
        rig.enrolAll();
        rig.set("SYNC_EVERY_MEASURES", "45m").set("SYNC_EVERY_GOALS", "2d");
        try (var service = schedules(rig, EVERY_SECOND, NEVER)) {
            assertThat(service.people().list(List.of())).hasSize(3);
            for (var person : rig.withings().people()) {
                awaitAll(rig, person);
                assertThat(Cursor.of(rig, person, "measures").dueInMin()).isBetween(44L, 45L);
                assertThat(Cursor.of(rig, person, "sleep").dueInMin()).isBetween(29L, 30L);
                assertThat(Cursor.of(rig, person, "heart").dueInMin()).isBetween(359L, 360L);
                assertThat(Cursor.of(rig, person, "goals").dueInMin()).isBetween(2879L, 2880L);
            }
            assertThat(Told.differences(rig.withings().people(), rig.sql())).isEmpty();

            var ada = rig.person(1);
            var weighed = ada.weighs(new BigDecimal("70.3"));
            rig.sql()
                    .execute(
                            "UPDATE sync.cursor SET next_due_at = now() WHERE user_id = ? AND resource = 'measures'",
                            ada.id());
            Await.until(
                    "the weighing is here",
                    () -> rig.count("SELECT count(*) FROM withings.measure_group WHERE group_id = ?", weighed) == 1);
        }
        assertThat(rig.count("SELECT count(*) FROM sync.run WHERE cause <> 'schedule' OR outcome <> 'done'"))
                .isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.run_resource"))
                .as("only what was due took a turn")
                .isEqualTo(3L * Resources.ALL.size() + 1);
        assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
    }

    @Test
    void a_restart_loses_no_due_work(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        try (var first = schedules(rig, EVERY_SECOND, NEVER)) {
            assertThat(first.people().find(ada.id())).isPresent();
            awaitAll(rig, ada);
        }
        // Fell due while nothing ran, and one turn broke off in the middle.
        rig.sql()
                .execute(
                        "UPDATE sync.cursor SET next_due_at = now() - interval '3 days', reached_at = NULL,"
                                + " last_outcome = NULL, resume_offset = 20, resume_started_at = now() WHERE resource = 'workouts'");
        rig.sql()
                .execute("UPDATE sync.cursor SET next_due_at = now() - interval '2 days', last_outcome = NULL"
                        + " WHERE resource = 'goals'");

        try (var second = schedules(rig, EVERY_SECOND, NEVER)) {
            assertThat(second.people().find(ada.id())).isPresent();
            awaitAll(rig, ada);
        }

        assertThat(Cursor.of(rig, ada, "workouts").reached()).isTrue();
        assertThat(Cursor.of(rig, ada, "goals").dueInMin()).isEqualTo(1440);
    }

    @Test
    void what_fails_waits_and_what_the_others_need_goes_on(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getactivity").always().answer(Fault.http(500));
        try (var service = schedules(rig, EVERY_SECOND, NEVER)) {
            assertThat(service.people().list(List.of())).hasSize(1);
            awaitAll(rig, ada);
        }
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("activity", "gave_up"));
        assertThat(Cursor.of(rig, ada, "activity").dueInMin()).isEqualTo(5);
        assertThat(rig.withings().calls("getactivity")).isEqualTo(1);
    }

    @Test
    void a_consent_is_followed_by_a_sync_at_once(Rig rig) {
        var ada = rig.person(1);
        rig.set("SCHEDULE_DUE", NEVER).set("SCHEDULE_REFRESH", NEVER);
        try (var service = rig.service(Part.ENROLMENT, Part.CONSOLE, Part.SCHEDULES)) {
            var page = rig.consent(ada, "P-001");

            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            awaitAll(rig, ada);
            assertThat(service.people().find(ada.id()).orElseThrow().ref()).isEqualTo("P-001");
            assertThat(Rig.get(rig.url() + "/observe/health").statusCode()).isEqualTo(200);
        }
        assertThat(rig.column("SELECT cause || ' ' || outcome FROM sync.run"))
                .as("the devices for the page, then the rest")
                .containsExactly("enrolment done", "enrolment done");
        assertThat(rig.withings().calls("getdevice")).isEqualTo(1);
        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
    }

    @Test
    void tokens_are_refreshed_ahead_of_their_end_where_work_is_near(Rig rig) {
        var near = rig.person(1);
        var idle = rig.person(2);
        var over = rig.person(3);
        rig.enrolAll();
        rig.run("users", "set", Long.toString(over.id()), "--until", "2026-01-01");
        rig.sql().execute("UPDATE sync.token SET expires_at = now() + interval '10 minutes'");
        rig.sql().execute("UPDATE sync.token SET expires_at = now() WHERE user_id = ?", over.id()); // the first in line
        rig.sql().execute("UPDATE sync.cursor SET next_due_at = now() + interval '1 day' WHERE user_id = ?", idle.id());
        var before = rig.withings().calls("requesttoken");
        try (var service = schedules(rig, NEVER, EVERY_SECOND)) {
            assertThat(service.people().list(List.of())).hasSize(3);
            Await.until(
                    "refreshed",
                    () -> rig.count(
                                    "SELECT count(*) FROM sync.token WHERE user_id = ? AND expires_at > now() + interval '1 hour'",
                                    near.id())
                            == 1);
        }
        assertThat(rig.withings().calls("requesttoken")).isEqualTo(before + 1);
        assertThat(rig.count("SELECT count(*) FROM sync.token WHERE previous_refresh_token IS NOT NULL"))
                .as("the new pair has not been used yet")
                .isEqualTo(1);
    }

    @Test
    void a_refused_refresh_ahead_of_time_parks_the_person(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.withdraws();
        rig.sql().execute("UPDATE sync.token SET expires_at = now() + interval '10 minutes'");
        try (var service = schedules(rig, NEVER, EVERY_SECOND)) {
            assertThat(service.people().list(List.of())).hasSize(1);
            Await.until(
                    "parked",
                    () -> rig.query("SELECT status FROM sync.enrolment").equals("reconsent"));
        }
    }

    private static Service schedules(Rig rig, String due, String refresh) {
        return rig.set("SCHEDULE_DUE", due).set("SCHEDULE_REFRESH", refresh).service(Part.SCHEDULES);
    }

    /** Until every resource of this person had its turn. */
    private static void awaitAll(Rig rig, Person person) {
        Await.until(
                "all synced",
                () -> Cursor.outcomes(rig, person).size() == Resources.names().size()
                        && rig.count(
                                        "SELECT count(*) FROM sync.run WHERE user_id = ? AND finished_at IS NULL",
                                        person.id())
                                == 0);
    }
}
