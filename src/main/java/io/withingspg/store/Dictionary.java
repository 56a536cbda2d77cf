package io.withingspg.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** The schema as it explains itself: views and tables for readers, from the comments on them. */
public final class Dictionary {
    private static final String COLUMNS = """
            SELECT schema_name, table_name, kind, table_description, column_name, data_type, nullable, key_position,
                description
            FROM analytics.data_dictionary
            ORDER BY schema_name, table_name, column_position
            """;

    private static final String FOREIGN_KEYS = """
            SELECT c.relname AS child, p.relname AS parent
            FROM pg_catalog.pg_constraint f
            JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
            JOIN pg_catalog.pg_class p ON p.oid = f.confrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE f.contype = 'f' AND n.nspname = 'withings'
            ORDER BY 1, 2
            """;

    private final DSLContext sql;

    public Dictionary(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * @param type as PostgreSQL writes it
     * @param nullable always true for views, which do not tell
     * @param keyPosition place in the primary key, from 1; null where it is no part of it
     */
    public record Column(
            String name,
            String type,
            boolean nullable,
            @Nullable Integer keyPosition,
            String description) {
        public boolean isKey() {
            return keyPosition != null;
        }
    }

    /**
     * A table or a view.
     *
     * @param schema {@code analytics} or {@code withings}
     * @param kind {@code table} or {@code view}
     * @param columns in the order of the table
     */
    public record Relation(String schema, String name, String kind, String description, List<Column> columns) {
        public boolean isTable() {
            return kind.equals("table");
        }

        public boolean has(String column) {
            return columns.stream().anyMatch(one -> one.name().equals(column));
        }
    }

    /** A foreign key of schema {@code withings}: each row of the child has one of the parent. */
    public record ForeignKey(String child, String parent) {}

    /** By schema and name. */
    public List<Relation> relations() {
        var relations = new LinkedHashMap<String, Relation>();
        for (var row : sql.fetch(COLUMNS)) {
            relations
                    .computeIfAbsent(text(row, "schema_name") + "." + text(row, "table_name"), _ -> relation(row))
                    .columns()
                    .add(new Column(
                            text(row, "column_name"),
                            text(row, "data_type"),
                            row.get("nullable", Boolean.class),
                            row.get("key_position", Integer.class),
                            text(row, "description")));
        }
        return List.copyOf(relations.values());
    }

    private static Relation relation(Record row) {
        return new Relation(
                text(row, "schema_name"),
                text(row, "table_name"),
                text(row, "kind"),
                text(row, "table_description"),
                new ArrayList<>());
    }

    private static String text(Record row, String column) {
        return Objects.requireNonNullElse(row.get(column, String.class), "");
    }

    /** By child and parent. */
    public List<ForeignKey> foreignKeys() {
        return sql.fetch(FOREIGN_KEYS).map(row -> new ForeignKey(text(row, "child"), text(row, "parent")));
    }
}
