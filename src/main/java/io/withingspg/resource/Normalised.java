package io.withingspg.resource;

import java.util.List;
import org.jooq.TableRecord;

/**
 * What became of a page.
 *
 * @param records in the page's order, one list of rows for each record, the record's main row first; keys may repeat; user and
 *     {@code synced_at} unset
 * @param rejects records that could not be read
 */
public record Normalised(List<List<TableRecord<?>>> records, List<Rejected> rejects) {
    /** All rows of all records. */
    public List<TableRecord<?>> rows() {
        return records.stream().<TableRecord<?>>flatMap(List::stream).toList();
    }
}
