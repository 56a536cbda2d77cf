package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.time.Instant;

/** The rows that a {@link Person}'s acts write. */
final class Acts {
    private static final int SHORTEST_NIGHT_MIN = 180;

    private Acts() {}

    static Row group(Day day, long id, Instant at, int attrib, long now, Quantity... quantities) {
        var group = Json.object()
                .put("grpid", id)
                .put("attrib", attrib)
                .put("date", at.getEpochSecond())
                .put("created", now)
                .put("modified", now)
                .put("category", 1);
        if (attrib == Group.MANUAL) {
            group.putNull("deviceid").putNull("hash_deviceid").putNull("model").putNull("model_id");
        } else {
            var scale = Device.scaleOf(day.persona());
            scale.identify(group, day).put("model", scale.model()).put("model_id", scale.modelId());
        }
        group.set("measures", measures(quantities));
        group.put("timezone", day.zone().getId()).putNull("comment");
        return Row.of(id, at.getEpochSecond(), "", group);
    }

    static ArrayNode measures(Quantity... quantities) {
        var measures = Json.array();
        for (var quantity : quantities) {
            measures.add(quantity.json());
        }
        return measures;
    }

    /** What is too short for cycles is a nap. */
    static Row night(Day day, long id, Instant start, Duration inBed, long now) {
        var night = stages(day, start.getEpochSecond(), Math.toIntExact(inBed.toMinutes()));
        return Nights.row(Nights.summary(day, id, start.getEpochSecond(), night)
                .put("created", now)
                .put("modified", now));
    }

    static Hypnogram stages(Day day, long start, int minutes) {
        var dice = Dice.of(day.seed(), day.persona().number(), start, "sleeps");
        return minutes < SHORTEST_NIGHT_MIN
                ? Hypnogram.nap(minutes)
                : Hypnogram.night(dice, minutes, day.persona().is(Trait.APNEA));
    }

    static Row workout(Day day, long id, int category, Instant start, Duration lasting, int kcal, long now) {
        var workout = Json.object()
                .put("id", id)
                .put("category", category)
                .put("timezone", day.zone().getId())
                .put("model", Device.WATCH.modelId())
                .put("attrib", 0)
                .put("startdate", start.getEpochSecond())
                .put("enddate", start.plus(lasting).getEpochSecond())
                .put("date", day.date().toString())
                .put("modified", now)
                .put("deviceid", Device.WATCH.id(day));
        workout.putObject("data").put("calories", kcal);
        return Row.of(id, start.getEpochSecond(), day.date().toString(), workout);
    }
}
