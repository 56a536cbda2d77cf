package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Hypnogram.Stage;

/** The fields inside {@code getsummary series[].data}. */
final class SleepData {
    private SleepData() {}

    static void stages(ObjectNode data, Hypnogram night) {
        data.put("total_timeinbed", night.inBedS())
                .put("total_sleep_time", night.asleepS())
                .put("lightsleepduration", night.seconds(Stage.LIGHT))
                .put("deepsleepduration", night.seconds(Stage.DEEP))
                .put("remsleepduration", night.seconds(Stage.REM))
                .put("wakeupduration", night.seconds(Stage.AWAKE))
                .put("sleep_latency", night.latencyS())
                .put("wakeup_latency", night.risingS())
                .put("durationtosleep", night.latencyS())
                .put("durationtowakeup", night.risingS())
                .put("waso", night.awakeBetweenS())
                .put("wakeupcount", night.awakenings())
                .put("nb_rem_episodes", night.count(Stage.REM))
                .put("sleep_efficiency", Math.round(100.0 * night.asleepS() / night.inBedS()) / 100.0);
        data.set("night_events", events(night));
    }

    /** 1 in bed, 2 asleep, 3 awake, 4 out of bed: offsets in seconds from the start. */
    private static ObjectNode events(Hypnogram night) {
        var inBed = Json.array().add(0);
        var asleep = Json.array();
        var awake = Json.array();
        var before = Stage.AWAKE;
        int at = 0;
        for (var segment : night.segments()) {
            if (segment.stage() == Stage.AWAKE && before != Stage.AWAKE) {
                awake.add(at);
            } else if (segment.stage() != Stage.AWAKE && before == Stage.AWAKE) {
                asleep.add(at);
            }
            before = segment.stage();
            at += segment.seconds();
        }
        var events = Json.object();
        events.set("1", inBed);
        events.set("2", asleep);
        events.set("3", awake);
        events.set("4", Json.array().add(at));
        return events;
    }

    static void body(ObjectNode data, Day day, Hypnogram night, boolean mat) {
        var dice = day.dice("asleep");
        var persona = day.persona();
        int heart = dice.noise(persona.restingHr() + 2, 2);
        int breath = dice.noise(persona.is(Trait.APNEA) ? 17 : 14, 0.7);
        int awakeMin = night.awakeBetweenS() / 60;
        double hours = night.asleepS() / 3600.0;
        long score = Math.round(Math.clamp(20 + hours * 9 - awakeMin / 3.0 + dice.noise(3), 15, 98));
        data.put("hr_average", heart)
                .put("hr_min", heart - dice.between(4, 8))
                .put("hr_max", heart + dice.between(14, 30))
                .put("rr_average", breath)
                .put("rr_min", breath - dice.between(2, 4))
                .put("rr_max", breath + dice.between(3, 7))
                .put("sleep_score", score)
                .put("out_of_bed_count", Math.min(night.awakenings(), dice.between(0, 1)));
        if (mat) {
            breathing(data, day, dice, night);
        } else {
            int rmssd = dice.noise(98 - persona.age(), 6);
            data.putNull("snoring")
                    .put("rmssd_start_avg", rmssd)
                    .put("rmssd_end_avg", rmssd + dice.between(-3, 9))
                    .put("core_body_temperature_avg", 36.4)
                    .put("core_body_temperature_min", 36.0 + dice.between(0, 3) / 10.0)
                    .put("core_body_temperature_max", 36.7 + dice.between(0, 3) / 10.0)
                    .put("core_body_temperature_status", "usual");
        }
    }

    private static void breathing(ObjectNode data, Day day, Dice dice, Hypnogram night) {
        boolean apnea = day.persona().is(Trait.APNEA);
        int snoring = night.asleepS() * (apnea ? dice.between(22, 46) : dice.between(0, 6)) / 100 / 60 * 60;
        int index = apnea ? dice.between(16, 31) : dice.between(0, 4);
        data.put("snoring", snoring)
                .put("snoringepisodecount", snoring == 0 ? 0 : 1 + snoring / 900)
                .put("breathing_disturbances_intensity", apnea ? dice.between(45, 78) : dice.between(3, 22))
                .put("breathing_quality_assessment", apnea ? 3 : 1)
                .put("apnea_hypopnea_index", index)
                .putNull("withings_index")
                .put("mvt_score_avg", apnea ? dice.between(70, 120) : dice.between(18, 50))
                .put("mvt_active_duration", dice.between(8, 40) * 60)
                .put("chest_movement_rate_average", data.path("rr_average").asInt())
                .put("chest_movement_rate_min", data.path("rr_min").asInt())
                .put("chest_movement_rate_max", data.path("rr_max").asInt())
                .put("breathing_sounds", snoring)
                .put("breathing_sounds_episode_count", snoring / 900);
    }
}
