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

    /**
     * Whether it is among these. Of an answer that named none it is not known what was granted: it counts as all, until a
     * call is refused.
     */
    public boolean isGranted(List<String> granted) {
        return granted.isEmpty() || granted.contains(id);
    }

    /** Scopes that were asked for and not granted. */
    public static List<String> missing(List<String> granted) {
        return Stream.of(values())
                .filter(scope -> !scope.isGranted(granted))
                .map(Scope::id)
                .toList();
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
