package io.withingspg.simulator;

import java.util.stream.DoubleStream;

/** Whole numbers that wander about an average and do not leave their bounds. */
final class Curve {
    private Curve() {}

    /** @param raw the shape; its own average does not matter */
    static int[] of(double[] raw, int average, int least, int most) {
        double mean = DoubleStream.of(raw).average().orElse(0);
        var curve = new int[raw.length];
        for (int i = 0; i < raw.length; i++) {
            curve[i] = Math.clamp(Math.round(average + raw[i] - mean), least, Math.max(least, most));
        }
        return curve;
    }
}
