package io.withingspg.resource;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One record of each resource as the API writes it, every field filled. */
enum Sample {
    MEASURES("measuregrps", """
            {"grpid": 12, "attrib": 0, "date": 1594245600, "created": 1594246600, "modified": 1594257200, "category": 1,
             "deviceid": "d1", "hash_deviceid": "d1", "model": "Body Cardio", "model_id": 6, "comment": "",
             "timezone": "Europe/Paris",
             "measures": [{"value": 65750, "type": 1, "unit": -3, "algo": 3425, "fm": 131},
                          {"value": 31, "type": 174, "unit": -1, "position": 12}]}
            """),
    SLEEP("series", """
            {"id": 12345, "timezone": "Europe/Paris", "model": 32, "model_id": 63, "startdate": 1594245600,
             "enddate": 1594274400, "date": "2020-07-09", "created": 1594274500, "modified": 1594274600,
             "hash_deviceid": "d2", "completed": true,
             "data": {"total_timeinbed": 28800, "total_sleep_time": 25200, "asleepduration": null,
                      "lightsleepduration": 14000, "remsleepduration": 5200, "deepsleepduration": 6000,
                      "sleep_efficiency": 0.875, "sleep_latency": 600, "wakeup_latency": 300, "wakeupduration": 3600,
                      "wakeupcount": 2, "waso": 2700, "nb_rem_episodes": 3, "breathing_disturbances_intensity": 12,
                      "breathing_quality_assessment": 1, "apnea_hypopnea_index": 4, "withings_index": 3,
                      "durationtosleep": 600, "durationtowakeup": 300, "out_of_bed_count": 1, "hr_average": 56,
                      "hr_min": 48, "hr_max": 80, "rr_average": 14, "rr_min": 10, "rr_max": 18, "snoring": 120,
                      "snoringepisodecount": 1, "sleep_score": 82, "mvt_score_avg": 20, "mvt_active_duration": 900,
                      "rmssd_start_avg": 40.5, "rmssd_end_avg": 44, "chest_movement_rate_wellness_average": 14,
                      "chest_movement_rate_wellness_min": 10, "chest_movement_rate_wellness_max": 18,
                      "breathing_sounds": 60, "breathing_sounds_episode_count": 1, "chest_movement_rate_average": 14,
                      "chest_movement_rate_min": 10, "chest_movement_rate_max": 18, "core_body_temperature_min": 36.1,
                      "core_body_temperature_max": 37.0, "core_body_temperature_avg": 36.5,
                      "core_body_temperature_status": "usual",
                      "night_events": {"1": [0], "2": [600], "3": [9000, 18000], "4": [28800]}}}
            """),
    ACTIVITY("activities", """
            {"date": "2020-06-24", "timezone": "Europe/Paris", "deviceid": null, "hash_deviceid": "d3", "brand": 1,
             "is_tracker": true, "modified": 1594257200, "model": "Pulse HR", "modelid": 58, "steps": 6200,
             "distance": 3000.5, "elevation": 4, "soft": 800, "moderate": 1000, "intense": 700, "active": 1700,
             "calories": 320.5, "totalcalories": 2400, "hr_average": 70, "hr_min": 50, "hr_max": 140,
             "hr_zone_0": 100, "hr_zone_1": 200, "hr_zone_2": 300, "hr_zone_3": 400}
            """),
    WORKOUTS("series", """
            {"id": 77, "category": 7, "timezone": "Europe/Paris", "model": 59, "attrib": 0, "startdate": 1594245600,
             "enddate": 1594249200, "date": "2020-07-09", "modified": 1594257200, "deviceid": "d4",
             "data": {"calories": 300, "intensity": 50, "manual_intensity": 0, "manual_distance": 0,
                      "manual_calories": 0, "hr_average": 120, "hr_min": 80, "hr_max": 160, "hr_zone_0": 100,
                      "hr_zone_1": 200, "hr_zone_2": 300, "hr_zone_3": 0, "pause_duration": 60,
                      "algo_pause_duration": 30, "spo2_average": 97, "core_body_temperature_avg": 37.2,
                      "core_body_temperature_min": 36.9, "core_body_temperature_max": 37.6,
                      "core_body_temperature_status": "elevated", "steps": 0, "distance": 1000, "elevation": 0,
                      "pool_laps": 40, "strokes": 900, "pool_length": 25}}
            """),
    HEART("series", """
            {"deviceid": "d5", "model": 44, "ecg": {"signalid": 48, "afib": 0}, "heart_rate": 82,
             "bloodpressure": {"diastole": 80, "systole": 121}, "stetho": {"signalid": 49, "vhd": 0},
             "modified": 1594159700, "timestamp": 1594159644, "timezone": "Europe/Paris"}
            """),
    ECG("", """
            {"signal": [-12, 0, 35, 410, "-80", 7], "sampling_frequency": 300, "wearposition": 1, "model": 91,
             "heart_rate": 72}
            """),
    DEVICES("devices", """
            {"type": "Scale", "model": "Body Cardio", "model_id": 6, "battery": "medium", "deviceid": "d6",
             "hash_deviceid": "d6", "timezone": "Europe/Paris", "first_session_date": 1594159644,
             "last_session_date": 1594259644, "fw": "1124", "mac_address": "00:24:e4:00:00:01", "network": "wifi",
             "last_used_network": "bluetooth", "sim_status": "active"}
            """),
    GOALS("goals", """
            {"value": 70500, "unit": -3}
            """),
    INTRADAY("series", """
            {"deviceid": "d7", "hash_deviceid": "d7", "model": "ScanWatch 2", "model_id": 94, "duration": 60,
             "steps": 80, "elevation": 0.5, "calories": 3.25, "distance": 61.4, "stroke": 0, "pool_lap": 0,
             "heart_rate": 88, "spo2_auto": 97.5, "rmssd": 41.25, "sdnn1": 52, "hrv_quality": 3,
             "core_body_temperature": 36.85, "rr": 15, "chest_movement_rate": 16}
            """),
    SLEEP_SAMPLES("series", """
            {"startdate": 1594245600, "enddate": 1594245720, "state": 1, "model": "Aura Sensor V2", "model_id": 63,
             "hash_deviceid": "d8",
             "hr": {"1594245600": 56, "1594245660": 0, "1594245720": "58"},
             "rr": {"1594245600": 14, "1594245660": 13.5}, "snoring": {"1594245600": 0, "1594245660": 20},
             "sdnn_1": {"1594245600": 51}, "rmssd": {"1594245600": 40.125}, "hrv_quality": {"1594245600": 2},
             "mvt_score": {"1594245660": 255}, "chest_movement_rate": {"1594245660": 14},
             "withings_index": {"1594245660": 3}, "breathing_sounds": {"1594245720": 12}}
            """);

    /** Of the one ECG. */
    static final long SIGNAL_ID = 48;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(100_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String list;
    private final String record;

    Sample(String list, String record) {
        this.list = list;
        this.record = record;
    }

    /** By this one's own name, so that a resource without a sample is noticed. */
    Resource resource() {
        return Resources.named(name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .orElseThrow();
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A fresh one each time, to be changed at will. */
    ObjectNode record() {
        return (ObjectNode) json(record);
    }

    Normalised normalise(JsonNode... records) {
        return normalise(Bounds.NONE, records);
    }

    /** An ECG is an answer of its own, and so is each of these; all others are records of one answer. */
    Normalised normalise(Bounds bounds, JsonNode... records) {
        return this == ECG
                ? Stream.of(records)
                        .map(record -> normalise(bounds, (ObjectNode) record))
                        .reduce(new Normalised(List.of(), List.of(), List.of()), Sample::joined)
                : normalise(bounds, body(List.of(records)));
    }

    private Normalised normalise(Bounds bounds, ObjectNode body) {
        return resource().normalise(body, this == ECG ? new Span.One(SIGNAL_ID) : new Span.Everything(), bounds);
    }

    private static Normalised joined(Normalised one, Normalised other) {
        return new Normalised(
                joined(one.records(), other.records()),
                joined(one.rejects(), other.rejects()),
                joined(one.partial(), other.partial()));
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /** The column that a record's name within the answer fills; empty where records have no names. */
    String namedBy() {
        return switch (this) {
            case GOALS -> "goal";
            case INTRADAY -> "sampled_at";
            default -> "";
        };
    }

    ObjectNode body(List<JsonNode> records) {
        var body = JsonNodeFactory.instance.objectNode();
        switch (this) {
            case ECG -> body.setAll((ObjectNode) records.getFirst());
            case GOALS -> {
                var goals = body.putObject(list);
                records.forEach(record -> goals.set("goal " + goals.size(), record));
            }
            case INTRADAY -> {
                var moments = body.putObject(list);
                records.forEach(record -> moments.set(Long.toString(1594245600 + 60L * moments.size()), record));
            }
            default -> body.putArray(list).addAll(records);
        }
        return body;
    }
}
