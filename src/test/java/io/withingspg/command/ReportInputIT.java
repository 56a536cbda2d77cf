package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What reports must bear, asked of every view: names like code, somebody with one row, somebody with twenty years. */
@ExtendWith(Rig.Provider.class)
final class ReportInputIT {
    private static final String ALL =
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics' ORDER BY 1";
    private static final String OF_PEOPLE =
            ALL.replace("ORDER", "AND table_name NOT IN ('calendar', 'data_dictionary', 'table_size') ORDER");

    @Test
    void a_name_that_looks_like_sql_html_a_formula_or_a_template_is_a_name(Rig rig) throws IOException {
        rig.enrolAll().set("SAMPLES_BACKFILL_DAYS", "3"); // a single day holds no night before the morning
        rig.run("sync");
        var id = rig.person(1).id();
        for (var ref : List.of(
                "Robert'); DROP TABLE withings.measure;--",
                "<img src=x onerror=alert(1)>",
                "=HYPERLINK(\"http://example.org\")",
                "{{ env_var('TOKEN_KEY') }}",
                "%s %n \\ NULL",
                "Ünï \"quoted\", 日本")) {
            assertThat(rig.run("users", "set", Long.toString(id), "--ref", ref).exitCode())
                    .as(ref)
                    .isZero();
            for (var view : rig.column(OF_PEOPLE)) {
                assertThat(rig.column("SELECT DISTINCT ref FROM analytics." + view + " WHERE user_id = ?", id))
                        .as(view)
                        .isSubsetOf(ref)
                        .hasSize(List.of("series_break", "reject").contains(view) ? 0 : 1); // nothing of the kind was
            }
            assertThat(rig.count("SELECT count(*) FROM analytics.daily WHERE ref = ?", ref))
                    .as(ref)
                    .isEqualTo(rig.count("SELECT count(*) FROM analytics.daily WHERE user_id = ?", id));
            assertThat(rig.run("status").out()).contains("\n" + ref + " (" + id + ")  active");
            assertThat(new ObjectMapper()
                            .readTree(rig.run("status", "--json").out())
                            .findValuesAsText("ref"))
                    .contains(ref);
        }
    }

    @Test
    void somebody_with_one_row_has_one_in_each_view_that_shows_it(Rig rig) {
        new Rows(rig, 1, "ada").measured("2026-02-03T06:00:00Z", "Europe/Paris", 1, "70");
        for (var view : rig.column(OF_PEOPLE)) {
            assertThat(rig.sql().fetch("SELECT * FROM analytics." + view).intoSet("user_id", Long.class))
                    .as(view)
                    .isSubsetOf(1L);
        }
        for (var view : List.of(
                "enrolled_user",
                "measure",
                "weight",
                "body_composition",
                "daily",
                "weekly",
                "monthly",
                "adherence",
                "observation")) {
            assertThat(rig.count("SELECT count(*) FROM analytics." + view))
                    .as(view)
                    .isEqualTo(1);
        }
        for (var view : List.of("sleep", "workout", "ecg", "blood_pressure", "series_break", "device")) {
            assertThat(rig.count("SELECT count(*) FROM analytics." + view))
                    .as(view)
                    .isZero();
        }
        assertThat(rig.column("SELECT concat_ws(' ', day, weight_kg, steps) FROM analytics.daily"))
                .as("no zero where nothing was measured")
                .containsExactly("2026-02-03 70.000");
    }

    @Test
    void somebody_with_twenty_years_has_each_day_once_in_every_view(Rig rig) throws IOException, SQLException {
        try (var connection = DriverManager.getConnection(rig.environment().get("DATABASE_URL"));
                var statement = connection.createStatement()) {
            statement.execute(
                    "SET population.people = '1'; SET population.days = '7305'; SET population.sample_days = '2'");
            statement.execute(Files.readString(Path.of("bench/population.sql")));
        }
        for (var view : rig.column(ALL)) {
            var rows = rig.count("SELECT count(*) FROM (SELECT * FROM analytics." + view + " OFFSET 0) AS all_of_it");
            if (List.of("drift", "reject", "sync_run").contains(view)) { // of syncs, and there was none
                assertThat(rows).as(view).isZero();
            } else {
                assertThat(rows).as(view).isPositive();
            }
        }
        assertThat(
                        rig.column(
                                "SELECT concat_ws(' ', count(*), count(DISTINCT day), max(day) - min(day)) FROM analytics.daily"))
                .containsExactly("7305 7305 7304");
        assertThat(rig.count("SELECT count(*) FROM analytics.weekly")).isBetween(1044L, 1045L);
        assertThat(rig.count("SELECT count(*) FROM analytics.monthly")).isBetween(240L, 242L);
        assertThat(rig.count("SELECT count(*) - count(DISTINCT (day, resource)) FROM analytics.day_status"))
                .isZero();
        assertThat(rig.column("SELECT resource FROM analytics.day_status GROUP BY resource HAVING count(*) > 7306"))
                .isEmpty();
    }
}
