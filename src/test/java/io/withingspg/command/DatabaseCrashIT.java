package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.resource.Resources;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.World;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL dies with all it had in memory, all its processes at once, and comes back with what it had committed. */
final class DatabaseCrashIT {
    @Test
    @Timeout(120)
    void a_service_goes_on_by_itself_where_its_database_crashed_in_the_middle_of_a_backfill_and_a_refresh(
            @TempDir Path folder) throws Exception {
        var world = World.ordinary()
                .withUsers(2)
                .withDays(20)
                .withPageSize(20)
                .withLatency(Duration.ofMillis(20))
                .withSameArgumentsWithin(Duration.ZERO);
        var again = new CountDownLatch(1);
        try (var server = new CrashingServer(folder);
                var rig = new Rig(world, server.url(), () -> {})) {
            rig.set("DATABASE_WAIT", "1s").set("SCHEDULE_DUE", "* * * * * ?").set("SYNC_USERS_AT_ONCE", "2");
            rig.enrolAll();
            var refreshed = rig.person(1);
            var reading = rig.person(2);
            rig.sql().execute("UPDATE sync.token SET expires_at = now() WHERE user_id = ?", refreshed.id());
            var inTheMiddle = new CountDownLatch(1);
            rig.withings().on("getmeas").forUser(reading.id()).page(2).answer(Fault.then(() -> {
                inTheMiddle.countDown(); // a page is stored, and this one will find no database
                await(again);
            }));
            rig.withings().on("requesttoken").forUser(refreshed.id()).answer(Fault.then(() -> {
                await(inTheMiddle);
                server.crash(); // the new pair is on its way, and nowhere else
                again.countDown();
            }));
            try (var _ = rig.service(Service.Part.SCHEDULES)) {
                await(again);
                server.restart();
                goesOn(rig, server.url());
            }
        }
    }

    private static void goesOn(Rig rig, String url) {
        try (var sql = DSL.using(url)) {
            assertThat(sql.fetchCount(DSL.table("withings.measure"))).isPositive();
            Await.until("all is read", () -> {
                hurries(sql);
                return sql.fetchValue("SELECT count(*) FROM sync.cursor WHERE last_outcome = 'done'")
                        .equals(2L * Resources.ALL.size());
            });
            assertThat(Told.differences(rig.withings().people(), sql)).isEmpty();
            assertThat(sql.fetchValue("SELECT count(*) FROM sync.enrolment WHERE status = 'active'"))
                    .isEqualTo(2L);
        }
        assertThat(rig.withings().calls("requesttoken"))
                .as("two consents and one refresh, of which nothing was lost")
                .isEqualTo(3);
    }

    /** What failed is tried again in five minutes; what is due already may be under way. */
    private static void hurries(DSLContext sql) {
        sql.execute("UPDATE sync.cursor SET next_due_at = now() WHERE last_outcome <> 'done' AND next_due_at > now()");
    }

    /** Always on the same port and in the same folder. */
    private static final class CrashingServer implements AutoCloseable {
        private final Path folder;
        private final int port = Rig.freePort();
        private EmbeddedPostgres running;

        CrashingServer(Path folder) throws IOException {
            this.folder = folder.resolve("postgres");
            this.running = start();
        }

        private EmbeddedPostgres start() throws IOException {
            return EmbeddedPostgres.builder()
                    .setDataDirectory(folder)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("encoding", "UTF8")
                    .start();
        }

        String url() {
            return running.getJdbcUrl("postgres", "postgres");
        }

        /** SIGQUIT: each of its processes ends at once, and nothing that is not in the log yet is written any more. */
        void crash() {
            try {
                var pid = Files.readAllLines(folder.resolve("postmaster.pid")).getFirst();
                var process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
                new ProcessBuilder("kill", "-QUIT", pid).start().waitFor();
                process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void restart() throws IOException {
            running.close();
            running = start();
        }

        @Override
        public void close() throws IOException {
            running.close();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
