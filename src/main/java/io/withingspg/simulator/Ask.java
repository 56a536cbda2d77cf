package io.withingspg.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call as it arrived.
 *
 * @param arguments the form, sorted by name; a name given twice keeps the last value
 * @param token the bearer token, from the header, else from {@code access_token}
 */
record Ask(
        String path,
        String action,
        Map<String, String> arguments,
        @Nullable String token) {
    static Ask of(String path, String form, @Nullable String authorization) {
        var arguments = form(form);
        var bearer = authorization != null && authorization.startsWith("Bearer ")
                ? authorization.substring("Bearer ".length()).strip()
                : arguments.get("access_token");
        return new Ask(path, arguments.getOrDefault("action", ""), arguments, bearer);
    }

    static Map<String, String> form(String text) {
        var fields = new TreeMap<String, String>();
        for (var field : text.split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(decode(field.substring(0, equals)), decode(field.substring(equals + 1)));
            }
        }
        return fields;
    }

    /** Whether a test that says {@code getmeas}, or {@code /v2/heart list} where that is not enough, means this call. */
    boolean is(String name) {
        return name.equals(action) || name.equals(path + " " + action);
    }

    String text(String name) {
        var value = arguments.get(name);
        if (value == null || value.isEmpty()) {
            throw Refused.invalid("missing " + name);
        }
        return value;
    }

    boolean has(String name) {
        return arguments.containsKey(name);
    }

    @Nullable
    Long numberOrNull(String name) {
        var value = arguments.get(name);
        if (value == null) {
            return null;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException _) {
            throw Refused.invalid(name + " is not a number");
        }
    }

    @Nullable
    LocalDate dateOrNull(String name) {
        var value = arguments.get(name);
        if (value == null) {
            return null;
        }
        try {
            return LocalDate.parse(value);
        } catch (DateTimeParseException _) {
            throw Refused.invalid(name + " is not a date YYYY-MM-DD");
        }
    }

    /** A position in the list; negative or garbled ones are refused. */
    int offset() {
        var offset = numberOrNull("offset");
        if (offset == null) {
            return 0;
        }
        if (offset < 0 || offset > Integer.MAX_VALUE) {
            throw Refused.invalid("offset");
        }
        return offset.intValue();
    }

    int offsetOrZero() {
        try {
            return offset();
        } catch (Refused _) {
            return 0;
        }
    }

    /** The values of a comma-separated argument; empty if it is absent. */
    Set<String> list(String name) {
        return Arrays.stream(arguments.getOrDefault(name, "").split(",", -1))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return text;
        }
    }
}
