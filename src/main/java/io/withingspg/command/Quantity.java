package io.withingspg.command;

import io.withingspg.resource.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jooq.Table;
import org.jooq.TableRecord;

/**
 * A column that answers fill; of measures, a type.
 *
 * @param rows that held it; none = empty
 */
record Quantity(String table, String name, int rows) {
    /** Columns that the store fills in. */
    private static final Set<String> OURS =
            Set.of("user_id", "synced_at", "extra", "deleted_at", "valid_from", "valid_to");

    private static final String MEASURE = "measure";

    boolean came() {
        return rows > 0;
    }

    /**
     * All that this table can hold.
     *
     * @param rows of an answer, whatever their tables
     * @param measureTypes names by type
     */
    static Stream<Quantity> of(Target target, List<TableRecord<?>> rows, Map<Integer, String> measureTypes) {
        var table = target.table();
        var own = rows.stream().filter(row -> row.getTable().equals(table)).toList();
        return table.getName().equals(MEASURE) ? types(own, measureTypes) : columns(table, own);
    }

    private static Stream<Quantity> columns(Table<?> table, List<TableRecord<?>> rows) {
        var key = Objects.requireNonNull(table.getPrimaryKey()).getFields();
        var columns = Stream.of(table.fields())
                .filter(column -> !OURS.contains(column.getName()))
                .toList();
        // What a row is known by always comes with it, so it says something only where the row is nothing else.
        var telling = columns.stream().filter(column -> !key.contains(column)).toList();
        return (telling.isEmpty() ? columns : telling)
                .stream()
                        .map(column -> new Quantity(
                                table.getName(),
                                column.getName(),
                                Math.toIntExact(rows.stream()
                                        .filter(row -> row.get(column) != null)
                                        .count())));
    }

    /** Known or not. */
    private static Stream<Quantity> types(List<TableRecord<?>> rows, Map<Integer, String> names) {
        var counts = new TreeMap<Integer, Integer>();
        names.keySet().forEach(type -> counts.put(type, 0));
        rows.forEach(row -> counts.merge(row.get("type", Integer.class), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(type -> new Quantity(
                        MEASURE, names.getOrDefault(type.getKey(), "type_" + type.getKey()), type.getValue()));
    }
}
