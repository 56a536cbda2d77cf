package io.withingspg.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Rows as a table inside a statement: one array for each column, so the statement's text never depends on their number. */
record Unnested(String alias, Table<?> table) {
    static Unnested of(String alias, List<? extends Field<?>> columns, Collection<? extends Record> rows) {
        var arrays = columns.stream().map(column -> array(column, rows)).toList();
        var names = columns.stream().map(Field::getName).toArray(String[]::new);
        return new Unnested(alias, DSL.table("unnest({0})", list(arrays)).as(alias, names));
    }

    <T> Field<T> column(Field<T> like) {
        return field(name(alias, like.getName()), like.getDataType());
    }

    /** That a row of {@code other} has the same values in these columns; a column of that name must be there. */
    Condition matches(Table<?> other, List<? extends Field<?>> columns) {
        return columns.stream().map(column -> equal(other, column)).reduce(trueCondition(), Condition::and);
    }

    private <T> Condition equal(Table<?> other, Field<T> column) {
        return field(other.getQualifiedName().append(column.getUnqualifiedName()), column.getDataType())
                .eq(column(column));
    }

    @SuppressWarnings("unchecked") // the array is of the column's own type
    private static <T> Field<T[]> array(Field<T> column, Collection<? extends Record> rows) {
        var values = (T[]) Array.newInstance(column.getType(), rows.size());
        var at = 0;
        for (var row : rows) {
            values[at++] = row.get(column);
        }
        return val(values, column.getDataType().array());
    }
}
