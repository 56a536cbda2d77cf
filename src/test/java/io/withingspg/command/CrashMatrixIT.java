package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Call;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A refresh token works once, and what Withings answers to it exists nowhere else: a process that is killed at any
 * instruction of a refresh must leave enough for the next one. Writes the table in {@code docs/reliability.md}.
 */
final class CrashMatrixIT {
    private static final Duration SPACING = Duration.ofSeconds(1);
    private static final Path DOCUMENT = Path.of("docs/reliability.md");

    /** Where the process is when it dies. */
    enum Moment {
        NOT_NOTED("before the refresh is noted in the database"),
        NOTED("noted, before the call"),
        SENT("call sent, Withings has not acted on it"),
        ACTED("Withings has issued the new pair, its answer is on the way"),
        ANSWERED("answer arrived, before the new pair is written"),
        COMMITTING("new pair written, during the commit"),
        COMMITTED("committed, before the first use"),
        IN_USE("Withings has seen the first use, its answer is on the way"),
        WORKED("first use answered, before that is noted"),
        DONE("after the first use");

        private final String told;

        Moment(String told) {
            this.told = told;
        }

        void arm(Rig rig, Brake brake) {
            var noted = "NEW.attempted_at IS DISTINCT FROM OLD.attempted_at AND NEW.attempted_at IS NOT NULL";
            var renewed = "NEW.refresh_token <> OLD.refresh_token";
            var withings = rig.withings();
            switch (this) {
                case NOT_NOTED -> brake.beforeUpdate(noted);
                case NOTED -> brake.atCommit(noted);
                case SENT -> withings.on("requesttoken").answer(brake.unheard());
                case ACTED -> withings.on("requesttoken").answer(brake.answering());
                case ANSWERED -> brake.beforeUpdate(renewed);
                case COMMITTING -> brake.atCommit(renewed);
                case COMMITTED -> withings.on("requesttoken").answer(brake.beforeNextCall());
                case IN_USE -> withings.on("getmeas").answer(brake.answering());
                case WORKED -> brake.beforeUpdate("OLD.used_at IS NULL AND NEW.used_at IS NOT NULL");
                case DONE -> withings.on("getmeas").page(2).answer(brake.answering());
            }
        }
    }

    /** What was seen, by the moment; complete once both tests have been through all of them. */
    private static final Map<Moment, String> ALONE = new EnumMap<>(Moment.class);

    private static final Map<Moment, String> BESIDE_ANOTHER = new EnumMap<>(Moment.class);

    @ParameterizedTest(name = "{0}")
    @EnumSource(Moment.class)
    void after_a_kill_the_next_sync_goes_on_without_a_new_consent(Moment moment, @TempDir Path folder) {
        try (var rig = rig();
                var brake = new Brake(rig)) {
            var ada = dueForARefresh(rig, moment, brake);
            killed(rig, brake, folder);
            brake.release();
            leaseEnds(rig);
            var callsBefore = rig.withings().seen().size();

            var ran = rig.run("sync");

            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            requireAllIsWell(rig, ada);
            ALONE.put(moment, refreshes(rig, callsBefore));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Moment.class)
    void after_a_kill_another_process_that_waits_for_the_tokens_goes_on(Moment moment, @TempDir Path folder) {
        try (var rig = rig();
                var brake = new Brake(rig)) {
            var ada = dueForARefresh(rig, moment, brake);
            var callsBefore = new int[1];
            rig.set("SCHEDULE_DUE", "* * * * * ?").set("SCHEDULE_REFRESH", "* * * * * ?");
            try (var doomed = Launched.jar(folder, rig.environment(), "sync")) {
                Await.until("held at " + moment, brake::holds);
                try (var serve = Launched.jar(folder, rig.environment(), "serve")) {
                    Await.until("the other process is there", () -> sessions(rig) > 1);
                    callsBefore[0] = rig.withings().seen().size();
                    doomed.kill();
                    brake.release();
                    leaseEnds(rig);

                    Await.until("the other process has fetched everything", () -> isSynced(rig));
                    assertThat(serve.terminate(Duration.ofSeconds(30)).exitCode())
                            .isIn(0, 143);
                }
            }
            requireAllIsWell(rig, ada);
            BESIDE_ANOTHER.put(moment, refreshes(rig, callsBefore[0]));
        }
    }

    /** Asserts nothing about the time: that depends on the machine. Its line belongs into the document. */
    @Test
    void one_refresh_takes_as_long_as_its_call_and_two_commits() throws InterruptedException {
        var rounds = 60;
        var took = new ArrayList<Duration>();
        try (var rig = new Rig()) {
            rig.enrol(rig.person(1));
            try (var service = rig.service()) {
                for (var round = 0; round < rounds; round++) {
                    rig.sql().execute("UPDATE sync.token SET expires_at = now(), used_at = now()");
                    var began = System.nanoTime();
                    service.tokens().refreshEnding();
                    took.add(Duration.ofNanos(System.nanoTime() - began));
                }
            }
            assertThat(rig.withings().calls("requesttoken")).isEqualTo(1 + rounds);
        }
        took.sort(null);
        System.out.printf(
                "One refresh, from looking who is due to the commit: half within %d ms, nine of ten within %d ms%n",
                took.get(rounds / 2).toMillis(), took.get(rounds * 9 / 10).toMillis());
    }

    private static Rig rig() {
        var strict = World.ordinary().withUsers(1).withDays(30).withPageSize(20).withSameArgumentsWithin(SPACING);
        return new Rig(strict)
                .set("SYNC_RESOURCES", "measures")
                .set("API_CALLS_PER_MINUTE", "600") // one at a time from the common bucket
                .set("API_IDENTICAL_CALL_SPACING", SPACING.toMillis() + "ms");
    }

    private static Person dueForARefresh(Rig rig, Moment moment, Brake brake) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        moment.arm(rig, brake);
        return ada;
    }

    private static void killed(Rig rig, Brake brake, Path folder) {
        try (var doomed = Launched.jar(folder, rig.environment(), "sync")) {
            Await.until("held", brake::holds);
            doomed.kill();
        }
    }

    /** Half a minute later: a person stays with whoever held them until then. */
    private static void leaseEnds(Rig rig) {
        rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second'");
    }

    private static long sessions(Rig rig) {
        return rig.count("SELECT count(DISTINCT client_port) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'withings-postgres'");
    }

    private static boolean isSynced(Rig rig) {
        return rig.count("SELECT count(*) FROM sync.cursor WHERE last_success_at IS NOT NULL") == 1;
    }

    private static void requireAllIsWell(Rig rig, Person ada) {
        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id")).containsExactly("enrolled");
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group"))
                .isEqualTo(ada.groups().size());
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
        var last = new HashMap<String, Instant>();
        for (var call : tokenCalls(rig.withings().seen())) {
            var before = last.put(call.arguments().getOrDefault("refresh_token", ""), call.at());
            assertThat(before == null ? SPACING : Duration.between(before, call.at()))
                    .as("between two identical refreshes")
                    .isGreaterThanOrEqualTo(SPACING);
        }
    }

    private static List<Call> tokenCalls(List<Call> calls) {
        return calls.stream()
                .filter(call -> call.action().equals("requesttoken"))
                .toList();
    }

    /** With what the survivor came to its tokens. */
    private static String refreshes(Rig rig, int callsBefore) {
        var seen = rig.withings().seen();
        var before = tokenCalls(seen.subList(0, callsBefore)).stream()
                .map(call -> call.arguments().get("refresh_token"))
                .toList();
        var after = tokenCalls(seen.subList(callsBefore, seen.size()));
        return switch (after.size()) {
            case 0 -> "uses the new pair, no further refresh";
            case 1 ->
                before.contains(after.getFirst().arguments().get("refresh_token"))
                        ? "sends the same refresh again"
                        : "refreshes, for the first time";
            default -> after.size() + " refreshes";
        };
    }

    @AfterAll
    static void the_table_in_the_documentation_is_what_happened() throws IOException {
        if (ALONE.size() < Moment.values().length || BESIDE_ANOTHER.size() < Moment.values().length) {
            return; // only some of the tests were asked for, or passed
        }
        var table = new StringBuilder(
                "| killed | the next `sync` | another process on the same database |\n|---|---|---|\n");
        for (var moment : Moment.values()) {
            table.append("| ")
                    .append(moment.told)
                    .append(" | ")
                    .append(ALONE.get(moment))
                    .append(" | ")
                    .append(BESIDE_ANOTHER.get(moment))
                    .append(" |\n");
        }
        var document = Files.readString(DOCUMENT);
        var anew = document.replaceFirst(
                "(?s)(<!-- crash matrix -->\n).*(<!-- end of crash matrix -->)", "$1" + table + "$2");
        Files.writeString(Path.of("target/reliability.md"), anew);
        assertThat(document)
                .as("what happened differs: cp target/reliability.md docs/reliability.md")
                .isEqualTo(anew);
    }
}
