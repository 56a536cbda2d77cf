package io.withingspg.console;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a request tells of its sender. Read from the request itself: among Camel's headers, {@code ?Host=localhost} of
 * the address stands beside the true {@code Host}, and so does each field of a form.
 */
record Caller(HttpServerRequest request) {
    private static final String USER = "withings";
    private static final int COOKIES_MAX = 10;

    static Caller of(Message message) {
        return new Caller(((HttpMessage) message).getRequest());
    }

    /** {@code Host} as sent, in lower case; empty without one, and with two. */
    String host() {
        var hosts = request.headers().getAll("Host");
        return hosts.size() == 1 ? hosts.getFirst().strip().toLowerCase(Locale.ROOT) : "";
    }

    /** {@link #host} without its port. */
    String name() {
        return host().replaceFirst(":[0-9]{0,5}$", "");
    }

    /** Who is at the other end of the connection; of a proxy, the proxy. */
    String address() {
        return request.remoteAddress().hostAddress();
    }

    /** Whom the nearest proxy says it speaks for, which anybody can write as well; null where nothing is said. */
    @Nullable
    String spokenFor() {
        var addresses = String.join(",", request.headers().getAll("X-Forwarded-For"));
        return addresses.isBlank()
                ? null
                : addresses.substring(addresses.lastIndexOf(',') + 1).strip();
    }

    /** Whether a proxy says that it passes this on. */
    boolean passedOn() {
        return request.headers().names().stream()
                .map(header -> header.toLowerCase(Locale.ROOT))
                .anyMatch(header -> header.equals("forwarded")
                        || header.equals("via")
                        || header.equals("x-real-ip")
                        || header.startsWith("x-forwarded-"));
    }

    /** Whether a proxy says that the browser came by https. */
    boolean byHttps() {
        var schemes = request.headers().get("X-Forwarded-Proto");
        return schemes != null && schemes.strip().toLowerCase(Locale.ROOT).matches("https\\b.*");
    }

    boolean onlyReads() {
        var method = request.method();
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD) || method.equals(HttpMethod.OPTIONS);
    }

    @Nullable
    String header(String name) {
        return request.getHeader(name);
    }

    /**
     * All of this name, of which libraries keep one: who can set a cookie for a neighbouring path or host could else hide
     * ours behind it.
     */
    List<String> cookies(String name) {
        return request.headers().getAll("Cookie").stream()
                .flatMap(line -> Arrays.stream(line.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .limit(COOKIES_MAX)
                .toList();
    }

    /** A field of a posted form, never of the address, which ends up in logs; null if it came not once. */
    @Nullable
    String field(String name) {
        var values = request.formAttributes().getAll(name);
        return values.size() == 1 ? values.getFirst() : null;
    }

    boolean hasBearer() {
        return bearer() != null;
    }

    @Nullable
    String bearer() {
        return credentials("Bearer ");
    }

    boolean hasBasic() {
        return credentials("Basic ") != null;
    }

    /** Null where the credentials are not those of user {@code withings}. */
    @Nullable
    String basicPassword() {
        var credentials = credentials("Basic ");
        if (credentials == null) {
            return null;
        }
        try {
            var decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return decoded.startsWith(USER + ":") ? decoded.substring(USER.length() + 1) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private @Nullable String credentials(String scheme) {
        var header = request.getHeader("Authorization");
        return header != null && header.regionMatches(true, 0, scheme, 0, scheme.length())
                ? header.substring(scheme.length()).strip()
                : null;
    }
}
