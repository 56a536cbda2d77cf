package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A field the API is documented to answer with: a line of {@code documented-fields.txt}, which explains itself.
 *
 * @param path within {@code body}: {@code series[].data.steps}; {@code series{}} is a name within an object
 * @param note empty for a field of which nothing is known beforehand
 */
record DocumentedField(String resource, String path, String note) {
    static final String STEERS = "steers the reading";
    static final String OBSOLETE = "obsolete";
    static final String UNDOCUMENTED = "not in the reference";

    static List<DocumentedField> all() {
        try {
            return Files.readAllLines(Path.of("src/test/resources/documented-fields.txt")).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" +", 3))
                    .map(part -> new DocumentedField(part[0], part[1], part.length == 3 ? part[2] : ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean is(String what) {
        return note.equals(what);
    }

    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    void removeFrom(ObjectNode body) {
        holder(body).remove(name());
    }

    /** The body with this field changed, in every way that may be a value of its type. */
    Stream<ObjectNode> changed(ObjectNode body) {
        if (path.endsWith("{}")) {
            return Stream.of(with(body, name().replace("{}", ""), JsonNode::deepCopy, DocumentedField::withOtherName));
        }
        var others = Stream.of("true", "false", "\"2021-01-01\"", "\"Pacific/Honolulu\"", "7", "90000")
                .map(Sample::json)
                .map(other -> with(body, name(), node -> withOtherLeaf(node, other), node -> node));
        var renamed = Stream.of(with(body, name(), JsonNode::deepCopy, DocumentedField::withOtherName));
        return Stream.concat(renamed, others);
    }

    private ObjectNode with(
            ObjectNode body,
            String name,
            java.util.function.UnaryOperator<JsonNode> value,
            java.util.function.UnaryOperator<JsonNode> names) {
        var copy = body.deepCopy();
        var holder = holder(copy);
        holder.set(name, names.apply(value.apply(holder.path(name))));
        return copy;
    }

    private ObjectNode holder(ObjectNode body) {
        JsonNode at = body;
        var segments = path.split("\\.", -1);
        for (var i = 0; i < segments.length - 1; i++) {
            var inside = at.path(segments[i].replaceAll("[\\[\\]{}]", ""));
            at = segments[i].endsWith("]") || segments[i].endsWith("}")
                    ? inside.iterator().next()
                    : inside;
        }
        return (ObjectNode) at;
    }

    /** A number grows; what holds others is changed in the first of them. */
    private static JsonNode withOtherLeaf(JsonNode node, JsonNode other) {
        return switch (node) {
            case ObjectNode object
            when !object.isEmpty() -> {
                var first = object.properties().iterator().next();
                yield object.deepCopy().set(first.getKey(), withOtherLeaf(first.getValue(), other));
            }
            case ArrayNode array
            when !array.isEmpty() -> {
                var copy = array.deepCopy();
                copy.set(0, withOtherLeaf(array.get(0), other));
                yield copy;
            }
            case JsonNode number
            when number.isNumber() && other.isNumber() ->
                Sample.json(number.decimalValue().add(other.decimalValue()).toPlainString());
            default -> other;
        };
    }

    private static JsonNode withOtherName(JsonNode node) {
        if (!(node instanceof ObjectNode object) || object.isEmpty()) {
            return node instanceof ContainerNode ? node : TextNode.valueOf("no names");
        }
        var first = object.properties().iterator().next();
        var copy = object.deepCopy();
        copy.remove(first.getKey());
        if (first.getKey().matches("[0-9]+")) {
            copy.set(Long.toString(Long.parseLong(first.getKey()) + 7), first.getValue());
        }
        return copy;
    }
}
