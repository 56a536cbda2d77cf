package io.withingspg.simulator;

import java.util.List;

/**
 * Temperature, oxygen, fitness, ECG results, and what nobody knows yet.
 *
 * <p>Awkward on purpose: {@code turn(11) = 2} the unknown types 9001 and 9002 in a group with the unknown field
 * {@code guidance_level}.
 */
final class Vitals {
    private Vitals() {}

    static void of(Day day, List<Group> groups) {
        var dice = day.dice("vitals");
        if (Device.WATCH.ownedBy(day.persona())) {
            watch(day, dice, groups);
        }
        if (day.every(6, 1)) {
            int tenths = dice.noise(day.every(54, 1) ? 384 : 366, 2);
            groups.add(new Group(day, 20, 8.1, Group.SURE, Device.THERMO)
                    .add(71, tenths * 100L, -3)
                    .add(12, tenths * 100L, -3)
                    .add(73, tenths * 100L - 1_900, -3));
        }
        if (day.every(11, 2)) {
            groups.add(new Group(day, 21, 8.6, Group.SURE, Device.scaleOf(day.persona()))
                    .with("guidance_level", 3)
                    .add(9001, dice.between(100, 900), -1)
                    .addAt(77, 9002, dice.between(10, 90), 0));
        }
        HeartRecords.ecgs(day)
                .forEach(ecg -> groups.add(new Group(day, 22, ecg.hour(), Group.SURE, ecg.device())
                        .add(130, ecg.afib(), 0)
                        .add(135, dice.noise(94, 5), 0)
                        .add(136, dice.noise(158, 8), 0)
                        .add(137, dice.noise(392, 12), 0)
                        .add(138, dice.noise(412, 12), 0)
                        .add(11, ecg.heartRate(), 0)));
    }

    private static void watch(Day day, Dice dice, List<Group> groups) {
        if (day.every(2, 0)) {
            groups.add(new Group(day, 23, 7.9, Group.SURE, Device.WATCH).add(54, dice.between(94, 99), 0));
        }
        if (day.every(7, 5)) {
            int fitness = day.persona().is(Trait.RUNNER) ? 47 : 39;
            groups.add(new Group(day, 24, 12.4, Group.SURE, Device.WATCH).add(123, dice.noise(fitness, 1), 0));
        }
        if (day.every(5, 4)) {
            int result = day.persona().is(Trait.FIBRILLATING) && day.every(10, 4) ? 1 : 0;
            groups.add(new Group(day, 25, 3.5, Group.SURE, Device.WATCH).add(139, result, 0));
        }
    }
}
