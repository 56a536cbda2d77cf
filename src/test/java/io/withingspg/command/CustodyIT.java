package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.TokenPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Nobody consents twice who did not withdraw. */
@ExtendWith(Rig.Provider.class)
final class CustodyIT {
    private static final String NEVER = "0 0 0 1 1 ? 2099";
    private static final String EVERY_SECOND = "* * * * * ?";

    @Test
    void whoever_has_no_due_work_is_refreshed_once_a_week_all_the_same(Rig rig) {
        var idle = rig.person(1);
        var recent = rig.person(2);
        rig.enrol(idle, recent);
        rig.sql().execute("UPDATE sync.cursor SET next_due_at = now() + interval '400 days'");
        age(rig, idle, 8);
        age(rig, recent, 6);
        var before = rig.withings().calls("requesttoken");

        try (var _ = schedules(rig)) {
            Await.until("refreshed", () -> rig.withings().calls("requesttoken") > before);
            Await.until(
                    "stored",
                    () -> rig.count(
                                    "SELECT count(*) FROM sync.token WHERE user_id = ? AND refreshed_at > now() - interval '1 minute'",
                                    idle.id())
                            == 1);
            pause(2500); // two more looks
        }

        assertThat(rig.withings().calls("requesttoken")).isEqualTo(before + 1);
    }

    @Test
    void a_consent_that_is_gone_is_told_once_everywhere_and_costs_no_further_call(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada, rig.person(2));
        ada.withdraws();
        rig.sql().execute("UPDATE sync.token SET expires_at = now() WHERE user_id = ?", ada.id());
        rig.set(
                "API_IDENTICAL_CALL_SPACING",
                "1s"); // so that the visit and the refresh that are both due do not ask twice
        var before = rig.withings().calls("requesttoken");

        try (var _ = schedules(rig.set("SCHEDULE_DUE", EVERY_SECOND))) {
            Await.until(
                    "parked", () -> rig.count("SELECT count(*) FROM sync.enrolment WHERE status = 'reconsent'") == 1);
            var calls = callsOf(rig, ada);
            pause(2500);
            assertThat(rig.withings().calls("requesttoken")).as("asked once").isEqualTo(before + 1);
            assertThat(callsOf(rig, ada)).isEqualTo(calls);
            var metrics = Rig.get(rig.url() + "/observe/metrics").body();
            assertThat(metrics)
                    .containsPattern("(?m)^withings_sync_reconsents_total 1.0$")
                    .containsPattern("(?m)^withings_sync_reconsent_ratio 0.5$");
            assertThat(Rig.get(rig.url() + "/").body()).contains("reconsent", "invalid refresh_token");
        }
        assertThat(rig.run("status").out()).contains(ada.id() + "  reconsent: Withings refuses");
        assertThat(rig.column("SELECT act FROM sync.event WHERE user_id = ? ORDER BY event_id", ada.id()))
                .containsExactly("enrolled", "reconsent_needed");
    }

    @Test
    void a_new_consent_goes_on_where_the_cursors_stood(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync");
        var rows = rig.dump();
        ada.withdraws();
        assertThat(rig.run("sync").exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        var reached = rig.column("SELECT resource || ' ' || reached_at FROM sync.cursor ORDER BY resource");
        var weighing = ada.weighs(new java.math.BigDecimal("71.3"));
        rig.enrol(ada);
        var before = rig.withings().calls();

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.column("SELECT resource || ' ' || reached_at FROM sync.cursor ORDER BY resource"))
                .as("the cursors moved on")
                .isNotEqualTo(reached);
        assertThat(rig.withings().calls() - before)
                .as("one page of changes of each resource, two of each kind of samples since yesterday")
                .isLessThanOrEqualTo(Resources.ALL.size() + 2L);
        assertThat(rig.count(
                        "SELECT count(*) FROM withings.measure_group WHERE synced_at > now() - interval '1 day'"
                                + " AND group_id = ?",
                        weighing))
                .isEqualTo(1);
        assertThat(rig.dump()).isNotEqualTo(rows);
        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
    }

    @Test
    void a_pair_the_database_did_not_take_is_kept_until_it_does(Rig rig) {
        rig.enrol(rig.person(1));
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        var before = rig.withings().calls("requesttoken");
        var url = rig.environment().getOrDefault("DATABASE_URL", "");
        rig.set("DATABASE_WAIT", "1s");
        try (var service = rig.service()) {
            rig.withings().on("requesttoken").answer(Fault.then(() -> Server.shut(url, true)));
            assertThat(service.sync(List.of(), LeasesIT.EVERYTHING, null).exitCode())
                    .isNotZero();
            Server.shut(url, false);
            Await.until("the service has its database back", () -> answers(service));
            rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second'");

            assertThat(service.sync(List.of(), LeasesIT.EVERYTHING, null).exitCode())
                    .isZero();
        }
        assertThat(rig.withings().calls("requesttoken"))
                .as("one refresh, not two")
                .isEqualTo(before + 1);
    }

    @Test
    void a_consent_that_is_stored_while_the_old_tokens_are_refused_stands(Rig rig) throws InterruptedException {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        ada.withdraws();
        try (var service = rig.service(Part.ENROLMENT)) {
            var consents = new Thread[1];
            rig.withings().on("requesttoken").answer(Fault.then(() -> {
                consents[0] = Thread.ofVirtual().start(() -> rig.consent(ada, null));
                Await.until(
                        "the new consent waits for the row that is being refreshed",
                        () -> rig.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                        + " AND wait_event_type = 'Lock'")
                                > 0);
            }));
            var _ = service.sync(List.of(), LeasesIT.EVERYTHING, null);
            consents[0].join();
        }
        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");
        assertThat(rig.run("sync").exitCode()).isZero();
    }

    @Test
    void an_imported_pair_that_is_dead_already_asks_for_consent_and_a_living_one_can_still_be_imported(
            Rig rig, @TempDir Path folder) throws IOException {
        var ada = rig.person(1);
        var dead = line(ada.tokens());
        ada.withdraws();
        var file = folder.resolve("users.jsonl");

        assertThat(rig.run("users", "import", Files.writeString(file, dead).toString())
                        .exitCode())
                .isZero();
        assertThat(rig.run("sync", "--resource", "goals").exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("reconsent");
        var calls = rig.withings().calls();
        assertThat(rig.run("sync").exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(rig.withings().calls()).isEqualTo(calls);

        var living = Files.writeString(file, line(ada.tokens())).toString();
        assertThat(rig.run("users", "import", living).exitCode()).isZero();
        assertThat(rig.run("sync", "--resource", "goals").exitCode()).isZero();
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id"))
                .containsExactly("imported", "reconsent_needed", "imported");
    }

    private static String line(TokenPair pair) {
        return "{\"userid\":%d,\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":10800,\"scope\":\"user.info\"}"
                .formatted(pair.user(), pair.accessToken(), pair.refreshToken());
    }

    private static boolean answers(Service service) {
        try {
            return !service.people().list(List.of()).isEmpty();
        } catch (org.jooq.exception.DataAccessException e) {
            return false;
        }
    }

    private static void age(Rig rig, Person person, int days) {
        rig.sql()
                .execute(
                        "UPDATE sync.token SET refreshed_at = now() - make_interval(days => ?),"
                                + " expires_at = now() - make_interval(days => ?) WHERE user_id = ?",
                        days,
                        days,
                        person.id());
    }

    private static long callsOf(Rig rig, Person person) {
        return rig.withings().seen().stream()
                .filter(call -> Long.valueOf(person.id()).equals(call.user())
                        || call.arguments().containsKey("refresh_token"))
                .count();
    }

    private static Service schedules(Rig rig) {
        return rig.set("SCHEDULE_DUE", rig.environment().getOrDefault("SCHEDULE_DUE", NEVER))
                .set("SCHEDULE_REFRESH", EVERY_SECOND)
                .service(Part.SCHEDULES, Part.CONSOLE);
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
