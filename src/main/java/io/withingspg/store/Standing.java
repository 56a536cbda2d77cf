package io.withingspg.store;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** Rows of a stretch of days that are not deleted, to be held against those the API still gives. */
public final class Standing {
    private final DSLContext sql;

    public Standing(DSLContext sql) {
        this.sql = sql;
    }

    /** A row's key without its user. */
    public static List<Object> key(TableRecord<?> row) {
        return Upsert.keyOf(row);
    }

    /**
     * @param table has {@code day} and {@code deleted_at}
     * @return keys without the user
     */
    public Set<List<Object>> keys(long userId, Table<?> table, LocalDate from, LocalDate to) {
        return Set.copyOf(STANDING.computeIfAbsent(table, _ -> new Rendered(() -> standing(table)))
                .fetch(
                        sql,
                        Map.of("user_id", userId, "from", from, "to", to),
                        answer -> Upsert.keys(answer, Upsert.key(table))));
    }

    private static final Map<Table<?>, Rendered> STANDING = new ConcurrentHashMap<>();

    private static Query standing(Table<?> table) {
        return DSL.select(Upsert.key(table))
                .from(table)
                .where(Upsert.isUsers(table, Upsert.USER))
                .and(column(table, "day", LocalDate.class)
                        .between(param("from", SQLDataType.LOCALDATE), param("to", SQLDataType.LOCALDATE)))
                .and(column(table, "deleted_at", Instant.class).isNull());
    }

    /** The first and last day of these rows. */
    public List<LocalDate> days(long userId, Table<?> table, Set<List<Object>> keys) {
        var key = Upsert.key(table);
        var of = Unnested.of("gone", key, rows(table, keys));
        var day = column(table, "day", LocalDate.class);
        var days = sql.select(DSL.min(day), DSL.max(day))
                .from(table)
                .join(of.table())
                .on(of.matches(table, key))
                .where(Upsert.isUsers(table, userId))
                .fetchSingle();
        return List.of(days.value1(), days.value2());
    }

    /** Rows of nothing but these keys. */
    static List<Record> rows(Table<?> table, Set<List<Object>> keys) {
        var columns = Upsert.key(table);
        return keys.stream()
                .<Record>map(key -> {
                    var row = DSL.using(SQLDialect.POSTGRES).newRecord(columns);
                    row.fromArray(key.toArray());
                    return row;
                })
                .toList();
    }

    private static <T> Field<T> column(Table<?> table, String name, Class<T> type) {
        return DSL.field(table.getQualifiedName().append(name(name)), type);
    }
}
