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
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.withingspg.store.RowChanges.Act;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * Writes rows to a table. Unchanged rows cost no write, and a newer {@code modified_at} wins over an
 * older one whichever comes first.
 */
final class Upsert {
    private static final String PAGE = "page";
    private static final String STANDING = "standing";

    private Upsert() {}

    /**
     * A row that was written.
     *
     * @param key without the user
     */
    record Written(List<Object> key, boolean inserted) {}

    /** What becomes of what a row was before. */
    enum Earlier {
        /** That version is kept. */
        KEPT,
        /** It is gone. */
        DROPPED,
        /** What an answer leaves out stays: where two windows meet, each tells its part of the moment in between. */
        FILLED
    }

    /**
     * First those that are new, which on most pages are all of them; then, of the others, those that differ. So it is
     * known which are which, on partitioned tables too, where PostgreSQL does not tell.
     *
     * @param rows at most one per key: PostgreSQL refuses to update a row twice in one statement
     * @return what was inserted or changed; a row that is not among them stood there already, or newer
     */
    static List<Written> rows(
            DSLContext tx,
            Table<?> table,
            long userId,
            Instant now,
            Collection<? extends Record> rows,
            Earlier earlier) {
        if (rows.isEmpty()) {
            return List.of();
        }
        var key = key(table);
        var inserted = insert(tx, table, userId, now, rows);
        var stood =
                rows.stream().filter(row -> !inserted.contains(keyOf(row, key))).toList();
        return Stream.concat(
                        inserted.stream().map(one -> new Written(one, true)),
                        change(tx, table, userId, now, stood, earlier).stream().map(one -> new Written(one, false)))
                .toList();
    }

    /** Keys are returned, as a statement's row count would lie once the table is distributed. */
    private static Set<List<Object>> insert(
            DSLContext tx, Table<?> table, long userId, Instant now, Collection<? extends Record> rows) {
        var page = Unnested.of(PAGE, own(table), rows);
        var key = key(table);
        return new HashSet<>(tx.insertInto(table, table.fields())
                .select(select(values(table, userId, now, page)).from(page.table()))
                .onConflictDoNothing()
                .returningResult(key)
                .fetch(row -> keyOf(row, key)));
    }

    private static List<List<Object>> change(
            DSLContext tx,
            Table<?> table,
            long userId,
            Instant now,
            Collection<? extends Record> rows,
            Earlier earlier) {
        if (rows.isEmpty()) {
            return List.of();
        }
        var page = Unnested.of(PAGE, own(table), rows);
        var key = key(table);
        return tx.with(parts(table, userId, now, page, earlier))
                .insertInto(table, table.fields())
                .select(select(values(table, userId, now, page)).from(name(PAGE)))
                .onConflict(table.getPrimaryKey().getFields())
                .doUpdate()
                .set(changes(table, earlier))
                .where(differs(table, table, column -> coming(table, column, earlier)))
                .and(notOlder(table, DSL::excluded))
                .returningResult(key)
                .fetch(row -> keyOf(row, key));
    }

    /** The page; and what its rows replace is kept by the same statement, which reads the table as it stood before. */
    private static List<CommonTableExpression<?>> parts(
            Table<?> table, long userId, Instant now, Unnested page, Earlier earlier) {
        var parts = new ArrayList<CommonTableExpression<?>>();
        parts.add(name(PAGE).as(select(asterisk()).from(page.table())));
        if (earlier == Earlier.KEPT) {
            // A row at a time, by its key: a join reads all of the person's rows where statistics are not up to date.
            var standing = select(table.fields())
                    .from(table)
                    .where(isUsers(table, userId))
                    .and(page.matches(table, key(table)))
                    .limit(inline(1))
                    .asTable(STANDING);
            parts.add(name("kept")
                    .as(insertInto(ROW_CHANGE, RowChanges.COLUMNS)
                            .select(select(RowChanges.version(STANDING, table, userId, Act.CHANGED, now))
                                    .from(name(PAGE))
                                    .crossJoin(lateral(standing))
                                    .where(differs(table, table.as(STANDING), page::column))
                                    .and(notOlder(table.as(STANDING), page::column)))
                            .returningResult(val(1))));
        }
        return parts;
    }

    private static Map<Field<?>, Field<?>> changes(Table<?> table, Earlier earlier) {
        var changes = new LinkedHashMap<Field<?>, Field<?>>();
        compared(table).forEach(column -> changes.put(column, coming(table, column, earlier)));
        changes.put(table.field("synced_at"), excluded(table.field("synced_at")));
        return changes;
    }

    private static <T> Field<T> coming(Table<?> table, Field<T> column, Earlier earlier) {
        // What has no column is replaced: else what was learned would stay there beside its column.
        return earlier == Earlier.FILLED && !column.getName().equals("extra")
                ? coalesce(excluded(column), table.field(column))
                : excluded(column);
    }

    private static List<Field<?>> values(Table<?> table, long userId, Instant now, Unnested page) {
        return Stream.of(table.fields())
                .<Field<?>>map(column -> switch (column.getName()) {
                    case "user_id" -> val(userId);
                    case "synced_at" -> val(now);
                    default -> page.column(column);
                })
                .toList();
    }

    /** The primary key without the user, whom one statement is always about. */
    static List<? extends TableField<?, ?>> key(Table<?> table) {
        return table.getPrimaryKey().getFields().stream()
                .filter(column -> !column.getName().equals("user_id"))
                .toList();
    }

    private static List<Object> keyOf(Record row, List<? extends Field<?>> key) {
        return key.stream().<Object>map(row::get).toList();
    }

    static Condition isUsers(Table<?> table, long userId) {
        return field(table.getQualifiedName().append(name("user_id")), Long.class)
                .eq(userId);
    }

    private static List<Field<?>> own(Table<?> table) {
        return Stream.of(table.fields())
                .filter(column ->
                        !column.getName().equals("user_id") && !column.getName().equals("synced_at"))
                .toList();
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
        return modified == null
                ? noCondition()
                : modified.isNull()
                        .or(coming.apply(modified).isNull())
                        .or(coming.apply(modified).ge(modified));
    }
}
