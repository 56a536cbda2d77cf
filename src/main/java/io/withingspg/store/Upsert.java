package io.withingspg.store;

import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * Writes rows to a table in one statement. Unchanged rows cost no write, and a newer {@code modified_at} wins over an
 * older one whichever comes first.
 */
final class Upsert {
    private Upsert() {}

    /**
     * A row that was written.
     *
     * @param key without the user
     */
    record Written(List<Object> key, boolean inserted) {}

    /**
     * @param rows at most one per key: PostgreSQL refuses to update a row twice in one statement
     * @return what was inserted or changed; a row that is not among them stood there already, or newer
     */
    static List<Written> rows(
            DSLContext tx, Table<?> table, long userId, Instant now, Collection<? extends Record> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        var page = Unnested.of("page", own(table), rows);
        var key = key(table);
        var returned = new ArrayList<SelectFieldOrAsterisk>(key);
        returned.add(
                field("xmax = 0", Boolean.class)); // a statement's row count would lie once the table is distributed
        return tx.insertInto(table, table.fields())
                .select(select(Stream.of(table.fields())
                                .map(column -> switch (column.getName()) {
                                    case "user_id" -> val(userId);
                                    case "synced_at" -> val(now);
                                    default -> page.column(column);
                                })
                                .toList())
                        .from(page.table()))
                .onConflict(table.getPrimaryKey().getFields())
                .doUpdate()
                .setNonConflictingKeyToExcluded()
                .where(differs(table))
                .and(notOlder(table))
                .returningResult(returned)
                .fetch(written -> new Written(
                        key.stream().<Object>map(written::get).toList(), written.get(key.size(), Boolean.class)));
    }

    /** The primary key without the user, whom one statement is always about. */
    static List<? extends TableField<?, ?>> key(Table<?> table) {
        return table.getPrimaryKey().getFields().stream()
                .filter(column -> !column.getName().equals("user_id"))
                .toList();
    }

    private static List<Field<?>> own(Table<?> table) {
        return Stream.of(table.fields())
                .filter(column ->
                        !column.getName().equals("user_id") && !column.getName().equals("synced_at"))
                .toList();
    }

    private static Condition differs(Table<?> table) {
        var compared = own(table).stream()
                .filter(column -> !table.getPrimaryKey().getFields().contains(column))
                .toList();
        return compared.isEmpty()
                ? falseCondition()
                : row(compared)
                        .isDistinctFrom(row(compared.stream().map(DSL::excluded).toList()));
    }

    private static Condition notOlder(Table<?> table) {
        var modified = table.field("modified_at", Instant.class);
        return modified == null
                ? noCondition()
                : modified.isNull()
                        .or(excluded(modified).isNull())
                        .or(excluded(modified).ge(modified));
    }
}
