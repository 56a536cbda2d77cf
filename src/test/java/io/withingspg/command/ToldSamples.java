package io.withingspg.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Person;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of samples should hold of a stretch of time, worked out as {@link Told} does. Nothing is compared of
 * where a stage comes from ({@code source}): an answer says it once for all its nights, so it depends on the window.
 *
 * @param lacks told and not stored
 * @param has stored and not told, table → when
 */
record ToldSamples(List<String> lacks, Map<String, List<Instant>> has) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Column and field. */
    private static final Map<String, String> SLEEP_SERIES = Map.of(
            "heart_rate", "hr",
            "respiration_rate", "rr",
            "snoring_s", "snoring",
            "sdnn_ms", "sdnn_1",
            "rmssd_ms", "rmssd",
            "hrv_quality", "hrv_quality",
            "movement_score", "mvt_score",
            "chest_movement_rate", "chest_movement_rate",
            "withings_index", "withings_index",
            "breathing_sounds_s", "breathing_sounds");

    private static final Map<String, String> TIMES = Map.of(
            "activity_sample", "sampled_at",
            "sleep_stage", "started_at",
            "sleep_sample", "sampled_at");

    /** @param until not included */
    static ToldSamples compare(List<Person> people, DSLContext sql, Instant from, Instant until) {
        var lacks = new ArrayList<String>();
        var has = new TreeMap<String, List<Instant>>();
        for (var person : people) {
            var told = Map.of(
                    "activity_sample", movement(person, from, until),
                    "sleep_stage", stages(person, from, until),
                    "sleep_sample", sleep(person, from, until));
            told.forEach((table, rows) -> {
                var time = TIMES.getOrDefault(table, "");
                var missing = new LinkedHashSet<>(rows);
                for (var row : sql.fetch("SELECT * FROM withings." + table + " WHERE user_id = ?", person.id())) {
                    var at = row.get(time, Instant.class);
                    if (!missing.remove(stored(row)) && !at.isBefore(from) && at.isBefore(until)) {
                        has.computeIfAbsent(table, _ -> new ArrayList<>()).add(at);
                    }
                }
                missing.forEach(row -> lacks.add(table + " of " + person.name() + " lacks: " + row));
            });
            var missing = new LinkedHashSet<>(curves(person));
            sql.fetch("SELECT * FROM withings.ecg_signal WHERE user_id = ?", person.id())
                    .forEach(row -> missing.remove(stored(row)));
            missing.forEach(row -> lacks.add("ecg_signal of " + person.name() + " lacks: " + row));
        }
        return new ToldSamples(lacks, has);
    }

    private static Set<String> movement(Person person, Instant from, Instant until) {
        return person.samples(from, until).entrySet().stream()
                .map(sample -> row("activity_sample", sample.getValue(), Map.of("sampled_at", sample.getKey())))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> stages(Person person, Instant from, Instant until) {
        return person.segments(from, until).stream()
                .map(segment -> row("sleep_stage", segment, Map.of()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> sleep(Person person, Instant from, Instant until) {
        var samples = new TreeMap<String, Map<String, @Nullable Object>>();
        for (var segment : person.segments(from, until)) {
            var device = device(segment);
            SLEEP_SERIES.forEach((column, field) -> segment.path(field)
                    .properties()
                    .forEach(moment -> {
                        if (!moment.getValue().isNull()) {
                            var row = samples.computeIfAbsent(moment.getKey() + " " + device, _ -> new TreeMap<>());
                            row.put("sampled_at", Instant.ofEpochSecond(Long.parseLong(moment.getKey())));
                            row.put("device_id", device);
                            row.put(
                                    column,
                                    field.equals("hr") ? measured(moment.getValue()) : number(moment.getValue()));
                        }
                    }));
        }
        return samples.values().stream().map(ToldSamples::text).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> curves(Person person) {
        return person.heart().stream()
                .map(record -> record.at("/ecg/signalid"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asLong)
                .map(signal -> row(
                        "ecg_signal",
                        person.ecg(signal).orElseThrow(),
                        Map.of(
                                "signal_id",
                                signal,
                                "microvolts",
                                person.ecg(signal)
                                        .orElseThrow()
                                        .path("signal")
                                        .valueStream()
                                        .map(JsonNode::asText)
                                        .toList())))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String row(String table, JsonNode record, Map<String, Object> computed) {
        var rest = (ObjectNode) record.deepCopy();
        var columns = new TreeMap<String, @Nullable Object>(computed);
        for (var line : Mapping.of(table)) {
            columns.put(line.column(), plain(line.value(rest)));
        }
        if (TIMES.containsKey(table)) {
            columns.put("device_id", device(rest));
        }
        Mapping.removeKnown(table, rest);
        rest.remove(SLEEP_SERIES.values());
        rest.remove(List.of("deviceid", "hash_deviceid", "signal"));
        columns.put("extra", rest.isEmpty() ? null : rest.toString());
        return text(columns);
    }

    private static String device(JsonNode record) {
        return Stream.of("deviceid", "hash_deviceid")
                .map(record::path)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .findFirst()
                .orElse("");
    }

    private static @Nullable Object measured(JsonNode value) {
        return value.asInt() == 0 ? null : number(value);
    }

    private static @Nullable Object number(JsonNode value) {
        return plain(value.asText());
    }

    private static String stored(Record row) {
        var columns = new TreeMap<String, @Nullable Object>();
        for (var field : row.fields()) {
            columns.put(field.getName(), canonical(row.get(field)));
        }
        columns.keySet().removeAll(Set.of("user_id", "synced_at", "source"));
        return text(columns);
    }

    private static @Nullable Object canonical(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case java.time.OffsetDateTime at -> at.toInstant();
            case java.sql.Timestamp at -> at.toInstant();
            case Integer[] numbers -> Stream.of(numbers).map(String::valueOf).toList();
            case org.jooq.JSONB json -> {
                try {
                    yield JSON.readTree(json.data()).toString();
                } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
            }
            default -> plain(value.toString());
        };
    }

    /** 37.10 and 37.1 are one number: the simulator's own trees drop the last zero. */
    private static @Nullable Object plain(@Nullable String value) {
        return value != null && value.matches("-?[0-9]+\\.[0-9]+")
                ? new BigDecimal(value).stripTrailingZeros().toPlainString()
                : value;
    }

    private static String text(Map<String, @Nullable Object> columns) {
        return columns.entrySet().stream()
                .filter(column -> column.getValue() != null)
                .map(column -> column.getKey() + "=" + column.getValue())
                .collect(Collectors.joining(" "));
    }
}
