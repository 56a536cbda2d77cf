package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with one call. {@link Status}, {@link Http} and {@link Unheard} act before anything is done; the others do the work
 * first and then spoil the answer, so that an answer lost after a refresh is a rotated token that nobody got.
 */
public sealed interface Fault {
    /** HTTP 200 with this status and error text; {@code body} only where given. */
    record Status(int status, String error, @Nullable JsonNode body, Map<String, String> headers) implements Fault {}

    /** An HTTP status of its own with an HTML page, as a proxy in front of the API sends it. */
    record Http(int code, String html, Map<String, String> headers) implements Fault {}

    /** HTTP 200 and not one byte of body. */
    record Empty() implements Fault {}

    /** The first half of the true answer. */
    record CutOff() implements Fault {}

    /** The connection is reset instead of an answer. */
    record Reset() implements Fault {}

    /** Nothing is done; once this has run, which may take as long as it likes, the connection is reset. */
    record Unheard(Runnable until) implements Fault {}

    /** The true answer, late. */
    record Delay(Duration delay) implements Fault {}

    /** The true rows with {@code more} true and no {@code offset}. */
    record MoreWithoutOffset() implements Fault {}

    /** The true rows with {@code more} true and the offset that was asked for, again. */
    record RepeatedOffset() implements Fault {}

    /** The true answer; then the world changes, before any further call is answered. */
    record Then(Runnable act) implements Fault {}

    /** The true {@code body}, rewritten. */
    record Rewritten(UnaryOperator<ObjectNode> rewrite) implements Fault {}

    /** The true answer grown to at least so many bytes: its rows again and again, or a field nobody knows where it has none. */
    record Huge(int bytes) implements Fault {}

    /** HTTP 200 with this text for a whole answer. */
    record Raw(String text) implements Fault {}

    static Fault status(int status, String error) {
        return new Status(status, error, null, Map.of());
    }

    static Fault status(int status, String error, JsonNode body) {
        return new Status(status, error, body, Map.of());
    }

    /** The application over its quota. */
    static Fault overQuota() {
        return status(601, Quota.TOO_MANY);
    }

    static Fault http(int code) {
        return http(code, Map.of());
    }

    /** For example {@code http(429, Map.of("Retry-After", "7"))}. */
    static Fault http(int code, Map<String, String> headers) {
        var html = "<!DOCTYPE html><html><head><title>%1$d</title></head><body><h1>Error %1$d</h1></body></html>"
                .formatted(code);
        return new Http(code, html, headers);
    }

    static Fault empty() {
        return new Empty();
    }

    static Fault cutOff() {
        return new CutOff();
    }

    static Fault reset() {
        return new Reset();
    }

    static Fault unheard(Runnable until) {
        return new Unheard(until);
    }

    static Fault delay(Duration delay) {
        return new Delay(delay);
    }

    static Fault moreWithoutOffset() {
        return new MoreWithoutOffset();
    }

    static Fault repeatedOffset() {
        return new RepeatedOffset();
    }

    static Fault then(Runnable act) {
        return new Then(act);
    }

    static Fault rewritten(UnaryOperator<ObjectNode> rewrite) {
        return new Rewritten(rewrite);
    }

    static Fault huge(int bytes) {
        return new Huge(bytes);
    }

    static Fault raw(String text) {
        return new Raw(text);
    }
}
