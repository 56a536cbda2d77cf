package io.withingspg.enrol;

import io.withingspg.config.Settings;
import io.withingspg.store.ConsentStates;
import io.withingspg.store.People;
import io.withingspg.token.Authority;
import io.withingspg.token.Vault;
import io.withingspg.withings.Scope;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Begins consents and finishes them. */
public final class Consents {
    private static final Duration STATE_LIFE = Duration.ofMinutes(10);

    private final ConsentStates states;
    private final People people;
    private final Authority authority;
    private final Vault vault;
    private final Settings.Application application;
    private final URI authorizeUrl;
    private final List<String> resources;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public Consents(
            ConsentStates states,
            People people,
            Authority authority,
            Vault vault,
            Settings.Application application,
            URI authorizeUrl,
            List<String> resources,
            Clock clock) {
        this.states = states;
        this.people = people;
        this.authority = authority;
        this.vault = vault;
        this.application = application;
        this.authorizeUrl = authorizeUrl;
        this.resources = resources;
        this.clock = clock;
    }

    /**
     * A consent under way.
     *
     * @param url where the person goes to allow it
     */
    public record Begun(URI url, String state) {
        @Override
        public String toString() {
            return "Begun";
        }
    }

    /** How a callback ended. */
    public sealed interface Ended {
        /** @param missing scopes that were asked for and not granted */
        record Linked(long userId, @Nullable String ref, boolean first, List<String> missing) implements Ended {}

        /** The person said no. */
        record Declined() implements Ended {}

        /** The {@code state} is unknown, used or expired. */
        record Stale() implements Ended {}
    }

    /** @param ref the owner's own name for the person; null if none */
    public Begun begin(@Nullable String ref) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var state = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var now = clock.instant();
        states.add(hash(state), ref, now, now.plus(STATE_LIFE));
        var query = Stream.of(
                        parameter("response_type", "code"),
                        parameter("client_id", application.clientId()),
                        parameter("scope", Scope.all()),
                        parameter("redirect_uri", application.callbackUrl().toString()),
                        parameter("state", state))
                .collect(Collectors.joining("&"));
        var separator = authorizeUrl.getRawQuery() == null ? "?" : "&";
        return new Begun(URI.create(authorizeUrl + separator + query), state);
    }

    private static String parameter(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /**
     * Exchanges the code at once: it lives 30 seconds.
     *
     * @param code null where the person declined
     * @param command for the record of what was done to whom
     * @throws People.Taken if the account stands under another reference
     * @throws io.withingspg.withings.CallFailure where Withings does not answer or refuses the code
     */
    public Ended finish(@Nullable String code, String state, String command) {
        var consent = states.take(hash(state), clock.instant());
        if (consent.isEmpty()) {
            return new Ended.Stale();
        }
        if (code == null || code.isBlank()) {
            return new Ended.Declined();
        }
        var grant = authority.exchange(code);
        var ref = consent.get().ref();
        var first = people.enrol(
                grant.userId(),
                ref,
                grant.scopes(),
                grant.sealed(vault),
                resources,
                People.Origin.CONSENT,
                command,
                clock.instant());
        var missing = Arrays.stream(Scope.values())
                .map(Scope::id)
                .filter(scope -> !grant.scopes().contains(scope))
                .toList();
        return new Ended.Linked(grant.userId(), ref, first, missing);
    }

    /** Whether nobody came back from this consent yet. */
    public boolean awaits(String state) {
        return states.awaited(hash(state));
    }

    private static byte[] hash(String state) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(state.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
