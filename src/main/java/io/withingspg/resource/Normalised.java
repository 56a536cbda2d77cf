package io.withingspg.resource;

import java.util.List;
import java.util.stream.Stream;
import org.jooq.TableRecord;

/**
 * What became of a page.
 *
 * @param records in the page's order, one list of rows for each record, the record's main row first; keys may repeat; user and
 *     {@code synced_at} unset
 * @param rejects records, and parts of records, that could not be read
 * @param partial main rows of records of which a part could not be read: what is missing there is not gone
 * @param unread records that could not be read at all
 * @param outside records that were dropped, as they are out of the person's bounds
 */
public record Normalised(
        List<List<TableRecord<?>>> records,
        List<Rejected> rejects,
        List<TableRecord<?>> partial,
        int unread,
        int outside) {
    /** Nothing was dropped, and a reject that is no part is a record. */
    public Normalised(List<List<TableRecord<?>>> records, List<Rejected> rejects, List<TableRecord<?>> partial) {
        this(records, rejects, partial, Math.max(0, rejects.size() - partial.size()), 0);
    }

    /** The same with other records. */
    public Normalised with(List<List<TableRecord<?>>> others) {
        return new Normalised(others, rejects, partial, unread, outside);
    }

    /** All rows of all records. */
    public List<TableRecord<?>> rows() {
        return records.stream().<TableRecord<?>>flatMap(List::stream).toList();
    }

    /** With one reject more. */
    public Normalised and(Rejected reject) {
        return new Normalised(
                records, Stream.concat(rejects.stream(), Stream.of(reject)).toList(), partial, unread, outside);
    }
}
