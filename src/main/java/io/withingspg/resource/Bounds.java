package io.withingspg.resource;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The days of which a person's data may be fetched, both included; null for no limit. A change filter also returns old
 * rows that were edited, so bounds are kept when rows are stored as well as when they are asked for.
 */
public record Bounds(@Nullable LocalDate from, @Nullable LocalDate until) {
    public static final Bounds NONE = new Bounds(null, null);

    boolean limits() {
        return from != null || until != null;
    }

    /** @param day null where a row is of no day (a device): always inside */
    public boolean hold(@Nullable LocalDate day) {
        return day == null || ((from == null || !day.isBefore(from)) && (until == null || !day.isAfter(until)));
    }
}
