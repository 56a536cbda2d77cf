package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Old samples go by the year, and nothing else with them. */
@ExtendWith(Rig.Provider.class)
final class PruneIT {
    /** The youngest year that ended three years ago. */
    private final int old = LocalDate.now(ZoneOffset.UTC).minusYears(3).getYear() - 1;

    /** Two old samples of Ada's and one of Ben's, and one of Ada's that is a second too young. */
    private Rig withSamples(Rig rig) {
        rig.enrol(rig.person(1), rig.person(2));
        var ada = rig.person(1).id();
        for (var sample : new Object[][] {
            {ada, old + "-01-01T00:00:00Z"},
            {ada, old + "-12-31T23:59:59Z"},
            {rig.person(2).id(), old + "-07-01T12:00:00Z"},
            {ada, old + 1 + "-01-01T00:00:00Z"}
        }) {
            rig.sql()
                    .execute(
                            "INSERT INTO withings.activity_sample (user_id, sampled_at) VALUES (?, ?::timestamptz)",
                            sample);
        }
        rig.sql()
                .execute(
                        "INSERT INTO withings.sleep_sample (user_id, sampled_at) VALUES (?, ?::timestamptz)",
                        ada,
                        old - 1 + "-05-05");
        rig.sql().execute("UPDATE sync.cursor SET row_count = 3 WHERE user_id = ? AND resource = 'intraday'", ada);
        return rig;
    }

    private static long samples(Rig rig) {
        return rig.count(
                "SELECT (SELECT count(*) FROM withings.activity_sample) + (SELECT count(*) FROM withings.sleep_sample)");
    }

    @Test
    void nothing_goes_before_somebody_says_yes(Rig rig) {
        var ran = withSamples(rig).run("prune", "--samples-older-than", "3y", "--drop");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(ran.err()).hasLineCount(1).contains("would drop 4 samples", "2 partitions", "add --yes");
        assertThat(ran.out()).contains("partition.activity_sample_" + old, "partition.sleep_sample_" + (old - 1));
        assertThat(samples(rig)).isEqualTo(5);
    }

    @Test
    void of_a_day_whose_samples_are_gone_nobody_says_that_nothing_was_worn(Rig rig) {
        var ada = rig.enrol(rig.person(1)).person(1).id();
        for (var day : new String[] {old + "-06-01", old + 1 + "-06-01"}) {
            rig.sql()
                    .execute(
                            "INSERT INTO withings.activity_day (user_id, day, timezone, steps) VALUES (?, ?::date, 'Europe/Paris', 0)",
                            ada,
                            day);
            rig.sql()
                    .execute(
                            "INSERT INTO sync.coverage (user_id, resource, day, asked_at) VALUES (?, 'intraday', ?::date, now())",
                            ada,
                            day);
        }
        rig.sql()
                .execute(
                        "INSERT INTO withings.activity_sample (user_id, sampled_at, heart_rate) VALUES (?, ?::timestamptz, 60)",
                        ada,
                        old + "-06-01 12:00+02");
        var worn = "SELECT string_agg(coalesce(wear_s::text, 'unknown'), ', ' ORDER BY day) FROM analytics.daily";
        assertThat(rig.query(worn)).isEqualTo("900, 0");

        assertThat(rig.run("prune", "--samples-older-than", "3y", "--drop", "--yes")
                        .exitCode())
                .isZero();

        assertThat(rig.query(worn)).isEqualTo("unknown, 0");
        assertThat(rig.column(
                        "SELECT status FROM analytics.day_status WHERE resource = 'activity' AND day IN (?::date, ?::date)"
                                + " ORDER BY day",
                        old + "-06-01",
                        old + 1 + "-06-01"))
                .containsExactly("zero", "not_worn");
    }

    @Test
    void dropped_samples_are_gone_and_later_ones_of_their_time_have_a_place(Rig rig) {
        var ran = withSamples(rig).run("prune", "--samples-older-than", "3y", "--drop", "--yes");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("dropped");
        assertThat(samples(rig)).as("the one that is too young").isEqualTo(1);
        assertThat(rig.query(
                        "SELECT row_count FROM sync.cursor WHERE user_id = ? AND resource = 'intraday'",
                        rig.person(1).id()))
                .as("what status counts")
                .isEqualTo(1L);
        rig.sql()
                .execute(
                        "INSERT INTO withings.activity_sample (user_id, sampled_at) VALUES (1, ?::timestamptz)",
                        old + "-03-03");
        assertThat(rig.column("SELECT tableoid::regclass::text FROM withings.activity_sample WHERE user_id = 1"))
                .containsExactly("partition.activity_sample_" + old);
        assertThat(rig.run("prune", "--samples-older-than", "3y", "--drop", "--yes")
                        .exitCode())
                .isZero();
        var again = rig.run("prune", "--samples-older-than", "3y", "--drop", "--yes");
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("No samples from before " + (old + 1));
    }

    @Test
    void what_was_pruned_comes_back_when_it_is_asked_for_and_not_by_a_replay() {
        var day = LocalDate.of(LocalDate.now(ZoneOffset.UTC).minusYears(1).getYear() - 1, 12, 30);
        var days = (int) ChronoUnit.DAYS.between(day, LocalDate.now(ZoneOffset.UTC)) + 2;
        try (var rig = new Rig(World.ordinary().withUsers(1).withDays(days))) {
            rig.enrol(rig.person(1));
            fetch(rig, "intraday", day);
            fetch(rig, "sleep-samples", day);
            var fetched = samples(rig);
            var stages = rig.count("SELECT count(*) FROM withings.sleep_stage");
            assertThat(rig.run("prune", "--samples-older-than", "1y", "--drop", "--yes")
                            .exitCode())
                    .isZero();
            assertThat(samples(rig)).isZero();

            assertThat(rig.run("replay").exitCode()).isZero();

            assertThat(samples(rig)).isZero();
            assertThat(rig.count("SELECT count(*) FROM withings.sleep_stage")).isEqualTo(stages);
            fetch(rig, "intraday", day);
            fetch(rig, "sleep-samples", day);
            assertThat(samples(rig)).isEqualTo(fetched).isPositive();
            assertThat(rig.run("replay").exitCode()).isZero();
            assertThat(samples(rig)).isEqualTo(fetched);
        }
    }

    private static void fetch(Rig rig, String resource, LocalDate day) {
        assertThat(rig.run("sync", "--resource", resource, "--from", day.toString(), "--to", day.toString())
                        .exitCode())
                .isZero();
    }

    @Test
    void detached_samples_stay_beside_the_others_and_leave_with_their_person(Rig rig, @TempDir Path folder)
            throws Exception {
        var detached = "partition.activity_sample_" + old + "_detached";
        var ada = Long.toString(rig.person(1).id());
        var ran = withSamples(rig).run("prune", "--samples-older-than", "3y", "--detach", "--yes", "--json");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("\"detached_to\" : \"" + detached + "\"");
        assertThat(samples(rig)).isEqualTo(1);
        assertThat(rig.count("SELECT count(*) FROM " + detached)).isEqualTo(3);

        assertThat(rig.run("users", "export", ada, "--to", folder.resolve("ada").toString())
                        .exitCode())
                .isZero();
        assertThat(Files.readAllLines(folder.resolve("ada").resolve(detached + ".csv")))
                .hasSize(1 + 2);
        assertThat(Files.readString(folder.resolve("ada/load.sql")))
                .contains("\\copy \"withings\".\"activity_sample\"")
                .doesNotContain("\\copy \"partition\"");

        assertThat(rig.run("users", "erase", ada, "--yes").exitCode()).isZero();
        assertThat(rig.column("SELECT user_id::text FROM " + detached))
                .containsExactly(Long.toString(rig.person(2).id()));

        rig.sql()
                .execute(
                        "INSERT INTO withings.activity_sample (user_id, sampled_at) VALUES (1, ?::timestamptz)",
                        old + "-03-03");
        assertThat(rig.run("prune", "--samples-older-than", "3y", "--detach", "--yes")
                        .out())
                .as("a second time")
                .contains(detached + "_2");
    }

    @Test
    void whoever_does_not_own_the_tables_is_told_who_may(Rig rig) {
        var database = rig.environment().getOrDefault("DATABASE_URL", "");
        var role = "pruner_" + database.replaceFirst(".*/([a-z0-9_]+)\\?.*", "$1");
        rig.sql().execute("CREATE ROLE " + role + " LOGIN IN ROLE withings_service");
        try {
            var ran = rig.set("DATABASE_URL", database.replace("user=postgres", "user=" + role))
                    .run("prune", "--samples-older-than", "3y", "--drop", "--yes");

            assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err()).hasLineCount(1).contains("run withings prune as the role that owns the schema");
        } finally {
            DSL.using(database).execute("DROP ROLE " + role);
        }
    }

    @Test
    void a_year_that_somebody_reads_stays_and_the_next_try_takes_it(Rig rig) {
        withSamples(rig);
        rig.sql().transaction(reading -> {
            reading.dsl().fetch("SELECT * FROM withings.activity_sample");
            var ran = rig.run("prune", "--samples-older-than", "3y", "--drop", "--yes");
            assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
            assertThat(ran.err()).hasLineCount(1).contains("partition.activity_sample_" + old + " is in use");
        });
        assertThat(samples(rig)).isEqualTo(5);
        assertThat(rig.run("prune", "--samples-older-than", "3y", "--drop", "--yes")
                        .exitCode())
                .isZero();
        assertThat(samples(rig)).isEqualTo(1);
    }
}
