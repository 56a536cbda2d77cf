package io.withingspg.enrol;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** Ties a consent to the browser it began in. Says nothing about who sits there. */
final class BrowserCookie {
    private final boolean secure;
    private final String name;

    /** @param callbackUrl where the cookie must come back to */
    BrowserCookie(URI callbackUrl) {
        this.secure = "https".equals(callbackUrl.getScheme());
        // Browsers take a name that begins so from this very host only, and not from a neighbour under its domain.
        this.name = (secure ? "__Host-" : "") + "withings-browser";
    }

    /** What the browser sent; null where that is nothing, or nothing of ours. */
    @Nullable
    String in(Message message) {
        var sent = message.getHeader("Cookie"); // HTTP/2 may send it in parts
        return (sent instanceof Collection<?> parts ? List.copyOf(parts) : sent == null ? List.of() : List.of(sent))
                .stream()
                        .flatMap(part -> Stream.of(part.toString().split(";")))
                        .map(String::strip)
                        .filter(cookie -> cookie.startsWith(name + "="))
                        .map(cookie ->
                                cookie.substring(name.length() + 1).replaceAll("^\"|\"$", "")) // both forms are allowed
                        .filter(Unguessable::isWellFormed)
                        .findFirst()
                        .orElse(null);
    }

    /** A {@code Set-Cookie} that lives as long as the consent that begins now. */
    String holding(String value) {
        return name + "=" + value + "; Path=/; Max-Age=" + Consents.STATE_LIFE.toSeconds() + "; HttpOnly; SameSite=Lax"
                + (secure ? "; Secure" : "");
    }
}
