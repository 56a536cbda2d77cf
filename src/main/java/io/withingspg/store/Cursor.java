package io.withingspg.store;

import io.withingspg.resource.Span;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one resource of one person has been fetched.
 *
 * @param reachedAt every change before this instant is here; null until the first full reading ended
 * @param backfilledTo where samples were fetched window by window: all from here to {@code reachedAt} was; else null
 * @param interrupted a reading that did not come to its end; null if none
 * @param failures since the last success
 * @param lastRowAt time of the newest row; null without rows
 * @param basicFieldsSince when this account was refused the fields that must be named; null where it is given them
 * @param reconciledAt when rows were last held against what the API still has; null if never
 */
public record Cursor(
        String resource,
        @Nullable Instant reachedAt,
        @Nullable Instant backfilledTo,
        @Nullable Interrupted interrupted,
        Instant nextDueAt,
        int failures,
        @Nullable Instant lastRowAt,
        @Nullable Instant basicFieldsSince,
        @Nullable Instant reconciledAt) {

    /**
     * @param offset where to go on
     * @param reachesAt what {@link Cursor#reachedAt} becomes at its end
     */
    public record Interrupted(
            Span span, long offset, @Nullable Instant reachesAt, Instant startedAt) {}

    /** What a page means for the cursor, committed with its rows. */
    public sealed interface Step {
        /** Nothing. */
        record Stay() implements Step {}

        /** Nothing yet, and it is no page yet either: this is a part of it, and more is to come. */
        record Await() implements Step {}

        /** A crash goes on there. */
        record Resume(Interrupted at) implements Step {}

        /** What was read is longer by this window. */
        record Extend(Instant from, Instant to) implements Step {}
    }
}
