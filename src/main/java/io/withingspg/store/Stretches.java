package io.withingspg.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import io.withingspg.resource.Span;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Rows that fill time: a stretch that is cut anew, later or on another device's word, must not leave its old pieces. */
final class Stretches {
    record Stretch(String deviceId, Instant from, Instant to) {
        boolean holds(TableRecord<?> row) {
            var start = row.get("started_at", Instant.class);
            return deviceId.equals(row.get("device_id")) && !start.isBefore(from) && start.isBefore(to);
        }

        Stretch and(Stretch other) {
            return new Stretch(
                    deviceId, from.isBefore(other.from) ? from : other.from, to.isAfter(other.to) ? to : other.to);
        }
    }

    private Stretches() {}

    /**
     * Deletes what stood, of each device, in the time that its rows fill from the first to the last of them.
     *
     * @param rows which stay
     * @param window that was asked for: of the devices that rows tell of, all of it was told; null for what the rows fill
     * @param told when they were told, which is before what was written later; null for just now
     * @return how many were deleted
     */
    static int removeOthers(
            DSLContext tx,
            Table<?> table,
            long userId,
            Collection<TableRecord<?>> rows,
            Span.@Nullable Window window,
            @Nullable Instant told) {
        if (rows.isEmpty()) {
            return 0;
        }
        var deviceId = column(table, "device_id", String.class);
        var startedAt = column(table, "started_at", Instant.class);
        var stretches = of(table, rows, window);
        var stretch = DSL.table(
                        "unnest({0}, {1}, {2})",
                        val(stretches.stream().map(Stretch::deviceId).toArray(String[]::new)),
                        array(startedAt, stretches.stream().map(Stretch::from).toArray(Instant[]::new)),
                        array(startedAt, stretches.stream().map(Stretch::to).toArray(Instant[]::new)))
                .as("stretch", "device_id", "from_at", "to_at");
        var key = Upsert.key(table);
        var kept = Unnested.of("kept", key, rows);
        return tx.deleteFrom(table)
                .using(stretch)
                .where(Upsert.isUsers(table, userId))
                .and(deviceId.eq(field(name("stretch", "device_id"), String.class)))
                .and(startedAt.ge(field(name("stretch", "from_at"), startedAt.getDataType())))
                .and(startedAt.lt(field(name("stretch", "to_at"), startedAt.getDataType())))
                .and(
                        told == null
                                ? noCondition()
                                : column(table, "synced_at", Instant.class).le(told))
                .and(notExists(selectOne().from(kept.table()).where(kept.matches(table, key))))
                .returningResult(val(1))
                .fetch()
                .size();
    }

    /**
     * Of each device, what these rows tell of, that is, in which there is nothing but them.
     *
     * @param window as above
     */
    static Collection<Stretch> of(Table<?> table, Collection<TableRecord<?>> rows, Span.@Nullable Window window) {
        var deviceId = column(table, "device_id", String.class);
        var startedAt = column(table, "started_at", Instant.class);
        var endedAt = column(table, "ended_at", Instant.class);
        var stretches = new LinkedHashMap<String, Stretch>();
        for (var row : rows) {
            var from = row.get(startedAt);
            var filled = new Stretch(row.get(deviceId), from, Objects.requireNonNullElse(row.get(endedAt), from));
            var told = window == null ? filled : filled.and(new Stretch(filled.deviceId(), window.from(), window.to()));
            stretches.merge(told.deviceId(), told, Stretch::and);
        }
        return List.copyOf(stretches.values());
    }

    private static Field<Instant[]> array(Field<Instant> like, Instant[] values) {
        return val(values, like.getDataType().array());
    }

    private static <T> Field<T> column(Table<?> table, String name, Class<T> type) {
        var column = table.field(name, type);
        if (column == null) {
            throw new IllegalStateException(table.getName() + " is no stretch: it has no " + name);
        }
        return column;
    }
}
