package io.withingspg.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every field the API is documented to have has a column, or a reason to have none. Where a field goes is not written
 * down anywhere: it is changed in a record, and the column whose value changes is its place. Writes the tables in {@code
 * docs/coverage.md}.
 */
class CoverageTest {
    private static final Path DOCUMENT = Path.of("docs/coverage.md");

    /** Filled by the store, by the call that was made, or with what the name of a goal stands for. */
    private static final Set<String> OURS = Set.of(
            "user_id", "synced_at", "extra", "deleted_at", "valid_from", "valid_to", "goal", "unit", "signal_id");

    /** These come without being named in {@code data_fields}. */
    private static final Set<String> UNASKED = Set.of(
            "id",
            "deviceid",
            "hash_deviceid",
            "model",
            "model_id",
            "modelid",
            "brand",
            "is_tracker",
            "date",
            "timezone",
            "startdate",
            "enddate",
            "created",
            "modified",
            "completed",
            "category",
            "attrib",
            "state",
            "series{}");

    /**
     * Where a field is stored.
     *
     * @param without the path of another field that takes its place where both are told; empty if none does
     */
    private record Place(Set<String> columns, String without) {
        static final Place NONE = new Place(Set.of(), "");

        @Override
        public String toString() {
            var listed = columns.stream().map(column -> "`" + column + "`").collect(Collectors.joining(", "));
            return without.isEmpty() ? listed : listed + " where `" + without + "` is absent";
        }
    }

    private static final Map<DocumentedField, Place> PLACES = places();

    private static Map<DocumentedField, Place> places() {
        var places = new LinkedHashMap<DocumentedField, Place>();
        DocumentedField.all().forEach(field -> places.put(field, place(field)));
        return places;
    }

    private static Place place(DocumentedField field) {
        var body = body(field.resource());
        var columns = columnsChangedBy(field, body);
        if (!columns.isEmpty()) {
            return new Place(columns, "");
        }
        for (var other : DocumentedField.all()) {
            if (other.resource().equals(field.resource())
                    && !other.equals(field)
                    && !other.path().endsWith("}")) {
                var without = body.deepCopy();
                other.removeFrom(without);
                columns = columnsChangedBy(field, without);
                if (!columns.isEmpty()) {
                    return new Place(columns, other.path());
                }
            }
        }
        return Place.NONE;
    }

    private static Set<String> columnsChangedBy(DocumentedField field, ObjectNode body) {
        var before = columns(field.resource(), body);
        var changed = new TreeSet<String>();
        field.changed(body)
                .map(other -> columns(field.resource(), other))
                .filter(after -> !before.isEmpty() && !after.isEmpty())
                .forEach(after -> after.forEach((column, values) -> {
                    if (!values.equals(before.get(column))) {
                        changed.add(column);
                    }
                }));
        return changed;
    }

    /** Column → its values, over all rows; nothing where anything could not be read or has no column. */
    private static Map<String, Set<Object>> columns(String resource, ObjectNode body) {
        var span = resource.equals("ecg") ? new Span.One(Sample.SIGNAL_ID) : new Span.Everything();
        var page = Resources.named(resource).orElseThrow().normalise(body, span, Bounds.NONE);
        var columns = new TreeMap<String, Set<Object>>();
        for (var row : page.rows()) {
            if (row.field("extra") != null && row.get("extra") != null) {
                return Map.of();
            }
            for (var column : row.fields()) {
                var value = row.get(column);
                var values = columns.computeIfAbsent(
                        row.getTable().getName() + "." + column.getName(), _ -> new HashSet<>());
                if (value != null) {
                    values.add(value instanceof Object[] array ? List.of(array) : value);
                }
            }
        }
        return page.rejects().isEmpty() ? columns : Map.of();
    }

    private static ObjectNode body(String resource) {
        var sample = Stream.of(Sample.values())
                .filter(one -> one.resource().name().equals(resource))
                .findFirst()
                .orElseThrow();
        return sample == Sample.GOALS
                ? (ObjectNode)
                        Sample.json(
                                "{\"goals\": {\"steps\": 10000, \"sleep\": 28800, \"weight\": {\"value\": 70500, \"unit\": -3}}}")
                : sample.body(List.of(sample.record()));
    }

    private static Stream<DocumentedField> fields(Resource resource) {
        return PLACES.keySet().stream().filter(field -> field.resource().equals(resource.name()));
    }

    @Test
    void every_documented_field_has_a_column_or_a_reason_to_have_none() {
        PLACES.forEach((field, place) -> assertThat(place.columns.isEmpty())
                .as("%s is stored in %s", field, place)
                .isEqualTo(field.is(DocumentedField.STEERS) || field.is(DocumentedField.OBSOLETE)));
    }

    @Test
    void every_column_has_a_field_that_fills_it() {
        var filled = PLACES.values().stream()
                .map(Place::columns)
                .flatMap(Collection::stream)
                .collect(Collectors.toSet());
        var all = Resources.ALL.stream()
                .flatMap(resource -> resource.targets().stream())
                .map(Target::table)
                .flatMap(table -> Stream.of(table.fields())
                        .map(org.jooq.Field::getName)
                        .filter(column -> !OURS.contains(column))
                        .map(column -> table.getName() + "." + column));

        assertThat(all).isSubsetOf(filled);
    }

    @Test
    void every_field_that_has_to_be_asked_for_by_name_is() {
        for (var resource : Resources.ALL) {
            if (resource.namesFields()) {
                var asked = resource.parameters().getOrDefault("data_fields", "");
                assertThat(asked.split(",", -1))
                        .as(resource.name())
                        .containsExactlyInAnyOrderElementsOf(fields(resource)
                                .filter(field -> field.note().isEmpty())
                                .map(DocumentedField::name)
                                .filter(name -> !UNASKED.contains(name))
                                .toList());
            }
        }
    }

    @Test
    void the_tables_in_the_documentation_are_what_happens() throws IOException {
        var document = Files.readString(DOCUMENT);
        var anew = document.replaceFirst(
                "(?s)(<!-- coverage -->\n).*(<!-- end of coverage -->)",
                "$1" + java.util.regex.Matcher.quoteReplacement(summary() + tables()) + "$2");
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/coverage.md"), anew);

        assertThat(document)
                .as("what happens differs: cp target/coverage.md docs/coverage.md")
                .isEqualTo(anew);
    }

    private static long count(Resource resource, String note) {
        return fields(resource).filter(field -> field.is(note)).count();
    }

    private static String summary() {
        var lines = new StringBuilder("""
                | resource | stored / documented | steer the reading | not stored: obsolete | stored, but not in the reference |
                |---|---|---|---|---|
                """);
        for (var resource : Resources.ALL) {
            var stored = count(resource, "");
            var obsolete = count(resource, DocumentedField.OBSOLETE);
            lines.append("| `%s` | %d / %d | %d | %d | %d |%n"
                    .formatted(
                            resource,
                            stored,
                            stored + obsolete,
                            count(resource, DocumentedField.STEERS),
                            obsolete,
                            count(resource, DocumentedField.UNDOCUMENTED)));
        }
        return lines.toString();
    }

    private static String tables() {
        var lines = new StringBuilder();
        for (var resource : Resources.ALL) {
            lines.append("%n### `%s`%n%n| field of the API | where it is stored |%n|---|---|%n".formatted(resource));
            fields(resource)
                    .forEach(field -> lines.append("| `%s`%s | %s |%n"
                            .formatted(
                                    field.path(),
                                    field.is(DocumentedField.UNDOCUMENTED) ? " (" + field.note() + ")" : "",
                                    field.is(DocumentedField.STEERS) || field.is(DocumentedField.OBSOLETE)
                                            ? field.note()
                                            : PLACES.get(field))));
        }
        return lines.toString();
    }
}
