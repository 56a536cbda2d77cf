package io.withingspg.resource;

import java.time.Instant;
import java.time.LocalDate;

/** Which rows a reading asks for. */
public sealed interface Span {
    /** No limit is sent. */
    record Everything() implements Span {}

    /** Rows created or changed since then, whatever day they are of. */
    record ChangedSince(Instant since) implements Span {}

    /** Rows of these local days, both included. */
    record Days(LocalDate from, LocalDate to) implements Span {}

    /**
     * Samples of this stretch of time, at most 24 hours of it.
     *
     * @param to not included
     */
    record Window(Instant from, Instant to) implements Span {}

    /** One thing that other rows name, and nothing else. */
    record One(long id) implements Span {}
}
