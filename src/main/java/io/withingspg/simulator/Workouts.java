package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code getworkouts series[]}.
 *
 * <p>Awkward on purpose: a phone's workouts have a null {@code deviceid} and a phone's model number; {@code turn(19) = 8}
 * one typed in (attrib 2) with the {@code manual_} fields only; {@code turn(6) = 0} {@code spo2_average} null, else
 * absent; {@code turn(10) = 1} the unknown {@code data.vertical_oscillation}; walks on {@code turn(5) = 2} have
 * {@code hr_average} 0 for "not measured".
 */
final class Workouts {
    static final Set<String> FIELDS = Set.of(
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
    static final Set<String> BASIC_FIELDS = Set.of("calories", "steps", "distance");

    private static final int WALK = 1;
    private static final int RUN = 2;
    private static final int BICYCLING = 6;
    private static final int SWIM = 7;
    private static final int YOGA = 28;
    private static final int PHONE_MODEL = 1052;

    private Workouts() {}

    static List<Row> of(Day day) {
        return all(day).stream()
                .map(json -> Row.of(
                        json.path("id").asLong(),
                        json.path("startdate").asLong(),
                        json.path("date").asText(),
                        json))
                .toList();
    }

    /** The day's workouts as JSON; {@link Activities} adds their steps and calories to the day. */
    static List<ObjectNode> all(Day day) {
        var workouts = new ArrayList<ObjectNode>();
        if (day.landed()) {
            return workouts;
        }
        var dice = day.dice("workouts");
        var persona = day.persona();
        int weekday = day.date().getDayOfWeek().getValue();
        boolean sportsDay = weekday == 2 || weekday == 4 || weekday == 7;
        if (persona.is(Trait.RUNNER) && (sportsDay || dice.chance(0.15))) {
            workouts.add(run(day, dice));
        }
        if (persona.is(Trait.SWIMMER) && (weekday == 1 || weekday == 3 || weekday == 6)) {
            workouts.add(swim(day, dice));
        }
        if (dice.chance(day.weekend() ? 0.6 : 0.15)) {
            workouts.add(walk(day, dice));
        }
        if (day.every(9, 6)) {
            var ride = workout(day, dice, BICYCLING, 2, 16.2, 45);
            moved(ride, dice, dice.between(9_000, 16_000), 0, 330);
            workouts.add(ride);
        }
        if (day.every(19, 8)) {
            workouts.add(typedIn(day));
        }
        return oneAtATime(workouts);
    }

    /** Far west {@link Day#at} pulls an afternoon's walk and ride to the same minutes; the first of them stays. */
    private static List<ObjectNode> oneAtATime(List<ObjectNode> workouts) {
        var apart = new ArrayList<ObjectNode>();
        for (var workout : workouts) {
            if (apart.stream().noneMatch(earlier -> overlap(earlier, workout))) {
                apart.add(workout);
            }
        }
        return apart;
    }

    private static boolean overlap(ObjectNode one, ObjectNode other) {
        return one.path("startdate").asLong() < other.path("enddate").asLong()
                && other.path("startdate").asLong() < one.path("enddate").asLong();
    }

    private static ObjectNode run(Day day, Dice dice) {
        int minutes = day.weekend() ? dice.between(55, 85) : dice.between(28, 48);
        var run = workout(day, dice, RUN, 0, day.weekend() ? 9.4 : 6.2, minutes);
        int metres = minutes * dice.between(168, 188);
        moved(run, dice, metres, metres * 100 / 104, metres * 72 / 1000);
        return run;
    }

    private static ObjectNode walk(Day day, Dice dice) {
        int minutes = dice.between(25, 70);
        var walk = workout(day, dice, WALK, 1, 14.1, minutes);
        int metres = minutes * dice.between(72, 86);
        moved(walk, dice, metres, metres * 100 / 74, metres * 48 / 1000);
        if (day.every(5, 2)) {
            data(walk).put("hr_average", 0).put("hr_min", 0).put("hr_max", 0);
        }
        return walk;
    }

    private static ObjectNode swim(Day day, Dice dice) {
        int laps = dice.between(36, 64);
        var swim = workout(day, dice, SWIM, 3, 7.2, laps * 38 / 60);
        data(swim)
                .put("calories", laps * 8)
                .put("pool_laps", laps)
                .put("pool_length", 25)
                .put("strokes", laps * dice.between(17, 21));
        return swim;
    }

    private static ObjectNode typedIn(Day day) {
        var yoga = envelope(day, YOGA, 4, 12.5, 40)
                .put("attrib", 2)
                .putNull("deviceid")
                .putNull("model");
        data(yoga)
                .put("manual_calories", 120)
                .put("manual_intensity", 30)
                .put("manual_distance", 0)
                .put("pause_duration", 0);
        return yoga;
    }

    private static void moved(ObjectNode workout, Dice dice, int metres, int steps, int kcal) {
        data(workout)
                .put("calories", kcal)
                .put("distance", metres)
                .put("steps", steps)
                .put("elevation", dice.between(0, 12));
    }

    private static ObjectNode workout(Day day, Dice dice, int category, int slot, double hour, int minutes) {
        var workout = envelope(day, category, slot, hour, minutes);
        var data = data(workout)
                .put("intensity", dice.between(28, 75))
                .put("pause_duration", 0)
                .put("algo_pause_duration", dice.between(0, 5) * 15);
        if (Device.WATCH.ownedBy(day.persona())) {
            heart(data, day, dice, minutes * 60, category == WALK ? 38 : 82);
        }
        if (day.every(6, 0)) {
            data.putNull("spo2_average");
        }
        if (day.every(10, 1)) {
            data.put("vertical_oscillation", 9);
        }
        return workout;
    }

    private static ObjectNode envelope(Day day, int category, int slot, double hour, int minutes) {
        long start = day.at(hour + day.dice("start " + slot).between(0.0, 0.8), minutes * 60L);
        var workout = Json.object()
                .put("id", day.id(700 + slot))
                .put("category", category)
                .put("timezone", day.zone().getId())
                .put("attrib", day.every(4, 0) ? 7 : 0)
                .put("startdate", start)
                .put("enddate", start + minutes * 60L)
                .put("date", day.date().toString())
                .put("modified", day.modified());
        if (Device.WATCH.ownedBy(day.persona())) {
            workout.put("model", Device.WATCH.modelId()).put("deviceid", Device.WATCH.id(day));
        } else {
            workout.put("model", PHONE_MODEL).putNull("deviceid");
        }
        workout.putObject("data");
        return workout;
    }

    private static void heart(ObjectNode data, Day day, Dice dice, int seconds, int above) {
        int average = dice.noise(day.persona().restingHr() + above, 5);
        int light = seconds / 5;
        int moderate = seconds * 2 / 5;
        int intense = seconds / 4;
        data.put("hr_average", average)
                .put("hr_min", average - 35)
                .put("hr_max", average + 24)
                .put("hr_zone_0", light)
                .put("hr_zone_1", moderate)
                .put("hr_zone_2", intense)
                .put("hr_zone_3", seconds - light - moderate - intense);
        double core = 37.6 + dice.between(0, 9) / 10.0;
        data.put("core_body_temperature_avg", rounded(core))
                .put("core_body_temperature_min", rounded(core - 0.4))
                .put("core_body_temperature_max", rounded(core + 0.5))
                .put("core_body_temperature_status", "usual");
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private static ObjectNode data(ObjectNode workout) {
        return workout.withObject("data");
    }
}
