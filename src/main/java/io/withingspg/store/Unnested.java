package io.withingspg.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** Rows as a table inside a statement: one array for each column, so the statement's text never depends on their number. */
record Unnested(String alias, Table<?> table) {
    static Unnested of(String alias, List<? extends Field<?>> columns, Collection<? extends Record> rows) {
        var arrays = columns.stream().map(column -> array(column, rows)).toList();
        var names = columns.stream().map(Field::getName).toArray(String[]::new);
        return new Unnested(alias, DSL.table("unnest({0})", list(arrays)).as(alias, names));
    }

    /** The same for a statement whose text is kept: each array is a parameter of the alias's and the column's name. */
    static Unnested named(String alias, List<? extends Field<?>> columns) {
        var arrays = columns.stream()
                .map(column -> param(parameter(alias, column), arrayOf(column)))
                .toList();
        var names = columns.stream().map(Field::getName).toArray(String[]::new);
        return new Unnested(alias, DSL.table("unnest({0})", list(arrays)).as(alias, names));
    }

    /** What such a statement is given. */
    static Map<String, Object> values(
            String alias, List<? extends Field<?>> columns, Collection<? extends Record> rows) {
        var values = new HashMap<String, Object>();
        for (var column : columns) {
            values.put(
                    parameter(alias, column),
                    column.getDataType().isArray() ? texts(column, rows) : values(column, rows));
        }
        return values;
    }

    private static DataType<?> arrayOf(Field<?> column) {
        return column.getDataType().isArray()
                ? SQLDataType.CLOB.array()
                : column.getDataType().array();
    }

    private static String parameter(String alias, Field<?> column) {
        return alias + "_" + column.getName();
    }

    <T> Field<T> column(Field<T> like) {
        var column = name(alias, like.getName());
        return like.getDataType().isArray()
                ? field(column, SQLDataType.CLOB).cast(like.getDataType())
                : field(column, like.getDataType());
    }

    /** That a row of {@code other} has the same values in these columns; a column of that name must be there. */
    Condition matches(Table<?> other, List<? extends Field<?>> columns) {
        return columns.stream().map(column -> equal(other, column)).reduce(trueCondition(), Condition::and);
    }

    private <T> Condition equal(Table<?> other, Field<T> column) {
        return field(other.getQualifiedName().append(column.getUnqualifiedName()), column.getDataType())
                .eq(column(column));
    }

    private static Field<?> array(Field<?> column, Collection<? extends Record> rows) {
        return column.getDataType().isArray() ? val(texts(column, rows)) : typed(column, rows);
    }

    private static <T> Field<T[]> typed(Field<T> column, Collection<? extends Record> rows) {
        return val(values(column, rows), column.getDataType().array());
    }

    /** {@code unnest} takes an array of arrays apart to the last value, so arrays travel as text: <code>{1,2,3}</code>. */
    private static String[] texts(Field<?> column, Collection<? extends Record> rows) {
        return rows.stream()
                .map(row -> (Object[]) row.get(column))
                .map(values -> values == null ? null : numbers(values))
                .toArray(String[]::new);
    }

    /** Of numbers only: texts would need quotes. Null is written as null. */
    private static String numbers(Object[] values) {
        return Stream.of(values)
                .map(value -> String.valueOf((Number) value))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @SuppressWarnings("unchecked") // the array is of the column's own type
    private static <T> T[] values(Field<T> column, Collection<? extends Record> rows) {
        var values = (T[]) Array.newInstance(column.getType(), rows.size());
        var at = 0;
        var index = -1; // the same in all of them; to look it up takes longer than to read it
        for (var row : rows) {
            index = index < 0 ? row.indexOf(column) : index;
            values[at++] = (T) row.get(index);
        }
        return values;
    }
}
