package io.withingspg.console;

import io.withingspg.config.Settings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Asks who is calling. On loopback without a password, whoever is on this machine may; else user {@code withings} and
 * the console's password, or for programs the API token.
 */
public final class Door {
    private static final String USER = "withings";

    private final Settings.Web web;

    public Door(Settings.Web web) {
        this.web = web;
    }

    /** Whether this caller may see the console. */
    public boolean opensFor(Message message) {
        return web.password() == null ? isLocal(message) : isSecret(basicPassword(message), web.password());
    }

    /** Whether this caller may read {@code /api}. */
    boolean opensApiFor(Message message) {
        return opensFor(message) || isSecret(bearer(message), web.apiToken());
    }

    /**
     * A page of another site, made to resolve to this machine, can call us with the browser of somebody who sits here,
     * but not with our own name in {@code Host}.
     */
    private boolean isLocal(Message message) {
        var host = name(message).toLowerCase(Locale.ROOT).replaceFirst(":[0-9]+$", "");
        return web.loopback() && (host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.[0-9.]+"));
    }

    /** HTTP/2 names us in the request itself, where {@code Host} would. */
    private static String name(Message message) {
        var host = message.getHeader("Host", String.class);
        if (host != null) {
            return host;
        }
        try {
            var authority = URI.create(message.getHeader(Exchange.HTTP_URL, "", String.class))
                    .getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    static void refuse(Exchange exchange) {
        new WebPage(
                        401,
                        "Who is there?",
                        "<h1>Who is there?</h1><p>This page is for the owner of this installation.</p>")
                .answer(exchange);
        exchange.getMessage().setHeader("WWW-Authenticate", "Basic realm=\"withings-postgres\", charset=\"UTF-8\"");
    }

    private static @Nullable String basicPassword(Message message) {
        var credentials = credentials(message, "Basic ");
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

    private static @Nullable String bearer(Message message) {
        return credentials(message, "Bearer ");
    }

    private static @Nullable String credentials(Message message, String scheme) {
        var header = message.getHeader("Authorization", String.class);
        return header != null && header.regionMatches(true, 0, scheme, 0, scheme.length())
                ? header.substring(scheme.length()).strip()
                : null;
    }

    private static boolean isSecret(@Nullable String given, @Nullable String secret) {
        return given != null
                && secret != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }
}
