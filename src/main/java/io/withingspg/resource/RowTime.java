package io.withingspg.resource;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/**
 * How rows of a table tell when that was which they are about. Columns are found by position, as a name takes longer to look
 * up than a value to read.
 *
 * @param day where the local day stands; less than 0 where the table has none
 * @param moment likewise
 */
public record RowTime(int day, int moment) {
    private static final List<String> MOMENTS = List.of("measured_at", "started_at", "recorded_at", "sampled_at");
    private static final Map<Table<?>, RowTime> KNOWN = new ConcurrentHashMap<>();

    public static RowTime of(Table<?> table) {
        return KNOWN.computeIfAbsent(
                table,
                _ -> new RowTime(
                        table.indexOf("day"),
                        MOMENTS.stream()
                                .mapToInt(table::indexOf)
                                .filter(at -> at >= 0)
                                .findFirst()
                                .orElse(-1)));
    }

    /** Whether its days are the person's own; else they are those of UTC. */
    public boolean hasLocalDay() {
        return day >= 0;
    }

    /** @return null where the row is of no day */
    public @Nullable LocalDate day(TableRecord<?> row) {
        if (hasLocalDay()) {
            return (LocalDate) row.get(day);
        }
        var at = moment(row);
        return at == null ? null : LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    /** @return of a row that has but a day, when that begins in UTC; null where the row is of no time */
    public @Nullable Instant moment(TableRecord<?> row) {
        if (moment >= 0) {
            return (Instant) row.get(moment);
        }
        var local = hasLocalDay() ? (LocalDate) row.get(day) : null;
        return local == null ? null : local.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
