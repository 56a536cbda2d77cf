package io.withingspg.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
            new People(database.sql())
                    .enrol(
                            7,
                            null,
                            List.of("user.metrics"),
                            pair("old", NOW),
                            List.of("measures"),
                            People.Origin.CONSENT,
                            "test",
                            NOW);
            var tokens = new Tokens(database.sql());
            var refreshes = new AtomicInteger();

            var gotten = IntStream.range(0, 12)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(
                            () -> tokens.refresh(7, NOW.plusSeconds(1), locked -> {
                                if (locked.expiresAt().isAfter(NOW)) {
                                    return Optional.empty();
                                }
                                return Optional.of(pair("new " + refreshes.incrementAndGet(), NOW.plusSeconds(10_800)));
                            }),
                            workers))
                    .toList();

            assertThat(gotten).allSatisfy(stored -> {
                var pair = stored.join().orElseThrow();
                assertThat(text(pair.accessToken())).isEqualTo("new 1");
                assertThat(text(pair.previousRefreshToken())).isEqualTo("old");
            });
            assertThat(refreshes).hasValue(1);

            tokens.used(7, NOW.plusSeconds(1), NOW.plusSeconds(2));
            assertThat(tokens.find(7).orElseThrow().previousRefreshToken()).isNull();
        }
    }

    @Test
    void a_refresh_that_fails_leaves_the_pair_as_it_was(Rig rig) {
        new People(rig.sql())
                .enrol(7, null, List.of(), pair("old", NOW), List.of("goals"), People.Origin.IMPORT, "test", NOW);
        var tokens = new Tokens(rig.sql());

        var failure = org.assertj.core.api.Assertions.catchThrowable(() -> tokens.refresh(7, NOW, _ -> {
            throw new IllegalStateException("no answer");
        }));

        assertThat(failure).hasStackTraceContaining("no answer");
        assertThat(text(tokens.find(7).orElseThrow().refreshToken())).isEqualTo("old");
        assertThat(tokens.refresh(8, NOW, _ -> Optional.of(pair("x", NOW)))).isEmpty();
    }

    private static TokenPair pair(String text, Instant expiresAt) {
        return new TokenPair(
                new Ciphertext(text.getBytes(StandardCharsets.UTF_8)),
                new Ciphertext(text.getBytes(StandardCharsets.UTF_8)),
                expiresAt);
    }

    private static String text(@org.jspecify.annotations.Nullable Ciphertext ciphertext) {
        return ciphertext == null ? "" : new String(ciphertext.bytes(), StandardCharsets.UTF_8);
    }
}
