package io.withingspg.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** A duration as people write it: {@code 30s}, {@code 15m}, {@code 6h}, {@code 1d}. */
public final class WrittenDuration {
    /** For messages: {@code expected a duration such as ...}. */
    public static final String EXAMPLES = "30s, 15m, 6h or 1d";

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,6}|0)\\s*(ms|s|m|h|d)");

    private WrittenDuration() {}

    /** Empty where it is none. */
    public static Optional<Duration> parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                });
    }
}
