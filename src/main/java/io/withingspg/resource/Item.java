package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    /** Where a reject holds the part of a record that could not be read. */
    static final String PART = "part";

    private static final int UNIT_MAX = 30;

    private final String path; // of the object this one is in, for reasons
    private final ObjectNode record;
    private final BiConsumer<String, JsonNode> rejects;
    /** The record's fields in arrays: it has few, and to hash their names takes longer than to compare them. */
    private final String[] names;

    private final JsonNode[] nodes;
    private final boolean[] read;
    private final Map<String, Item> inside = new HashMap<>(0);

    Item(ObjectNode record, BiConsumer<String, JsonNode> rejects) {
        this("", record, rejects);
    }

    private Item(String path, ObjectNode record, BiConsumer<String, JsonNode> rejects) {
        this.path = path;
        this.record = record;
        this.rejects = rejects;
        this.names = new String[record.size()];
        this.nodes = new JsonNode[names.length];
        this.read = new boolean[names.length];
        var n = 0;
        for (var field : record.properties()) {
            names[n] = field.getKey();
            nodes[n++] = field.getValue();
        }
    }

    /** @return less than 0 where absent */
    @SuppressWarnings({"StringEquality", "ReferenceEquality"}) // the parser interns names, as the compiler does
    private int at(String name) {
        for (var n = 0; n < names.length; n++) {
            if (names[n] == name) {
                return n;
            }
        }
        for (var n = 0; n < names.length; n++) { // of a record that was not parsed
            if (names[n].equals(name)) {
                return n;
            }
        }
        return -1;
    }

    private void markRead(String name, boolean now) {
        var at = at(name);
        if (at >= 0) {
            read[at] = now;
        }
    }

    Field field(String name) {
        var at = at(name);
        if (at >= 0) {
            read[at] = true;
        }
        return new Field(path.isEmpty() ? name : path + name, at < 0 || Field.nothing(nodes[at]) ? null : nodes[at]);
    }

    /** The first of these fields that holds something. */
    private Field field(String... anyOf) {
        Field found = null;
        for (var name : anyOf) {
            var field = field(name);
            if (found == null && field.node() != null) {
                found = field;
            }
        }
        return found == null ? new Field(path + String.join(" or ", anyOf), null) : found;
    }

    private <T> T required(@Nullable T value, String... fields) {
        if (value == null) {
            throw field(fields).reject("missing");
        }
        return value;
    }

    String text(String... fields) {
        return required(textOrNull(fields), fields);
    }

    @Nullable
    String textOrNull(String... fields) {
        return field(fields).text();
    }

    BigDecimal decimal(String field) {
        return required(decimalOrNull(field), field);
    }

    @Nullable
    BigDecimal decimalOrNull(String field) {
        return field(field).decimal();
    }

    /** Zero means "not measured" in heart rate, SpO2 and calories fields. */
    @Nullable
    BigDecimal measuredOrNull(String field) {
        var value = decimalOrNull(field);
        return value == null || value.signum() == 0 ? null : value;
    }

    /** {@code value × 10^unit}, exactly. */
    BigDecimal scaled(String value, String unit) {
        var power = count(unit);
        if (Math.abs((long) power) > UNIT_MAX) {
            throw field(unit).reject("beyond all measure");
        }
        return Field.plain(decimal(value).scaleByPowerOfTen(power));
    }

    long whole(String field) {
        return required(wholeOrNull(field), field);
    }

    @Nullable
    Long wholeOrNull(String field) {
        return field(field).whole();
    }

    int count(String field) {
        return required(countOrNull(field), field);
    }

    @Nullable
    Integer countOrNull(String... fields) {
        return field(fields).count();
    }

    /** As {@link #countOrNull}, and zero means "not measured". */
    @Nullable
    Integer measuredCountOrNull(String field) {
        return field(field).measuredCount();
    }

    /** A negative duration is rejected alone: all else that the record tells may still be true. */
    @Nullable
    Integer durationOrNull(String field) {
        return countOrNull(field) == null ? null : aloneOrNull(field, Field::duration);
    }

    @Nullable
    Boolean flagOrNull(String field) {
        return field(field).flag();
    }

    Instant epoch(String field) {
        return required(field(field).time(), field);
    }

    /** Zero means "never". */
    @Nullable
    Instant epochOrNull(String field) {
        var at = field(field).time();
        return Instant.EPOCH.equals(at) ? null : at;
    }

    /** An end before the beginning is rejected alone. */
    @Nullable
    Instant endOrNull(String field, Instant startedAt) {
        return epochOrNull(field) == null ? null : aloneOrNull(field, end -> end.notBefore(startedAt));
    }

    /** For what lasts from the beginning to this end and is nothing without it. */
    Instant end(String field, Instant startedAt) {
        return required(field(field).notBefore(startedAt), field);
    }

    /** For a field that is not worth the record: where it is of a wrong type it is rejected alone. */
    @Nullable
    Integer countAloneOrNull(String field) {
        return aloneOrNull(field, Field::count);
    }

    private <T> @Nullable T aloneOrNull(String name, Function<Field, @Nullable T> reading) {
        var field = field(name);
        try {
            return reading.apply(field);
        } catch (Reject e) {
            rejectPart(String.valueOf(e.getMessage()), record.objectNode().set(name, field.node()));
            return null;
        }
    }

    LocalDate day(String field) {
        return required(field(field).day(), field);
    }

    /** A zone nobody knows stays in {@link #extra}. */
    @Nullable
    String zoneOrNull(String field) {
        var zone = field(field);
        var name = zone.zone();
        if (name == null && zone.node() != null) {
            markRead(field, false);
        }
        return name;
    }

    /** The product code: a field of its own, or a {@code model} that is a number. */
    @Nullable
    Integer modelIdOrNull() {
        var id = countOrNull("model_id", "modelid");
        var model = textOrNull("model");
        return id == null && model != null && model.matches("[0-9]{1,9}") ? Integer.valueOf(model) : id;
    }

    /** Where the device is part of the key it cannot be null: empty where the API names none. */
    String deviceIdOrNone() {
        return Objects.requireNonNullElse(textOrNull("deviceid", "hash_deviceid"), "");
    }

    /** An object inside this one, empty where absent. What is never read of it is in this one's {@link #extra}. */
    Item within(String name) {
        var field = field(name);
        if (field.node() == null) {
            return new Item(field.name() + ".", JsonNodeFactory.instance.objectNode(), rejects);
        }
        if (!(field.node() instanceof ObjectNode object)) {
            throw field.reject("expected an object");
        }
        return inside.computeIfAbsent(
                name,
                _ -> new Item(
                        field.name() + ".",
                        object,
                        (reason, part) -> rejects.accept(reason, scalars().set(name, part))));
    }

    /** A row for each record of a list inside this one; what cannot be read is rejected alone. */
    List<TableRecord<?>> each(String name, Function<Item, TableRecord<?>> row) {
        var list = record.path(name);
        if (list.isMissingNode() || list.isNull()) {
            throw field(name).reject("missing");
        }
        if (!list.isArray()) {
            throw field(name).reject("expected a list");
        }
        markRead(name, true);
        var rows = new ArrayList<TableRecord<?>>(list.size());
        var named = path + name;
        for (var element : list) {
            part(named, element, () -> {
                if (!(element instanceof ObjectNode object)) {
                    throw new Reject("expected an object");
                }
                rows.add(row.apply(new Item(object, rejects)));
            });
        }
        return rows;
    }

    /** Reads a part of this record; one that cannot be read is rejected together with this record's scalars. */
    void part(String name, JsonNode part, Runnable reading) {
        try {
            reading.run();
        } catch (Reject e) {
            rejectPart(name + ": " + e.getMessage(), part);
        }
    }

    private void rejectPart(String reason, JsonNode part) {
        rejects.accept(reason, scalars().set(PART, part));
    }

    /** What tells which record a part was of. */
    private ObjectNode scalars() {
        var scalars = record.objectNode();
        record.properties().stream()
                .filter(field -> field.getValue().isValueNode())
                .forEach(field -> scalars.set(field.getKey(), field.getValue()));
        return scalars;
    }

    /** Reads an object of moment → value, empty where absent; what cannot be read is rejected alone. */
    void eachMoment(String name, BiConsumer<Instant, Field> reading) {
        var moments = field(name);
        if (moments.node() instanceof ObjectNode object) {
            for (var moment : object.properties()) {
                if (!Field.nothing(moment.getValue())) {
                    part(
                            moments.name(),
                            record.objectNode().set(moment.getKey(), moment.getValue()),
                            () -> reading.accept(Field.moment(moment.getKey()), new Field("value", moment.getValue())));
                }
            }
        } else if (moments.node() != null) {
            part(moments.name(), moments.node(), () -> {
                throw new Reject("expected an object");
            });
        }
    }

    /** Fields that are known, and stored nowhere on purpose. */
    Item ignoring(String... fields) {
        for (var field : fields) {
            markRead(field, true);
        }
        return this;
    }

    /** All that was not read so far, so it is asked for last; null where nothing is left. */
    @Nullable
    JSONB extra() {
        var rest = rest();
        return rest == null ? null : Storable.json(rest);
    }

    /** Null where nothing is left. */
    private @Nullable ObjectNode rest() {
        ObjectNode rest = null;
        for (var n = 0; n < names.length; n++) {
            var item = inside.isEmpty() ? null : inside.get(names[n]);
            JsonNode left = item != null ? item.rest() : read[n] ? null : nodes[n];
            if (left != null) {
                rest = rest == null ? record.objectNode() : rest;
                rest.set(names[n], left);
            }
        }
        return rest;
    }
}
