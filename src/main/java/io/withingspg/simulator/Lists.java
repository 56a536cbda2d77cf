package io.withingspg.simulator;

import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All lists of one person. */
final class Lists {
    private final Map<Resource, Ledger> ledgers = new EnumMap<>(Resource.class);

    Lists(LocalDate first, Function<LocalDate, Day> day) {
        for (var resource : Resource.values()) {
            ledgers.put(resource, new Ledger(first, date -> resource.of(day.apply(date))));
        }
    }

    List<Row> rows(Resource resource, LocalDate today) {
        return of(resource).rows(today);
    }

    /** @throws IllegalArgumentException if there is none of this key */
    Row find(Resource resource, String key, LocalDate today) {
        return rows(resource, today).stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no " + key + " in " + resource));
    }

    void forgetMerged() {
        ledgers.values().forEach(Ledger::forgetMerged);
    }

    Ledger of(Resource resource) {
        var ledger = ledgers.get(resource);
        if (ledger == null) {
            throw new IllegalStateException("Every resource has a ledger");
        }
        return ledger;
    }
}
