package io.withingspg.console;

import io.withingspg.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Asks who is calling. On loopback without a password, whoever is on this machine may; else a browser that logged in,
 * user {@code withings} with the console's password, or for programs the API token.
 */
public final class Door {
    static final String COOKIE = "withings_session";

    private static final Duration BUSY = Duration.ofSeconds(5);

    private final boolean loopback;
    private final @Nullable Password password;
    private final @Nullable Secret apiToken;
    private final Sessions sessions = new Sessions(System::nanoTime);
    private final Attempts attempts = new Attempts();
    /** A page and its parts, or a program's workers, come at once with the same credentials: that is one attempt. */
    private final Map<Guess, CompletableFuture<Decision>> underWay = new ConcurrentHashMap<>();

    public Door(Settings.Web web) {
        this.loopback = web.loopback();
        this.password = web.password() == null ? null : new Password(web.password());
        this.apiToken = web.apiToken() == null ? null : Secret.of(web.apiToken());
    }

    /** Whether a caller may come in. */
    sealed interface Decision {
        record Open(By by) implements Decision {}

        /** Nothing was shown, or the wrong thing. */
        record Closed(boolean guessed) implements Decision {}

        /** Too many wrong guesses. */
        record Wait(Duration howLong) implements Decision {}
    }

    /** What the owner is known by. */
    enum By {
        BEING_HERE,
        SESSION,
        PASSWORD,
        API_TOKEN
    }

    /** Whether this is the owner: with a session, with the password, or on this machine where there is no password. */
    public boolean opensFor(Message message) {
        return decide(Caller.of(message)) instanceof Decision.Open;
    }

    /** For pages. */
    Decision decide(Caller caller) {
        if (password == null) {
            return isHere(caller) ? new Decision.Open(By.BEING_HERE) : new Decision.Closed(false);
        }
        // First, so that no flood of guesses can lock out who is in already.
        if (caller.cookies(COOKIE).stream().anyMatch(sessions::isOpen)) {
            return new Decision.Open(By.SESSION);
        }
        return caller.hasBasic() ? compare(caller, caller.basicPassword()) : new Decision.Closed(false);
    }

    /** For {@code /api}. */
    Decision decideForApi(Caller caller) {
        var bearer = caller.bearer();
        if (bearer == null || apiToken == null) {
            return decide(caller);
        }
        var token = apiToken;
        return attempt(
                caller, By.API_TOKEN, bearer, () -> token.is(bearer) ? Password.Verdict.RIGHT : Password.Verdict.WRONG);
    }

    boolean hasPassword() {
        return password != null;
    }

    /** @param given null and empty are wrong */
    Decision compare(Caller caller, @Nullable String given) {
        var known = password;
        return known == null
                ? new Decision.Closed(false)
                : attempt(
                        caller,
                        By.PASSWORD,
                        given == null ? "" : given,
                        () -> given == null || given.isEmpty() ? Password.Verdict.WRONG : known.compare(given));
    }

    /** What is tried, and from where; never printed. */
    private record Guess(By by, String address, @Nullable String spokenFor, String given) {
        @Override
        public String toString() {
            return "Guess";
        }
    }

    /** Whoever comes with the same while it is being compared waits for what comes of that. */
    private Decision attempt(Caller caller, By by, String given, Supplier<Password.Verdict> comparison) {
        var guess = new Guess(by, caller.address(), caller.spokenFor(), given);
        var mine = new CompletableFuture<Decision>();
        var others = underWay.putIfAbsent(guess, mine);
        if (others != null) {
            return others.join();
        }
        try {
            mine.complete(attempt(caller, by, comparison));
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(guess);
        }
        return mine.join();
    }

    private Decision attempt(Caller caller, By by, Supplier<Password.Verdict> comparison) {
        var wait = attempts.take(caller);
        if (wait.isPositive()) {
            return new Decision.Wait(wait);
        }
        return switch (comparison.get()) {
            case RIGHT -> {
                attempts.giveBack(caller);
                yield new Decision.Open(by);
            }
            case WRONG -> new Decision.Closed(true);
            case BUSY -> new Decision.Wait(BUSY);
        };
    }

    /** A session for who has just shown the password; the one this browser may have had ends. */
    String begin(Caller caller) {
        end(caller);
        return sessions.open();
    }

    void end(Caller caller) {
        caller.cookies(COOKIE).forEach(sessions::close);
    }

    /**
     * A page of another site, made to resolve to this machine, can call us with the browser of somebody who sits here,
     * but not with our own name in {@code Host}. What a proxy passes on comes from elsewhere, though the proxy calls from
     * here.
     */
    private boolean isHere(Caller caller) {
        var name = caller.name();
        return loopback
                && !caller.passedOn()
                && (name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.[0-9]{1,3}){3}"));
    }
}
