package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.resource.Resources;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.World;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several {@code serve} on one database, as on several machines: what one of them leaves undone, another one does. */
final class ManyNodesIT {
    private static final int PEOPLE = 12;
    /** As Withings wants it: a take-over right after a death must not be too soon for the call that the dead one made. */
    private static final Duration APART = Duration.ofSeconds(10);

    @Test
    @Timeout(150) // three start at once, and half a minute passes until a dead one's people are taken over
    void of_three_nodes_one_is_killed_and_one_stopped_and_nobody_is_synced_twice_at_once_or_left_out(
            @TempDir Path folder) throws IOException {
        var slow = World.ordinary()
                .withUsers(PEOPLE)
                .withDays(10)
                .withPageSize(20)
                .withLatency(Duration.ofMillis(40))
                .withSameArgumentsWithin(APART);
        try (var rig = new Rig(slow)) {
            rig.set("API_IDENTICAL_CALL_SPACING", APART.toSeconds() + "s");
            rig.enrolAll();
            rig.withings().people().forEach(Person::activities); // worked out before anybody waits for it
            rig.set("SCHEDULE_DUE", "* * * * * ?").set("SYNC_USERS_AT_ONCE", "2");
            nobodyIsDue(rig);
            remembersWhatFires(rig);
            try (var killed = node(rig, folder);
                    var stopped = node(rig, folder);
                    var last = node(rig, folder)) {
                Await.until(
                        "each of the three has served a due time",
                        () -> rig.count("SELECT count(DISTINCT node) FROM public.fired") == 3);
                rig.sql().execute("UPDATE sync.cursor SET next_due_at = now()");

                var left = killInTheMiddleOfAVisit(rig, killed);
                Await.until(
                        "the second one is at work", () -> heldBy(rig, stopped).size() > 0);
                assertThat(stopped.terminate(Duration.ofSeconds(30)).exitCode()).isIn(0, 143);
                assertThat(heldBy(rig, stopped))
                        .as("whoever leaves politely keeps nobody waiting")
                        .isEmpty();
                assertThat(rig.count(
                                "SELECT count(*) FROM quartz.qrtz_scheduler_state WHERE instance_name LIKE ?",
                                stopped.pid() + "-%"))
                        .isZero();

                newerVersionMigrates(rig, folder);
                var free = rig.withings().people().stream()
                        .filter(person -> !left.contains(Long.toString(person.id())))
                        .findFirst()
                        .orElseThrow();
                Await.until("the others are synced", () -> isSynced(rig, free));
                var weighed = free.weighs(new BigDecimal("70.3"));
                rig.sql()
                        .execute(
                                "UPDATE sync.cursor SET next_due_at = now() WHERE user_id = ? AND resource = 'measures'",
                                free.id());
                Await.until(
                        "an old node stores what is new in the new table",
                        () -> rig.count("SELECT count(*) FROM withings.measure_group WHERE group_id = ?", weighed)
                                == 1);

                Await.until(
                        "nobody is left out",
                        () -> rig.withings().people().stream().allMatch(person -> isSynced(rig, person)));
                try (var oldAgain = node(rig, folder)) { // in the middle of an upgrade
                    Await.until(
                            "it serves due times",
                            () -> rig.count(
                                            "SELECT count(*) FROM public.fired WHERE node LIKE ?",
                                            oldAgain.pid() + "-%")
                                    > 0);
                    assertThat(oldAgain.err()).contains("the schema was made by a newer version: it is left as it is");
                    assertThat(oldAgain.terminate(Duration.ofSeconds(30)).exitCode())
                            .isIn(0, 143);
                }
                assertThat(last.terminate(Duration.ofSeconds(30)).exitCode()).isIn(0, 143);
                assertThat(Launched.hasStackTrace(last.err())).as(last.err()).isFalse();
            }
            assertThat(rig.query("SELECT max(version) FROM sync.flyway_schema_history WHERE success"))
                    .isEqualTo("9999");
            rig.sql().execute("ALTER TABLE withings.measure_group DROP COLUMN added_later");
            assertThat(Told.differences(rig.withings().people(), rig.sql())).isEmpty();
            assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
            assertThat(LeasesIT.tooSoon(rig, APART)).isEmpty();
            requireOneVisitAtATime(rig);
            requireEachDueTimeOnce(rig);
        }
    }

    /** Adds a column to a table of data and to the one that every page writes, while old nodes are at work on both. */
    private static void newerVersionMigrates(Rig rig, Path folder) throws IOException {
        var newer = Files.createDirectory(folder.resolve("newer"));
        Files.writeString(newer.resolve("V9999__added_later.sql"), """
                ALTER TABLE withings.measure_group ADD COLUMN added_later text;
                ALTER TABLE sync.cursor ADD COLUMN added_later integer NOT NULL DEFAULT 0;
                """);
        var migrated = Flyway.configure()
                .dataSource(rig.environment().get("DATABASE_URL"), null, null)
                .locations("classpath:db/migration", "filesystem:" + newer)
                .defaultSchema("sync")
                .load()
                .migrate();
        assertThat(migrated.migrationsExecuted).isEqualTo(1);
    }

    private static void nobodyIsDue(Rig rig) {
        rig.sql().execute("UPDATE sync.cursor SET next_due_at = now() + interval '1 day'");
    }

    private static void remembersWhatFires(Rig rig) {
        rig.sql().execute("CREATE TABLE public.fired (schedule text, due bigint, node text)");
        rig.sql().execute("""
                CREATE FUNCTION public.fires() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO public.fired VALUES (NEW.trigger_name, NEW.sched_time, NEW.instance_name);
                    RETURN NULL;
                END $$
                """);
        rig.sql().execute("""
                CREATE TRIGGER fires AFTER UPDATE ON quartz.qrtz_fired_triggers
                FOR EACH ROW WHEN (NEW.state = 'EXECUTING') EXECUTE FUNCTION public.fires()
                """);
    }

    private static Launched node(Rig rig, Path folder) {
        var environment = new HashMap<>(rig.environment());
        environment.put("HTTP_PORT", Integer.toString(Rig.freePort()));
        return Launched.jar(folder, environment, "serve");
    }

    private static List<String> heldBy(Rig rig, Launched node) {
        return rig.column("SELECT user_id FROM sync.lease WHERE holder LIKE ?", node.pid() + "-%");
    }

    /** Returns those whom it had. */
    private static List<String> killInTheMiddleOfAVisit(Rig rig, Launched node) {
        Await.until("a page is stored and more are to come", () -> {
            var inTheMiddle = isInTheMiddle(rig, node);
            if (inTheMiddle) {
                node.freeze();
                if (isInTheMiddle(rig, node)) {
                    return true;
                }
                node.thaw();
            }
            return false;
        });
        node.kill();
        rig.sql().execute("CREATE TABLE public.killed AS SELECT now() AS at");
        var left = heldBy(rig, node);
        assertThat(left).isNotEmpty();
        return left;
    }

    private static boolean isInTheMiddle(Rig rig, Launched node) {
        return rig.count("""
                SELECT count(*) FROM sync.lease
                JOIN sync.run USING (user_id)
                JOIN sync.run_resource turn USING (user_id, run_id)
                WHERE holder LIKE ? AND run.finished_at IS NULL AND turn.pages > 0
                """, node.pid() + "-%") > 0;
    }

    private static boolean isSynced(Rig rig, Person person) {
        return Cursor.outcomes(rig, person).values().stream()
                        .filter("done"::equals)
                        .count()
                == Resources.names().size();
    }

    /** Of a visit that was killed nobody wrote the end: it is when the process was. */
    private static void requireOneVisitAtATime(Rig rig) {
        var visits = """
                WITH visit AS (
                    SELECT user_id, run_id, started_at, coalesce(finished_at, killed.at) AS ended_at,
                        finished_at IS NULL AS cut_off
                    FROM sync.run CROSS JOIN public.killed
                )
                """;
        assertThat(rig.count(visits + "SELECT count(*) FROM visit WHERE cut_off"))
                .as("those that were killed")
                .isPositive();
        assertThat(rig.column(visits + """
                SELECT one.user_id FROM visit one
                JOIN visit other ON one.user_id = other.user_id AND one.run_id < other.run_id
                WHERE (one.started_at, one.ended_at) OVERLAPS (other.started_at, other.ended_at)
                """)).isEmpty();
    }

    private static void requireEachDueTimeOnce(Rig rig) {
        assertThat(rig.column("SELECT schedule FROM public.fired GROUP BY schedule, due HAVING count(*) > 1"))
                .as("served by two nodes")
                .isEmpty();
        assertThat(rig.column("""
                SELECT schedule || ' after ' || due FROM (
                    SELECT schedule, due, lead(due) OVER (PARTITION BY schedule ORDER BY due) AS next FROM public.fired
                    WHERE schedule LIKE 'due-%'
                ) AS served WHERE next <> due + 1000
                """)).as("served by nobody").isEmpty();
    }
}
