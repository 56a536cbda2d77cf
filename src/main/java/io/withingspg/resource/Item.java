package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jooq.JSONB;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record of the API, read field by field; what is never read is its {@link #extra}. Numbers may come as strings.
 * {@code x("f")} rejects the record where the field is missing, {@code xOrNull("f")} does not; both reject it where
 * the field is of a wrong type, so that nothing is stored as something it is not.
 */
final class Item {
    private static final Instant LAST = Instant.ofEpochSecond(253_402_300_799L); // the year 9999, a typo's usual reach
    private static final int EXPONENT_MAX = 300;

    private final ObjectNode record;
    private final BiConsumer<String, JsonNode> rejects;
    private final Set<String> read = new HashSet<>();

    Item(ObjectNode record, BiConsumer<String, JsonNode> rejects) {
        this.record = record;
        this.rejects = rejects;
    }

    /** The first of these fields that is there. */
    private @Nullable JsonNode find(String... fields) {
        JsonNode found = null;
        for (var field : fields) {
            read.add(field);
            var node = record.get(field);
            if (found == null && node != null && !node.isNull()) {
                found = node;
            }
        }
        return found;
    }

    private static <T> T required(@Nullable T value, String... fields) {
        if (value == null) {
            throw new Reject(String.join(" or ", fields) + ": missing");
        }
        return value;
    }

    String text(String... fields) {
        return required(textOrNull(fields), fields);
    }

    /** A number counts as text: the API sends {@code model} as both. An empty text is none. */
    @Nullable
    String textOrNull(String... fields) {
        var node = find(fields);
        if (node == null || (node.isTextual() && node.textValue().isEmpty())) {
            return null;
        }
        if (!node.isTextual() && !node.isNumber()) {
            throw new Reject(fields[0] + ": expected a text");
        }
        return Storable.text(node.asText());
    }

    BigDecimal decimal(String field) {
        return required(decimalOrNull(field), field);
    }

    @Nullable
    BigDecimal decimalOrNull(String field) {
        var node = find(field);
        if (node == null || (node.isTextual() && node.textValue().isBlank())) {
            return null;
        }
        try {
            var value = node.isNumber()
                    ? node.decimalValue()
                    : new BigDecimal(node.isTextual() ? node.textValue().strip() : "not a number");
            if (Math.abs((long) value.scale()) + value.precision() <= EXPONENT_MAX) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new Reject(field + ": expected a number");
        }
        throw new Reject(field + ": a number beyond all measure");
    }

    /** Zero means "not measured" in heart rate, SpO2 and calories fields. */
    @Nullable
    BigDecimal measuredOrNull(String field) {
        var value = decimalOrNull(field);
        return value == null || value.signum() == 0 ? null : value;
    }

    long whole(String field) {
        return required(wholeOrNull(field), field);
    }

    @Nullable
    Long wholeOrNull(String field) {
        var value = decimalOrNull(field);
        try {
            return value == null ? null : value.longValueExact();
        } catch (ArithmeticException e) {
            throw new Reject(field + ": expected a whole number");
        }
    }

    int count(String field) {
        return required(countOrNull(field), field);
    }

    @Nullable
    Integer countOrNull(String field) {
        var value = decimalOrNull(field);
        try {
            return value == null ? null : value.intValueExact();
        } catch (ArithmeticException e) {
            throw new Reject(field + ": expected a whole number of ordinary size");
        }
    }

    /** As {@link #countOrNull}, and zero means "not measured". */
    @Nullable
    Integer measuredCountOrNull(String field) {
        var value = countOrNull(field);
        return value == null || value == 0 ? null : value;
    }

    @Nullable
    Boolean flagOrNull(String field) {
        var node = find(field);
        if (node == null) {
            return null;
        }
        return switch (node.asText()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new Reject(field + ": expected true or false");
        };
    }

    Instant epoch(String field) {
        return required(epochOrNull(field), field);
    }

    @Nullable
    Instant epochOrNull(String field) {
        var seconds = wholeOrNull(field);
        if (seconds == null) {
            return null;
        }
        if (seconds < 0 || seconds > LAST.getEpochSecond()) {
            throw new Reject(field + ": not a time between 1970 and 9999");
        }
        return Instant.ofEpochSecond(seconds);
    }

    LocalDate day(String field) {
        var text = text(field);
        try {
            var day = LocalDate.parse(text);
            if (day.getYear() >= 1900 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeException e) {
            throw new Reject(field + ": expected a day such as 2026-01-31");
        }
        throw new Reject(field + ": not a day between 1900 and 9999");
    }

    /** A zone nobody knows stays in {@link #extra}: the row is worth more than its zone. */
    @Nullable
    ZoneId zoneOrNull(String field) {
        var node = record.get(field);
        if (node == null || node.isNull()) {
            read.add(field);
            return null;
        }
        try {
            var zone = ZoneId.of(node.asText());
            // Offsets and prefixes such as "UTC+2" mean something else, or nothing, to PostgreSQL.
            if (ZoneId.getAvailableZoneIds().contains(zone.getId())) {
                read.add(field);
                return zone;
            }
        } catch (DateTimeException e) {
            return null;
        }
        return null;
    }

    /** An object inside this one, read like it; null where absent. Its own unread fields are not in {@link #extra}. */
    @Nullable
    Item itemOrNull(String field) {
        var node = find(field);
        if (node == null || (node.isContainerNode() && node.isEmpty())) {
            return null;
        }
        if (!(node instanceof ObjectNode object)) {
            throw new Reject(field + ": expected an object");
        }
        return new Item(object, rejects);
    }

    /** A node as it is; null where absent. */
    @Nullable
    JsonNode nodeOrNull(String field) {
        return find(field);
    }

    /** A row for each record of a list inside this one; what cannot be read is rejected alone. */
    List<TableRecord<?>> each(String list, Function<Item, TableRecord<?>> row) {
        var node = find(list);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw new Reject(list + ": expected a list");
        }
        var rows = new ArrayList<TableRecord<?>>(node.size());
        for (var element : node) {
            part(list, element, () -> rows.add(row.apply(new Item((ObjectNode) element, rejects))));
        }
        return rows;
    }

    /** Does something with a part of this record; where that fails, the part is rejected together with its parent's id. */
    private void part(String name, JsonNode part, Runnable reading) {
        try {
            if (!part.isObject()) {
                throw new Reject("expected an object");
            }
            reading.run();
        } catch (Reject e) {
            reject(name + ": " + e.getMessage(), part);
        }
    }

    /** Rejects a part of this record; the rest goes on. */
    void reject(String reason, JsonNode part) {
        var kept = record.objectNode();
        record.properties().stream()
                .filter(field -> field.getValue().isValueNode())
                .forEach(field -> kept.set(field.getKey(), field.getValue()));
        rejects.accept(reason, kept.set("part", part));
    }

    /** Fields that are known, and stored nowhere on purpose. */
    Item ignoring(String... fields) {
        read.addAll(Set.of(fields));
        return this;
    }

    /** All that was not read so far, so it is asked for last; null where nothing is left. */
    @Nullable
    JSONB extra() {
        var rest = record.objectNode();
        record.properties().stream()
                .filter(field -> !read.contains(field.getKey()))
                .forEach(field -> rest.set(field.getKey(), field.getValue()));
        return rest.isEmpty() ? null : Storable.json(rest);
    }
}
