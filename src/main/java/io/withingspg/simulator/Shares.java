package io.withingspg.simulator;

import java.util.stream.DoubleStream;

/** A total cut into whole parts that follow weights and add up to it exactly. */
final class Shares {
    private Shares() {}

    /** All weights 0 share evenly. */
    static int[] of(int total, double[] weights) {
        var shares = new int[weights.length];
        double sum = DoubleStream.of(weights).sum();
        double reached = 0;
        int given = 0;
        for (int i = 0; i < weights.length; i++) {
            reached += sum > 0 ? weights[i] / sum : 1.0 / weights.length;
            int due = i == weights.length - 1 ? total : (int) Math.min(total, Math.round(total * reached));
            shares[i] = due - given;
            given = due;
        }
        return shares;
    }
}
