package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code getsummary series[]}: the night that ends on the day, and naps.
 *
 * <p>Awkward on purpose: rows have {@code hash_deviceid} only; {@code turn(40) = 13} a night imported from elsewhere, with
 * {@code asleepduration} and null stages; {@code turn(9) = 2} {@code hr_average} as text; {@code turn(15) = 4} the unknown
 * {@code data.skin_contact}; a watch's {@code snoring} null, its breathing fields absent.
 */
final class Nights {
    static final Set<String> FIELDS = Set.of(
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
    static final Set<String> BASIC_FIELDS = Set.of(
            "lightsleepduration",
            "deepsleepduration",
            "remsleepduration",
            "wakeupduration",
            "wakeupcount",
            "durationtosleep",
            "durationtowakeup");

    private static final int TRACKER = 16;
    private static final int SLEEP_MONITOR = 32;
    private static final int HEALTH_CONNECT = 1060;

    private Nights() {}

    /**
     * A night or a nap before it is told.
     *
     * @param stages of a night imported from elsewhere: one that nobody is told of
     */
    record Slept(Day day, long id, long start, Hypnogram stages, boolean imported) {
        long end() {
            return start + stages.inBedS();
        }

        private Row row() {
            return Nights.row(
                    imported ? Nights.imported(day, start, stages.inBedS() / 60) : summary(day, id, start, stages));
        }
    }

    static List<Row> of(Day day) {
        return slept(day).stream().map(Slept::row).toList();
    }

    static List<Slept> slept(Day day) {
        var slept = new ArrayList<Slept>();
        var persona = day.persona();
        var dice = day.dice("night");
        int inBed = persona.inBedMin() + dice.noise(day.weekend() ? 25 : 0, 24);
        long start = day.at(persona.bedtime() - 24 + dice.noise(0.3) + (day.weekend() ? 0.4 : 0), inBed * 60L);
        if (day.landed() || dice.chance(0.03)) {
            return slept; // no night on the plane, none when the battery was empty
        }
        if (day.every(40, 13)) {
            slept.add(new Slept(day, day.id(800), start, Hypnogram.night(day.dice("elsewhere"), inBed, false), true));
        } else if (persona.is(Trait.SLEEP_MAT) || !persona.is(Trait.PHONE_ONLY)) {
            var night = Hypnogram.night(dice, inBed, persona.is(Trait.APNEA));
            slept.add(new Slept(day, day.id(800), start, night, false));
        }
        if (persona.is(Trait.APNEA)
                && persona.is(Trait.SLEEP_MAT)
                && day.date().getDayOfWeek().getValue() == 7) {
            int minutes = dice.between(35, 75);
            slept.add(new Slept(day, day.id(801), day.at(14.2, minutes * 60L), Hypnogram.nap(minutes), false));
        }
        return slept;
    }

    static Row row(ObjectNode json) {
        return Row.of(
                json.path("id").asLong(),
                json.path("startdate").asLong(),
                json.path("date").asText(),
                json);
    }

    static ObjectNode summary(Day day, long id, long start, Hypnogram night) {
        boolean mat = day.persona().is(Trait.SLEEP_MAT);
        var device = mat ? Device.MAT : Device.WATCH;
        var summary = envelope(day, id, start, night.inBedS())
                .put("model", mat ? SLEEP_MONITOR : TRACKER)
                .put("model_id", device.modelId())
                .put("hash_deviceid", device.hash(day));
        var data = summary.putObject("data");
        SleepData.stages(data, night);
        SleepData.body(data, day, night, mat);
        if (day.every(9, 2)) {
            data.put("hr_average", data.path("hr_average").asText());
        }
        if (day.every(15, 4)) {
            data.put("skin_contact", 97);
        }
        return summary;
    }

    private static ObjectNode imported(Day day, long start, int inBedMin) {
        var summary = envelope(day, day.id(800), start, inBedMin * 60)
                .put("model", TRACKER)
                .put("model_id", HEALTH_CONNECT)
                .putNull("hash_deviceid");
        summary.putObject("data")
                .put("asleepduration", (inBedMin - 30) * 60)
                .putNull("lightsleepduration")
                .putNull("deepsleepduration")
                .putNull("remsleepduration");
        return summary;
    }

    private static ObjectNode envelope(Day day, long id, long start, int seconds) {
        return Json.object()
                .put("id", id)
                .put("timezone", day.zone().getId())
                .put("startdate", start)
                .put("enddate", start + seconds)
                .put("date", day.date().toString())
                .put("created", start + seconds + 90)
                .put("modified", day.modified())
                .put("completed", true);
    }
}
