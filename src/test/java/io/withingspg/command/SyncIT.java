package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job, end to end. */
@ExtendWith(Rig.Provider.class)
final class SyncIT {
    /** Which tables a resource fills. */
    private static final Map<String, List<String>> TABLES = Map.of(
            "intraday", List.of("activity_sample"),
            "sleep-samples", List.of("sleep_stage", "sleep_sample"),
            "ecg", List.of("ecg_signal"),
            "measures", List.of("measure_group", "measure"),
            "sleep", List.of("sleep_summary", "sleep_event"),
            "activity", List.of("activity_day"),
            "workouts", List.of("workout"),
            "heart", List.of("heart_record"),
            "devices", List.of("device"),
            "goals", List.of("goal"));

    @Test
    void a_backfill_brings_every_row_of_everybody_exactly_as_the_api_tells_it(Rig rig) {
        rig.enrolAll();

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(Told.differences(rig.withings().people(), rig.sql())).isEmpty();
        for (var table : Mapping.tables()) {
            assertThat(rig.count("SELECT count(*) FROM withings." + table))
                    .as(table)
                    .isPositive();
        }
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
    }

    @Test
    void counts_of_a_run_are_exact(Rig rig) {
        rig.enrolAll();
        var ada = rig.person(1);
        rig.run("sync");

        assertThat(rig.count("SELECT count(*) FROM sync.run_resource")).isEqualTo(3L * TABLES.size());
        assertThat(rig.count("SELECT count(*) FROM sync.run_resource WHERE outcome IS DISTINCT FROM 'done'"))
                .isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.run_resource"
                        + " WHERE fetched <> inserted + changed + unchanged + rejected"))
                .isZero();
        TABLES.forEach((resource, tables) -> {
            var stored = tables.stream()
                    .mapToLong(table -> rig.count("SELECT count(*) FROM withings." + table))
                    .sum();
            assertThat(inRuns(rig, "inserted", resource)).as(resource).isEqualTo(stored);
            assertThat(rig.count("SELECT sum(row_count) FROM sync.cursor WHERE resource = ?", resource))
                    .as(resource)
                    .isEqualTo(stored);
        });
        // The calls the runs account for are the calls that Withings saw.
        for (var call : Map.of("measures", "getmeas", "activity", "getactivity", "heart", "list", "goals", "getgoals")
                .entrySet()) {
            assertThat(inRuns(rig, "calls", call.getKey()))
                    .isEqualTo(rig.withings().calls(call.getValue()));
        }
        assertThat(rig.count("SELECT count(*) FROM sync.run WHERE outcome = 'done' AND finished_at >= started_at"))
                .isEqualTo(3);
        assertThat(rig.count(
                        "SELECT pages FROM sync.run_resource WHERE resource = 'measures' AND user_id = ?", ada.id()))
                .isEqualTo(Math.ceilDiv(ada.groups().size(), 20));
    }

    @Test
    void a_second_sync_writes_no_row(Rig rig) {
        rig.enrolAll();
        rig.run("sync");
        var before = versions(rig);
        var written = "SELECT count(*) FROM sync.run_resource WHERE inserted + changed + removed > 0";
        var wroteBefore = rig.count(written);

        var changesOnly = rig.run("sync");
        var everything = rig.run("sync", "--full");

        assertThat(changesOnly.exitCode())
                .as(changesOnly.err() + changesOnly.out())
                .isZero();
        assertThat(everything.exitCode())
                .as(everything.err() + everything.out())
                .isZero();
        assertThat(versions(rig)).isEqualTo(before);
        assertThat(rig.count(written)).isEqualTo(wroteBefore);
    }

    /** Every row with the transaction that wrote it: a row that was written again, be it with the same, differs. */
    private static Map<String, List<String>> versions(Rig rig) {
        var versions = new HashMap<String, List<String>>();
        TABLES.values().stream()
                .flatMap(List::stream)
                .forEach(table -> versions.put(
                        table, rig.column("SELECT xmin || ' ' || t::text FROM withings." + table + " t ORDER BY 1")));
        return versions;
    }

    private static long inRuns(Rig rig, String column, String resource) {
        return rig.count("SELECT sum(" + column + ") FROM sync.run_resource WHERE resource = ?", resource);
    }

    @Test
    void a_second_reading_is_not_thought_to_be_new(Rig rig) {
        rig.enrol(rig.person(1));
        rig.run("sync");
        var rolledBack = rolledBack(rig);

        rig.run("sync");

        assertThat(rolledBack(rig)).isEqualTo(rolledBack);
    }

    /** Sessions tell what they have counted when they end, or within a second. */
    private static long rolledBack(Rig rig) {
        rig.sql().execute("SELECT pg_sleep(1.2)");
        return rig.count("SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()");
    }

    @Test
    void a_second_sync_asks_for_changes_only(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "measures");
        var pages = rig.withings().calls("getmeas");

        rig.run("sync", "--resource", "measures");

        assertThat(rig.withings().calls("getmeas")).isEqualTo(pages + 1);
        var reached = rig.count("SELECT extract(epoch FROM reached_at) FROM sync.cursor WHERE resource = 'measures'");
        assertThat(Long.parseLong(rig.withings().seen().getLast().arguments().get("lastupdate")))
                .as("asks back the overlap of five minutes")
                .isBetween(reached - 600, reached - 295);
    }

    @Test
    void an_edited_group_a_new_row_and_a_group_with_fewer_measures_come_through(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var at = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        var edited = ada.measures(at, 0, Quantity.of(1, "70.5"), Quantity.of(6, "20.1"), Quantity.of(76, "50.0"));
        rig.run("sync");

        ada.edits(edited, Quantity.of(1, "70.25"));
        var added = ada.weighs(new BigDecimal("70.1"));
        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.column("SELECT type || '=' || value FROM withings.measure WHERE group_id = ?", edited))
                .containsExactly("1=70.25");
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group WHERE group_id = ?", added))
                .isEqualTo(1);
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        assertThat(rig.column(
                        "SELECT inserted || ' ' || removed || ' ' || (changed BETWEEN 1 AND 2) FROM sync.run_resource"
                                + " WHERE resource = 'measures' ORDER BY started_at DESC LIMIT 1"))
                .containsExactly("2 2 true");
    }

    @Test
    void goals_are_kept_as_a_history(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.goal("steps", "9000");
        ada.goal("sleep", "28800");
        ada.goal("weight", "{\"value\":70500,\"unit\":-3}");
        rig.run("sync", "--resource", "goals");

        ada.goal("steps", "12000");
        ada.goal("sleep", "null");
        rig.run("sync", "--resource", "goals");
        rig.run("sync", "--resource", "goals");

        var goals = "SELECT goal || ' ' || value || ' ' || unit || ' ' || (valid_to IS NULL) FROM withings.goal"
                + " ORDER BY goal, valid_from";
        assertThat(rig.column(goals))
                .containsExactly(
                        "sleep 28800 s false",
                        "steps 9000 steps false",
                        "steps 12000 steps true",
                        "weight 70.500 kg true");
        assertThat(rig.count("SELECT count(*) FROM withings.goal old JOIN withings.goal new"
                        + " ON old.goal = new.goal AND old.valid_to = new.valid_from"))
                .isEqualTo(1);

        for (var goal : List.of("steps", "weight")) {
            ada.goal(goal, "null");
        }
        rig.run("sync", "--resource", "goals");
        assertThat(rig.count("SELECT count(*) FROM withings.goal WHERE valid_to IS NULL"))
                .isZero();
        ada.goal("sleep", "28800");
        rig.run("sync", "--resource", "goals");
        assertThat(rig.column("SELECT value FROM withings.goal WHERE goal = 'sleep' ORDER BY valid_from"))
                .containsExactly("28800", "28800");
    }

    @Test
    void a_cut_off_answer_is_asked_for_again_and_no_workout_is_lost(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getworkouts").page(2).answer(Fault.cutOff());

        var ran = rig.run("sync", "--resource", "workouts");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.count("SELECT count(*) FROM withings.workout"))
                .isEqualTo(ada.workouts().size());
        var pages = Math.ceilDiv(ada.workouts().size(), 20);
        assertThat(rig.withings().calls("getworkouts")).isEqualTo(pages + 1);
    }
}
