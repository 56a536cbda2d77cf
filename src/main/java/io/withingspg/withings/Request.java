package io.withingspg.withings;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call about to be made.
 *
 * @param userId whose call it is; null while a person is still unknown (a code being exchanged)
 * @param form all parameters but {@code action}
 * @param bearer the access token; null for calls that authenticate in the form
 */
public record Request(
        @Nullable Long userId,
        Call call,
        SortedMap<String, String> form,
        @Nullable String bearer) {
    public Request(@Nullable Long userId, Call call, Map<String, String> form) {
        this(userId, call, new TreeMap<>(form), null);
    }

    public Request bearing(String accessToken) {
        return new Request(userId, call, form, accessToken);
    }

    String body() {
        var parameters = new TreeMap<>(form);
        parameters.put("action", call.action());
        return parameters.entrySet().stream()
                .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Forms hold codes and refresh tokens, so they are never printed. */
    @Override
    public String toString() {
        return call.action() + (userId == null ? "" : " of user " + userId);
    }
}
