package io.withingspg.enrol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.store.Enrolments;
import io.withingspg.store.People;
import io.withingspg.token.Grant;
import io.withingspg.token.Vault;
import io.withingspg.withings.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes over authorisations from another tool, so that nobody needs to consent twice. JSON Lines of {@code userid},
 * {@code access_token}, {@code refresh_token}, {@code expires_at} (epoch s) or {@code expires_in}, {@code scope} and,
 * where there is one, {@code ref}.
 */
public final class Import {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant LAST = Instant.ofEpochSecond(253_402_300_799L);

    private final Enrolments enrolments;
    private final Vault vault;
    private final List<String> resources;
    private final Clock clock;

    public Import(Enrolments enrolments, Vault vault, List<String> resources, Clock clock) {
        this.enrolments = enrolments;
        this.vault = vault;
        this.resources = resources;
        this.clock = clock;
    }

    /** @param problems one line for each line that was not taken, with its number; never a token */
    public record Result(List<Long> userIds, List<String> problems) {}

    private static final class BadLine extends Exception {
        BadLine(String message) {
            super(message);
        }
    }

    /** Good lines are taken, whatever is wrong with others. */
    public Result read(BufferedReader lines) throws IOException {
        var taken = new ArrayList<Long>();
        var problems = new ArrayList<String>();
        var number = 0;
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                taken.add(take(line));
            } catch (BadLine | People.Taken e) {
                problems.add("line " + number + ": " + e.getMessage());
            }
        }
        return new Result(List.copyOf(taken), List.copyOf(problems));
    }

    private long take(String line) throws BadLine {
        var entry = parse(line);
        var userId = text(entry, "userid");
        if (!userId.matches("[1-9][0-9]{0,17}")) {
            throw new BadLine("userid is not a whole number");
        }
        var now = clock.instant();
        var grant = new Grant(
                Long.parseLong(userId),
                text(entry, "access_token"),
                text(entry, "refresh_token"),
                expiry(entry),
                Scope.parse(text(entry, "scope")),
                now,
                now);
        var ref = textOrNull(entry, "ref");
        if (ref != null && !People.isUsable(ref)) {
            throw new BadLine("ref is not usable: at most 200 characters, readable ones, in UTF-8");
        }
        enrolments.enrol(new Enrolments.Authorisation(
                grant.userId(),
                ref,
                grant.scopes(),
                () -> grant.sealed(vault),
                resources,
                Enrolments.Origin.IMPORT,
                /* claim= */ null,
                "users import",
                now));
        return grant.userId();
    }

    private static JsonNode parse(String line) throws BadLine {
        try {
            var entry = JSON.readTree(line);
            if (entry.isObject()) {
                return entry;
            }
        } catch (JsonProcessingException e) {
            throw new BadLine("is not JSON");
        }
        throw new BadLine("is not a JSON object");
    }

    private Instant expiry(JsonNode entry) throws BadLine {
        var at = textOrNull(entry, "expires_at");
        var in = textOrNull(entry, "expires_in");
        var given = at != null ? at : in;
        if (given == null) {
            throw new BadLine("expires_at (epoch seconds) or expires_in is missing");
        }
        if (!given.matches("[0-9]{1,12}")) {
            throw new BadLine((at != null ? "expires_at" : "expires_in") + " is not a number of seconds");
        }
        var seconds = Long.parseLong(given);
        var expiry =
                at != null ? Instant.ofEpochSecond(seconds) : clock.instant().plusSeconds(seconds);
        return expiry.isAfter(LAST) ? LAST : expiry;
    }

    private static String text(JsonNode entry, String field) throws BadLine {
        var text = textOrNull(entry, field);
        if (text == null) {
            throw new BadLine(field + " is missing");
        }
        return text;
    }

    private static @Nullable String textOrNull(JsonNode entry, String field) throws BadLine {
        var node = entry.path(field);
        if (!node.isValueNode() || node.isNull() || node.asText().isBlank()) {
            return null;
        }
        if (node.asText().chars().anyMatch(Character::isISOControl)) { // no column takes a NUL
            throw new BadLine(field + " has control characters");
        }
        return node.asText();
    }
}
