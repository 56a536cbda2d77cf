package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code heart list series[]}: every reading of the cuff, and ECGs of cuff or watch.
 *
 * <p>Awkward on purpose: {@code heart_rate} is text in the cuff's rows; {@code turn(8) = 5} {@code ecg} is null instead
 * of absent; {@code turn(14) = 3} a stethoscope signal; with {@link Trait#FIBRILLATING} every third ECG is positive and
 * every seventh inconclusive.
 */
final class HeartRecords {
    /** An ECG; its results are a measure group too. */
    record Ecg(double hour, Device device, long signalId, int afib, int heartRate) {}

    private HeartRecords() {}

    static List<Row> of(Day day) {
        var rows = new ArrayList<Row>();
        var ecgs = ecgs(day);
        for (var reading : BloodPressure.readings(day)) {
            var row = record(day, Device.BPM, reading.hour()).put("heart_rate", Integer.toString(reading.pulse()));
            row.putObject("bloodpressure").put("diastole", reading.diastolic()).put("systole", reading.systolic());
            if (day.every(8, 5)) {
                row.putNull("ecg");
            }
            if (day.every(14, 3)) {
                row.putObject("stetho").put("signalid", day.id(60)).put("vhd", 0);
            }
            ecgs.stream()
                    .filter(ecg -> ecg.device() == Device.BPM && ecg.hour() == reading.hour())
                    .forEach(ecg -> signal(row, ecg));
            rows.add(row(row));
        }
        ecgs.stream().filter(ecg -> ecg.device() == Device.WATCH).forEach(ecg -> {
            var row = record(day, Device.WATCH, ecg.hour()).put("heart_rate", ecg.heartRate());
            rows.add(row(signal(row, ecg)));
        });
        return rows;
    }

    /** The day's ECGs, at most one: the cuff's first reading every fourth day, else the watch's every ninth. */
    static List<Ecg> ecgs(Day day) {
        var dice = day.dice("ecg");
        int afib = afib(day);
        if (day.persona().is(Trait.HYPERTENSIVE)) {
            var readings = BloodPressure.readings(day);
            if (day.every(4, 2) && !readings.isEmpty()) {
                var first = readings.getFirst();
                return List.of(new Ecg(first.hour(), Device.BPM, day.id(50), afib, first.pulse()));
            }
        } else if (Device.WATCH.ownedBy(day.persona()) && day.every(9, 4)) {
            int heartRate = dice.noise(day.persona().restingHr() + 12, 5) + (afib == 1 ? 25 : 0);
            return List.of(new Ecg(12.2 + dice.between(0.0, 1.0), Device.WATCH, day.id(50), afib, heartRate));
        }
        return List.of();
    }

    private static int afib(Day day) {
        if (!day.persona().is(Trait.FIBRILLATING)) {
            return day.every(63, 4) ? 2 : 0;
        }
        return day.every(28, 2) ? 2 : day.turn(12) == 6 ? 1 : 0;
    }

    private static ObjectNode record(Day day, Device device, double hour) {
        return Json.object()
                .put("deviceid", device.id(day))
                .put("model", device.modelId())
                .put("timestamp", day.at(hour, 0))
                .put("modified", day.modified())
                .put("timezone", day.zone().getId());
    }

    private static ObjectNode signal(ObjectNode row, Ecg ecg) {
        row.putObject("ecg").put("signalid", ecg.signalId()).put("afib", ecg.afib());
        return row;
    }

    private static Row row(ObjectNode json) {
        long at = json.path("timestamp").asLong();
        return Row.of(at, at, "", json);
    }
}
