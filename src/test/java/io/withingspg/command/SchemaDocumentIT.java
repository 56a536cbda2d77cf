package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the schema says of itself. Writes the tables in {@code docs/schema.md}. */
@ExtendWith(Rig.Provider.class)
final class SchemaDocumentIT {
    private static final Path DOCUMENT = Path.of("docs/schema.md");

    @Test
    void the_document_says_what_the_schema_says(Rig rig) throws IOException {
        var ran = rig.run("schema");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        var document = Files.readString(DOCUMENT);
        var anew = document.replaceFirst(
                "(?s)(<!-- schema -->\n).*(<!-- end of schema -->)",
                "$1\n" + Matcher.quoteReplacement(ran.out()) + "\n$2");
        Files.writeString(Path.of("target/schema.md"), anew);

        assertThat(document)
                .as("the schema differs: cp target/schema.md docs/schema.md")
                .isEqualTo(anew);
    }

    @Test
    void every_column_is_printed_with_its_meaning_as_markdown_and_as_json(Rig rig) throws JsonProcessingException {
        var markdown = rig.run("schema").out();
        var columns = rig.sql().fetch("SELECT * FROM analytics.data_dictionary");
        assertThat(columns).hasSizeGreaterThan(500);
        for (var column : columns) {
            assertThat(markdown)
                    .contains("### `" + column.get("schema_name") + "." + column.get("table_name") + "`")
                    .contains("| `" + column.get("column_name") + "` | " + column.get("data_type"));
        }
        assertThat(markdown)
                .contains("measure_group ||--o{ measure : \"has\"")
                .contains("measure_type |o..o{ measure : \"type\"")
                .contains("device |o..o{ workout : \"device_id\"");

        var tables =
                new ObjectMapper().readTree(rig.run("schema", "--json").out()).path("tables");
        var printed = 0;
        for (var table : tables) {
            assertThat(table.path("description").asText()).isNotBlank();
            for (var column : table.path("columns")) {
                assertThat(column.path("description").asText()).isNotBlank();
                printed++;
            }
        }
        assertThat(printed).isEqualTo(columns.size());
    }
}
