package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.ROW_CHANGE;
import static org.jooq.impl.DSL.asterisk;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.withingspg.store.RowChanges.Act;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertOnDuplicateStep;
import org.jooq.Param;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * Writes rows to a table. Unchanged rows cost no write, and a newer {@code modified_at} wins over an
 * older one whichever comes first.
 */
final class Upsert {
    private static final String PAGE = "page";
    private static final String STANDING = "standing";
    static final Param<Long> USER = param("user_id", SQLDataType.BIGINT);
    private static final Param<Instant> NOW = param("now", ROW_CHANGE.CHANGED_AT.getDataType());

    /** @param table which has few kinds of changes, so that all of their texts may be kept */
    private record Change(Table<?> table, Earlier earlier, Untold untold) {}

    private static final Map<Table<?>, Rendered> NEW = new ConcurrentHashMap<>();
    private static final Map<Table<?>, Rendered> INSERTS = new ConcurrentHashMap<>();
    private static final Map<Change, Rendered> CHANGES = new ConcurrentHashMap<>();
    private static final Map<Table<?>, List<? extends TableField<?, ?>>> KEYS = new ConcurrentHashMap<>();
    private static final Map<Table<?>, int[]> POSITIONS = new ConcurrentHashMap<>();
    private static final Map<Table<?>, List<Field<?>>> OWN = new ConcurrentHashMap<>();

    private Upsert() {}

    /**
     * What became of rows.
     *
     * @param untouched which stood there already, or newer
     */
    record Written(
            Collection<TableRecord<?>> inserted,
            Collection<TableRecord<?>> changed,
            Collection<TableRecord<?>> untouched) {}

    /** Whether the version that a row had before is kept. */
    enum Earlier {
        KEPT,
        DROPPED
    }

    /** What becomes of a column of which an answer tells nothing. */
    enum Untold {
        EMPTY,
        /** It was not asked for, or another answer tells it. */
        AS_IT_WAS
    }

    /**
     * First those that are new, which on most pages are all of them; then, of the others, those that differ. So it is
     * known which are which, on partitioned tables too, where PostgreSQL does not tell.
     *
     * @param rows by their keys without the user: PostgreSQL refuses to update a row twice in one statement
     */
    static Written rows(
            DSLContext tx,
            Table<?> table,
            long userId,
            Instant now,
            Map<List<Object>, TableRecord<?>> rows,
            Earlier earlier,
            Untold untold) {
        if (rows.isEmpty()) {
            return new Written(List.of(), List.of(), List.of());
        }
        var inserted = insert(tx, table, userId, now, rows.values());
        if (inserted.isEmpty()) {
            return new Written(rows.values(), List.of(), List.of());
        }
        var stood = new LinkedHashMap<>(rows);
        var fresh = taken(stood, inserted.get());
        Zones.keepGuesses(tx, userId, table, stood.values());
        var changed = taken(stood, change(tx, table, userId, now, stood.values(), earlier, untold));
        return new Written(fresh, changed, stood.values());
    }

    /** Rows of which none is thought to stand: at a fifth less of the server's time, and where one does, it refuses all. */
    static Written newRows(DSLContext tx, Table<?> table, long userId, Instant now, Collection<TableRecord<?>> rows) {
        if (!rows.isEmpty()) {
            NEW.computeIfAbsent(table, Upsert::insertNew).execute(tx, given(table, userId, now, rows));
        }
        return new Written(rows, List.of(), List.of());
    }

    private static Rendered insertNew(Table<?> table) {
        return new Rendered(() -> inserting(table));
    }

    private static <R extends Record> InsertOnDuplicateStep<R> inserting(Table<R> table) {
        var page = Unnested.named(PAGE, own(table));
        return DSL.insertInto(table, table.fields())
                .select(select(values(table, page)).from(page.table()));
    }

    private static List<TableRecord<?>> taken(Map<List<Object>, TableRecord<?>> rows, List<List<Object>> keys) {
        return keys.stream()
                .<TableRecord<?>>map(key -> Objects.requireNonNull(rows.remove(key)))
                .toList();
    }

    /**
     * Rows are returned, as a statement's row count would lie once the table is distributed.
     *
     * @return the keys; nothing for all of them
     */
    private static Optional<List<List<Object>>> insert(
            DSLContext tx, Table<?> table, long userId, Instant now, Collection<? extends Record> rows) {
        return INSERTS.computeIfAbsent(table, Upsert::insert)
                .fetch(
                        tx,
                        given(table, userId, now, rows),
                        answer -> count(answer) == rows.size()
                                ? Optional.empty()
                                : Optional.of(keys(answer, key(table))));
    }

    private static Rendered insert(Table<?> table) {
        return new Rendered(() -> inserting(table).onConflictDoNothing().returningResult(key(table)));
    }

    private static int count(ResultSet answer) throws SQLException {
        var count = answer.last() ? answer.getRow() : 0;
        answer.beforeFirst();
        return count;
    }

    static List<List<Object>> keys(ResultSet answer, List<? extends Field<?>> key) throws SQLException {
        var keys = new ArrayList<List<Object>>();
        while (answer.next()) {
            var values = new Object[key.size()];
            for (var n = 0; n < values.length; n++) {
                values[n] = Rendered.value(answer, n + 1, key.get(n).getType());
            }
            keys.add(List.of(values));
        }
        return keys;
    }

    private static List<List<Object>> change(
            DSLContext tx,
            Table<?> table,
            long userId,
            Instant now,
            Collection<? extends Record> rows,
            Earlier earlier,
            Untold untold) {
        return CHANGES.computeIfAbsent(new Change(table, earlier, untold), Upsert::change)
                .fetch(tx, given(table, userId, now, rows), answer -> keys(answer, key(table)));
    }

    private static Rendered change(Change kind) {
        return new Rendered(() -> {
            var table = kind.table;
            var page = Unnested.named(PAGE, own(table));
            return DSL.with(parts(table, page, kind.earlier, kind.untold))
                    .insertInto(table, table.fields())
                    .select(select(values(table, page)).from(name(PAGE)))
                    .onConflict(table.getPrimaryKey().getFields())
                    .doUpdate()
                    .set(changes(table, kind.untold))
                    .where(differs(table, table, column -> coming(column, kind.untold)))
                    .and(notOlder(table, DSL::excluded))
                    .returningResult(key(table));
        });
    }

    private static Map<String, Object> given(
            Table<?> table, long userId, Instant now, Collection<? extends Record> rows) {
        var given = Unnested.values(PAGE, own(table), rows);
        given.put("user_id", userId);
        given.put("now", now);
        return given;
    }

    /** The page; and what its rows replace is kept by the same statement, which reads the table as it stood before. */
    private static List<CommonTableExpression<?>> parts(Table<?> table, Unnested page, Earlier earlier, Untold untold) {
        var parts = new ArrayList<CommonTableExpression<?>>();
        parts.add(name(PAGE).as(select(asterisk()).from(page.table())));
        if (earlier == Earlier.KEPT) {
            // A row at a time, by its key: a join reads all of the person's rows where statistics are not up to date.
            // DISTINCT keeps it from becoming one; LIMIT would too, but a distributed database refuses it here.
            var standing = select(table.fields())
                    .distinctOn(table.getPrimaryKey().getFields())
                    .from(table)
                    .where(isUsers(table, USER))
                    .and(page.matches(table, key(table)))
                    .asTable(STANDING);
            parts.add(name("kept")
                    .as(insertInto(ROW_CHANGE, RowChanges.COLUMNS)
                            .select(select(RowChanges.version(STANDING, table, USER, Act.CHANGED, NOW))
                                    .from(name(PAGE))
                                    .crossJoin(lateral(standing))
                                    .where(differs(
                                            table,
                                            table.as(STANDING),
                                            column -> coming(column, page, table.as(STANDING), untold)))
                                    .and(notOlder(table.as(STANDING), page::column)))
                            .returningResult(inline(1))));
        }
        return parts;
    }

    private static Map<Field<?>, Field<?>> changes(Table<?> table, Untold untold) {
        var changes = new LinkedHashMap<Field<?>, Field<?>>();
        compared(table).forEach(column -> changes.put(column, coming(column, untold)));
        changes.put(table.field("synced_at"), excluded(table.field("synced_at")));
        return changes;
    }

    private static <T> Field<T> coming(Field<T> column, Untold untold) {
        return coming(excluded(column), column, untold);
    }

    private static <T> Field<T> coming(Field<T> column, Unnested page, Table<?> standing, Untold untold) {
        return coming(page.column(column), standing.field(column), untold);
    }

    /** What nobody had asked for by name is told with every answer, so its absence tells something. */
    private static <T> Field<T> coming(Field<T> told, Field<T> standing, Untold untold) {
        return untold == Untold.EMPTY || standing.getName().equals("extra") ? told : coalesce(told, standing);
    }

    private static List<Field<?>> values(Table<?> table, Unnested page) {
        return Stream.of(table.fields())
                .<Field<?>>map(column -> switch (column.getName()) {
                    case "user_id" -> USER;
                    case "synced_at" -> NOW;
                    default -> page.column(column);
                })
                .toList();
    }

    /** The primary key without the user, whom one statement is always about. */
    static List<? extends TableField<?, ?>> key(Table<?> table) {
        return KEYS.computeIfAbsent(
                table,
                _ -> table.getPrimaryKey().getFields().stream()
                        .filter(column -> !column.getName().equals("user_id"))
                        .toList());
    }

    /** A row's key without its user. */
    static List<Object> keyOf(TableRecord<?> row) {
        return valuesAt(row, positions(row.getTable()));
    }

    /** Where the columns of {@link #key} stand: to find them takes longer than to read them. */
    private static int[] positions(Table<?> table) {
        return POSITIONS.computeIfAbsent(
                table, _ -> key(table).stream().mapToInt(table::indexOf).toArray());
    }

    private static List<Object> valuesAt(Record row, int[] positions) {
        var values = new Object[positions.length];
        for (var n = 0; n < values.length; n++) {
            values[n] = row.get(positions[n]);
        }
        return Arrays.asList(values); // of a history the beginning is not known at first
    }

    /** Of rows of this table, by their keys, the last of each. */
    static Map<List<Object>, TableRecord<?>> byKey(Table<?> table, Collection<List<TableRecord<?>>> records) {
        var positions = positions(table);
        var rows = new LinkedHashMap<List<Object>, TableRecord<?>>();
        for (var record : records) {
            for (var row : record) {
                if (row.getTable().equals(table)) {
                    rows.put(valuesAt(row, positions), row);
                }
            }
        }
        return rows;
    }

    static Condition isUsers(Table<?> table, long userId) {
        return isUsers(table, val(userId));
    }

    static Condition isUsers(Table<?> table, Field<Long> userId) {
        return field(table.getQualifiedName().append(name("user_id")), Long.class)
                .eq(userId);
    }

    private static List<Field<?>> own(Table<?> table) {
        return OWN.computeIfAbsent(
                table,
                _ -> Stream.of(table.fields())
                        .filter(column -> !column.getName().equals("user_id")
                                && !column.getName().equals("synced_at"))
                        .toList());
    }

    private static List<Field<?>> compared(Table<?> table) {
        return own(table).stream()
                .filter(column -> !table.getPrimaryKey().getFields().contains(column))
                .toList();
    }

    /**
     * @param standing the table, under whatever name the statement knows its rows
     * @param coming a column of the row that comes
     */
    private static Condition differs(Table<?> table, Table<?> standing, Function<Field<?>, Field<?>> coming) {
        var compared = compared(table);
        return compared.isEmpty()
                ? falseCondition()
                : row(compared.stream().map(standing::field).toList())
                        .isDistinctFrom(row(compared.stream().map(coming).toList()));
    }

    private static Condition notOlder(Table<?> standing, Function<Field<Instant>, Field<Instant>> coming) {
        var modified = standing.field("modified_at", Instant.class);
        var deleted = standing.field("deleted_at", Instant.class);
        return modified == null
                ? noCondition()
                : (deleted == null ? falseCondition() : deleted.isNotNull()) // it has come back, in whatever version
                        .or(modified.isNull())
                        .or(coming.apply(modified).isNull())
                        .or(coming.apply(modified).ge(modified));
    }
}
