package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.WORKOUT;

import io.withingspg.schema.withings.tables.records.WorkoutRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;

/** Workouts: {@code POST /v2/measure action=getworkouts}; what was measured is inside {@code data}. */
final class Workouts {
    private static final String FIELDS = String.join(
            ",",
            "calories",
            "intensity",
            "manual_intensity",
            "manual_distance",
            "manual_calories",
            "hr_average",
            "hr_min",
            "hr_max",
            "hr_zone_0",
            "hr_zone_1",
            "hr_zone_2",
            "hr_zone_3",
            "pause_duration",
            "algo_pause_duration",
            "spo2_average",
            "core_body_temperature_avg",
            "core_body_temperature_min",
            "core_body_temperature_max",
            "core_body_temperature_status",
            "steps",
            "distance",
            "elevation",
            "pool_laps",
            "strokes",
            "pool_length");

    static final Resource WORKOUTS = new Resource(
            "workouts",
            Scope.USER_ACTIVITY,
            new Call("/v2/measure", "getworkouts"),
            Map.of("data_fields", FIELDS),
            Resource.Paging.OFFSET,
            new Movement.Changes(Movement.Dates.CALENDAR),
            List.of(new Target.Rows(WORKOUT)),
            page -> page.each("series", Workouts::workout));

    private Workouts() {}

    private static WorkoutRecord workout(Item workout) {
        var data = workout.within("data");
        var startedAt = workout.epoch("startdate");
        return new WorkoutRecord()
                .setWorkoutId(workout.whole("id"))
                .setCategory(workout.countOrNull("category"))
                .setStartedAt(startedAt)
                .setEndedAt(workout.endOrNull("enddate", startedAt))
                .setDay(workout.day("date"))
                .setTimezone(workout.zoneOrNull("timezone"))
                .setAttribution(workout.countOrNull("attrib"))
                .setDeviceId(workout.textOrNull("deviceid", "hash_deviceid"))
                .setModel(workout.textOrNull("model"))
                .setModelId(workout.modelIdOrNull())
                .setActiveKcal(data.measuredOrNull("calories"))
                .setManualKcal(data.measuredOrNull("manual_calories"))
                .setDistanceM(data.decimalOrNull("distance"))
                .setManualDistanceM(data.decimalOrNull("manual_distance"))
                .setSteps(data.countOrNull("steps"))
                .setFloors(data.decimalOrNull("elevation"))
                .setIntensity(data.countOrNull("intensity"))
                .setManualIntensity(data.countOrNull("manual_intensity"))
                .setHrAverage(data.measuredCountOrNull("hr_average"))
                .setHrMin(data.measuredCountOrNull("hr_min"))
                .setHrMax(data.measuredCountOrNull("hr_max"))
                .setHrZone_0S(data.durationOrNull("hr_zone_0"))
                .setHrZone_1S(data.durationOrNull("hr_zone_1"))
                .setHrZone_2S(data.durationOrNull("hr_zone_2"))
                .setHrZone_3S(data.durationOrNull("hr_zone_3"))
                .setPauseS(data.durationOrNull("pause_duration"))
                .setAlgoPauseS(data.durationOrNull("algo_pause_duration"))
                .setSpo2AveragePct(data.measuredOrNull("spo2_average"))
                .setPoolLaps(data.countOrNull("pool_laps"))
                .setStrokes(data.countOrNull("strokes"))
                .setPoolLengthM(data.decimalOrNull("pool_length"))
                .setCoreTemperatureAvgC(data.decimalOrNull("core_body_temperature_avg"))
                .setCoreTemperatureMinC(data.decimalOrNull("core_body_temperature_min"))
                .setCoreTemperatureMaxC(data.decimalOrNull("core_body_temperature_max"))
                .setCoreTemperatureStatus(data.textOrNull("core_body_temperature_status"))
                .setModifiedAt(workout.epochOrNull("modified"))
                .setExtra(workout.extra());
    }
}
