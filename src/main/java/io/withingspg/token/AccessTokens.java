package io.withingspg.token;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.withingspg.config.ConfigurationException;
import io.withingspg.store.Database;
import io.withingspg.store.Departure;
import io.withingspg.store.People;
import io.withingspg.store.TokenPair;
import io.withingspg.store.Tokens;
import io.withingspg.store.Tokens.Attempt;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallFailure.PersonUnknown;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.Request;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jooq.exception.DataAccessException;
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
    private static final int ATTEMPTS_MAX = 10;
    private static final String IN_USE = "token.in-use";

    private record InUse(long userId, Instant storedAt, boolean first) {}

    /**
     * A pair that Withings has granted and the database has not taken yet.
     *
     * @param replaces when the pair before was stored
     */
    private record Granted(Instant replaces, Tokens.Renewal renewal) {}

    private final Tokens tokens;
    private final People people;
    private final Vault vault;
    private final Authority authority;
    /** From note to note. A call is noted before it is sent and may take its time to get there. */
    private final Duration apart;

    private final Clock clock;
    private final MeterRegistry metrics;
    /**
     * Where the database went away, or gave the row to somebody else, between the answer and the commit; the next one to
     * need a token stores it.
     */
    private final Map<Long, Granted> granted = new ConcurrentHashMap<>();

    /** @param spacing how long Withings refuses an identical call */
    public AccessTokens(
            Tokens tokens,
            People people,
            Vault vault,
            Authority authority,
            Duration spacing,
            Clock clock,
            MeterRegistry metrics) {
        this.tokens = tokens;
        this.people = people;
        this.vault = vault;
        this.authority = authority;
        this.apart = spacing.multipliedBy(3).dividedBy(2);
        this.clock = clock;
        this.metrics = metrics;
        reconsents(); // an alert on its rise needs to see it at zero
        Gauge.builder("withings.sync.reconsent.ratio", people, People::awaitingConsent)
                .description(
                        "Share of the people not removed who must consent again before anything is fetched of them")
                .register(metrics);
    }

    /**
     * Adds the access token to the {@link Request} in the body.
     *
     * @throws ConsentGone where there is none to be had
     */
    public void authorise(Exchange exchange) throws InterruptedException {
        var request = exchange.getMessage().getBody(Request.class);
        var userId = java.util.Objects.requireNonNull(request.userId());
        var stored = valid(tokens, userId, LEEWAY);
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

    /**
     * Refreshes what ends soon; people who must consent again are parked, other failures wait for the next time, and so do
     * people whose tokens somebody else is at.
     */
    public void refreshEnding() throws InterruptedException {
        var impatient = tokens.impatient();
        for (var userId : ending()) {
            try {
                valid(impatient, userId, AHEAD);
            } catch (DataAccessException e) {
                if (!Database.isHeld(e)) {
                    throw e;
                }
                LOG.debug("user {}: somebody else is at the tokens", userId);
            } catch (ConsentGone e) {
                awaitConsent(userId, String.valueOf(e.getMessage()), e.pairStoredAt());
            } catch (CallFailure.OverQuota e) {
                LOG.warn("tokens are refreshed later: {}", e.getMessage());
                return;
            } catch (CallFailure | ConfigurationException e) { // of one person: the others still need theirs
                LOG.warn("user {}: token not refreshed: {}", userId, e.getMessage());
            }
        }
    }

    /**
     * Parks the person, unless a new consent was stored meanwhile.
     *
     * @param pairStoredAt which pair was refused
     */
    public void awaitConsent(long userId, String reason, Instant pairStoredAt) {
        if (people.awaitConsent(userId, reason, pairStoredAt, clock.instant())) {
            reconsents().increment();
            LOG.warn("user {} must consent again: {}", userId, reason);
        }
    }

    /**
     * The person has left at Withings, as it says by itself: from here on this is somebody removed.
     *
     * @param command by which way it was told
     * @return false where nothing was fetched for this person anyway
     */
    public boolean left(long userId, Departure departure, String command) {
        return told(people.unlink(userId, departure, command, null, clock.instant()), userId, departure);
    }

    private boolean told(boolean unlinked, long userId, Departure departure) {
        if (unlinked) {
            granted.remove(userId);
            LOG.warn("user {} is no longer synced: {}", userId, departure.reason());
        }
        return unlinked;
    }

    private Counter reconsents() {
        return Counter.builder("withings.sync.reconsents")
                .description("People who had to be asked to consent again")
                .register(metrics);
    }

    /** When the pair was stored that this exchange's last call was made with. */
    public static Instant pairInUse(Exchange exchange) {
        var used = exchange.getProperty(IN_USE, InUse.class);
        return used == null ? Instant.EPOCH : used.storedAt();
    }

    private Collection<Long> ending() {
        var ending = new LinkedHashSet<>(granted.keySet());
        ending.addAll(tokens.ending(clock.instant(), AHEAD, IDLE_MAX, BATCH));
        return ending;
    }

    private Tokens.Stored valid(Tokens rows, long userId, Duration leeway) throws InterruptedException {
        var standing = rows.find(userId).orElseThrow(() -> noTokens(userId));
        if (lasts(userId, standing, leeway)) {
            return standing;
        }
        for (var attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
            switch (rows.attempt(userId, clock.instant(), apart, stored -> lasts(userId, stored, leeway))) {
                case Attempt.NotNeeded(var stored) -> {
                    return stored;
                }
                case Attempt.NoTokens() -> throw noTokens(userId);
                case Attempt.Refused(var stored, var reason) -> {
                    granted.remove(userId);
                    throw new ConsentGone(reason, stored.storedAt());
                }
                case Attempt.TooSoon(var pause) -> Thread.sleep(pause);
                case Attempt.Begun(var begun) -> {
                    var refreshed = refreshed(rows, userId, begun);
                    if (refreshed.isPresent()) {
                        return refreshed.get();
                    }
                }
            }
        }
        throw new CallFailure.Unavailable("the tokens are being refreshed elsewhere, again and again");
    }

    private ConsentGone noTokens(long userId) {
        granted.remove(userId);
        return new ConsentGone("there are no tokens of this person", Instant.EPOCH);
    }

    /**
     * Not while we hold another pair. Where somebody else has stored one meanwhile, nobody can tell which of the two
     * Withings made last, and the other's refresh token dies within hours: refreshing what stands makes one that is last.
     */
    private boolean lasts(long userId, Tokens.Stored stored, Duration leeway) {
        var unstored = granted.get(userId);
        return (unstored == null || unstored.renewal().pair().refreshToken().equals(stored.refreshToken()))
                && stored.expiresAt().isAfter(clock.instant().plus(leeway))
                && stored.storedAt().isAfter(clock.instant().minus(IDLE_MAX));
    }

    /** Empty where somebody else was quicker. */
    private Optional<Tokens.Stored> refreshed(Tokens rows, long userId, Tokens.Stored begun) {
        try {
            var refreshed = rows.refresh(userId, begun, stillHeld -> {
                var unstored = granted.get(userId);
                var renewal = unstored != null && unstored.replaces().equals(begun.storedAt())
                        ? anew(userId, unstored.renewal())
                        : renewal(userId, begun, stillHeld);
                granted.put(userId, new Granted(begun.storedAt(), renewal));
                return renewal;
            });
            if (refreshed.isPresent()) {
                granted.remove(userId);
            }
            return refreshed;
        } catch (PersonUnknown e) { // only now, as until here the row was held
            var pair = begun.storedAt();
            told(people.unlink(userId, Departure.UNLINKED, "sync", pair, clock.instant()), userId, Departure.UNLINKED);
            throw new ConsentGone("Withings does not know this person any more, " + e.getMessage(), pair);
        }
    }

    /** Since it was encrypted, all other tokens may have been moved to another key. */
    private Tokens.Renewal anew(long userId, Tokens.Renewal renewal) {
        var pair = renewal.pair();
        return new Tokens.Renewal(
                new TokenPair(
                        vault.anew(pair.accessToken(), userId, Vault.Purpose.ACCESS),
                        vault.anew(pair.refreshToken(), userId, Vault.Purpose.REFRESH),
                        pair.expiresAt(),
                        pair.askedAt(),
                        pair.grantedAt()),
                vault.anew(renewal.previousRefreshToken(), userId, Vault.Purpose.REFRESH));
    }

    private Tokens.Renewal renewal(long userId, Tokens.Stored standing, Runnable stillHeld) {
        var timer = Timer.start();
        var outcome = "failed";
        try {
            var renewal = renewalByEither(userId, standing, stillHeld);
            outcome = "ok";
            return renewal;
        } catch (ConsentGone e) {
            granted.remove(userId);
            outcome = "refused";
            throw e;
        } catch (PersonUnknown e) {
            outcome = "refused";
            throw e;
        } finally {
            timer.stop(metrics.timer("withings.sync.refresh", "outcome", outcome));
        }
    }

    /** The refresh token before helps where Withings does not know the newer one, as after a restored database. */
    private Tokens.Renewal renewalByEither(long userId, Tokens.Stored standing, Runnable stillHeld) {
        try {
            stillHeld.run();
            return renewal(userId, vault.open(standing.refreshToken(), userId, Vault.Purpose.REFRESH));
        } catch (Refused refused) {
            var previous = standing.previousRefreshToken();
            if (previous == null) {
                throw new ConsentGone(
                        "Withings refuses the refresh token, " + refused.getMessage(), standing.storedAt());
            }
            try {
                stillHeld.run();
                return renewal(userId, vault.open(previous, userId, Vault.Purpose.REFRESH));
            } catch (Refused both) {
                throw new ConsentGone(
                        "Withings refuses both refresh tokens, " + both.getMessage(), standing.storedAt());
            }
        }
    }

    private Tokens.Renewal renewal(long userId, String refreshToken) {
        var grant = authority.refresh(userId, refreshToken);
        if (grant.userId() != userId) {
            throw new CallFailure.Unavailable("a refresh brought the tokens of another person");
        }
        return new Tokens.Renewal(grant.sealed(vault), vault.seal(refreshToken, userId, Vault.Purpose.REFRESH));
    }
}
