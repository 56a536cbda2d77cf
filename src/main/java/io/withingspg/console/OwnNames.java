package io.withingspg.console;

import io.withingspg.config.Settings;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Under which names we may be called. The page of another site can make its own name resolve to this machine (DNS
 * rebinding) and would then be of one origin with us; an address in figures or a name of our own it cannot take.
 */
final class OwnNames {
    private static final String PART = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern ADDRESS =
            Pattern.compile(PART + "(\\." + PART + "){3}|\\[[0-9a-f:.]{2,45}\\]", Pattern.CASE_INSENSITIVE);

    private final Set<String> names = new HashSet<>();
    private final String callbackAuthority;

    OwnNames(Settings.Web web, URI callback) {
        names.add("localhost");
        names.add(web.host().toLowerCase(Locale.ROOT));
        names.add(callback.getHost().toLowerCase(Locale.ROOT));
        names.addAll(web.names());
        callbackAuthority = callback.getRawAuthority().toLowerCase(Locale.ROOT);
    }

    boolean contain(String name) {
        return names.contains(name.endsWith(".") ? name.substring(0, name.length() - 1) : name)
                || ADDRESS.matcher(name).matches();
    }

    /**
     * Whether a page of our own, or no browser at all, is behind a request that changes something. A browser brings
     * along what the owner is known by (cookie, Basic, being on this machine) whichever page asks it to; but it says
     * which page that is, and cannot be made to send a bearer token.
     */
    boolean areBehind(Caller caller) {
        var site = caller.header("Sec-Fetch-Site");
        var origin = caller.header("Origin");
        if (caller.hasBearer()) {
            return true;
        }
        var sameSite = site != null && (site.equals("same-origin") || site.equals("none"));
        if (site != null && !sameSite) {
            return false;
        }
        if (origin == null) {
            return sameSite || caller.header("Cookie") == null;
        }
        if (origin.equals("null")) { // what a browser says that is to keep its page's address to itself
            return sameSite;
        }
        var authority = origin.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
        return authority.equals(caller.host()) || authority.equals(callbackAuthority);
    }
}
