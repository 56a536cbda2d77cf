package io.withingspg.simulator;

import java.lang.ref.SoftReference;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One list of one person: what the days generate, less what was deleted or replaced, plus what was written since. The
 * merged list is kept only while memory allows, since it can be told again at any time.
 */
final class Ledger {
    private final LocalDate first;
    private final Function<LocalDate, List<Row>> generate;
    private final List<Row> written = new ArrayList<>();
    private final Set<String> gone = new HashSet<>();
    private final Map<String, Row> deleted = new HashMap<>();
    private SoftReference<List<Row>> merged = new SoftReference<>(null);
    private @Nullable LocalDate mergedThrough;

    Ledger(LocalDate first, Function<LocalDate, List<Row>> generate) {
        this.first = first;
        this.generate = generate;
    }

    /** Newest first, through the day before {@code today}. */
    synchronized List<Row> rows(LocalDate today) {
        var rows = merged.get();
        if (rows == null || !today.equals(mergedThrough)) {
            var generated = first.isBefore(today) ? first.datesUntil(today) : Stream.<LocalDate>empty();
            rows = Stream.concat(
                            generated
                                    .flatMap(day -> generate.apply(day).stream())
                                    .filter(row -> !gone.contains(row.key())),
                            written.stream())
                    .sorted(Row.ORDER)
                    .toList();
            merged = new SoftReference<>(rows);
            mergedThrough = today;
        }
        return rows;
    }

    /** Adds a row beside whatever is there: the same key may stand twice. */
    synchronized void add(Row row) {
        written.add(row);
        merged.clear();
    }

    /** Puts a row in the place of all rows of its key. */
    synchronized void put(Row row) {
        remove(row.key());
        add(row);
    }

    synchronized void remove(String key) {
        gone.add(key);
        written.removeIf(row -> row.key().equals(key));
        merged.clear();
    }

    /** As {@link #remove}, but the row can be restored. */
    synchronized void delete(String key, LocalDate today) {
        rows(today).stream().filter(row -> row.key().equals(key)).findFirst().ifPresent(row -> deleted.put(key, row));
        remove(key);
    }

    /** @throws IllegalArgumentException if no row of this key was deleted */
    synchronized void restore(String key, UnaryOperator<Row> change) {
        var row = deleted.remove(key);
        if (row == null) {
            throw new IllegalArgumentException("No " + key + " was deleted");
        }
        put(change.apply(row));
    }

    /** The days would generate something else now. */
    synchronized void forgetMerged() {
        merged.clear();
    }
}
