package io.withingspg.simulator;

/**
 * Numbers that look random and follow from their key alone (SplitMix64), so a day can be told without the days before.
 * Nothing here depends on the platform: no {@code Math.sin}, no {@code Random}.
 */
final class Dice {
    private long state;

    private Dice(long state) {
        this.state = state;
    }

    static Dice of(long seed, long user, long day, String purpose) {
        long key = mixed(seed + 0x632BE59BD9B4E019L);
        key = mixed(key ^ user);
        key = mixed(key ^ day);
        return new Dice(mixed(key ^ purpose.hashCode()));
    }

    long bits() {
        state += 0x9E3779B97F4A7C15L;
        return mixed(state);
    }

    /** Evenly in [0, 1). */
    double fraction() {
        return (bits() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return fraction() < probability;
    }

    /** Evenly from {@code least} to {@code most}, both included. */
    int between(int least, int most) {
        return least + (int) (fraction() * (most - least + 1));
    }

    double between(double least, double most) {
        return least + fraction() * (most - least);
    }

    /** Bell-shaped around 0 with the given standard deviation, never beyond four of them. */
    double noise(double deviation) {
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            sum += fraction();
        }
        return (sum - 3) * 1.4142135 * deviation;
    }

    int noise(int mean, double deviation) {
        return (int) Math.round(mean + noise(deviation));
    }

    /** Forty hexadecimal digits, as device ids are. */
    String hex() {
        return "%016x%016x%08x".formatted(bits(), bits(), bits() >>> 32);
    }

    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
