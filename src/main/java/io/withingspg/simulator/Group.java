package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A measure group in the making: {@code getmeas measuregrps[]}. */
final class Group {
    static final int SURE = 0;
    static final int AMBIGUOUS = 1;
    static final int MANUAL = 2;
    static final int AT_CREATION = 4;
    static final int MEAN_OF_THREE = 5;
    static final int CONFIRMED = 7;

    private final long id;
    private final long at;
    private final ObjectNode json = Json.object();
    private final ArrayNode measures = Json.array();

    /** @param device null for what was typed in: then both ids and the model are null */
    Group(Day day, int slot, double hour, int attrib, @Nullable Device device) {
        id = day.id(slot);
        at = day.at(hour, 0);
        json.put("grpid", id).put("attrib", attrib).put("date", at);
        json.put("created", Math.min(at + 40 + slot, day.end())).put("modified", day.modified());
        json.put("category", 1);
        if (device == null) {
            json.putNull("deviceid").putNull("hash_deviceid").putNull("model").putNull("model_id");
        } else {
            device.identify(json, day).put("model", device.model()).put("model_id", device.modelId());
        }
        json.set("measures", measures);
        json.put("timezone", day.zone().getId()).putNull("comment");
    }

    Group goal() {
        json.put("category", 2);
        return this;
    }

    Group with(String unknownField, int value) {
        json.put(unknownField, value);
        return this;
    }

    Group add(int type, long value, int unit) {
        measures.add(measure(type, value, unit));
        return this;
    }

    Group addAt(int position, int type, long value, int unit) {
        measures.add(measure(type, value, unit).put("position", position));
        return this;
    }

    /** The value as text, which the real API sends now and then. */
    Group addText(int type, long value, int unit) {
        measures.add(measure(type, value, unit).put("value", Long.toString(value)));
        return this;
    }

    private static ObjectNode measure(int type, long value, int unit) {
        return Json.object()
                .put("value", value)
                .put("type", type)
                .put("unit", unit)
                .put("algo", type == 6 || type == 8 ? 3425 : 0)
                .put("fm", 131);
    }

    Row row() {
        return Row.of(id, at, "", json);
    }
}
