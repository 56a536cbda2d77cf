package io.withingspg.command;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what will be true soon, and no longer than it takes. */
final class Await {
    private static final long LONGEST = Duration.ofSeconds(60).toNanos();

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        var began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > LONGEST) {
                throw new AssertionError("still not so: " + what);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
