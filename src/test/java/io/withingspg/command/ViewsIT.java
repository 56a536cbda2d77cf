package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What owners and their report tools may rely on, of every view there is. {@link SchemaIT} asks for their columns' types. */
@ExtendWith(Rig.Provider.class)
final class ViewsIT {
    private static final String ALL =
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics' ORDER BY 1";

    @Test
    void the_views_the_contract_names_are_there(Rig rig) {
        assertThat(rig.column(ALL))
                .contains("enrolled_user", "device", "goal", "calendar")
                .contains("measure", "weight", "body_composition", "blood_pressure")
                .contains("sleep", "sleep_night_hypnogram", "workout", "ecg", "ecg_sample")
                .contains("daily", "weekly", "monthly", "baseline")
                .contains(
                        "day_status",
                        "adherence",
                        "coverage",
                        "freshness",
                        "series_break",
                        "observation",
                        "data_dictionary")
                .contains("sync_run", "reject", "drift", "table_size");
    }

    @Test
    void a_view_of_people_begins_with_the_person(Rig rig) {
        assertThat(rig.column("""
                SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'analytics' AND (column_name, ordinal_position) IN (('user_id', 1), ('ref', 2))
                GROUP BY table_name HAVING count(*) = 2 ORDER BY 1
                """))
                .containsExactlyElementsOf(rig.column(ALL.replace(
                        "ORDER", "AND table_name NOT IN ('calendar', 'data_dictionary', 'table_size') ORDER")));
    }

    @Test
    void whoever_has_rows_has_them_in_every_view_and_only_their_own(Rig rig) {
        rig.set("SAMPLES_BACKFILL_DAYS", "3"); // a single day holds no night soon after midnight
        rig.enrolAll().run("sync");
        for (var view : rig.column(ALL)) {
            if (!List.of("calendar", "data_dictionary", "table_size", "series_break", "reject", "drift")
                    .contains(view)) {
                assertThat(rig.column(
                                "SELECT DISTINCT user_id FROM analytics." + view + " WHERE user_id = ?",
                                rig.person(1).id()))
                        .as(view)
                        .containsExactly(Long.toString(rig.person(1).id()));
            }
        }
    }

    @Test
    void views_of_the_owner_outlive_migrations_that_run_again(Rig rig) {
        new Rows(rig, 1, "ada").measured("2026-02-03T06:00:00Z", "Europe/Paris", 1, "70");
        var views = rig.column(ALL);
        rig.sql().execute("CREATE SCHEMA own");
        views.forEach(view -> rig.sql().execute("CREATE VIEW own." + view + " AS SELECT * FROM analytics." + view));
        var scripts = rig.count("SELECT count(*) FROM sync.flyway_schema_history WHERE script LIKE 'R\\_\\_%'");
        rig.sql().execute("UPDATE sync.flyway_schema_history SET checksum = 0 WHERE script LIKE 'R\\_\\_%'");

        assertThat(rig.run("migrate").out()).contains(scripts + " migrations ran");

        for (var view : views) {
            assertThat(rig.sql().fetch("SELECT * FROM own." + view))
                    .as(view)
                    .hasSameSizeAs(rig.sql().fetch("SELECT * FROM analytics." + view));
        }
        assertThat(rig.column("SELECT weight_kg FROM own.weight")).containsExactly("70.000");
    }

    /** Tables that hold a row for each thing that happened; the rest are small. */
    private static final List<String> LARGE = List.of(
            "measure",
            "measure_group",
            "activity_day",
            "activity_sample",
            "sleep_summary",
            "sleep_stage",
            "sleep_sample",
            "workout",
            "heart_record",
            "ecg_signal",
            "coverage");

    @Test
    void a_question_about_one_person_reads_that_persons_rows_alone(Rig rig) throws JsonProcessingException {
        rig.sql().execute("SET enable_seqscan = off"); // else small tables are read whole, since that is cheaper
        for (var view : rig.column(ALL)) {
            if (!List.of("calendar", "data_dictionary", "table_size").contains(view)) {
                var plan = rig.query("EXPLAIN (FORMAT JSON) SELECT * FROM analytics." + view + " WHERE user_id = 7")
                        .toString();
                assertThat(whole(new ObjectMapper().readTree(plan))).as(view).isEmpty();
            }
        }
        for (var view : List.of("measure", "weight", "body_composition", "blood_pressure", "sleep", "workout")) {
            var plan = rig.query("EXPLAIN (FORMAT JSON) SELECT * FROM analytics." + view
                            + " WHERE user_id = 7 AND day = '2026-02-03'")
                    .toString();
            assertThat(plan).as(view).containsPattern("user_id = 7\\) AND \\((\\w+\\.)?day = '2026-02-03'::date");
        }
    }

    /** The scans of large tables that do not begin with a person. */
    private static List<String> whole(JsonNode plan) {
        var found = new ArrayList<String>();
        for (var node : plan.findParents("Relation Name")) {
            var table = node.path("Relation Name").asText().replaceFirst("_(\\d{4}|default)$", "");
            var condition =
                    node.path("Index Cond").asText() + node.path("Recheck Cond").asText();
            if (LARGE.contains(table) && !condition.contains("user_id = ")) {
                found.add(node.path("Node Type").asText() + " " + table + " " + condition);
            }
        }
        return found;
    }
}
