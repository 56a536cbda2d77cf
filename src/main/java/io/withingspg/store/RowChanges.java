package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.ROW_CHANGE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Table;

/** What rows said before they changed or were deleted. Samples have no earlier versions. */
public final class RowChanges {
    enum Act {
        CHANGED,
        DELETED;

        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static final List<Field<?>> COLUMNS = List.of(
            ROW_CHANGE.USER_ID,
            ROW_CHANGE.TABLE_NAME,
            ROW_CHANGE.ACT,
            ROW_CHANGE.WRITTEN_AT,
            ROW_CHANGE.CHANGED_AT,
            ROW_CHANGE.ROW);

    private final DSLContext sql;

    public RowChanges(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * The {@link #COLUMNS} for a version, within a statement.
     *
     * @param alias under which the statement knows the row; no column may be called so
     */
    static List<Field<?>> version(String alias, Table<?> table, long userId, Act act, Instant now) {
        return version(alias, table, val(userId), act, val(now));
    }

    static List<Field<?>> version(String alias, Table<?> table, Field<Long> userId, Act act, Field<Instant> now) {
        return List.of(
                userId,
                inline(table.getName()),
                inline(act.label()),
                field(name(alias, "synced_at"), ROW_CHANGE.WRITTEN_AT.getDataType()),
                now,
                field("to_jsonb({0})", JSONB.class, name(alias)));
    }

    /** @return how many were forgotten */
    public int forget(Instant before) {
        return sql.deleteFrom(ROW_CHANGE)
                .where(ROW_CHANGE.CHANGED_AT.lt(before))
                .execute();
    }
}
