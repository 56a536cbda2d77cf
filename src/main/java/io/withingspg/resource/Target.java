package io.withingspg.resource;

import org.jooq.Table;

/** A table that rows go to, and how. */
public sealed interface Target {
    Table<?> table();

    /** Rows stand for themselves: inserted, or changed where they differ and are not older. */
    record Rows(Table<?> table) implements Target {}

    /** Rows that belong to a row of {@code parent} are replaced as a set with it. */
    record SetOf(Table<?> table, Table<?> parent) implements Target {}

    /** A row is added only when the value differs from the latest one, which then ends ({@code valid_to}). */
    record History(Table<?> table) implements Target {}
}
