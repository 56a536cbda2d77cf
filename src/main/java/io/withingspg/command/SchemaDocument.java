package io.withingspg.command;

import io.withingspg.store.Dictionary.Column;
import io.withingspg.store.Dictionary.ForeignKey;
import io.withingspg.store.Dictionary.Relation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The data dictionary for people: a diagram of the tables, and every column of every view and table. */
final class SchemaDocument {
    /** How the comment of a column names the table whose codes or rows it points at. */
    private static final Pattern POINTS_AT = Pattern.compile("\\bwithings\\.([a-z_]+)\\b(?!\\.[a-z])");

    /** How the comment of a table names the column that points at it. */
    private static final Pattern POINTED_AT_BY = Pattern.compile("\\bwithings\\.([a-z_]+)\\.([a-z_]+)");

    private final List<Relation> relations;
    private final List<ForeignKey> foreignKeys;

    SchemaDocument(List<Relation> relations, List<ForeignKey> foreignKeys) {
        this.relations = relations;
        this.foreignKeys = foreignKeys;
    }

    String markdown() {
        return diagram()
                + of("analytics", "Views for reports: schema `analytics`")
                + of("withings", "Tables: schema `withings`");
    }

    private List<Relation> tables() {
        return relations.stream().filter(Relation::isTable).toList();
    }

    /** Tables with their keys; lines are foreign keys, and what the comments say points at something. */
    private String diagram() {
        var lines = new StringBuilder("## How the tables hang together\n\n```mermaid\nerDiagram\n");
        tables().forEach(table -> {
            lines.append("    ").append(table.name()).append(" {\n");
            table.columns().stream()
                    .filter(Column::isKey)
                    .forEach(column -> lines.append("        ")
                            .append(column.type().replaceAll("[^a-z]+", "_").replaceAll("_$", ""))
                            .append(' ')
                            .append(column.name())
                            .append(" PK\n"));
            lines.append("    }\n");
        });
        links().forEach(link -> lines.append("    ").append(link).append('\n'));
        return lines.append("```\n").toString();
    }

    /** At most one line between two tables. */
    private Collection<String> links() {
        var links = new TreeMap<String, String>();
        foreignKeys.forEach(key -> link(links, key.parent() + " ||--o{ " + key.child(), "has"));
        for (var table : tables()) {
            POINTED_AT_BY
                    .matcher(table.description())
                    .results()
                    .forEach(found -> link(links, table.name() + " |o..o{ " + found.group(1), found.group(2)));
            if (table.has("device_id") && !table.name().equals("device")) {
                link(links, "device |o..o{ " + table.name(), "device_id");
            }
            for (var column : table.columns()) {
                POINTS_AT
                        .matcher(column.description())
                        .results()
                        .map(found -> found.group(1))
                        .filter(name -> !name.equals(table.name()) && isTable(name))
                        .forEach(name -> link(links, name + " |o..o{ " + table.name(), column.name()));
            }
        }
        return links.values();
    }

    private static void link(Map<String, String> links, String tables, String by) {
        links.putIfAbsent(tables, tables + " : \"" + by + "\"");
    }

    private boolean isTable(String name) {
        return tables().stream().anyMatch(table -> table.name().equals(name));
    }

    private String of(String schema, String heading) {
        var shown =
                relations.stream().filter(one -> one.schema().equals(schema)).toList();
        var lines = new StringBuilder("\n## ")
                .append(heading)
                .append("\n\n")
                .append(shown.stream()
                        .map(one -> "[%2$s](#%1$s%2$s)".formatted(schema, one.name())) // as GitHub names a heading
                        .collect(Collectors.joining(" · ")))
                .append('\n');
        shown.forEach(relation -> {
            lines.append("\n### `%s.%s`\n\n".formatted(schema, relation.name()))
                    .append(escaped(relation.description()))
                    .append(
                            relation.isTable()
                                    ? "\n\n| column | type | key | meaning |\n|---|---|---|---|\n"
                                    : "\n\n| column | type | meaning |\n|---|---|---|\n");
            relation.columns()
                    .forEach(column -> lines.append("| `")
                            .append(column.name())
                            .append("` | ")
                            .append(column.type())
                            .append(relation.isTable() ? column.nullable() ? "" : " not null" : "")
                            .append(relation.isTable() ? " | " + (column.isKey() ? column.keyPosition() : "") : "")
                            .append(" | ")
                            .append(escaped(column.description()))
                            .append(" |\n"));
        });
        return lines.toString();
    }

    /** Comments are plain text: nothing in them is Markdown or HTML. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .replace("*", "\\*")
                .replaceAll("(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", "\\\\_")
                .replace("\n", " ");
    }
}
