package io.withingspg.enrol;

import io.withingspg.config.ConfigurationException;
import io.withingspg.store.Invitations;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes invitations: links that enrol one person each, under the reference the owner chose. */
public final class Invites {
    private static final String CALLBACK = "/callback";

    private final Invitations invitations;
    private final String base;
    private final Clock clock;

    /** @throws ConfigurationException where the callback's address does not tell the enrolment's */
    public Invites(Invitations invitations, URI callbackUrl, Clock clock) {
        this.invitations = invitations;
        this.base = base(callbackUrl)
                .orElseThrow(
                        () -> new ConfigurationException("WITHINGS_CALLBACK_URL=" + callbackUrl + " does not end in "
                                + CALLBACK + ": register this machine's public address followed by " + CALLBACK));
        this.clock = clock;
    }

    /** Under what the browser reaches us, without a slash at the end; empty where the callback's address is not ours. */
    static Optional<String> base(URI callbackUrl) {
        var text = callbackUrl.toString();
        return text.endsWith(CALLBACK)
                ? Optional.of(text.substring(0, text.length() - CALLBACK.length()))
                : Optional.empty();
    }

    /** @param link opens the door, once: it is shown to the owner and kept nowhere */
    public record Invite(long id, URI link, Instant expiresAt) {
        @Override
        public String toString() {
            return "Invite " + id;
        }
    }

    /** @param life how long the link can be used */
    public Invite make(String ref, Duration life) {
        var secret = Unguessable.fresh();
        var now = clock.instant();
        var expiresAt = now.plus(life);
        var id = invitations.add(Unguessable.hash(secret), ref, now, expiresAt);
        return new Invite(id, URI.create(base + "/authorize?invite=" + secret), expiresAt);
    }
}
