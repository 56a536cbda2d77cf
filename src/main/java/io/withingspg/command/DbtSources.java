package io.withingspg.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.store.Dictionary.Column;
import io.withingspg.store.Dictionary.Relation;
import java.util.List;
import java.util.Optional;

/** The views for reports as a dbt source, with what each column means and what it refers to. Needs dbt 1.10.5 or newer. */
final class DbtSources {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Relation> views;

    DbtSources(List<Relation> relations) {
        this.views = relations.stream()
                .filter(relation -> relation.schema().equals("analytics"))
                .toList();
    }

    String yaml() {
        var lines = new StringBuilder("""
                version: 2

                sources:
                  - name: withings
                    schema: analytics
                    tables:
                """);
        views.forEach(view -> {
            lines.append("      - name: ").append(view.name()).append('\n');
            lines.append("        description: ")
                    .append(quoted(view.description()))
                    .append('\n');
            lines.append("        columns:\n");
            view.columns().forEach(column -> append(lines, view, column));
        });
        return lines.toString();
    }

    private static void append(StringBuilder lines, Relation view, Column column) {
        lines.append("          - name: ").append(column.name()).append('\n');
        lines.append("            description: ")
                .append(quoted(column.description()))
                .append('\n');
        lines.append("            data_type: ").append(quoted(column.type())).append('\n');
        referred(view, column)
                .ifPresent(parent -> lines.append("            data_tests:\n")
                        .append("              - relationships:\n")
                        .append("                  arguments:\n")
                        .append("                    to: source('withings', '")
                        .append(parent)
                        .append("')\n")
                        .append("                    field: ")
                        .append(column.name())
                        .append('\n'));
    }

    /** The view that has a row for each value. No other columns refer to one of another view by themselves. */
    private static Optional<String> referred(Relation view, Column column) {
        var parent =
                switch (column.name()) {
                    case "user_id" -> "enrolled_user";
                    case "day" -> "calendar";
                    default -> view.name();
                };
        return Optional.of(parent).filter(name -> !name.equals(view.name()));
    }

    /** What JSON quotes, YAML reads. dbt reads templates in it as well, and a comment has none: a test looks. */
    private static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
