package io.withingspg.withings;

import java.util.List;
import java.util.stream.Stream;

/** What a person may grant. API: OAuth 2 {@code scope}, comma-separated. */
public enum Scope {
    USER_INFO("user.info"),
    USER_METRICS("user.metrics"),
    USER_ACTIVITY("user.activity");

    private final String id;

    Scope(String id) {
        this.id = id;
    }

    /** The API's name, such as {@code user.metrics}. */
    public String id() {
        return id;
    }

    /** Everything we ask for. */
    public static String all() {
        return String.join(",", Stream.of(values()).map(Scope::id).toList());
    }

    /**
     * @param granted as in a token answer: separated by commas, or by blanks as OAuth 2 has it
     * @return without repeats, in the answer's order; may hold scopes that are none of ours
     */
    public static List<String> parse(String granted) {
        return Stream.of(granted.split("[,\\s]+"))
                .filter(scope -> !scope.isEmpty())
                .distinct()
                .toList();
    }
}
