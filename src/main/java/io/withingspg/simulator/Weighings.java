package io.withingspg.simulator;

import java.util.List;

/**
 * What the scale tells, and what people type in about their weight.
 *
 * <p>Awkward on purpose, where {@code turn(n)} is {@link Day#turn}: {@code turn(7) = 3} the same weight as value × 10⁻²;
 * {@code turn(31) = 9} type 1 twice in one group; {@code turn(29) = 4} an ambiguous group (a child of 24 kg, attrib 1);
 * {@code turn(23) = 5} typed in, no device (attrib 2); {@code turn(97) = 11} a height from the account's creation
 * (attrib 4); {@code turn(30) = 7} a goal (category 2).
 */
final class Weighings {
    private static final int WEIGHT = 1;
    private static final int HEIGHT = 4;
    private static final int[] POSITIONS = {3, 2, 10, 11, 12};
    private static final int[] PER_MILLE = {52, 54, 168, 171, 455};

    private Weighings() {}

    static void of(Day day, List<Group> groups) {
        var persona = day.persona();
        var body = Body.of(day);
        double hour = 6.8 + day.dice("weighing").between(0.0, 0.9) + (day.weekend() ? 1.2 : 0);
        if (!day.dice("weighs").chance(0.22)) {
            groups.add(weighing(day, body, hour));
        }
        if (day.every(29, 4)) {
            groups.add(new Group(day, 2, hour + 0.3, Group.AMBIGUOUS, Device.scaleOf(persona)).add(WEIGHT, 24_150, -3));
        }
        if (day.every(23, 5)) {
            groups.add(new Group(day, 3, 11.5, Group.MANUAL, null).add(WEIGHT, body.weightG() / 100, -1));
        }
        if (day.every(97, 11)) {
            groups.add(new Group(day, 4, 9.0, Group.AT_CREATION, null).add(HEIGHT, persona.heightCm(), -2));
        }
        if (day.every(30, 7)) {
            groups.add(new Group(day, 5, 9.2, Group.MANUAL, null).goal().add(WEIGHT, Goals.weightG(persona), -3));
        }
    }

    private static Group weighing(Day day, Body body, double hour) {
        var group = new Group(day, 1, hour, Group.SURE, Device.scaleOf(day.persona()));
        if (day.every(7, 3)) {
            group.add(WEIGHT, body.weightG() / 10, -2);
        } else {
            group.add(WEIGHT, body.weightG(), -3);
        }
        if (day.every(31, 9)) {
            group.add(WEIGHT, body.weightG() + 50, -3);
        }
        group.add(8, body.fatG(), -3)
                .add(5, body.leanG(), -3)
                .add(6, Math.round(100_000.0 * body.fatG() / body.weightG()), -3)
                .add(76, body.muscleG(), -3)
                .add(88, body.boneG(), -3)
                .add(77, body.waterG(), -3);
        if (day.persona().is(Trait.BODY_SCAN)) {
            segments(group, body);
            vessels(group, day, body);
        }
        return group;
    }

    private static void segments(Group group, Body body) {
        for (int i = 0; i < POSITIONS.length; i++) {
            group.addAt(POSITIONS[i], 173, (long) body.leanG() * PER_MILLE[i] / 1000, -3)
                    .addAt(POSITIONS[i], 174, (long) body.fatG() * PER_MILLE[i] / 1000, -3)
                    .addAt(POSITIONS[i], 175, (long) body.muscleG() * PER_MILLE[i] / 1000, -3);
        }
    }

    private static void vessels(Group group, Day day, Body body) {
        var dice = day.dice("vessels");
        int age = day.persona().age();
        group.add(168, body.waterG() * 39L / 100, -3)
                .add(169, body.waterG() * 61L / 100, -3)
                .add(170, dice.between(18, 26), -1)
                .add(226, body.basalKcal(), 0)
                .add(227, age - dice.between(0, 3), 0)
                .add(91, 5_600 + age * 40 + dice.noise(0, 180), -3)
                .add(155, age - 2 + dice.between(0, 4), 0)
                .add(11, dice.noise(day.persona().restingHr() + 9, 4), 0);
        if (day.every(7, 0)) {
            group.add(158, dice.between(68, 84), 0)
                    .add(159, dice.between(68, 84), 0)
                    .add(167, dice.between(70, 82), 0)
                    .add(196, dice.between(66, 84), 0)
                    .add(197, dice.between(66, 84), 0)
                    .add(198, dice.between(66, 84), 0)
                    .add(229, dice.between(66, 84), 0);
        }
    }
}
