package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.simulator.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process that is neither dead nor alive: a suspended machine, a debugger, a container that is paused. */
@ExtendWith(Rig.Provider.class)
final class FrozenIT {
    @Test
    void a_process_frozen_in_the_middle_of_a_refresh_holds_up_nobody_but_its_own_person(Rig rig, @TempDir Path folder) {
        var ada = Long.toString(rig.person(1).id());
        rig.enrol(rig.person(1), rig.person(2));
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        try (var brake = new Brake(rig);
                var frozen = Launched.jar(folder, rig.environment(), "sync", "--user", ada, "--resource", "goals")) {
            rig.withings().on("requesttoken").answer(brake.answering());
            Await.until("refreshing", brake::holds);
            frozen.freeze();
            brake.release();

            rig.set("SCHEDULE_DUE", "0 0 0 1 1 ? 2099").set("SCHEDULE_REFRESH", "* * * * * ?");
            var began = System.nanoTime();
            try (var _ = rig.service(Part.SCHEDULES)) {
                Await.until(
                        "the other person's tokens are fresh",
                        () -> rig.count("SELECT count(*) FROM sync.token WHERE expires_at > now()") == 1);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("without waiting for the one that is held")
                    .isLessThan(Duration.ofSeconds(18));

            var newKey = new byte[32];
            Arrays.fill(newKey, (byte) 7);
            var oldKey = rig.environment().get("TOKEN_KEY");
            rig.set("TOKEN_KEY", Base64.getEncoder().encodeToString(newKey) + "," + oldKey);
            var rekeying = CompletableFuture.supplyAsync(() -> rig.run("rekey"));
            var removed = rig.run("users", "remove", ada);
            var rekeyed = rekeying.join();

            assertThat(removed.exitCode()).as(removed.err()).isEqualTo(ExitCode.SOME_FAILED);
            assertThat(removed.err())
                    .contains("another process holds", "a person's tokens", "try again in five minutes")
                    .hasLineCount(1);
            assertThat(rig.query("SELECT status FROM sync.enrolment WHERE user_id = ?::bigint", ada))
                    .isEqualTo("active");
            assertThat(rekeyed.exitCode()).as(rekeyed.err()).isEqualTo(ExitCode.SOME_FAILED);
            assertThat(rekeyed.out()).contains("The tokens of 1 person were encrypted anew");
            assertThat(rekeyed.err()).contains("the tokens of user " + ada).hasLineCount(1);

            frozen.thaw();
            var ran = frozen.ended();
            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        }
        assertThat(rig.run("rekey").exitCode()).isZero();
        assertThat(rig.run("users", "remove", ada).exitCode()).isZero();
    }

    @Test
    @Timeout(90)
    void a_process_frozen_in_a_transaction_holds_the_quota_for_seconds_only(Rig rig, @TempDir Path folder) {
        rig.enrol(rig.person(1), rig.person(2));
        rig.set("API_CALLS_PER_MINUTE", "600"); // asked for one by one
        var ada = Long.toString(rig.person(1).id());
        try (var brake = new Brake(rig);
                var frozen = Launched.jar(
                        folder,
                        rig.environment(),
                        "sync",
                        "--user",
                        ada,
                        "--resource",
                        "devices",
                        "--resource",
                        "goals")) {
            rig.withings().on("getdevice").answer(brake.beforeNextCall());
            Await.until("waiting for the quota", brake::holds);
            frozen.freeze();
            brake.release(); // so that the quota's row is its own now
            Await.until(
                    "holding it",
                    () -> rig.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND state = 'idle in transaction'")
                            > 0);

            var other = rig.run("sync", "--user", Long.toString(rig.person(2).id()), "--resource", "goals");

            assertThat(other.exitCode()).as(other.out() + other.err()).isZero();
            frozen.thaw();
            var ran = frozen.ended();
            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            assertThat(Launched.hasStackTrace(ran.err())).as(ran.err()).isFalse();
        }
        assertThat(rig.count("SELECT count(*) FROM sync.run_resource WHERE outcome = 'done'"))
                .isEqualTo(3);
    }

    @Test
    void where_somebody_else_refreshed_meanwhile_what_stands_is_refreshed_once_more(Rig rig) {
        rig.enrol(rig.person(1));
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        try (var slow = rig.service()) {
            rig.withings().on("requesttoken").answer(Fault.then(() -> {
                rig.sql()
                        .execute(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                                        + " AND state = 'idle in transaction'");
                rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second'");
                assertThat(rig.run("sync", "--resource", "goals").exitCode()).isZero();
            }));
            var _ = slow.sync(List.of(), LeasesIT.EVERYTHING, null);
            rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second'");

            assertThat(slow.sync(List.of(), LeasesIT.EVERYTHING, null).exitCode())
                    .isZero();
        }
        assertThat(rig.withings().calls("requesttoken"))
                .as("the consent, both at once, and one that is surely the last")
                .isEqualTo(4);
        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");
    }
}
