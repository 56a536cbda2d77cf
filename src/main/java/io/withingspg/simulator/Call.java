package io.withingspg.simulator;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that was seen.
 *
 * @param user whose token it carried; null for calls without one, or with one that nobody knows
 * @param arguments the form as it came
 * @param at when it came
 */
public record Call(String path, String action, @Nullable Long user, Map<String, String> arguments, Instant at) {}
