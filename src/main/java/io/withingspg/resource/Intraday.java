package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.ACTIVITY_SAMPLE;

import io.withingspg.schema.withings.tables.records.ActivitySampleRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Movement minute by minute: {@code POST /v2/measure action=getintradayactivity}, an object of moment → record. */
final class Intraday {
    private static final String FIELDS = String.join(
            ",",
            "steps",
            "elevation",
            "calories",
            "distance",
            "stroke",
            "pool_lap",
            "duration",
            "heart_rate",
            "spo2_auto",
            "rmssd",
            "sdnn1",
            "hrv_quality",
            "core_body_temperature",
            "rr",
            "chest_movement_rate");

    static final Resource INTRADAY = new Resource(
            "intraday",
            Scope.USER_ACTIVITY,
            new Call("/v2/measure", "getintradayactivity"),
            Map.of("data_fields", FIELDS),
            Resource.Paging.SINGLE,
            new Movement.Windows(),
            List.of(new Target.Samples(ACTIVITY_SAMPLE, false)),
            page -> page.eachMoment("series", Intraday::sample));

    private Intraday() {}

    private static ActivitySampleRecord sample(Instant at, Item sample) {
        return new ActivitySampleRecord()
                .setSampledAt(at)
                .setDeviceId(sample.deviceIdOrNone())
                .setDurationS(sample.durationOrNull("duration"))
                .setSteps(sample.countOrNull("steps"))
                .setFloors(sample.decimalOrNull("elevation"))
                .setDistanceM(sample.decimalOrNull("distance"))
                .setActiveKcal(sample.measuredOrNull("calories"))
                .setStrokes(sample.countOrNull("stroke"))
                .setPoolLaps(sample.countOrNull("pool_lap"))
                .setHeartRate(sample.measuredCountOrNull("heart_rate"))
                .setSpo2Pct(sample.measuredOrNull("spo2_auto"))
                .setRmssdMs(sample.decimalOrNull("rmssd"))
                .setSdnnMs(sample.decimalOrNull("sdnn1"))
                .setHrvQuality(sample.countOrNull("hrv_quality"))
                .setCoreTemperatureC(sample.decimalOrNull("core_body_temperature"))
                .setRespirationRate(sample.decimalOrNull("rr"))
                .setChestMovementRate(sample.decimalOrNull("chest_movement_rate"))
                .setModel(sample.textOrNull("model"))
                .setModelId(sample.modelIdOrNull())
                .setExtra(sample.extra());
    }
}
