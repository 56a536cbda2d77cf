package io.withingspg.store;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableRecord;

/** Zones that rows are given because they tell none. */
final class Zones {
    private Zones() {}

    /**
     * An answer's one zone is where the person is now. Of a row that was told before, and is of the same moment, the zone
     * and the day of that time stay: it did not move when the person did.
     */
    static void keepGuesses(DSLContext tx, long userId, Table<?> table, Collection<TableRecord<?>> rows) {
        var zone = table.field("timezone", String.class);
        var day = table.field("day", LocalDate.class);
        var at = table.field("measured_at", Instant.class);
        if (zone == null || day == null || at == null) {
            return;
        }
        var its = table.indexOf(zone); // to look the column up in each row takes longer than to read it
        var guessed = rows.stream()
                .filter(row -> row.get(its) != null && !row.touched(its))
                .toList();
        if (guessed.isEmpty()) {
            return;
        }
        var key = Upsert.key(table);
        var page = Unnested.of("page", key, guessed);
        var standing = new HashMap<List<Object>, Record>();
        tx.select(Stream.concat(key.stream(), Stream.of(zone, day, at)).toList())
                .from(table)
                .join(page.table())
                .on(page.matches(table, key))
                .where(Upsert.isUsers(table, userId))
                .and(zone.isNotNull())
                .forEach(row -> standing.put(key.stream().<Object>map(row::get).toList(), row));
        for (var row : guessed) {
            var known = standing.get(Standing.key(row));
            if (known != null && row.get(at).equals(known.get(at))) {
                row.set(zone, known.get(zone));
                row.set(day, known.get(day));
            }
        }
    }
}
