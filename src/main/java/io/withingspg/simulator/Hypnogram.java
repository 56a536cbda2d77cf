package io.withingspg.simulator;

import java.util.ArrayList;
import java.util.List;

/** A night as a sequence of stages; every duration of a summary is a sum over it, so that they always add up. */
record Hypnogram(List<Segment> segments) {
    enum Stage {
        AWAKE(0),
        LIGHT(1),
        DEEP(2),
        REM(3);

        private final int state;

        Stage(int state) {
            this.state = state;
        }

        /** As {@code sleep get} numbers it. */
        int state() {
            return state;
        }
    }

    record Segment(Stage stage, int seconds) {}

    private static final int CYCLE_MIN = 80;
    private static final int SHORTEST_NAP_MIN = 10;

    /** Cycles of about 90 minutes: deep sleep early, dreams late, sometimes awake between; whole minutes. */
    static Hypnogram night(Dice dice, int inBedMin, boolean restless) {
        var segments = new ArrayList<Segment>();
        int latency = dice.between(4, restless ? 38 : 17);
        int rising = dice.between(2, 14);
        int left = inBedMin - latency - rising;
        add(segments, Stage.AWAKE, latency);
        for (int cycle = 0; left > 0; cycle++) {
            int length = left < 2 * CYCLE_MIN ? left : dice.between(CYCLE_MIN, CYCLE_MIN + 20);
            left -= length;
            int deep = Math.min(length / 3, Math.max(0, dice.noise(restless ? 20 : 33, 4) - cycle * 8));
            int rem = Math.min(length / 3, Math.max(4, dice.noise(9 + cycle * 7, 3)));
            int awake = left > 0 && dice.chance(restless ? 0.85 : 0.3) ? dice.between(2, restless ? 17 : 8) : 0;
            int light = length - deep - rem - awake;
            int before = light / 2;
            int snatch = restless && cycle > 0 ? Math.min(before / 3, 3) : 0;
            add(segments, Stage.LIGHT, before - snatch);
            add(segments, Stage.AWAKE, snatch);
            add(segments, Stage.DEEP, deep);
            add(segments, Stage.LIGHT, light - before);
            add(segments, Stage.REM, rem);
            add(segments, Stage.AWAKE, awake);
        }
        add(segments, Stage.AWAKE, rising);
        return new Hypnogram(List.copyOf(segments));
    }

    static Hypnogram nap(int minutes) {
        if (minutes < SHORTEST_NAP_MIN) {
            throw new IllegalArgumentException(minutes + " minutes is no nap: at least " + SHORTEST_NAP_MIN);
        }
        return new Hypnogram(List.of(
                new Segment(Stage.AWAKE, 300),
                new Segment(Stage.LIGHT, minutes * 60 - 420),
                new Segment(Stage.AWAKE, 120)));
    }

    private static void add(List<Segment> segments, Stage stage, int minutes) {
        if (minutes > 0) {
            segments.add(new Segment(stage, minutes * 60));
        }
    }

    int inBedS() {
        return segments.stream().mapToInt(Segment::seconds).sum();
    }

    int seconds(Stage stage) {
        return segments.stream()
                .filter(segment -> segment.stage == stage)
                .mapToInt(Segment::seconds)
                .sum();
    }

    int asleepS() {
        return inBedS() - seconds(Stage.AWAKE);
    }

    int count(Stage stage) {
        return (int) segments.stream().filter(segment -> segment.stage == stage).count();
    }

    int latencyS() {
        return segments.getFirst().seconds();
    }

    int risingS() {
        return segments.getLast().seconds();
    }

    /** Awake between the first and the last sleep. */
    int awakeBetweenS() {
        return seconds(Stage.AWAKE) - latencyS() - risingS();
    }

    int awakenings() {
        return count(Stage.AWAKE) - 2;
    }
}
