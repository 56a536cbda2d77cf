package io.withingspg.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Tokens.Attempt;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two refreshes of one person's tokens would kill each other. */
@ExtendWith(Rig.Provider.class)
final class TokensIT {
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");

    @Test
    void of_many_who_want_to_refresh_one_does_and_the_others_get_what_it_got(Rig rig) {
        try (var database = Database.open(
                        Settings.of(rig.environment(), Resources.names()).database());
                var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            enrol(database.sql());
            var tokens = new Tokens(database.sql());
            var refreshes = new AtomicInteger();

            var gotten = IntStream.range(0, 12)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(() -> refreshed(tokens, refreshes), workers))
                    .toList();

            assertThat(gotten).allSatisfy(stored -> {
                assertThat(text(stored.join().accessToken())).isEqualTo("new 1");
                assertThat(text(stored.join().previousRefreshToken())).isEqualTo("old");
            });
            assertThat(refreshes).hasValue(1);

            tokens.used(7, NOW.plusSeconds(1), NOW.plusSeconds(2));
            assertThat(tokens.find(7).orElseThrow().previousRefreshToken()).isNull();
        }
    }

    private static Tokens.Stored refreshed(Tokens tokens, AtomicInteger refreshes) {
        while (true) {
            switch (tokens.attempt(
                    7, NOW, Duration.ZERO, stored -> stored.expiresAt().isAfter(NOW))) {
                case Attempt.NotNeeded(var stored) -> {
                    return stored;
                }
                case Attempt.Begun(var begun) ->
                    tokens.refresh(7, begun, _ -> renewal("new " + refreshes.incrementAndGet()));
                case Attempt.TooSoon _, Attempt.NoTokens _, Attempt.Refused _ ->
                    throw new AssertionError("none of these is the case here");
            }
        }
    }

    @Test
    void a_refresh_that_was_begun_is_not_begun_again_until_its_twin_would_be_answered(Rig rig) {
        enrol(rig.sql());
        var tokens = new Tokens(rig.sql());
        var apart = Duration.ofSeconds(10);

        assertThat(tokens.attempt(7, NOW, apart, _ -> false)).isInstanceOf(Attempt.Begun.class);

        assertThat(tokens.attempt(7, NOW.plusSeconds(4), apart, _ -> false))
                .isEqualTo(new Attempt.TooSoon(Duration.ofSeconds(6)));
        assertThat(tokens.attempt(7, NOW.minusSeconds(4), apart, _ -> false))
                .as("another machine's clock, a little behind")
                .isEqualTo(new Attempt.TooSoon(apart));
        assertThat(tokens.attempt(7, NOW.minusSeconds(3600), apart, _ -> false))
                .as("a clock that was set back an hour")
                .isInstanceOf(Attempt.Begun.class);
        assertThat(tokens.attempt(7, NOW.plusSeconds(10), apart, _ -> false)).isInstanceOf(Attempt.Begun.class);
    }

    @Test
    void whoever_was_overtaken_between_its_note_and_its_call_makes_no_call(Rig rig) {
        enrol(rig.sql());
        var tokens = new Tokens(rig.sql());
        var slow = begun(tokens, NOW);
        var quick = begun(tokens, NOW.plusSeconds(20));
        assertThat(tokens.refresh(7, quick, _ -> renewal("quick"))).isPresent();

        assertThat(tokens.refresh(7, slow, _ -> {
                    throw new AssertionError("a second refresh would kill the first one's tokens");
                }))
                .isEmpty();

        assertThat(text(tokens.find(7).orElseThrow().accessToken())).isEqualTo("quick");
    }

    @Test
    void a_refresh_that_fails_leaves_the_pair_as_it_was(Rig rig) {
        enrol(rig.sql());
        var tokens = new Tokens(rig.sql());
        var begun = begun(tokens, NOW);

        var failure = org.assertj.core.api.Assertions.catchThrowable(() -> tokens.refresh(7, begun, _ -> {
            throw new IllegalStateException("no answer");
        }));

        assertThat(failure).hasStackTraceContaining("no answer");
        assertThat(text(tokens.find(7).orElseThrow().refreshToken())).isEqualTo("old");
        assertThat(tokens.attempt(8, NOW, Duration.ZERO, _ -> false)).isEqualTo(new Attempt.NoTokens());
    }

    @Test
    void whoever_waited_for_somebody_who_was_refused_does_not_ask_again(Rig rig) {
        enrol(rig.sql());
        var tokens = new Tokens(rig.sql());
        var begun = begun(tokens, NOW);
        assertThat(new People(rig.sql()).awaitConsent(7, "refused", begun.storedAt(), NOW))
                .isTrue();

        assertThat(tokens.attempt(7, NOW.plusSeconds(60), Duration.ofSeconds(10), _ -> false))
                .isInstanceOfSatisfying(Attempt.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo("refused");
                    assertThat(refused.stored().storedAt()).isEqualTo(begun.storedAt());
                });

        assertThat(tokens.find(7).orElseThrow().attemptedAt()).isEqualTo(begun.attemptedAt());
    }

    @Test
    void whoever_is_frozen_in_the_middle_of_a_refresh_loses_the_row_and_stores_nothing(Rig rig) throws Exception {
        enrol(rig.sql());
        try (var database = Database.open(
                        Settings.of(rig.environment(), Resources.names()).database());
                var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var frozen = new Tokens(database.sql(), Duration.ofSeconds(1), Duration.ofSeconds(10));
            var next = new Tokens(database.sql(), Duration.ofSeconds(10), Duration.ofSeconds(10));
            var begun = begun(frozen, NOW);
            var holds = new CountDownLatch(1);
            var wakes = new CountDownLatch(1);

            var sleeper = CompletableFuture.supplyAsync(
                    () -> frozen.refresh(7, begun, stillHeld -> {
                        stillHeld.run();
                        holds.countDown();
                        await(wakes);
                        stillHeld.run(); // before a call that must not be made any more
                        throw new AssertionError("it believes to hold the row still");
                    }),
                    workers);
            holds.await();

            assertThat(next.attempt(7, NOW.plusSeconds(20), Duration.ofSeconds(10), _ -> false))
                    .as("a second later")
                    .isInstanceOf(Attempt.Begun.class);
            wakes.countDown();
            assertThat(org.assertj.core.api.Assertions.catchThrowable(sleeper::join))
                    .hasCauseInstanceOf(DataAccessException.class);
            assertThat(text(next.find(7).orElseThrow().refreshToken())).isEqualTo("old");
        }
    }

    @Test
    void nobody_waits_for_ever_for_a_row_that_is_held(Rig rig) throws Exception {
        enrol(rig.sql());
        try (var held = DriverManager.getConnection(rig.environment().getOrDefault("DATABASE_URL", ""))) {
            held.setAutoCommit(false);
            held.createStatement().execute("SELECT * FROM sync.token FOR UPDATE");
            var tokens = new Tokens(rig.sql()).impatient();

            for (var act : List.<Runnable>of(
                    () -> tokens.attempt(7, NOW, Duration.ZERO, _ -> false),
                    () -> tokens.reseal(7, _ -> {
                        throw new AssertionError();
                    }))) {
                var failure = org.assertj.core.api.Assertions.catchThrowableOfType(DataAccessException.class, act::run);
                assertThat(Database.isHeld(failure)).isTrue();
                assertThat(Database.isGone(failure)).isFalse();
                assertThat(Database.reason(failure)).contains("another process").hasLineCount(1);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void enrol(DSLContext sql) {
        new Enrolments(sql)
                .enrol(new Enrolments.Authorisation(
                        7,
                        null,
                        List.of("user.metrics"),
                        () -> pair("old", NOW, NOW),
                        List.of("measures"),
                        Enrolments.Origin.CONSENT,
                        null,
                        "test",
                        NOW));
    }

    private static Tokens.Stored begun(Tokens tokens, Instant now) {
        return ((Attempt.Begun) tokens.attempt(7, now, Duration.ofSeconds(10), _ -> false)).stored();
    }

    private static Tokens.Renewal renewal(String text) {
        return new Tokens.Renewal(pair(text, NOW.plusSeconds(10_800), NOW.plusSeconds(1)), ciphertext("old"));
    }

    private static TokenPair pair(String text, Instant expiresAt, Instant grantedAt) {
        return new TokenPair(ciphertext(text), ciphertext(text), expiresAt, grantedAt, grantedAt);
    }

    /** Long enough to hold the id of a key, as every real one does. */
    private static Ciphertext ciphertext(String text) {
        return new Ciphertext(("\1key." + text).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(@org.jspecify.annotations.Nullable Ciphertext ciphertext) {
        return ciphertext == null ? "" : new String(ciphertext.bytes(), StandardCharsets.UTF_8).substring(5);
    }
}
