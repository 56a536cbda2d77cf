package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Ways in which a record can be other than expected. */
record Mutation(String what, UnaryOperator<JsonNode> change) {
    static final String MARK = "leak"; // no reason for a reject may repeat it

    static final List<Mutation> ALL = all();

    private static List<Mutation> all() {
        var all = new ArrayList<Mutation>();
        all.add(always("removed", ""));
        all.add(new Mutation("as text", node -> node.isValueNode() ? Sample.json('"' + node.asText() + '"') : node));
        for (var text : List.of("null", "true", "0", "-7", "0.5", "1e3", "1e18", "1e400", "-1e400", "1e-400")) {
            all.add(always(text, text));
        }
        for (var text : List.of("1e1000000000", "9".repeat(200), "9".repeat(20_000), "253402300799", "[]", "{}")) {
            all.add(always(text.substring(0, Math.min(20, text.length())), text));
        }
        for (var text : List.of("[\"leak\"]", "{\"leak\": {\"leak\": [1, \"\\u0000\"]}}", "[[1], {\"a\": null}]")) {
            all.add(always(text, text));
        }
        for (var text :
                List.of("", " ", "leak", "leak\\u0000", "\\ud800leak", "leak\\udc00", "\\ud83d\\ude00", "NaN")) {
            all.add(always(text, '"' + text + '"'));
        }
        for (var text :
                List.of("1e999999999", "2026-02-30", "+99999-01-01", "UTC+2", "[1", "{\\\"1\\\": [5, 1e400]}")) {
            all.add(always(text, '"' + text + '"'));
        }
        all.add(always("long text", '"' + "leak".repeat(5_000) + '"'));
        all.add(always("deep", "[".repeat(900) + "]".repeat(900)));
        return all;
    }

    /** Parsed once, as 20,000 digits take their time; a copy each, as a second mutation may change it. */
    private static Mutation always(String what, String json) {
        var node = Sample.json(json);
        return new Mutation(what, _ -> node.deepCopy());
    }

    /** The record with this change to its {@code n}th node, counted through all depths; 0 is the record itself. */
    JsonNode at(int n, JsonNode record) {
        return n == 0 ? change.apply(record) : at(new int[] {n}, record);
    }

    private JsonNode at(int[] left, JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (var name : List.copyOf(object.properties())) {
                if (--left[0] == 0) {
                    var changed = change.apply(name.getValue());
                    return changed.isMissingNode() ? object.without(name.getKey()) : object.set(name.getKey(), changed);
                }
                at(left, name.getValue());
            }
        } else if (node instanceof ArrayNode array) {
            for (var i = 0; i < array.size(); i++) {
                if (--left[0] == 0) {
                    var changed = change.apply(array.get(i));
                    array.set(i, changed.isMissingNode() ? array.nullNode() : changed);
                    return array;
                }
                at(left, array.get(i));
            }
        }
        return node;
    }

    /** How many nodes there are to change, the record itself included. */
    static int nodes(JsonNode node) {
        var count = 1;
        for (var child : node) {
            count += nodes(child);
        }
        return count;
    }

    @Override
    public String toString() {
        return what;
    }
}
