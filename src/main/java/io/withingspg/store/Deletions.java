package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.ROW_CHANGE;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.withingspg.store.RowChanges.Act;
import java.time.Instant;
import java.util.Collection;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Rows that Withings no longer returns. They stay, with {@code deleted_at}, and lose it when they come again. */
final class Deletions {
    private static final String STANDING = "standing";

    private Deletions() {}

    /**
     * Marks rows as deleted and keeps what they said until now.
     *
     * @param table one with {@code deleted_at}
     * @param rows of which only the key is looked at, without the user
     * @return how many were marked; those that are not there, or are marked already, are not among them
     */
    static int mark(DSLContext tx, long userId, Table<?> table, Collection<? extends Record> rows, Instant now) {
        if (rows.isEmpty()) {
            return 0;
        }
        var gone = Unnested.of("gone", Upsert.key(table), rows);
        var standing = table.as(STANDING);
        tx.insertInto(ROW_CHANGE, RowChanges.COLUMNS)
                .select(select(RowChanges.version(STANDING, table, userId, Act.DELETED, now))
                        .from(standing)
                        .join(gone.table())
                        .on(gone.matches(standing, Upsert.key(table)))
                        .where(stands(standing, userId)))
                .execute();
        return tx.update(table)
                .set(column(table, "deleted_at"), now)
                .set(column(table, "synced_at"), now)
                .from(gone.table())
                .where(stands(table, userId))
                .and(gone.matches(table, Upsert.key(table)))
                .returningResult(val(1))
                .fetch()
                .size();
    }

    private static Condition stands(Table<?> table, long userId) {
        return Upsert.isUsers(table, userId).and(column(table, "deleted_at").isNull());
    }

    private static Field<Instant> column(Table<?> table, String name) {
        var column = table.field(name, Instant.class);
        if (column == null) {
            throw new IllegalArgumentException(table.getName() + " has no " + name);
        }
        return column;
    }

    /** Deletes rows for good and keeps what they said: for parts that left their set. */
    static int remove(DSLContext tx, long userId, Table<?> table, Table<?> using, Condition which, Instant now) {
        var gone = DSL.name("gone")
                .as(DSL.deleteFrom(table)
                        .using(using)
                        .where(Upsert.isUsers(table, userId))
                        .and(which)
                        .returningResult(table.fields()));
        return tx.with(gone)
                .insertInto(ROW_CHANGE, RowChanges.COLUMNS)
                .select(select(RowChanges.version("gone", table, userId, Act.DELETED, now))
                        .from(DSL.table(DSL.name("gone"))))
                .returningResult(val(1))
                .fetch()
                .size();
    }
}
