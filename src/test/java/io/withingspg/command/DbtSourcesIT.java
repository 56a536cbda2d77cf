package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The views as a source for dbt, and for the tools that read its files. Writes {@code docs/schema.yml}. */
@ExtendWith(Rig.Provider.class)
final class DbtSourcesIT {
    @Test
    void the_file_says_what_the_schema_says(Rig rig) throws IOException {
        var ran = rig.run("schema", "--dbt");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        var anew =
                "# The views of schema analytics as a dbt source, for dbt 1.10.5 or newer. Made by: withings schema --dbt\n"
                        + ran.out();
        Files.writeString(Path.of("target/schema.yml"), anew);

        assertThat(Path.of("docs/schema.yml"))
                .as("the schema differs: cp target/schema.yml docs/schema.yml")
                .hasContent(anew);
    }

    @Test
    void every_column_is_there_with_its_type_and_meaning_and_what_it_refers_to_is_so(Rig rig) {
        rig.enrolAll().run("sync");
        var yaml = rig.run("schema", "--dbt").out();
        assertThat(yaml).as("dbt would read a template").doesNotContainPattern("\\{[{%#]");
        var columns = new ArrayList<String>();
        var referred = new ArrayList<String>();
        for (var view : maps(source(yaml), "tables")) {
            for (var column : maps(view, "columns")) {
                columns.add(view.get("name") + "." + column.get("name") + " " + column.get("data_type") + " "
                        + column.get("description"));
                for (var test : maps(column, "data_tests")) {
                    var parent = map(map(test, "relationships"), "arguments");
                    var name = String.valueOf(parent.get("to")).replaceFirst("source\\('withings', '(\\w+)'\\)", "$1");
                    referred.add(view.get("name") + "." + column.get("name") + " " + name + "." + parent.get("field"));
                    assertThat(rig.column(
                                    "SELECT %1$s FROM analytics.%2$s WHERE %1$s NOT IN (SELECT %4$s FROM analytics.%3$s)"
                                            .formatted(
                                                    column.get("name"), view.get("name"), name, parent.get("field"))))
                            .as(referred.getLast())
                            .isEmpty();
                }
            }
        }
        assertThat(columns).containsExactlyElementsOf(rig.column("""
                SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || description
                FROM analytics.data_dictionary WHERE schema_name = 'analytics' ORDER BY table_name, column_position
                """));
        assertThat(referred)
                .contains("daily.user_id enrolled_user.user_id", "daily.day calendar.day", "ecg.day calendar.day")
                .noneMatch(line -> line.startsWith("calendar.") || line.startsWith("enrolled_user."));
    }

    private static Map<?, ?> source(String yaml) {
        var root = (Map<?, ?>) new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        assertThat(root.get("version")).isEqualTo(2);
        var source = maps(root, "sources").getFirst();
        assertThat(source.get("schema")).isEqualTo("analytics");
        return source;
    }

    private static Map<?, ?> map(Map<?, ?> node, String key) {
        return (Map<?, ?>) Objects.requireNonNull(node.get(key));
    }

    /** Empty where there is no such key. */
    private static List<Map<?, ?>> maps(Map<?, ?> node, String key) {
        var found = new ArrayList<Map<?, ?>>();
        if (node.get(key) instanceof List<?> list) {
            list.forEach(one -> found.add((Map<?, ?>) one));
        }
        return found;
    }
}
