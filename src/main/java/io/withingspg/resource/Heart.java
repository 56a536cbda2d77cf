package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.HEART_RECORD;

import io.withingspg.schema.withings.tables.records.HeartRecordRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;

/** Heart recordings and their findings, without the curve: {@code POST /v2/heart action=list}. */
final class Heart {
    static final Resource HEART = new Resource(
            "heart",
            Scope.USER_METRICS,
            new Call("/v2/heart", "list"),
            Map.of(),
            Resource.Paging.OFFSET,
            new Movement.Trailing(Movement.Dates.EPOCH),
            List.of(new Target.Rows(HEART_RECORD)),
            page -> page.each("series", Heart::recording));

    private Heart() {}

    private static HeartRecordRecord recording(Item recording) {
        var ecg = recording.within("ecg");
        var pressure = recording.within("bloodpressure");
        var stetho = recording.within("stetho");
        var recordedAt = recording.epoch("timestamp");
        var zone = recording.zoneOrNull("timezone");
        return new HeartRecordRecord()
                .setRecordedAt(recordedAt)
                .setDeviceId(recording.deviceIdOrNone())
                .setHeartRate(recording.measuredCountOrNull("heart_rate"))
                .setAfib(ecg.countOrNull("afib"))
                .setSystolic(pressure.measuredCountOrNull("systole"))
                .setDiastolic(pressure.measuredCountOrNull("diastole"))
                .setEcgSignalId(ecg.wholeOrNull("signalid"))
                .setStethoSignalId(stetho.wholeOrNull("signalid"))
                .setVhd(stetho.countOrNull("vhd"))
                .setModel(recording.textOrNull("model"))
                .setModelId(recording.modelIdOrNull())
                .setDay(Field.day(recordedAt, zone))
                .setTimezone(zone)
                .setModifiedAt(recording.epochOrNull("modified"))
                .setExtra(recording.extra());
    }
}
