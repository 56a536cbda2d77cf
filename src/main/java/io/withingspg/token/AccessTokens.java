package io.withingspg.token;

import io.micrometer.core.instrument.MeterRegistry;
import io.withingspg.config.ConfigurationException;
import io.withingspg.store.People;
import io.withingspg.store.TokenPair;
import io.withingspg.store.Tokens;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.Request;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every call a working access token, and sees to it that there is one. */
public final class AccessTokens {
    private static final Logger LOG = LoggerFactory.getLogger(AccessTokens.class);
    /** A token that ends this soon is not worth starting a call with. */
    private static final Duration LEEWAY = Duration.ofMinutes(5);
    /** Schedules refresh this much ahead, so that no sync has to wait for it. */
    private static final Duration AHEAD = Duration.ofMinutes(15);
    /** Refresh tokens live a year; a person without work is refreshed this often all the same. */
    private static final Duration IDLE_MAX = Duration.ofDays(7);

    private static final int BATCH = 1000;
    private static final String IN_USE = "token.in-use";

    private record InUse(long userId, Instant storedAt, boolean first) {}

    private final Tokens tokens;
    private final People people;
    private final Vault vault;
    private final Authority authority;
    private final Clock clock;
    private final MeterRegistry metrics;

    public AccessTokens(
            Tokens tokens, People people, Vault vault, Authority authority, Clock clock, MeterRegistry metrics) {
        this.tokens = tokens;
        this.people = people;
        this.vault = vault;
        this.authority = authority;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Adds the access token to the {@link Request} in the body.
     *
     * @throws ConsentGone where there is none to be had
     */
    public void authorise(Exchange exchange) {
        var request = exchange.getMessage().getBody(Request.class);
        var userId = java.util.Objects.requireNonNull(request.userId());
        var stored = valid(userId, LEEWAY);
        exchange.setProperty(IN_USE, new InUse(userId, stored.storedAt(), !stored.used()));
        exchange.getMessage().setBody(request.bearing(vault.open(stored.accessToken(), userId, Vault.Purpose.ACCESS)));
    }

    /** The token just used has worked; from its first use on, the refresh token before it is dead. */
    public void worked(Exchange exchange) {
        var worked = exchange.getProperty(IN_USE, InUse.class);
        if (worked != null && worked.first()) {
            tokens.used(worked.userId(), worked.storedAt(), clock.instant());
        }
    }

    /** The token just used was refused: the next {@link #authorise} refreshes, unless somebody else has meanwhile. */
    public void distrust(Exchange exchange) {
        var refused = exchange.getProperty(IN_USE, InUse.class);
        if (refused != null) {
            tokens.distrust(refused.userId(), refused.storedAt(), clock.instant());
        }
    }

    /** Refreshes what ends soon; people who must consent again are parked, other failures wait for the next time. */
    public void refreshEnding() {
        for (var userId : ending()) {
            try {
                valid(userId, AHEAD);
            } catch (ConsentGone e) {
                people.awaitConsent(userId, String.valueOf(e.getMessage()), clock.instant());
            } catch (CallFailure.OverQuota e) {
                LOG.warn("tokens are refreshed later: {}", e.getMessage());
                return;
            } catch (CallFailure | ConfigurationException e) { // of one person: the others still need theirs
                LOG.warn("user {}: token not refreshed: {}", userId, e.getMessage());
            }
        }
    }

    private List<Long> ending() {
        return tokens.ending(clock.instant(), AHEAD, IDLE_MAX, BATCH);
    }

    private Tokens.Stored valid(long userId, Duration leeway) {
        var standing = tokens.find(userId).orElseThrow(() -> new ConsentGone("there are no tokens of this person"));
        if (lasts(standing, leeway)) {
            return standing;
        }
        return tokens.refresh(userId, clock.instant(), locked -> renewed(userId, locked, leeway))
                .orElseThrow(() -> new ConsentGone("there are no tokens of this person"));
    }

    private boolean lasts(Tokens.Stored stored, Duration leeway) {
        return stored.expiresAt().isAfter(clock.instant().plus(leeway))
                && stored.storedAt().isAfter(clock.instant().minus(IDLE_MAX));
    }

    /** Empty where another worker refreshed while this one waited for the lock. */
    private Optional<TokenPair> renewed(long userId, Tokens.Stored locked, Duration leeway) {
        if (lasts(locked, leeway)) {
            return Optional.empty();
        }
        var grant = grant(userId, locked);
        if (grant.userId() != userId) {
            throw new CallFailure.Unavailable("a refresh brought the tokens of another person");
        }
        metrics.counter("withings.sync.tokens.refreshed").increment();
        return Optional.of(grant.sealed(vault));
    }

    private Grant grant(long userId, Tokens.Stored locked) {
        try {
            return authority.refresh(userId, vault.open(locked.refreshToken(), userId, Vault.Purpose.REFRESH));
        } catch (Refused refused) {
            var previous = locked.previousRefreshToken();
            if (previous == null) {
                throw new ConsentGone("Withings refuses the refresh token, " + refused.getMessage());
            }
            try {
                return authority.refresh(userId, vault.open(previous, userId, Vault.Purpose.REFRESH));
            } catch (Refused both) {
                throw new ConsentGone("Withings refuses both refresh tokens, " + both.getMessage());
            }
        }
    }
}
