package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Hypnogram.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code sleep get series[]}: the stages of a night one by one, with what the device told in them. Stages and durations
 * are those of the night's summary, as are averages and bounds of heart and breath, and the sum of snoring.
 *
 * <p>Awkward on purpose: there is {@code hash_deviceid} only; {@code model} is text here and a number in the summary; a
 * watch's {@code snoring} is null, or {@code []} on {@code turn(6) = 1}; {@code turn(8) = 3} {@code startdate} as text;
 * {@code turn(15) = 4} the unknown {@code skin_contact}; {@code turn(21) = 9} the last segment twice; every 61st heart
 * rate is 0, every 67th text, every 71st null; a night imported from elsewhere is one segment of state 5 without device
 * and samples.
 */
final class Segments {
    static final Set<String> FIELDS = Set.of(
            "hr",
            "rr",
            "snoring",
            "sdnn_1",
            "rmssd",
            "hrv_quality",
            "mvt_score",
            "chest_movement_rate",
            "withings_index",
            "breathing_sounds");
    static final Set<String> BASIC_FIELDS = Set.of();

    private static final int UNSPECIFIED = 5;
    private static final int MINUTES_MAX = 36 * 60;

    private final Day day;
    private final boolean mat;
    private final Dice dice;
    private final long start;
    private final JsonNode data;
    private final Stage[] stages;

    private Segments(Day day, ObjectNode summary, Hypnogram night) {
        this.day = day;
        this.mat = day.persona().is(Trait.SLEEP_MAT);
        this.start = summary.path("startdate").asLong();
        this.dice = Dice.of(day.seed(), day.persona().number(), start, "segments");
        this.data = summary.path("data");
        this.stages = new Stage[Math.min(MINUTES_MAX, night.inBedS() / 60)];
        int minute = 0;
        for (var segment : night.segments()) {
            for (int i = 0; i < segment.seconds() / 60 && minute < stages.length; i++) {
                stages[minute++] = segment.stage();
            }
        }
    }

    /** @param summary the night's row; its own start counts */
    static List<ObjectNode> of(Day day, ObjectNode summary, Hypnogram night) {
        return new Segments(day, summary, night).told(night);
    }

    /** A night that came without stages. */
    static List<ObjectNode> unspecified(ObjectNode summary) {
        var segment = Json.object();
        segment.set("startdate", summary.path("startdate"));
        segment.set("enddate", summary.path("enddate"));
        segment.put("state", UNSPECIFIED).put("model", "Google Health Connect");
        segment.set("model_id", summary.path("model_id"));
        return List.of(segment.putNull("hash_deviceid"));
    }

    private List<ObjectNode> told(Hypnogram night) {
        var device = mat ? Device.MAT : Device.WATCH;
        var segments = new ArrayList<ObjectNode>();
        var maps = maps();
        int from = 0;
        for (var stage : night.segments()) {
            int to = from + stage.seconds() / 60;
            var segment = Json.object()
                    .put("startdate", start + from * 60L)
                    .put("enddate", start + to * 60L)
                    .put("state", stage.stage().state())
                    .put("model", device.model())
                    .put("model_id", device.modelId())
                    .put("hash_deviceid", device.hash(day));
            for (var map : maps) {
                segment.set(map.field, map.between(from, to));
            }
            if (!mat) {
                segment.set("snoring", day.every(6, 1) ? Json.array() : null);
            }
            if (day.every(8, 3)) {
                segment.put("startdate", segment.path("startdate").asText());
            }
            if (day.every(15, 4)) {
                segment.put("skin_contact", 97);
            }
            segments.add(segment);
            from = to;
        }
        if (day.every(21, 9)) {
            segments.add(segments.getLast());
        }
        return segments;
    }

    private List<Series> maps() {
        var maps = new ArrayList<Series>();
        int heart = data.path("hr_average").asInt(day.persona().restingHr() + 2);
        int breath = data.path("rr_average").asInt(14);
        var hr = body("hr", heart, 2.5, 3);
        var rr = body("rr", breath, 0.8, 1);
        int hrv = data.path("rmssd_start_avg").asInt(98 - day.persona().age());
        maps.add(new Series("hr", hr, 1));
        maps.add(new Series("rr", rr, mat ? 1 : 5));
        maps.add(new Series("rmssd", wander(hrv, 9), 5));
        maps.add(new Series("sdnn_1", wander(hrv + 8, 9), 5));
        maps.add(new Series("hrv_quality", wander(4, 0.8), 5));
        if (mat) {
            var snoring = snoring();
            maps.add(new Series("mvt_score", movement(), 1));
            maps.add(new Series("chest_movement_rate", rr, 1));
            maps.add(new Series("snoring", snoring, 5));
            maps.add(new Series("breathing_sounds", snoring, 5));
            if (day.persona().is(Trait.APNEA)) {
                maps.add(new Series(
                        "withings_index",
                        wander(data.path("apnea_hypopnea_index").asInt(20), 3),
                        60));
            }
        }
        return maps;
    }

    /** Slow in deep sleep, quick awake. */
    private int[] body(String field, int average, double deviation, int step) {
        var raw = new double[stages.length];
        for (int i = 0; i < raw.length; i++) {
            int above =
                    switch (stages[i]) {
                        case DEEP -> -step;
                        case LIGHT -> 0;
                        case REM -> step;
                        case AWAKE -> 2 * step;
                    };
            raw[i] = above + dice.noise(deviation);
        }
        return Curve.of(
                raw,
                average,
                data.path(field + "_min").asInt(average - 6),
                data.path(field + "_max").asInt(average + 20));
    }

    private int[] wander(int about, double deviation) {
        var values = new int[stages.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, dice.noise(about, deviation));
        }
        return values;
    }

    private int[] movement() {
        var values = new int[stages.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.clamp(stages[i] == Stage.AWAKE ? dice.between(60, 220) : dice.noise(8, 9), 0, 255);
        }
        return values;
    }

    /** The summary's seconds, spread over five-minute marks in sleep. */
    private int[] snoring() {
        var weights = new double[(stages.length + 4) / 5];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = stages[i * 5] == Stage.AWAKE ? 0 : dice.between(0.5, 1.5);
        }
        var shares = Shares.of(data.path("snoring").asInt(), weights);
        var values = new int[stages.length];
        for (int i = 0; i < shares.length; i++) {
            values[i * 5] = shares[i];
        }
        return values;
    }

    /** A value for each minute of the night, of which some minutes are told. */
    private final class Series {
        private final String field;
        private final int[] values;
        private final int everyMin;

        private Series(String field, int[] values, int everyMin) {
            this.field = field;
            this.values = values;
            this.everyMin = everyMin;
        }

        private ObjectNode between(int from, int to) {
            var map = Json.object();
            for (int minute = from; minute < to && minute < values.length; minute++) {
                if (minute % everyMin == 0) {
                    put(map, Long.toString(start + minute * 60L), minute);
                }
            }
            return map;
        }

        private void put(ObjectNode map, String epoch, int minute) {
            int value = values[minute];
            if (!field.equals("hr")) {
                map.put(epoch, value);
            } else if (minute % 71 == 70) {
                map.putNull(epoch);
            } else if (minute % 67 == 66) {
                map.put(epoch, Integer.toString(value));
            } else {
                map.put(epoch, minute % 61 == 60 ? 0 : value);
            }
        }
    }
}
