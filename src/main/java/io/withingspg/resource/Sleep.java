package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.SLEEP_EVENT;
import static io.withingspg.schema.withings.Tables.SLEEP_SUMMARY;

import io.withingspg.schema.withings.tables.records.SleepSummaryRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.TableRecord;

/** Nights and naps with what happened in them: {@code POST /v2/sleep action=getsummary}. */
final class Sleep {
    private static final String FIELDS = String.join(
            ",",
            "total_timeinbed",
            "total_sleep_time",
            "asleepduration",
            "lightsleepduration",
            "remsleepduration",
            "deepsleepduration",
            "sleep_efficiency",
            "sleep_latency",
            "wakeup_latency",
            "wakeupduration",
            "wakeupcount",
            "waso",
            "nb_rem_episodes",
            "breathing_disturbances_intensity",
            "breathing_quality_assessment",
            "apnea_hypopnea_index",
            "withings_index",
            "durationtosleep",
            "durationtowakeup",
            "out_of_bed_count",
            "hr_average",
            "hr_min",
            "hr_max",
            "rr_average",
            "rr_min",
            "rr_max",
            "snoring",
            "snoringepisodecount",
            "sleep_score",
            "night_events",
            "mvt_score_avg",
            "mvt_active_duration",
            "rmssd_start_avg",
            "rmssd_end_avg",
            "chest_movement_rate_wellness_average",
            "chest_movement_rate_wellness_min",
            "chest_movement_rate_wellness_max",
            "breathing_sounds",
            "breathing_sounds_episode_count",
            "chest_movement_rate_average",
            "chest_movement_rate_min",
            "chest_movement_rate_max",
            "core_body_temperature_min",
            "core_body_temperature_max",
            "core_body_temperature_avg",
            "core_body_temperature_status");

    static final Resource SLEEP = new Resource(
            "sleep",
            Scope.USER_ACTIVITY,
            new Call("/v2/sleep", "getsummary"),
            Map.of("data_fields", FIELDS),
            Resource.Paging.OFFSET,
            new Movement.Changes(Movement.Dates.CALENDAR),
            List.of(new Target.Rows(SLEEP_SUMMARY), new Target.SetOf(SLEEP_EVENT, SLEEP_SUMMARY)),
            page -> page.eachOf("series", Sleep::night));

    private Sleep() {}

    private static List<TableRecord<?>> night(Item night) {
        var data = night.within("data");
        var id = night.whole("id");
        var startedAt = night.epoch("startdate");
        var events = NightEvents.rows(night, data.field("night_events"), id, startedAt);
        var rows = new ArrayList<TableRecord<?>>(events.size() + 1);
        rows.add(summary(night, data, startedAt).setSleepId(id));
        rows.addAll(events);
        return rows;
    }

    private static SleepSummaryRecord summary(Item night, Item data, Instant startedAt) {
        return new SleepSummaryRecord()
                .setStartedAt(startedAt)
                .setEndedAt(night.endOrNull("enddate", startedAt))
                .setDay(night.day("date"))
                .setTimezone(night.zoneOrNull("timezone"))
                .setSource(night.countOrNull("model"))
                .setModelId(night.countOrNull("model_id"))
                .setDeviceId(night.textOrNull("deviceid", "hash_deviceid"))
                .setCompleted(night.flagOrNull("completed"))
                .setTimeInBedS(data.durationOrNull("total_timeinbed"))
                .setAsleepS(data.durationOrNull("total_sleep_time"))
                .setExternalAsleepS(data.durationOrNull("asleepduration"))
                .setLightS(data.durationOrNull("lightsleepduration"))
                .setDeepS(data.durationOrNull("deepsleepduration"))
                .setRemS(data.durationOrNull("remsleepduration"))
                .setAwakeS(data.durationOrNull("wakeupduration"))
                .setLatencyS(data.durationOrNull("sleep_latency"))
                .setWakeupLatencyS(data.durationOrNull("wakeup_latency"))
                .setDurationToSleepS(data.durationOrNull("durationtosleep"))
                .setDurationToWakeupS(data.durationOrNull("durationtowakeup"))
                .setWasoS(data.durationOrNull("waso"))
                .setEfficiency(data.decimalOrNull("sleep_efficiency"))
                .setWakeupCount(data.countOrNull("wakeupcount"))
                .setOutOfBedCount(data.countOrNull("out_of_bed_count"))
                .setRemEpisodes(data.countOrNull("nb_rem_episodes"))
                .setHrAverage(data.measuredCountOrNull("hr_average"))
                .setHrMin(data.measuredCountOrNull("hr_min"))
                .setHrMax(data.measuredCountOrNull("hr_max"))
                .setRespirationAverage(data.decimalOrNull("rr_average"))
                .setRespirationMin(data.decimalOrNull("rr_min"))
                .setRespirationMax(data.decimalOrNull("rr_max"))
                .setSnoringS(data.durationOrNull("snoring"))
                .setSnoringEpisodes(data.countOrNull("snoringepisodecount"))
                .setScore(data.countOrNull("sleep_score"))
                .setApneaHypopneaIndex(data.decimalOrNull("apnea_hypopnea_index"))
                .setBreathingDisturbances(data.decimalOrNull("breathing_disturbances_intensity"))
                .setBreathingQuality(data.decimalOrNull("breathing_quality_assessment"))
                .setWithingsIndex(data.decimalOrNull("withings_index"))
                .setMovementScoreAvg(data.decimalOrNull("mvt_score_avg"))
                .setMovementActiveS(data.durationOrNull("mvt_active_duration"))
                .setRmssdStartAvgMs(data.decimalOrNull("rmssd_start_avg"))
                .setRmssdEndAvgMs(data.decimalOrNull("rmssd_end_avg"))
                .setChestMovementAverage(data.decimalOrNull("chest_movement_rate_average"))
                .setChestMovementMin(data.decimalOrNull("chest_movement_rate_min"))
                .setChestMovementMax(data.decimalOrNull("chest_movement_rate_max"))
                .setChestMovementWellnessAverage(data.decimalOrNull("chest_movement_rate_wellness_average"))
                .setChestMovementWellnessMin(data.decimalOrNull("chest_movement_rate_wellness_min"))
                .setChestMovementWellnessMax(data.decimalOrNull("chest_movement_rate_wellness_max"))
                .setBreathingSoundsS(data.durationOrNull("breathing_sounds"))
                .setBreathingSoundsEpisodes(data.countOrNull("breathing_sounds_episode_count"))
                .setCoreTemperatureAvgC(data.decimalOrNull("core_body_temperature_avg"))
                .setCoreTemperatureMinC(data.decimalOrNull("core_body_temperature_min"))
                .setCoreTemperatureMaxC(data.decimalOrNull("core_body_temperature_max"))
                .setCoreTemperatureStatus(data.textOrNull("core_body_temperature_status"))
                .setCreatedAt(night.epochOrNull("created"))
                .setModifiedAt(night.epochOrNull("modified"))
                .setExtra(night.extra());
    }
}
