package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code getactivity activities[]}.
 *
 * <p>Awkward on purpose: a phone's rows have neither {@code deviceid} nor {@code hash_deviceid}, {@code steps} as text
 * and heart rates of 0; with {@link Trait#TWO_WATCHES} Sundays have a second, older and smaller row;
 * {@code turn(7) = 1} the unknown field {@code wellness_flag}; {@code turn(12) = 3} {@code elevation} null.
 */
final class Activities {
    static final Set<String> FIELDS = Set.of(
            "steps",
            "distance",
            "elevation",
            "soft",
            "moderate",
            "intense",
            "active",
            "calories",
            "totalcalories",
            "hr_average",
            "hr_min",
            "hr_max",
            "hr_zone_0",
            "hr_zone_1",
            "hr_zone_2",
            "hr_zone_3");
    static final Set<String> BASIC_FIELDS = Set.of("steps", "distance", "calories");

    static final String PHONE = "iOS step tracker";
    static final int PHONE_MODEL = 1052;

    private Activities() {}

    static List<Row> of(Day day) {
        var rows = new ArrayList<Row>();
        boolean watch = Device.WATCH.ownedBy(day.persona());
        if (watch && day.dice("worn").chance(0.02)) {
            return rows;
        }
        rows.add(main(day));
        if (Device.OLD_WATCH.ownedBy(day.persona()) && day.date().getDayOfWeek().getValue() == 7) {
            var old = tracked(day);
            Device.OLD_WATCH.identify(old, day);
            old.put("model", Device.OLD_WATCH.model()).put("modelid", Device.OLD_WATCH.modelId());
            for (var field : List.of("steps", "distance", "soft", "moderate", "intense", "active")) {
                old.put(field, old.path(field).asInt() / 3);
            }
            old.put("modified", day.end());
            rows.add(row(day, 2, old));
        }
        return rows;
    }

    /** The day's row of watch or phone, also where it was not worn. */
    static Row main(Day day) {
        return row(day, 1, Device.WATCH.ownedBy(day.persona()) ? tracked(day) : counted(day));
    }

    private static Row row(Day day, int slot, ObjectNode json) {
        var date = day.date().toString();
        return new Row(date + "/" + slot, day.end(), date, json.path("modified").asLong(), false, json.toString());
    }

    private static ObjectNode tracked(Day day) {
        var row = moved(day);
        Device.WATCH.identify(row, day).put("model", Device.WATCH.model()).put("modelid", Device.WATCH.modelId());
        var dice = day.dice("pulse");
        int resting = day.persona().restingHr();
        int active = row.path("active").asInt();
        return row.put("brand", 1)
                .put("is_tracker", true)
                .put("hr_average", dice.noise(resting + 14, 3))
                .put("hr_min", dice.noise(resting - 3, 2))
                .put("hr_max", dice.noise(resting + 72, 9))
                .put("hr_zone_0", 52_000 + dice.between(0, 90) * 60)
                .put("hr_zone_1", active / 2)
                .put("hr_zone_2", active / 4)
                .put("hr_zone_3", active / 10);
    }

    private static ObjectNode counted(Day day) {
        var row = moved(day).put("brand", 18).put("is_tracker", false);
        row.put("model", PHONE).put("modelid", PHONE_MODEL);
        row.put("steps", row.path("steps").asText());
        return row.put("hr_average", 0).put("hr_min", 0).put("hr_max", 0);
    }

    /** Weekday rhythm: desk on weekdays, Saturdays out, Sundays slow; workouts come on top. */
    private static ObjectNode moved(Day day) {
        var dice = day.dice("steps");
        var workouts = Workouts.all(day);
        int weekday = day.date().getDayOfWeek().getValue();
        double rhythm = weekday == 6 ? 1.25 : weekday == 7 ? 0.7 : 0.95 + 0.04 * weekday;
        int base = (int) Math.max(
                400, day.persona().steps() * rhythm + dice.noise(day.persona().steps() * 0.17));
        int steps = base + sum(workouts, "steps");
        int sportS = workouts.stream()
                .mapToInt(w -> w.path("enddate").asInt() - w.path("startdate").asInt())
                .sum();
        int moderate = base / 4 + sportS / 3;
        int intense = sportS - sportS / 3;
        var body = Body.of(day);
        int kcal = Math.toIntExact((long) base * body.weightG() / 1_900_000) + sum(workouts, "calories");
        var row = Json.object()
                .put("date", day.date().toString())
                .put("timezone", day.zone().getId())
                .put("modified", day.modified())
                .put("steps", steps)
                .put("distance", base * 72 / 100 + sum(workouts, "distance"))
                .put("elevation", dice.between(1, 19))
                .put("soft", base * 7 / 10)
                .put("moderate", moderate)
                .put("intense", intense)
                .put("active", moderate + intense)
                .put("calories", kcal)
                .put("totalcalories", kcal + body.basalKcal());
        if (day.every(7, 1)) {
            row.put("wellness_flag", 3);
        }
        return day.every(12, 3) ? row.putNull("elevation") : row;
    }

    private static int sum(List<ObjectNode> workouts, String field) {
        return workouts.stream()
                .mapToInt(workout -> workout.path("data").path(field).asInt())
                .sum();
    }
}
