package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code getintradayactivity series}: what {@link Activities} and {@link Workouts} sum up. A watch tells something every
 * five minutes, in workouts every minute; a mat's owner takes it off at night. Each device's steps, metres, kilocalories
 * and floors of a date add up to its activity row. The steps between workouts are all taken before the UTC day ends.
 *
 * <p>Awkward on purpose: there is one sample to an epoch, so with {@link Trait#TWO_WATCHES} on Sundays every other
 * midday sample is the old watch's; every 41st sample has {@code heart_rate} 0, every 37th as text; every 53rd
 * {@code elevation} null; every 97th the unknown {@code wear_confidence}; a walk without a pulse in
 * {@link Workouts} has none here. A phone tells steps only, as text, without ids; the phones of people with an odd
 * number tell nothing.
 */
final class Intraday {
    static final Set<String> FIELDS = Set.of(
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
    static final Set<String> BASIC_FIELDS = Set.of("steps", "elevation", "calories", "distance", "duration");

    private static final int EVERY_S = 300;
    private static final int HOUR_S = 3600;

    private final Day day;
    private final Dice dice;
    private final long begins;
    private final long ends;
    private final long midnight;
    private final List<ObjectNode> workouts;
    private final List<Nights.Slept> nights = new ArrayList<>();
    private final boolean watch;
    private final SortedMap<Long, Moment> moments = new TreeMap<>();

    private Intraday(Day day) {
        this.day = day;
        this.dice = day.dice("intraday");
        this.begins = day.begins();
        this.ends = day.plus(1).begins();
        this.midnight = day.date().atStartOfDay(day.zone()).toEpochSecond();
        this.workouts = Workouts.all(day).stream()
                .filter(workout -> workout.path("attrib").asInt() != Group.MANUAL)
                .toList();
        this.watch = Device.WATCH.ownedBy(day.persona());
        nights.addAll(Nights.slept(day));
        nights.addAll(Nights.slept(day.plus(1)));
    }

    /** The samples of a local date, by epoch second. */
    static SortedMap<Long, Moment> of(Day day) {
        var rows = Activities.of(day);
        var intraday = new Intraday(day);
        if (rows.isEmpty() || (!intraday.watch && day.persona().number() % 2 == 1)) {
            return intraday.moments;
        }
        var main = rows.getFirst().tree();
        var old = rows.size() > 1 ? rows.getLast().tree() : null;
        intraday.tell(main, old);
        return intraday.moments;
    }

    private void tell(ObjectNode main, @Nullable ObjectNode old) {
        workouts.forEach(this::exercise);
        var slots = slots(old != null);
        if (old != null) {
            var theirs = slots(false);
            theirs.removeAll(slots);
            walk(
                    theirs,
                    Device.OLD_WATCH,
                    old.path("steps").asInt(),
                    old.path("distance").asInt(),
                    0,
                    0);
        }
        walk(
                slots,
                Device.WATCH,
                main.path("steps").asInt() - inWorkouts("steps"),
                main.path("distance").asInt() - inWorkouts("distance"),
                main.path("calories").asInt() - inWorkouts("calories"),
                main.path("elevation").asInt());
        if (watch) {
            rest();
        }
        spoil();
    }

    /** Five minutes each, from six in the morning, outside workouts and bed, before the UTC day ends. */
    private List<Long> slots(boolean withoutOldWatch) {
        var slots = new ArrayList<Long>();
        for (long at = begins; at < Math.min(ends, day.end()); at += EVERY_S) {
            boolean theirs = hour(at) >= 10 && hour(at) < 14 && (at - begins) / EVERY_S % 2 == 1;
            boolean up = hour(at) >= 6 && asleep(at) == null && exercising(at) == null;
            if (up && !(withoutOldWatch && theirs)) {
                slots.add(at);
            }
        }
        return slots;
    }

    private void walk(List<Long> slots, Device device, int steps, int metres, int kcal, int floors) {
        var weights = new double[slots.size()];
        for (int i = 0; i < weights.length; i++) {
            double rush = Math.abs(hour(slots.get(i)) % 5 - 2.5) > 1.5 ? 1.7 : 1; // 8, 12, 18 o'clock or so
            weights[i] = dice.chance(0.45) ? rush * dice.between(0.2, 1.8) : 0;
        }
        var each = Shares.of(steps, weights);
        var decimetres = Shares.of(metres * 10, weights);
        var centicalories = Shares.of(kcal * 100, weights);
        var climbed = Shares.of(floors, weights);
        for (int i = 0; i < weights.length; i++) {
            if (each[i] + decimetres[i] + centicalories[i] + climbed[i] > 0) {
                at(slots.get(i), device)
                        .add("steps", each[i])
                        .add("distance", decimetres[i], 1)
                        .add("calories", centicalories[i], 2)
                        .add("elevation", climbed[i])
                        .add("duration", EVERY_S - dice.between(0, 4) * 30);
            } else if (device == Device.OLD_WATCH) {
                at(slots.get(i), device);
            }
        }
    }

    private void exercise(ObjectNode workout) {
        long start = workout.path("startdate").asLong();
        int minutes = (int) (workout.path("enddate").asLong() - start) / 60;
        var data = workout.path("data");
        var weights = new double[minutes];
        for (int i = 0; i < minutes; i++) {
            weights[i] = dice.between(0.8, 1.2);
        }
        var steps = Shares.of(data.path("steps").asInt(), weights);
        var decimetres = Shares.of(data.path("distance").asInt() * 10, weights);
        var centicalories = Shares.of(data.path("calories").asInt() * 100, weights);
        var strokes = Shares.of(data.path("strokes").asInt(), weights);
        var laps = Shares.of(data.path("pool_laps").asInt(), weights);
        var pulse = pulse(data, minutes);
        for (int i = 0; i < minutes; i++) {
            var moment = at(start + i * 60L, Device.WATCH)
                    .add("steps", steps[i])
                    .add("distance", decimetres[i], 1)
                    .add("calories", centicalories[i], 2)
                    .add("stroke", strokes[i])
                    .add("pool_lap", laps[i]);
            moment.json().put("duration", 60);
            if (watch) {
                moment.json().put("heart_rate", pulse[i]);
            }
        }
    }

    /** About the workout's average, within its bounds; all 0 where it was not measured. */
    private int[] pulse(JsonNode data, int minutes) {
        int average = data.path("hr_average").asInt();
        if (average == 0) {
            return new int[minutes];
        }
        var raw = new double[minutes];
        for (int i = 0; i < minutes; i++) {
            raw[i] = -28 * Math.max(0, 1 - i / 4.0) + dice.noise(3);
        }
        return Curve.of(
                raw, average, data.path("hr_min").asInt(), data.path("hr_max").asInt());
    }

    /** What a watch tells of somebody who does nothing in particular, through the whole local day. */
    private void rest() {
        int resting = day.persona().restingHr();
        boolean mat = day.persona().is(Trait.SLEEP_MAT);
        int hrv = 98 - day.persona().age();
        for (long at = begins; at < ends; at += EVERY_S) {
            var night = asleep(at);
            if (exercising(at) != null || (night != null && mat && !night.imported())) {
                continue;
            }
            var json = at(at, Device.WATCH).json();
            if (night == null) {
                int walked = json.path("steps").asInt();
                json.put("heart_rate", dice.noise(resting + 12 + Math.min(38, walked / 8), 4));
            } else {
                json.put("heart_rate", dice.noise(resting + 1, 3));
                asleep(json, at, hrv);
            }
            if (at % HOUR_S == 0 && json.path("model_id").asInt() == Device.WATCH.modelId()) {
                json.put("core_body_temperature", BigDecimal.valueOf(dice.noise(night == null ? 3710 : 3660, 15), 2));
            }
        }
    }

    private void asleep(ObjectNode json, long at, int hrv) {
        if (at % HOUR_S == 0) {
            json.put("spo2_auto", BigDecimal.valueOf(dice.between(930, 990), 1));
        }
        if (at % (2 * EVERY_S) == 0) {
            int breath = dice.noise(14, 1);
            json.put("rmssd", dice.noise(hrv, 8))
                    .put("sdnn1", dice.noise(hrv + 9, 8))
                    .put("hrv_quality", dice.between(1, 5))
                    .put("rr", breath)
                    .put("chest_movement_rate", breath);
        }
    }

    private void spoil() {
        int i = 0;
        for (var moment : moments.values()) {
            var json = moment.json();
            if (!watch) {
                json.put("steps", json.path("steps").asText());
                json.remove(List.of("elevation", "calories", "distance", "duration", "stroke", "pool_lap"));
            }
            if (i % 41 == 11 && json.has("heart_rate")) {
                json.put("heart_rate", 0);
            }
            if (i % 37 == 5 && json.has("heart_rate")) {
                json.put("heart_rate", json.path("heart_rate").asText());
            }
            if (i % 53 == 7 && !json.has("elevation")) {
                json.putNull("elevation");
            }
            if (i % 97 == 13) {
                json.put("wear_confidence", 2);
            }
            i++;
        }
        moments.values()
                .removeIf(moment -> !watch && moment.json().path("steps").asInt() == 0);
    }

    private Moment at(long at, Device device) {
        return moments.computeIfAbsent(at, _ -> {
            var json = Json.object();
            if (watch) {
                device.identify(json, day).put("model", device.model()).put("model_id", device.modelId());
            } else {
                json.putNull("deviceid").putNull("hash_deviceid");
                json.put("model", Activities.PHONE).put("model_id", Activities.PHONE_MODEL);
            }
            return new Moment(at, json);
        });
    }

    private double hour(long at) {
        return (at - midnight) / (double) HOUR_S;
    }

    private Nights.@Nullable Slept asleep(long at) {
        for (var night : nights) {
            if (at >= night.start() && at < night.end()) {
                return night;
            }
        }
        return null;
    }

    private @Nullable ObjectNode exercising(long at) {
        for (var workout : workouts) {
            if (at >= workout.path("startdate").asLong()
                    && at < workout.path("enddate").asLong()) {
                return workout;
            }
        }
        return null;
    }

    private int inWorkouts(String field) {
        return workouts.stream()
                .mapToInt(workout -> workout.path("data").path(field).asInt())
                .sum();
    }
}
