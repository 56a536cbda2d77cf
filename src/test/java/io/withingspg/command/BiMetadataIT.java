package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a tool that connects by JDBC is told of the schemas: it builds its lists, joins and tooltips from this alone. */
@ExtendWith(Rig.Provider.class)
final class BiMetadataIT {
    private static final List<String> SCHEMAS = List.of("analytics", "withings");

    private static final String[] TYPES = {"TABLE", "PARTITIONED TABLE", "VIEW"};

    private interface Question {
        ResultSet ask(Connection connection) throws SQLException;
    }

    /** One line for each row of the answer, of the columns named. */
    private static List<String> told(Rig rig, Question question, String... columns) throws SQLException {
        try (var connection = DriverManager.getConnection(rig.environment().get("DATABASE_URL"));
                var rows = question.ask(connection)) {
            var lines = new ArrayList<String>();
            while (rows.next()) {
                var values = new ArrayList<String>();
                for (var column : columns) {
                    values.add(String.valueOf(rows.getString(column)));
                }
                lines.add(String.join(" ", values));
            }
            return lines;
        }
    }

    @Test
    void every_table_and_view_is_listed_with_what_it_is_and_partitions_are_not(Rig rig) throws SQLException {
        for (var schema : SCHEMAS) {
            var listed = told(
                    rig,
                    connection -> connection.getMetaData().getTables(null, schema, "%", TYPES),
                    "TABLE_NAME",
                    "TABLE_TYPE",
                    "REMARKS");
            assertThat(listed)
                    .hasSize(rig.column("SELECT 1 FROM information_schema.tables WHERE table_schema = ?", schema)
                            .size())
                    .allMatch(line -> line.matches("\\w+ (VIEW|TABLE|PARTITIONED TABLE) .{10,}"))
                    .noneMatch(line -> line.matches("\\w+_(20\\d\\d|default) .*"));
        }
    }

    @Test
    void every_column_has_a_type_that_any_tool_knows_and_a_remark(Rig rig) throws SQLException {
        var plain =
                Set.of("int2", "int4", "int8", "numeric", "float8", "bool", "text", "date", "timestamp", "timestamptz");
        for (var schema : SCHEMAS) {
            var listed = told(
                    rig,
                    connection -> connection.getMetaData().getColumns(null, schema, "%", "%"),
                    "TABLE_NAME",
                    "COLUMN_NAME",
                    "TYPE_NAME",
                    "DATA_TYPE",
                    "COLUMN_SIZE",
                    "DECIMAL_DIGITS",
                    "REMARKS");
            assertThat(listed).hasSizeGreaterThan(100);
            for (var line : listed) {
                var told = line.split(" ", 7);
                assertThat(told[6]).as(line).isNotBlank().isNotEqualTo("null");
                if (schema.equals("analytics")) {
                    assertThat(told[2]).as(line).isIn(plain);
                    assertThat(JDBCType.valueOf(Integer.parseInt(told[3])))
                            .as(line)
                            .isNotIn(JDBCType.OTHER, JDBCType.ARRAY, JDBCType.STRUCT);
                    if (told[2].equals("numeric")) {
                        // 131089 is how the driver says "without bounds"; 38 is all that most tools can hold
                        assertThat(Integer.parseInt(told[4])).as(line).isBetween(1, 38);
                        assertThat(Integer.parseInt(told[5])).as(line).isBetween(0, 9);
                    }
                }
            }
        }
        assertThat(told(
                        rig,
                        connection -> connection.getMetaData().getColumns(null, "analytics", "daily", "%"),
                        "COLUMN_NAME",
                        "TYPE_NAME"))
                .startsWith("user_id int8", "ref text")
                .contains("day date", "weight_kg numeric", "steps int4", "final bool");
    }

    @Test
    void every_table_has_its_key_and_rows_of_a_parent_their_reference(Rig rig) throws SQLException {
        for (var table :
                rig.column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'withings'")) {
            assertThat(told(
                            rig,
                            connection -> connection.getMetaData().getPrimaryKeys(null, "withings", table),
                            "KEY_SEQ",
                            "COLUMN_NAME"))
                    .as(table)
                    .isNotEmpty();
        }
        assertThat(told(
                        rig,
                        connection -> connection.getMetaData().getPrimaryKeys(null, "withings", "activity_day"),
                        "KEY_SEQ",
                        "COLUMN_NAME"))
                .containsExactlyInAnyOrder("1 user_id", "2 day");
        assertThat(told(
                        rig,
                        connection -> connection.getMetaData().getImportedKeys(null, "withings", "measure"),
                        "PKTABLE_NAME",
                        "PKCOLUMN_NAME",
                        "FKCOLUMN_NAME"))
                .containsExactlyInAnyOrder("measure_group user_id user_id", "measure_group group_id group_id");
    }

    @Test
    void days_stay_days_and_numbers_exact_wherever_the_reader_sits(Rig rig) throws SQLException {
        new Rows(rig, 1, "ada").measured("2026-02-03T23:30:00Z", "Pacific/Auckland", 1, "70.123");
        for (var zone : List.of("Pacific/Honolulu", "UTC", "Pacific/Auckland")) {
            assertThat(told(
                            rig,
                            connection -> {
                                connection.createStatement().execute("SET TIME ZONE '" + zone + "'");
                                return connection
                                        .createStatement()
                                        .executeQuery("SELECT day, local_started_at, weight_kg FROM analytics.weight");
                            },
                            "day",
                            "local_started_at",
                            "weight_kg"))
                    .as(zone)
                    .containsExactly("2026-02-04 2026-02-04 12:30:00 70.123");
        }
    }
}
