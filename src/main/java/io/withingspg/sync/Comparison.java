package io.withingspg.sync;

import io.withingspg.resource.Normalised;
import io.withingspg.store.Standing;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which rows the API gave in a reading, to find out which of ours it no longer gives. */
final class Comparison {
    private final Set<List<Object>> seen = new HashSet<>();
    private int pages;
    private int unread;

    void saw(Normalised part) {
        unread += part.unread();
        part.records().forEach(record -> seen.add(Standing.key(record.getFirst())));
    }

    void sawPage() {
        pages++;
    }

    Set<List<Object>> missing(Set<List<Object>> standing) {
        var missing = new HashSet<>(standing);
        missing.removeAll(seen);
        return missing;
    }

    /** Between two pages a row can move past the one who reads. */
    boolean mayHaveSlippedThrough() {
        return pages > 1;
    }

    /** A record that could not be read may be the missing row. */
    int unread() {
        return unread;
    }
}
