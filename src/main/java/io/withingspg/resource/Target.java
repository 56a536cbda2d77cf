package io.withingspg.resource;

import org.jooq.Table;

/** A table that rows go to, and how. */
public sealed interface Target {
    Table<?> table();

    /** Rows stand for themselves: inserted, or changed where they differ and are not older. */
    record Rows(Table<?> table) implements Target {}

    /** Rows that belong to a row of {@code parent} are replaced as a set with it. */
    record SetOf(Table<?> table, Table<?> parent) implements Target {}

    /**
     * Many small rows of one moment each, in a partitioned table; no earlier version of them is kept.
     *
     * @param inParts whether an answer may tell only a part of a row: where two windows meet, each tells its own
     */
    record Samples(Table<?> table, boolean inParts) implements Target {}

    /**
     * Rows that fill time from {@code started_at} to {@code ended_at}: those of a device that stood in the stretch which
     * the page's rows fill are replaced by them.
     */
    record Stretch(Table<?> table) implements Target {}

    /** A row is added only when the value differs from the latest one, which then ends ({@code valid_to}). */
    record History(Table<?> table) implements Target {}
}
