package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.function.UnaryOperator;

/**
 * One row of a list.
 *
 * @param key what it is replaced or deleted by; not unique for raw rows
 * @param at its place in the list: the row's own time
 * @param date the local day, for calls that ask by date; empty where the row has none
 * @param modified what {@code lastupdate} is compared with
 * @param raw given by a test: sent as it is, never filtered
 */
record Row(String key, long at, String date, long modified, boolean raw, String json) {
    /** Newest first. */
    static final Comparator<Row> ORDER =
            Comparator.comparingLong(Row::at).thenComparing(Row::key).reversed();

    static Row of(long id, long at, String date, ObjectNode json) {
        return new Row(Long.toString(id), at, date, json.path("modified").asLong(), false, json.toString());
    }

    ObjectNode tree() {
        return Json.parse(json);
    }

    /** The same row, changed and written at that moment; it moves where its own time says. */
    Row changed(Resource resource, UnaryOperator<ObjectNode> change, long now) {
        var json = change.apply(tree().put("modified", now));
        return new Row(
                key,
                json.path(resource.timeField()).asLong(at),
                json.path("date").isTextual() ? json.path("date").asText() : date,
                json.path("modified").asLong(),
                raw,
                json.toString());
    }

    /** A row from a test: placed by whatever of its fields can be read, else now. */
    static Row raw(Resource resource, JsonNode json, long now) {
        return new Row(
                json.path(resource.idField()).asText("raw"),
                json.path(resource.timeField()).asLong(now),
                json.path("date").isTextual() ? json.path("date").asText() : "",
                json.path("modified").asLong(now),
                true,
                json.toString());
    }
}
