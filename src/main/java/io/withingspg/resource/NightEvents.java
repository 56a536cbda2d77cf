package io.withingspg.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.schema.withings.tables.records.SleepEventRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened in a night. API: {@code night_events}, an object of event code → offsets in s from the night's start,
 * or the same as text. Parts that cannot be read are rejected alone: the night is worth more.
 */
final class NightEvents {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private NightEvents() {}

    static List<SleepEventRecord> rows(Item night, Field events, long sleepId, Instant startedAt) {
        var rows = new ArrayList<SleepEventRecord>();
        var node = events.node();
        if (node == null) {
            return rows;
        }
        night.part(
                events.name(),
                node,
                () -> object(node).properties().forEach(entry -> {
                    var code = entry.getKey();
                    var offsets = entry.getValue();
                    for (var offset : offsets.isArray() ? offsets : List.of(offsets)) {
                        if (!Field.nothing(offset)) {
                            var part = JsonNodeFactory.instance.objectNode().set(code, offset);
                            night.part(
                                    events.name(),
                                    part,
                                    () -> rows.add(
                                            event(code, offset, startedAt).setSleepId(sleepId)));
                        }
                    }
                }));
        return rows;
    }

    private static ObjectNode object(JsonNode events) {
        try {
            var parsed = events.isTextual() ? JSON.readTree(events.textValue()) : events;
            if (parsed instanceof ObjectNode object) {
                return object;
            }
            if (Field.nothing(parsed)) {
                return JsonNodeFactory.instance.objectNode();
            }
        } catch (JsonProcessingException e) {
            throw new Reject("expected an object");
        }
        throw new Reject("expected an object");
    }

    private static SleepEventRecord event(String code, JsonNode offset, Instant startedAt) {
        if (!code.matches("[0-9]{1,9}")) {
            throw new Reject("expected an event's code");
        }
        var seconds = new Field("offset", offset);
        var after = seconds.count();
        if (after == null) {
            throw seconds.reject("missing");
        }
        return new SleepEventRecord()
                .setEvent(Integer.valueOf(code))
                .setOccurredAt(seconds.time(startedAt.getEpochSecond() + after));
    }
}
