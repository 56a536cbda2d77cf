package io.withingspg.withings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.withings.CallFailure.NotPermitted;
import io.withingspg.withings.CallFailure.OverQuota;
import io.withingspg.withings.CallFailure.PersonUnknown;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.SameArguments;
import io.withingspg.withings.CallFailure.TokenRefused;
import io.withingspg.withings.CallFailure.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Opens an answer: HTTP is almost always 200, so the outcome is read from {@code status} and {@code error} inside. */
public final class Envelope {
    /** Members of the invalid-parameters family that live systems also answer to a stale token. */
    private static final Set<Integer> OFTEN_A_STALE_TOKEN = Set.of(283);

    /** "The userid provided is absent, or incorrect". */
    private static final int PERSON_UNKNOWN = 247;
    /** The same in words; a mere "Missing params: userid" would be our fault. */
    private static final Pattern SAYS_PERSON_UNKNOWN = Pattern.compile(
            "\\b(userid|user)\\b.*\\b(absent|incorrect|unknown|not found|deleted|unlinked|does not exist)\\b|\\bunlinked\\b");

    private static final String NO_FORM = "the answer is not in Withings' form: ";

    private static final Duration QUOTA_WINDOW = Duration.ofSeconds(60);
    private static final Duration IDENTICAL_WINDOW = Duration.ofSeconds(10);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(15);
    /** Control characters and halves of surrogate pairs: a text column takes no NUL, and a log line no line break. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cs}]");
    /** Error texts are repeated in logs and in status, where a token or code has no business. */
    private static final Pattern LOOKS_SECRET = Pattern.compile("[A-Za-z0-9_-]{20,}");

    /** Puts the answer's {@code body} in the place of the answer. */
    void open(Exchange exchange) {
        var message = exchange.getMessage();
        var answer = LargeAnswers.answer(exchange);
        if (answer != null) {
            exchange.setProperty(CallRoute.ANSWER, answer);
        }
        message.setBody(open(
                answer,
                message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class),
                message.getHeader("Retry-After", String.class)));
    }

    /**
     * @param retryAfter the header of that name, where there is one
     * @return the {@code body}, empty where absent: an {@link ObjectNode} or a {@link LargeBody}
     * @throws CallFailure for every status but 0
     */
    Object open(@Nullable Answer answer, @Nullable Integer http, @Nullable String retryAfter) {
        if (http != null && http == 429) {
            throw new OverQuota("HTTP 429", seconds(retryAfter, QUOTA_WINDOW));
        }
        if (http != null && http >= 300) {
            throw new Unavailable("HTTP " + http + " from Withings");
        }
        if (answer == null) {
            throw new Unavailable(NO_FORM + excerpt(answer));
        }
        try {
            if (!answer.isLarge()) {
                return body(parse(answer), answer, retryAfter);
            }
            var large = LargeBody.of(answer);
            body(large.envelope(), answer, retryAfter);
            return large;
        } catch (JsonProcessingException e) {
            throw new Unavailable(NO_FORM + excerpt(answer));
        }
    }

    private static ObjectNode body(JsonNode opened, Answer answer, @Nullable String retryAfter) {
        if (!(opened instanceof ObjectNode envelope)
                || !envelope.path("status").isValueNode()
                || !envelope.path("status").asText().matches("-?[0-9]{1,9}")) {
            throw new Unavailable(NO_FORM + excerpt(answer));
        }
        var status = Integer.parseInt(envelope.path("status").asText());
        var error = LOOKS_SECRET
                .matcher(UNPRINTABLE.matcher(envelope.path("error").asText("")).replaceAll(" "))
                .replaceAll("…");
        var body = bodyOf(envelope);
        if (status == 0) {
            return body;
        }
        throw failure(status, error, body, retryAfter);
    }

    /** The {@code body} of an answer that was opened before. */
    static ObjectNode body(Answer answer) {
        try {
            return bodyOf(parse(answer));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an answer that was read before cannot be read", e);
        }
    }

    /**
     * The {@code body} of an answer that was kept.
     *
     * @param inParts whether a part of it can be read without the rest, so that a large one need not be held as a whole
     */
    public static Iterator<ObjectNode> kept(Answer answer, boolean inParts) {
        if (!inParts || !answer.isLarge()) {
            return List.of(body(answer)).iterator();
        }
        try {
            return LargeBody.of(answer).parts();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an answer that was read before cannot be read", e);
        }
    }

    private static ObjectNode bodyOf(JsonNode envelope) {
        return envelope.get("body") instanceof ObjectNode body ? body : JsonNodeFactory.instance.objectNode();
    }

    /** JSON, its numbers exactly. */
    public static JsonNode tree(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("stored JSON cannot be read", e);
        }
    }

    private static CallFailure failure(int status, String error, ObjectNode body, @Nullable String retryAfter) {
        var message = "status " + status + (error.isBlank() ? "" : " (" + shortened(error) + ")");
        var text = error.toLowerCase(Locale.ROOT);
        if (text.contains("same arguments")) {
            return new SameArguments(message, seconds(body.path("wait_seconds").asText(""), IDENTICAL_WINDOW));
        }
        // Texts decide before numbers: the vendor's numbers are used loosely.
        if (text.contains("refresh_token") || text.contains("invalid code")) {
            return new Refused(message);
        }
        if (status == PERSON_UNKNOWN || SAYS_PERSON_UNKNOWN.matcher(text).find()) {
            return new PersonUnknown(message);
        }
        if (text.contains("invalid_token")) {
            return new TokenRefused(message, true);
        }
        return switch (StatusFamily.of(status)) {
            case AUTHENTICATION_FAILED -> new TokenRefused(message, true);
            case UNAUTHORISED -> new NotPermitted(message);
            case INVALID_PARAMETERS ->
                OFTEN_A_STALE_TOKEN.contains(status) ? new TokenRefused(message, false) : new Refused(message);
            case NOT_IMPLEMENTED -> new Refused(message);
            case TOO_MANY_REQUESTS -> new OverQuota(message, seconds(retryAfter, QUOTA_WINDOW));
            case OK, ERROR_OCCURRED -> new Unavailable(message);
        };
    }

    private static JsonNode parse(Answer answer) throws JsonProcessingException {
        try {
            return answer.isPlain() ? Json.MAPPER.readTree(answer.content()) : Json.MAPPER.readTree(answer.stream());
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Enough to recognise an error page; a broken data page shows nothing, as it may hold measured values. */
    private static String excerpt(@Nullable Answer answer) {
        if (answer == null || answer.length() == 0) {
            return "it is empty";
        }
        try (var in = answer.stream()) {
            var start = new String(in.readNBytes(60), StandardCharsets.UTF_8).strip();
            return start.startsWith("<") ? "an HTML page" : "cut off or garbled after " + answer.length() + " bytes";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String shortened(String error) {
        return error.length() <= 200 ? error : error.substring(0, 200) + "…";
    }

    private static Duration seconds(@Nullable String text, Duration otherwise) {
        if (text == null || !text.strip().matches("[0-9]{1,6}")) {
            return otherwise;
        }
        var pause = Duration.ofSeconds(Long.parseLong(text.strip()));
        return pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause;
    }
}
