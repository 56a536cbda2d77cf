package io.withingspg.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One column: which field of the API it comes from, and how. Written a second time here, so that a test of content does
 * not ask the code under test what it should have done.
 *
 * @param fields the first that holds something counts; {@code data.steps} is within {@code data}
 * @param kind {@code as-is}, {@code measured} (0 is nothing), {@code epoch} or {@code code} (a number)
 */
record Mapping(String column, List<String> fields, String kind) {
    private static final String MEASURE_GROUP = """
            group_id grpid | measured_at date epoch | timezone timezone | attribution attrib | category category
            device_id deviceid,hash_deviceid | model model | model_id model_id | created_at created epoch
            modified_at modified epoch
            """;
    private static final String MEASURE = """
            type type | position position | value value,unit | algo algo | fm fm
            """;
    private static final String ACTIVITY_DAY = """
            day date | timezone timezone | steps steps | distance_m distance | floors elevation | soft_s soft
            moderate_s moderate | intense_s intense | active_s active | active_kcal calories measured
            total_kcal totalcalories measured | hr_average hr_average measured | hr_min hr_min measured
            hr_max hr_max measured | hr_zone_0_s hr_zone_0 | hr_zone_1_s hr_zone_1 | hr_zone_2_s hr_zone_2
            hr_zone_3_s hr_zone_3 | brand brand | is_tracker is_tracker | device_id deviceid,hash_deviceid
            model model | model_id modelid | modified_at modified epoch
            """;
    private static final String WORKOUT = """
            workout_id id | category category | started_at startdate epoch | ended_at enddate epoch | day date
            timezone timezone | attribution attrib | device_id deviceid,hash_deviceid | model model
            model_id model code | active_kcal data.calories measured | manual_kcal data.manual_calories measured
            distance_m data.distance | manual_distance_m data.manual_distance | steps data.steps
            floors data.elevation | intensity data.intensity | manual_intensity data.manual_intensity
            hr_average data.hr_average measured | hr_min data.hr_min measured | hr_max data.hr_max measured
            hr_zone_0_s data.hr_zone_0 | hr_zone_1_s data.hr_zone_1 | hr_zone_2_s data.hr_zone_2
            hr_zone_3_s data.hr_zone_3 | pause_s data.pause_duration | algo_pause_s data.algo_pause_duration
            spo2_average_pct data.spo2_average measured | pool_laps data.pool_laps | strokes data.strokes
            pool_length_m data.pool_length | core_temperature_avg_c data.core_body_temperature_avg
            core_temperature_min_c data.core_body_temperature_min
            core_temperature_max_c data.core_body_temperature_max
            core_temperature_status data.core_body_temperature_status | modified_at modified epoch
            """;
    private static final String SLEEP_SUMMARY = """
            sleep_id id | started_at startdate epoch | ended_at enddate epoch | day date | timezone timezone
            source model | model_id model_id | device_id deviceid,hash_deviceid | completed completed
            time_in_bed_s data.total_timeinbed | asleep_s data.total_sleep_time
            external_asleep_s data.asleepduration | light_s data.lightsleepduration
            deep_s data.deepsleepduration | rem_s data.remsleepduration | awake_s data.wakeupduration
            latency_s data.sleep_latency | wakeup_latency_s data.wakeup_latency
            duration_to_sleep_s data.durationtosleep | duration_to_wakeup_s data.durationtowakeup
            waso_s data.waso | efficiency data.sleep_efficiency | wakeup_count data.wakeupcount
            out_of_bed_count data.out_of_bed_count | rem_episodes data.nb_rem_episodes
            hr_average data.hr_average measured | hr_min data.hr_min measured | hr_max data.hr_max measured
            respiration_average data.rr_average | respiration_min data.rr_min | respiration_max data.rr_max
            snoring_s data.snoring | snoring_episodes data.snoringepisodecount | score data.sleep_score
            apnea_hypopnea_index data.apnea_hypopnea_index
            breathing_disturbances data.breathing_disturbances_intensity
            breathing_quality data.breathing_quality_assessment | withings_index data.withings_index
            movement_score_avg data.mvt_score_avg | movement_active_s data.mvt_active_duration
            rmssd_start_avg_ms data.rmssd_start_avg | rmssd_end_avg_ms data.rmssd_end_avg
            chest_movement_average data.chest_movement_rate_average
            chest_movement_min data.chest_movement_rate_min | chest_movement_max data.chest_movement_rate_max
            chest_movement_wellness_average data.chest_movement_rate_wellness_average
            chest_movement_wellness_min data.chest_movement_rate_wellness_min
            chest_movement_wellness_max data.chest_movement_rate_wellness_max
            breathing_sounds_s data.breathing_sounds | breathing_sounds_episodes data.breathing_sounds_episode_count
            core_temperature_avg_c data.core_body_temperature_avg
            core_temperature_min_c data.core_body_temperature_min
            core_temperature_max_c data.core_body_temperature_max
            core_temperature_status data.core_body_temperature_status
            created_at created epoch | modified_at modified epoch
            """;
    private static final String HEART_RECORD = """
            recorded_at timestamp epoch | device_id deviceid,hash_deviceid | heart_rate heart_rate measured
            afib ecg.afib | systolic bloodpressure.systole measured | diastolic bloodpressure.diastole measured
            ecg_signal_id ecg.signalid | stetho_signal_id stetho.signalid | vhd stetho.vhd | model model
            model_id model code | timezone timezone | modified_at modified epoch
            """;
    private static final String DEVICE = """
            device_id deviceid,hash_deviceid | type type | model model | model_id model_id | battery battery
            timezone timezone | first_session_at first_session_date epoch
            last_session_at last_session_date epoch | firmware fw | mac_address mac_address | network network
            last_used_network last_used_network | sim_status sim_status
            """;

    private static final String ACTIVITY_SAMPLE = """
            duration_s duration | steps steps | floors elevation | distance_m distance
            active_kcal calories measured | strokes stroke | pool_laps pool_lap | heart_rate heart_rate measured
            spo2_pct spo2_auto measured | rmssd_ms rmssd | sdnn_ms sdnn1 | hrv_quality hrv_quality
            core_temperature_c core_body_temperature | respiration_rate rr
            chest_movement_rate chest_movement_rate | model model | model_id model_id
            """;
    private static final String SLEEP_STAGE = """
            started_at startdate epoch | ended_at enddate epoch | state state | model model | model_id model_id
            """;
    private static final String ECG_SIGNAL = """
            sampling_hz sampling_frequency | wear_position wearposition | heart_rate heart_rate measured
            model model | model_id model code
            """;

    /** All but those of samples, see {@link ToldSamples}. */
    static List<String> tables() {
        return List.of(
                "activity_day",
                "device",
                "heart_record",
                "measure",
                "measure_group",
                "sleep_event",
                "sleep_summary",
                "workout");
    }

    /** Every column that comes from one field. */
    static List<Mapping> of(String table) {
        var lines =
                switch (table) {
                    case "measure_group" -> MEASURE_GROUP;
                    case "measure" -> MEASURE;
                    case "activity_day" -> ACTIVITY_DAY;
                    case "workout" -> WORKOUT;
                    case "sleep_summary" -> SLEEP_SUMMARY;
                    case "heart_record" -> HEART_RECORD;
                    case "device" -> DEVICE;
                    case "activity_sample" -> ACTIVITY_SAMPLE;
                    case "sleep_stage" -> SLEEP_STAGE;
                    case "ecg_signal" -> ECG_SIGNAL;
                    default -> throw new IllegalArgumentException(table);
                };
        return Stream.of(lines.split("\\||\n", -1))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.split(" ", -1))
                .map(part ->
                        new Mapping(part[0], List.of(part[1].split(",", -1)), part.length == 3 ? part[2] : "as-is"))
                .toList();
    }

    static boolean canBeDeleted(String table) {
        return List.of("measure_group", "workout", "sleep_summary", "heart_record")
                .contains(table);
    }

    /** Fields whose content has a table of its own, or that are documented as obsolete. */
    private static List<String> storedElsewhere(String table) {
        return switch (table) {
            case "measure_group" -> List.of("measures", "comment");
            case "sleep_summary" -> List.of("data.night_events");
            default -> List.of();
        };
    }

    /** What remains of the record once everything that has a place is taken out. */
    static void removeKnown(String table, ObjectNode record) {
        of(table).forEach(line -> line.fields.forEach(field -> remove(field, record)));
        storedElsewhere(table).forEach(field -> remove(field, record));
        for (var object : List.of("data", "ecg", "bloodpressure", "stetho")) {
            if (record.path(object).isEmpty()) {
                record.remove(object);
            }
        }
    }

    @Nullable
    String value(JsonNode record) {
        for (var field : fields) {
            var found = record.at("/" + field.replace('.', '/'));
            if (!found.isMissingNode() && !found.isNull()) {
                return text(found);
            }
        }
        return null;
    }

    private @Nullable String text(JsonNode found) {
        return switch (kind) {
            case "epoch" -> Instant.ofEpochSecond(found.asLong()).toString();
            case "measured" -> found.asText().equals("0") ? null : found.asText();
            case "code" -> found.asText().matches("[0-9]+") ? found.asText() : null;
            default -> found.isBigDecimal() ? new BigDecimal(found.asText()).toPlainString() : found.asText();
        };
    }

    private static void remove(String field, ObjectNode record) {
        var dot = field.indexOf('.');
        if (dot < 0) {
            record.remove(field);
        } else if (record.path(field.substring(0, dot)) instanceof ObjectNode inside) {
            inside.remove(field.substring(dot + 1));
        }
    }
}
