package io.withingspg.console;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Distances in time as a person says them. */
public final class Ago {
    private Ago() {}

    /** {@code 5 min ago}, {@code in 2 h}; {@code never} for null. */
    public static String of(@Nullable Instant time, Instant now) {
        if (time == null) {
            return "never";
        }
        var distance = Duration.between(time, now);
        if (distance.abs().toSeconds() < 45) {
            return "now";
        }
        return distance.isNegative() ? "in " + span(distance.negated()) : span(distance) + " ago";
    }

    private static String span(Duration distance) {
        var seconds = distance.toSeconds();
        if (seconds < 90 * 60) {
            return Math.max(1, Math.round(seconds / 60.0)) + " min";
        }
        return seconds < 36 * 3600 ? Math.round(seconds / 3600.0) + " h" : Math.round(seconds / 86_400.0) + " days";
    }
}
