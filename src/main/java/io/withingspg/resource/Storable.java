package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jooq.JSONB;

/** JSON as PostgreSQL's {@code jsonb} can hold it: no NUL, no half of a surrogate pair, no number out of its range. */
final class Storable {
    private static final int EXPONENT_MAX = 1000;

    private Storable() {}

    static JSONB json(JsonNode node) {
        return JSONB.valueOf(clean(node).toString());
    }

    /** Text for a column. */
    static String text(String text) {
        return isPlain(text) ? text : cleaned(text);
    }

    private static boolean isPlain(String text) {
        for (var n = 0; n < text.length(); n++) {
            if (text.charAt(n) == 0 || Character.isSurrogate(text.charAt(n))) {
                return false;
            }
        }
        return true;
    }

    private static String cleaned(String text) {
        return text.codePoints()
                .map(point -> point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
                        ? 0xFFFD
                        : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static JsonNode clean(JsonNode node) {
        var make = JsonNodeFactory.instance;
        return switch (node) {
            case ObjectNode object -> {
                var cleaned = make.objectNode();
                object.properties().forEach(field -> cleaned.set(text(field.getKey()), clean(field.getValue())));
                yield cleaned;
            }
            case ArrayNode array -> {
                var cleaned = make.arrayNode(array.size());
                array.forEach(element -> cleaned.add(clean(element)));
                yield cleaned;
            }
            case JsonNode number when number.isBigDecimal() && outOfRange(number) -> make.textNode(number.asText());
            case JsonNode text when text.isTextual() -> make.textNode(text(text.textValue()));
            default -> node;
        };
    }

    private static boolean outOfRange(JsonNode number) {
        var value = number.decimalValue();
        return Math.abs((long) value.scale()) + value.precision() > EXPONENT_MAX;
    }
}
