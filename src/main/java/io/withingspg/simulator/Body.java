package io.withingspg.simulator;

import java.time.LocalDate;

/** What a person weighs on a day, and what of it is fat. Grams, weight in steps of 50 as scales show it. */
record Body(int weightG, int fatG) {
    private static final long DIET_BEGAN = LocalDate.of(2026, 6, 1).toEpochDay();
    private static final int DIET_DAYS = 450;
    private static final int DIET_G_PER_DAY = 16;
    private static final int RELAPSE_DAYS = 150;

    static Body of(Day day) {
        var persona = day.persona();
        var dice = day.dice("body");
        double trend = trend(day);
        double weekday =
                day.weekend() ? 180 : 150 - 70.0 * day.date().getDayOfWeek().getValue();
        long weight = Math.round((persona.weightG() + trend + weekday + dice.noise(230)) / 50) * 50;
        long fat = Math.round((persona.weightG() * persona.fat() + trend * 0.8 + dice.noise(160)) / 10) * 10;
        return new Body((int) weight, (int) fat);
    }

    /** Slimming: 16 g a day for 450 days, then back within 150. The others swing within a kilogram, in 200 days. */
    private static double trend(Day day) {
        long epoch = day.date().toEpochDay();
        if (day.persona().is(Trait.SLIMMING)) {
            int phase = (int) Math.floorMod(epoch - DIET_BEGAN, (long) (DIET_DAYS + RELAPSE_DAYS));
            double lost = Math.min(phase, DIET_DAYS) * (double) DIET_G_PER_DAY;
            double regained = Math.max(0, phase - DIET_DAYS) / (double) RELAPSE_DAYS;
            return -lost * (1 - regained);
        }
        return 900 * StrictMath.sin((epoch + day.persona().number() * 40L) * 2 * Math.PI / 200);
    }

    int leanG() {
        return weightG - fatG;
    }

    int boneG() {
        return leanG() / 20;
    }

    int muscleG() {
        return leanG() - boneG();
    }

    int waterG() {
        return leanG() * 73 / 100;
    }

    /** Katch and McArdle's formula. */
    int basalKcal() {
        return 370 + 216 * leanG() / 10_000;
    }
}
