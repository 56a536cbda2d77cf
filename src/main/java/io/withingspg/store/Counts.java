package io.withingspg.store;

/**
 * What became of rows. {@code fetched = inserted + changed + unchanged + rejected}; a repeated key counts as unchanged.
 *
 * @param removed rows that left their set with this page; not among the fetched
 */
public record Counts(long fetched, long inserted, long changed, long unchanged, long removed, long rejected) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    static Counts removed(long rows) {
        return new Counts(0, 0, 0, 0, rows, 0);
    }

    public Counts plus(Counts other) {
        return new Counts(
                fetched + other.fetched,
                inserted + other.inserted,
                changed + other.changed,
                unchanged + other.unchanged,
                removed + other.removed,
                rejected + other.rejected);
    }
}
