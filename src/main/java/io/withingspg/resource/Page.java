package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/** One answer's {@code body}, taken apart record by record. */
public final class Page {
    private final ObjectNode body;
    private final Bounds bounds;
    private final List<List<TableRecord<?>>> records = new ArrayList<>();
    private final List<Rejected> rejects = new ArrayList<>();

    Page(ObjectNode body, Bounds bounds) {
        this.body = body;
        this.bounds = bounds;
    }

    /** One row for each record of the list; an absent list is an empty one. */
    Normalised each(String list, Function<Item, TableRecord<?>> row) {
        return eachOf(list, item -> List.of(row.apply(item)));
    }

    /** Several rows for each record of the list: the first decides whether they are within the person's bounds. */
    Normalised eachOf(String list, Function<Item, List<TableRecord<?>>> rows) {
        var node = body.path(list);
        if (node.isArray()) {
            node.forEach(record -> add(record, rows));
        } else if (!nothing(node)) {
            reject(list + ": expected a list", node);
        }
        return done();
    }

    /** One row for each field of an object: its name as {@code name}, its value as {@code value}. */
    Normalised eachField(String object, Function<Item, TableRecord<?>> row) {
        var node = body.path(object);
        if (node instanceof ObjectNode fields) {
            fields.properties()
                    .forEach(field -> add(
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("name", field.getKey())
                                    .set("value", field.getValue()),
                            item -> List.of(row.apply(item))));
        } else if (!nothing(node)) {
            reject(object + ": expected an object", node);
        }
        return done();
    }

    /** The API writes "none" in several ways. */
    private static boolean nothing(JsonNode node) {
        return node.isMissingNode() || node.isNull() || (node.isContainerNode() && node.isEmpty());
    }

    private void add(JsonNode record, Function<Item, List<TableRecord<?>>> normalise) {
        if (!(record instanceof ObjectNode object)) {
            reject("expected an object", record);
            return;
        }
        try {
            var made = normalise.apply(new Item(object, this::reject));
            if (!made.isEmpty() && bounds.hold(day(made.getFirst()))) {
                records.add(made);
            }
        } catch (Reject e) {
            reject(String.valueOf(e.getMessage()), record);
        }
    }

    private static @Nullable LocalDate day(TableRecord<?> row) {
        var day = row.field("day", LocalDate.class);
        return day == null ? null : row.get(day);
    }

    private void reject(String reason, JsonNode record) {
        rejects.add(new Rejected(reason, Storable.json(record)));
    }

    private Normalised done() {
        return new Normalised(List.copyOf(records), List.copyOf(rejects));
    }

    /** How the answer goes on. */
    public static Continuation continuation(ObjectNode body) {
        var more = body.path("more");
        var offset = body.path("offset").asText("");
        var updated = body.path("updatetime").asText("");
        return new Continuation(
                more.asBoolean(false) || more.asInt(0) != 0 || more.asText().equals("true"),
                offset.matches("[0-9]{1,18}") ? Long.valueOf(offset) : null,
                updated.matches("[0-9]{1,10}") ? Instant.ofEpochSecond(Long.parseLong(updated)) : null);
    }

    /**
     * @param more whether the API says that there is more; a number in one call, a boolean in the next
     * @param offset the next page's position; null where the API names none
     * @param updatedAt the server's own time for the next {@code lastupdate}; null where it gives none
     */
    public record Continuation(
            boolean more, @Nullable Long offset, @Nullable Instant updatedAt) {}
}
