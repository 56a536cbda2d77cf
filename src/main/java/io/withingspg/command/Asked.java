package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a {@link Probe} heard of one resource.
 *
 * @param told what was asked for and how much came, or why nothing did
 * @param quantities none where nothing was answered
 * @param exitCode that it alone would end the command with
 */
record Asked(String resource, Ending ending, String told, List<Quantity> quantities, int exitCode) {
    /** How a resource answered. */
    enum Ending {
        CAME,
        EMPTY,
        REFUSED,
        /** No row names anything to ask for. */
        NOTHING_TO_ASK_FOR,
        FAILED,
        /** What an earlier resource met, this one would meet as well. */
        NOT_ASKED
    }

    Asked(String resource, Ending ending, String told) {
        this(resource, ending, told, List.of(), ExitCode.DONE);
    }

    boolean isWarning() {
        return ending == Ending.REFUSED;
    }

    ObjectNode json() {
        var node = new ObjectMapper()
                .createObjectNode()
                .put("resource", resource)
                .put("state", ending.name().toLowerCase(Locale.ROOT))
                .put("told", told);
        var list = node.putArray("quantities");
        quantities.forEach(quantity -> list.addObject()
                .put("table", quantity.table())
                .put("quantity", quantity.name())
                .put("state", quantity.came() ? "came" : "empty")
                .put("rows", quantity.rows()));
        return node;
    }

    /** A row for each resource, and two for each of its tables: what came, and what did not. */
    static WrappedTable table(List<Asked> all) {
        var table = new WrappedTable().row("resource", "is", "quantities");
        for (var asked : all) {
            var is = asked.ending() == Ending.NOTHING_TO_ASK_FOR
                    ? "–"
                    : asked.ending().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            table.row(asked.resource(), is, asked.told());
            if (asked.ending() == Ending.CAME) {
                asked.quantities().stream().map(Quantity::table).distinct().forEach(of -> asked.rows(table, of));
            }
        }
        return table;
    }

    private void rows(WrappedTable table, String of) {
        var came = names(of, true);
        var empty = names(of, false);
        if (!came.isEmpty()) {
            table.row("  " + of, "came", came);
        }
        if (!empty.isEmpty()) {
            table.row(came.isEmpty() ? "  " + of : "", "empty", empty);
        }
    }

    private String names(String table, boolean came) {
        return quantities.stream()
                .filter(quantity -> quantity.table().equals(table) && quantity.came() == came)
                .map(Quantity::name)
                .collect(Collectors.joining(", "));
    }
}
