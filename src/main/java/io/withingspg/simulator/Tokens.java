package io.withingspg.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Codes and tokens. Issuing a pair condemns the person's older refresh tokens: they die 8 hours later, or as soon as the
 * new access token is first used.
 */
final class Tokens {
    static final Duration ACCESS_LIVES = Duration.ofHours(3);
    private static final Duration CODE_LIVES = Duration.ofSeconds(30);
    private static final Duration REFRESH_LIVES = Duration.ofDays(365);
    private static final Duration CONDEMNED_LIVES = Duration.ofHours(8);

    private record Code(Person person, Set<String> scopes, String redirectUri, Instant until) {}

    private record Access(Person person, Set<String> scopes, long serial, Instant until, boolean used) {
        Access firstUse() {
            return new Access(person, scopes, serial, until, true);
        }
    }

    private record Refresh(Person person, Set<String> scopes, long serial, Instant until) {
        Refresh condemned(Instant at) {
            return at.isBefore(until) ? new Refresh(person, scopes, serial, at) : this;
        }
    }

    /** Whose a call is, and what it may ask. */
    record Session(Person person, Set<String> scopes) {}

    private final World world;
    private final Map<String, Code> codes = new HashMap<>();
    private final Map<String, Access> accesses = new HashMap<>();
    private final Map<String, Refresh> refreshes = new HashMap<>();
    private long serial;

    Tokens(World world) {
        this.world = world;
    }

    synchronized String code(Person person, Set<String> scopes, String redirectUri) {
        var code = Secrets.token();
        codes.put(code, new Code(person, scopes, redirectUri, now().plus(CODE_LIVES)));
        return code;
    }

    /** The pair for a code, which is used up whatever comes of it. */
    synchronized TokenPair exchange(String code, String redirectUri) {
        var found = codes.remove(code);
        if (found == null || !now().isBefore(found.until)) {
            throw Refused.invalid("invalid code");
        }
        if (!found.redirectUri.equals(redirectUri)) {
            throw Refused.invalid("redirect_uri_mismatch");
        }
        return issue(found.person, found.scopes);
    }

    synchronized TokenPair refresh(String token) {
        var found = refreshes.get(token);
        if (found == null || !now().isBefore(found.until)) {
            throw Refused.invalid("invalid refresh_token");
        }
        return issue(found.person, found.scopes);
    }

    synchronized TokenPair issue(Person person, Set<String> scopes) {
        var now = now();
        accesses.values().removeIf(access -> !now.isBefore(access.until));
        refreshes.values().removeIf(refresh -> !now.isBefore(refresh.until));
        codes.values().removeIf(code -> !now.isBefore(code.until));
        refreshes.replaceAll((_, old) -> old.person == person ? old.condemned(now.plus(CONDEMNED_LIVES)) : old);
        serial++;
        var pair = new TokenPair(person.id(), Secrets.token(), Secrets.token(), now.plus(ACCESS_LIVES), scopes);
        accesses.put(pair.accessToken(), new Access(person, scopes, serial, pair.expiresAt(), false));
        refreshes.put(pair.refreshToken(), new Refresh(person, scopes, serial, now.plus(REFRESH_LIVES)));
        return pair;
    }

    /** Opens the session of a data call; the first one of an access token kills the refresh tokens before it. */
    synchronized Session open(@Nullable String token) {
        var access = token == null ? null : accesses.get(token);
        if (access == null || !now().isBefore(access.until)) {
            throw Refused.badToken();
        }
        if (!access.used) {
            accesses.put(token, access.firstUse());
            refreshes.values().removeIf(old -> old.person == access.person && old.serial < access.serial);
        }
        return new Session(access.person, access.scopes);
    }

    /** Whose call it is, from whatever token it carries; null if nobody's. Changes nothing. */
    synchronized @Nullable Long whose(Ask ask) {
        var refresh = refreshes.get(ask.arguments().getOrDefault("refresh_token", ""));
        if (refresh != null) {
            return refresh.person.id();
        }
        var code = codes.get(ask.arguments().getOrDefault("code", ""));
        if (code != null) {
            return code.person.id();
        }
        var access = ask.token() == null ? null : accesses.get(ask.token());
        return access == null ? null : access.person.id();
    }

    /** Whether the person gave consent, or is just giving it. */
    synchronized boolean enrolled(Person person) {
        var now = now();
        return refreshes.values().stream().anyMatch(token -> token.person == person)
                || codes.values().stream().anyMatch(code -> code.person == person && now.isBefore(code.until));
    }

    synchronized void withdraw(Person person) {
        codes.values().removeIf(code -> code.person == person);
        expire(person);
        refreshes.values().removeIf(token -> token.person == person);
    }

    /** Ends the access tokens only, as after three hours. */
    synchronized void expire(Person person) {
        accesses.values().removeIf(token -> token.person == person);
    }

    private Instant now() {
        return world.clock().instant();
    }
}
