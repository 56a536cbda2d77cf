package io.withingspg.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Person;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What the tables should hold, worked out from the JSON of the API by {@link Mapping} alone, and what they do hold: both
 * as text, table → sorted rows.
 */
final class Told {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final TypeReference<TreeMap<String, Object>> OBJECT = new TypeReference<>() {};

    private final Map<String, List<String>> rows = new TreeMap<>();

    private Told() {}

    /** What these people's rows should be, all of them. */
    static Map<String, List<String>> by(List<Person> people) {
        var told = new Told();
        for (var person : people) {
            told.add(person);
        }
        told.rows.values().forEach(list -> list.sort(null));
        return told.rows;
    }

    /** What is stored, but for when it was. */
    static Map<String, List<String>> stored(DSLContext sql) {
        var stored = new TreeMap<String, List<String>>();
        for (var table : Mapping.tables()) {
            var rows = new ArrayList<String>();
            for (var row : sql.fetch("SELECT * FROM withings." + table)) {
                var columns = new TreeMap<String, @Nullable Object>();
                for (var field : row.fields()) {
                    columns.put(field.getName(), canonical(row.get(field)));
                }
                columns.keySet().removeAll(List.of("synced_at"));
                rows.add(text(columns));
            }
            rows.sort(null);
            stored.put(table, rows);
        }
        return stored;
    }

    private void add(Person person) {
        for (var group : person.groups()) {
            add(person, "measure_group", group, Map.of("day", day(group, "date")));
            for (var measure : lastOfEachKey(group.path("measures"))) {
                add(
                        person,
                        "measure",
                        measure,
                        Map.of(
                                "group_id", group.path("grpid").asText(),
                                "value", scaled(measure),
                                "position", measure.path("position").asText("-1"),
                                "measured_at", instant(group.path("date"))));
            }
        }
        newestOfEachDay(person.activities()).forEach(day -> add(person, "activity_day", day, Map.of()));
        person.workouts().forEach(workout -> add(person, "workout", workout, Map.of()));
        for (var night : person.nights()) {
            add(person, "sleep_summary", night, Map.of());
            night.path("data")
                    .path("night_events")
                    .properties()
                    .forEach(event -> new TreeSet<>(seconds(event.getValue()))
                            .forEach(offset -> row(
                                    "sleep_event",
                                    person,
                                    Map.of(
                                            "sleep_id", night.path("id").asText(),
                                            "event", event.getKey(),
                                            "occurred_at",
                                                    Instant.ofEpochSecond(night.path("startdate")
                                                                            .asLong()
                                                                    + offset)
                                                            .toString()))));
        }
        for (var record : person.heart()) {
            add(person, "heart_record", record, Map.of("day", day(record, "timestamp")));
        }
        person.devices().forEach(device -> add(person, "device", device, Map.of()));
    }

    /** Of two rows for one day the one that was modified later counts. */
    private static List<JsonNode> newestOfEachDay(List<JsonNode> days) {
        var newest = new LinkedHashMap<String, JsonNode>();
        days.forEach(day -> newest.merge(
                day.path("date").asText(),
                day,
                (one, other) ->
                        one.path("modified").asLong() >= other.path("modified").asLong() ? one : other));
        return List.copyOf(newest.values());
    }

    /** Of two measures of one type and position the last one counts. */
    private static List<JsonNode> lastOfEachKey(JsonNode measures) {
        var last = new LinkedHashMap<String, JsonNode>();
        measures.forEach(measure -> last.put(measure.path("type") + "/" + measure.path("position"), measure));
        return List.copyOf(last.values());
    }

    private static List<Long> seconds(JsonNode offsets) {
        return offsets.valueStream().map(JsonNode::asLong).toList();
    }

    private static String day(JsonNode record, String time) {
        return LocalDate.ofInstant(
                        Instant.ofEpochSecond(record.path(time).asLong()),
                        ZoneId.of(record.path("timezone").asText("UTC")))
                .toString();
    }

    private static String instant(JsonNode epoch) {
        return Instant.ofEpochSecond(epoch.asLong()).toString();
    }

    private static String scaled(JsonNode measure) {
        return new BigDecimal(measure.path("value").asText())
                .scaleByPowerOfTen(measure.path("unit").asInt())
                .toPlainString();
    }

    private void add(Person person, String table, JsonNode record, Map<String, String> computed) {
        var rest = (ObjectNode) exact(record);
        var columns = new TreeMap<String, @Nullable Object>();
        for (var line : Mapping.of(table)) {
            columns.put(line.column(), line.value(rest));
        }
        Mapping.removeKnown(table, rest);
        columns.putAll(computed);
        columns.put(
                "extra", rest.isEmpty() ? null : JSON.convertValue(rest, OBJECT).toString());
        row(table, person, columns);
    }

    private void row(String table, Person person, Map<String, ? extends @Nullable Object> columns) {
        var all = new TreeMap<String, @Nullable Object>(columns);
        all.put("user_id", Long.toString(person.id()));
        all.putIfAbsent("extra", null);
        if (Mapping.canBeDeleted(table)) {
            all.put("deleted_at", null);
        }
        rows.computeIfAbsent(table, _ -> new ArrayList<>()).add(text(all));
    }

    private static JsonNode exact(JsonNode record) {
        try {
            return JSON.readTree(record.toString());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object canonical(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case java.time.OffsetDateTime at -> at.toInstant().toString();
            case java.sql.Timestamp at -> at.toInstant().toString();
            case BigDecimal number -> number.toPlainString();
            case org.jooq.JSONB json -> {
                try {
                    yield JSON.readValue(json.data(), OBJECT).toString();
                } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
            }
            default -> value.toString();
        };
    }

    private static String text(Map<String, ? extends @Nullable Object> columns) {
        return columns.entrySet().stream()
                .map(column -> column.getKey() + "=" + column.getValue())
                .collect(java.util.stream.Collectors.joining(" "));
    }

    /** What is stored for these people and was not told, or was told and is not stored. */
    static List<String> differences(List<Person> people, DSLContext sql, String... tables) {
        var told = by(people);
        var stored = stored(sql);
        var differences = new ArrayList<String>();
        for (var table : tables.length == 0 ? Mapping.tables() : List.of(tables)) {
            var missing = new ArrayList<>(told.getOrDefault(table, List.of()));
            for (var row : stored.getOrDefault(table, List.of())) {
                if (!missing.remove(row)) {
                    differences.add(table + " has:   " + row);
                }
            }
            missing.forEach(row -> differences.add(table + " lacks: " + row));
        }
        return differences;
    }
}
