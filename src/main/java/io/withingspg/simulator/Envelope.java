package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What every answer is wrapped in. */
final class Envelope {
    private Envelope() {}

    static String ok(String body) {
        return "{\"status\":0,\"body\":" + body + "}";
    }

    static String error(int status, String error, @Nullable JsonNode body) {
        var envelope = Json.object().put("status", status);
        if (body != null) {
            envelope.set("body", body);
        }
        return envelope.put("error", error).toString();
    }
}
