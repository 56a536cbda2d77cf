package io.withingspg.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/**
 * Our tables as the database itself lists them, not as this program was built: one that a later migration added, perhaps
 * by a newer program on the same database, is neither left behind by an erasure nor left out of an export.
 */
final class Catalogue {
    /**
     * Partitions are reached through their tables, and where they were detached, for themselves. What the owner keeps in
     * other schemas is the owner's.
     */
    private static final String TABLES = """
            SELECT n.nspname AS in_schema, c.relname AS of_table, a.attname AS is_column,
                a.attidentity <> '' OR a.attgenerated <> '' AS made,
                coalesce(array_position(i.indkey::smallint[], a.attnum), -1) AS key_position
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE n.nspname IN ('withings', 'sync', 'partition') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relname <> 'flyway_schema_history'
            ORDER BY 1, 2, a.attnum
            """;

    private static final String PARENTS = """
            SELECT cn.nspname || '.' || c.relname AS child, pn.nspname || '.' || p.relname AS parent
            FROM pg_catalog.pg_constraint f
            JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
            JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
            JOIN pg_catalog.pg_class p ON p.oid = f.confrelid
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            WHERE f.contype = 'f' AND f.conrelid <> f.confrelid
            """;

    private Catalogue() {}

    /**
     * @param made by the database: an identity, or computed from other columns
     * @param keyPosition place in the primary key, -1 where it is no part of it
     */
    record Column(String name, boolean made, int keyPosition) {
        Field<Object> field() {
            return DSL.field(DSL.name(name));
        }
    }

    record Relation(String schema, String table, List<Column> columns) {
        /** As people write it: {@code withings.measure}. */
        String label() {
            return schema + "." + table;
        }

        Table<Record> reference() {
            return DSL.table(DSL.name(schema, table));
        }

        boolean has(String column) {
            return columns.stream().anyMatch(one -> one.name().equals(column));
        }

        List<Column> key() {
            return columns.stream()
                    .filter(column -> column.keyPosition() >= 0)
                    .sorted(Comparator.comparing(Column::keyPosition))
                    .toList();
        }
    }

    /** All tables; whatever refers to another one comes before it. */
    static List<Relation> childrenFirst(DSLContext sql) {
        Map<String, List<Record>> columns = sql.fetch(TABLES).stream()
                .collect(Collectors.groupingBy(
                        row -> row.get("in_schema", String.class) + "." + row.get("of_table", String.class)));
        var left = columns.values().stream()
                .map(Catalogue::relation)
                .sorted(Comparator.comparing(Relation::label))
                .collect(Collectors.toCollection(ArrayList::new));
        var parents = sql.fetch(PARENTS)
                .intoGroups(row -> row.get("child", String.class), row -> row.get("parent", String.class));
        var sorted = new ArrayList<Relation>();
        while (!left.isEmpty()) {
            var needed = needed(left, parents);
            var free = left.stream()
                    .filter(table -> !needed.contains(table.label()))
                    .toList();
            if (free.isEmpty()) {
                throw new DataAccessException("tables refer to each other in a circle: " + needed);
            }
            sorted.addAll(free);
            left.removeAll(free);
        }
        return List.copyOf(sorted);
    }

    private static Set<String> needed(Collection<Relation> by, Map<String, List<String>> parents) {
        return by.stream()
                .flatMap(table -> parents.getOrDefault(table.label(), List.of()).stream())
                .collect(Collectors.toSet());
    }

    private static Relation relation(List<Record> rows) {
        return new Relation(
                rows.getFirst().get("in_schema", String.class),
                rows.getFirst().get("of_table", String.class),
                rows.stream()
                        .map(row -> new Column(
                                row.get("is_column", String.class),
                                row.get("made", Boolean.class),
                                row.get("key_position", Integer.class)))
                        .toList());
    }
}
