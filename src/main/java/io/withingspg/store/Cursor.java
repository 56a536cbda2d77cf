package io.withingspg.store;

import io.withingspg.resource.Span;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one resource of one person has been fetched.
 *
 * @param reachedAt every change before this instant is here; null until the first full reading ended
 * @param interrupted a reading that did not come to its end; null if none
 * @param failures since the last success
 */
public record Cursor(
        String resource,
        @Nullable Instant reachedAt,
        @Nullable Interrupted interrupted,
        Instant nextDueAt,
        int failures) {

    /**
     * @param offset where to go on
     * @param reachesAt what {@link Cursor#reachedAt} becomes at its end
     */
    public record Interrupted(
            Span span, long offset, @Nullable Instant reachesAt, Instant startedAt) {}
}
