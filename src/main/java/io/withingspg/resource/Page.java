package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/** One answer's {@code body}, taken apart record by record. */
public final class Page {
    private final ObjectNode body;
    private final Span span;
    private final Bounds bounds;
    private final @Nullable JsonNode again;
    private final List<List<TableRecord<?>>> records = new ArrayList<>();
    private final List<Rejected> rejects = new ArrayList<>();
    private final List<TableRecord<?>> partial = new ArrayList<>();
    private int unread;
    private int outside;

    Page(ObjectNode body, Span span, Bounds bounds) {
        this(body, span, bounds, null);
    }

    private Page(ObjectNode body, Span span, Bounds bounds, @Nullable JsonNode again) {
        this.body = body;
        this.span = span;
        this.bounds = bounds;
        this.again = again;
    }

    /** As if this record that was rejected were all that came. */
    static Page again(JsonNode rejected, Span span, Bounds bounds) {
        return new Page(JsonNodeFactory.instance.objectNode(), span, bounds, rejected);
    }

    /** What was asked for; an answer does not always repeat it. */
    Span span() {
        return span;
    }

    /** One row for each record of the list; an absent list is an empty one. */
    Normalised each(String list, Function<Item, TableRecord<?>> row) {
        return eachOf(list, item -> List.of(row.apply(item)));
    }

    /** Several rows for each record of the list: the first decides whether they are within the person's bounds. */
    Normalised eachOf(String list, Function<Item, List<TableRecord<?>>> rows) {
        var node = again == null
                ? body.path(list)
                : JsonNodeFactory.instance.arrayNode().add(again);
        if (node.isArray()) {
            node.forEach(record -> add(record, rows));
        } else if (!Field.nothing(node)) {
            reject(list + ": expected a list", node);
        }
        return done();
    }

    /** The zone of the whole answer, for records that tell none. */
    @Nullable
    String zoneOrNull(String field) {
        return new Item(body, this::reject).zoneOrNull(field);
    }

    /** A number that is told once for all records; one that cannot be read costs none of them. */
    @Nullable
    Integer countOrNull(String field) {
        try {
            return new Item(body, this::reject).countOrNull(field);
        } catch (Reject e) {
            reject(String.valueOf(e.getMessage()), body.objectNode().set(field, body.get(field)));
            return null;
        }
    }

    /** One row for the answer itself. */
    Normalised whole(String name, Function<Item, TableRecord<?>> row) {
        add(again == null ? body : again.path(name), named(name), item -> List.of(row.apply(item)));
        return done();
    }

    /** One row for each field of an object: its name is a moment, its value a record; no row for none. */
    Normalised eachMoment(String object, BiFunction<Instant, Item, TableRecord<?>> row) {
        var node = again == null ? body.path(object) : again;
        if (node instanceof ObjectNode moments) {
            moments.properties().stream()
                    .filter(moment -> !Field.nothing(moment.getValue()))
                    .forEach(moment -> add(
                            moment.getValue(),
                            named(moment.getKey()),
                            item -> List.of(row.apply(Field.moment(moment.getKey()), item))));
        } else if (!Field.nothing(node)) {
            reject(object + ": expected an object", node);
        }
        return done();
    }

    /** What a record is known by is outside of it, so a reject would not tell. */
    private static UnaryOperator<JsonNode> named(String name) {
        return json -> JsonNodeFactory.instance.objectNode().set(name, json);
    }

    /**
     * One row for each field of an object: its name as {@code name}, its value as {@code value}; no row for none. An
     * absent object is not an empty one: what is gone from a whole list has ended.
     */
    Normalised eachField(String object, Function<Item, TableRecord<?>> row) {
        var node = again == null
                ? body.path(object)
                : JsonNodeFactory.instance.objectNode().set(again.path("name").asText(), again.path("value"));
        if (node instanceof ObjectNode fields) {
            fields.properties().stream()
                    .filter(field -> !Field.nothing(field.getValue()))
                    .forEach(field -> add(
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("name", field.getKey())
                                    .set("value", field.getValue()),
                            item -> List.of(row.apply(item))));
        } else if (node.isMissingNode()) {
            reject(object + ": missing", body);
        } else if (!Field.nothing(node)) {
            reject(object + ": expected an object", node);
        }
        return done();
    }

    private void add(JsonNode record, Function<Item, List<TableRecord<?>>> normalise) {
        add(record, UnaryOperator.identity(), normalise);
    }

    /** @param told what a reject tells of the record, or of a part of it */
    private void add(JsonNode record, UnaryOperator<JsonNode> told, Function<Item, List<TableRecord<?>>> normalise) {
        if (!(record instanceof ObjectNode object)) {
            reject("expected an object", told.apply(record));
            return;
        }
        var parts = new ArrayList<Rejected>();
        try {
            var made = normalise.apply(new Item(
                    object, (reason, part) -> parts.add(new Rejected(reason, Storable.json(told.apply(part))))));
            // Outside the bounds not even the rejected parts may be kept.
            if (!made.isEmpty() && bounds.limits() && !bounds.hold(day(made.getFirst()))) {
                outside++;
            } else if (!made.isEmpty()) {
                records.add(made);
                if (!parts.isEmpty()) {
                    partial.add(made.getFirst());
                }
                rejects.addAll(parts);
            }
        } catch (Reject e) {
            reject(String.valueOf(e.getMessage()), told.apply(record));
        }
    }

    private static @Nullable LocalDate day(TableRecord<?> row) {
        return RowTime.of(row.getTable()).day(row);
    }

    private void reject(String reason, JsonNode record) {
        unread++;
        rejects.add(new Rejected(reason, Storable.json(record)));
    }

    private Normalised done() {
        return new Normalised(List.copyOf(records), List.copyOf(rejects), List.copyOf(partial), unread, outside);
    }

    /** How the answer goes on. */
    public static Continuation continuation(ObjectNode body) {
        var answer = new Item(body, (_, _) -> {});
        return new Continuation(
                more(answer),
                readable(() -> answer.wholeOrNull("offset"))
                        .filter(offset -> offset >= 0)
                        .orElse(null),
                readable(() -> answer.epochOrNull("updatetime")).orElse(null));
    }

    private static boolean more(Item answer) {
        return readable(() -> answer.flagOrNull("more"))
                .or(() -> readable(() -> answer.wholeOrNull("more")).map(more -> more != 0))
                .orElse(false);
    }

    private static <T> Optional<T> readable(Supplier<@Nullable T> field) {
        try {
            return Optional.ofNullable(field.get());
        } catch (Reject e) {
            return Optional.empty();
        }
    }

    /**
     * @param more whether the API says that there is more; a number in one call, a boolean in the next
     * @param offset the next page's position; null where the API names none
     * @param updatedAt the server's own time for the next {@code lastupdate}; null where it gives none
     */
    public record Continuation(
            boolean more, @Nullable Long offset, @Nullable Instant updatedAt) {}
}
