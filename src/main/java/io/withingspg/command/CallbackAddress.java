package io.withingspg.command;

import io.withingspg.enrol.Consents.Return;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a browser stands after a consent, as an owner copies it from there. */
final class CallbackAddress {
    private static final Pattern PARAMETER = Pattern.compile("(^|[?&])(code|state|error)=");

    private CallbackAddress() {}

    /**
     * @param text the whole address, or its query, or the code alone
     * @param state null where the address has it
     * @return null where neither tells it all
     */
    static @Nullable Return parse(String text, @Nullable String state) {
        if (!PARAMETER.matcher(text).find()) {
            return text.isEmpty() || state == null ? null : new Return(state, text, null);
        }
        var parameters = parameters(text.substring(text.indexOf('?') + 1).replaceFirst("#.*", ""));
        var known = parameters.getOrDefault("state", state == null ? "" : state);
        var code = parameters.get("code");
        var error = parameters.get("error");
        return known.isEmpty() || (code == null && error == null)
                ? null
                : new Return(known, code, error == null ? null : error.replaceAll("[^\\w. -]", "?"));
    }

    private static Map<String, String> parameters(String query) {
        return Arrays.stream(query.split("&", -1))
                .map(parameter -> parameter.split("=", 2))
                .filter(parameter -> parameter.length == 2)
                .collect(Collectors.toMap(
                        parameter -> parameter[0], parameter -> decoded(parameter[1]), (one, _) -> one));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
