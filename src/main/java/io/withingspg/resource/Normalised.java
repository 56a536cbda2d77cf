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
 */
public record Normalised(List<List<TableRecord<?>>> records, List<Rejected> rejects, List<TableRecord<?>> partial) {
    /** All rows of all records. */
    public List<TableRecord<?>> rows() {
        return records.stream().<TableRecord<?>>flatMap(List::stream).toList();
    }

    /** With one reject more. */
    public Normalised and(Rejected reject) {
        return new Normalised(
                records, Stream.concat(rejects.stream(), Stream.of(reject)).toList(), partial);
    }
}
