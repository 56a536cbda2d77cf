package io.withingspg.simulator;

import java.time.LocalDate;
import java.util.List;

/**
 * One reading of the cuff. With {@link Trait#HYPERTENSIVE} two a day and a therapy in courses of 180 days, the first
 * from 10 October 2026: within 35 days pressure falls by 20/11 mmHg, after 120 days the pills are forgotten and it
 * climbs back within 30. The others measure once a week.
 */
record BloodPressure(double hour, int systolic, int diastolic, int pulse) {
    private static final long THERAPY_BEGAN = LocalDate.of(2026, 10, 10).toEpochDay();

    /** Awkward on purpose: {@code turn(13) = 6} values as text; {@code turn(3) = 1} a mean of three (attrib 5). */
    static void of(Day day, List<Group> groups) {
        int slot = 10;
        for (var reading : readings(day)) {
            var group = new Group(
                    day, slot++, reading.hour, day.every(3, 1) ? Group.MEAN_OF_THREE : Group.SURE, Device.BPM);
            if (day.every(13, 6)) {
                group.addText(9, reading.diastolic, 0).addText(10, reading.systolic, 0);
            } else {
                group.add(9, reading.diastolic, 0).add(10, reading.systolic, 0);
            }
            groups.add(group.add(11, reading.pulse, 0));
        }
    }

    /** The day's readings; {@link HeartRecords} lists the same ones. */
    static List<BloodPressure> readings(Day day) {
        var dice = day.dice("cuff");
        double morning = 7.2 + dice.between(0.0, 0.6);
        double evening = 18.1 + dice.between(0.0, 0.5);
        if (!day.persona().is(Trait.HYPERTENSIVE)) {
            return day.every(7, 2) ? List.of(reading(day, dice, morning, 0)) : List.of();
        }
        if (dice.chance(0.04)) {
            return List.of();
        }
        return List.of(reading(day, dice, morning, 0), reading(day, dice, evening, -6));
    }

    private static BloodPressure reading(Day day, Dice dice, double hour, int later) {
        var persona = day.persona();
        double relief = relief(day);
        return new BloodPressure(
                hour,
                dice.noise((int) Math.round(persona.systolic() + later - 20 * relief), 5),
                dice.noise((int) Math.round(persona.diastolic() + later / 2.0 - 11 * relief), 3.5),
                dice.noise(persona.restingHr() + 5, 4));
    }

    private static double relief(Day day) {
        if (!day.persona().is(Trait.HYPERTENSIVE)) {
            return 0;
        }
        int phase = (int) Math.floorMod(day.date().toEpochDay() - THERAPY_BEGAN, 180L);
        return phase < 120 ? Math.min(1, phase / 35.0) : Math.max(0, 1 - (phase - 120) / 30.0);
    }
}
