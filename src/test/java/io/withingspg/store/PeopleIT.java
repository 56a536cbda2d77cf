package io.withingspg.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.withingspg.command.Rig;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Enrolments.Origin;
import io.withingspg.store.People.Taken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets enrolled where two want the same at once, and whose tokens stay. */
@ExtendWith(Rig.Provider.class)
final class PeopleIT {
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
    private static final int ROUNDS = 25;
    /** The first bytes of a ciphertext name its key. */
    private static final String KEY = "_key1";

    private record Consent(long userId, @Nullable String ref, String pair, Instant askedAt, Instant grantedAt) {
        Consent(long userId, @Nullable String ref, String pair, Instant at) {
            this(userId, ref, pair, at, at);
        }

        void storedBy(Enrolments enrolments, Origin origin) {
            enrolments.enrol(new Enrolments.Authorisation(
                    userId,
                    ref,
                    List.of("scope of " + pair),
                    () -> new TokenPair(
                            ciphertext(pair), ciphertext(pair), grantedAt.plusSeconds(10_800), askedAt, grantedAt),
                    List.of("measures"),
                    origin,
                    /* claim= */ null,
                    "test",
                    grantedAt));
        }
    }

    private static Ciphertext ciphertext(String text) {
        return new Ciphertext((KEY + text).getBytes(StandardCharsets.UTF_8));
    }

    private static void store(Rig rig, Consent consent) {
        consent.storedBy(new Enrolments(rig.sql()), Origin.CONSENT_AT_TERMINAL);
    }

    /** Both at the same moment; why each was refused, or an empty text. */
    private static List<String> atOnce(Database database, Consent... consents) {
        var start = new CyclicBarrier(consents.length);
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            return List.of(consents).stream()
                    .map(consent -> CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    start.await();
                                    consent.storedBy(new Enrolments(database.sql()), Origin.CONSENT_AT_TERMINAL);
                                    return "";
                                } catch (Taken e) {
                                    return String.valueOf(e.getMessage());
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            workers))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }

    private static Database open(Rig rig) {
        return Database.open(Settings.of(rig.environment(), Resources.names()).database());
    }

    private static String pair(Rig rig, long userId) {
        return (String) rig.query(
                "SELECT substr(convert_from(refresh_token, 'UTF8'), 6) FROM sync.token WHERE user_id = ?", userId);
    }

    @Test
    void of_two_consents_of_one_account_at_once_one_reference_stands_and_the_pair_granted_last(Rig rig) {
        try (var database = open(rig)) {
            for (var account : LongStream.rangeClosed(1, ROUNDS).toArray()) {
                var refusals = atOnce(
                        database,
                        new Consent(account, "ada " + account, "granted first", NOW),
                        new Consent(account, "ben " + account, "granted last", NOW.plusMillis(300)));

                assertThat(refusals).filteredOn(String::isEmpty).hasSize(1);
                assertThat(pair(rig, account)).isEqualTo("granted last");
                assertThat(rig.column("SELECT scopes[1] FROM sync.enrolment WHERE user_id = ?", account))
                        .containsExactly("scope of granted last");
                assertThat(rig.column("SELECT act FROM sync.event WHERE user_id = ? ORDER BY event_id", account))
                        .containsExactly("enrolled", "refused");
            }
        }
    }

    @Test
    void of_two_accounts_that_want_one_reference_at_once_one_gets_it_and_the_other_is_told(Rig rig) {
        try (var database = open(rig)) {
            for (var round = 1; round <= ROUNDS; round++) {
                var ada = 10L * round;
                var ben = ada + 1;
                if (round % 2 == 0) { // one of them stands already, without a reference
                    store(rig, new Consent(ada, null, "before", NOW));
                }
                var refusals = atOnce(
                        database,
                        new Consent(ada, "wanted " + round, "a", NOW),
                        new Consent(ben, "wanted " + round, "b", NOW));

                assertThat(refusals).filteredOn(String::isEmpty).hasSize(1);
                assertThat(refusals)
                        .filteredOn(refusal -> !refusal.isEmpty())
                        .first()
                        .asString()
                        .contains("wanted " + round, "already belongs to Withings user");
                assertThat(rig.count("SELECT count(*) FROM sync.enrolment WHERE ref = ?", "wanted " + round))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void a_pair_that_was_asked_for_before_the_one_that_stands_is_dropped_unless_the_clock_was_set_back(Rig rig) {
        store(rig, new Consent(7, "ada", "second", NOW.plusSeconds(2)));
        rig.sql().execute("UPDATE sync.token SET attempted_at = now()");

        store(rig, new Consent(7, "ada", "first", NOW));
        assertThat(pair(rig, 7)).isEqualTo("second");
        assertThat(rig.column("SELECT scopes[1] FROM sync.enrolment")).containsExactly("scope of second");
        assertThat(rig.count("SELECT count(attempted_at) FROM sync.token")).isEqualTo(1);

        store(rig, new Consent(7, "ada", "asked first, answered last", NOW, NOW.plusSeconds(9)));
        assertThat(pair(rig, 7)).as("what stands may have been used").isEqualTo("second");

        store(rig, new Consent(7, "ada", "after the clock was set back", NOW.minus(Duration.ofHours(1))));
        assertThat(pair(rig, 7)).isEqualTo("after the clock was set back");
        assertThat(rig.count("SELECT count(attempted_at) FROM sync.token")).isZero();
        assertThat(rig.query("SELECT refreshed_at = ?::timestamptz FROM sync.token", "2026-01-31T23:00:00Z"))
                .isEqualTo(true);
    }

    @Test
    void a_refused_consent_leaves_its_pair_with_the_account_it_belongs_to_where_that_is_synced(Rig rig) {
        store(rig, new Consent(7, "ada", "old", NOW));
        var grace = new Consent(7, "grace", "new", NOW.plusSeconds(100));

        var refused = catchThrowableOfType(Taken.class, () -> store(rig, grace));
        assertThat(refused).hasMessageContaining("already enrolled as ada, not as grace");
        assertThat(refused.kept()).isTrue();
        assertThat(pair(rig, 7)).isEqualTo("new");
        assertThat(rig.column("SELECT ref || ' ' || status || ' ' || scopes[1] FROM sync.enrolment"))
                .containsExactly("ada active scope of new");

        new People(rig.sql()).unlink(7, Departure.REMOVED, "test", null, NOW);
        refused = catchThrowableOfType(Taken.class, () -> store(rig, grace));
        assertThat(refused.kept()).isFalse();
        assertThat(rig.count("SELECT count(*) FROM sync.token")).isZero();

        refused = catchThrowableOfType(Taken.class, () -> store(rig, new Consent(8, "ada", "stranger", NOW)));
        assertThat(refused).hasMessageContaining("ada already belongs to Withings user 7");
        assertThat(refused.kept()).isFalse();
        assertThat(rig.column("SELECT user_id FROM sync.enrolment")).containsExactly("7");
        assertThat(rig.column("SELECT user_id || ' ' || act FROM sync.event ORDER BY event_id"))
                .containsExactly("7 enrolled", "7 refused", "7 removed", "7 refused", "8 refused");
    }

    @Test
    void an_import_that_is_refused_changes_nothing(Rig rig) {
        store(rig, new Consent(7, "ada", "old", NOW));

        var refused = catchThrowableOfType(
                Taken.class,
                () -> new Consent(7, "grace", "of a file", NOW.plusSeconds(100))
                        .storedBy(new Enrolments(rig.sql()), Origin.IMPORT));

        assertThat(refused.kept()).isFalse();
        assertThat(pair(rig, 7)).isEqualTo("old");
        assertThat(rig.column("SELECT act FROM sync.event")).containsExactly("enrolled");
    }

    @Test
    void a_link_gives_its_name_to_nobody_who_is_synced_without_one_but_the_owner_does(Rig rig) {
        var enrolments = new Enrolments(rig.sql());
        store(rig, new Consent(7, null, "old", NOW));
        var ada = new Consent(7, "ada", "new", NOW.plusSeconds(100));

        var refused = catchThrowableOfType(Taken.class, () -> ada.storedBy(enrolments, Origin.CONSENT));

        assertThat(refused).hasMessageContaining("users set 7 --ref ada");
        assertThat(refused.kept()).isTrue();
        assertThat(rig.query("SELECT ref FROM sync.enrolment")).isNull();
        assertThat(pair(rig, 7)).as("goes on with the living pair").isEqualTo("new");

        ada.storedBy(enrolments, Origin.CONSENT_AT_TERMINAL);
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id"))
                .containsExactly("enrolled", "refused", "named", "reconsented");
        new Consent(7, null, "again", NOW.plusSeconds(200)).storedBy(enrolments, Origin.CONSENT);
        assertThat(rig.query("SELECT ref FROM sync.enrolment")).isEqualTo("ada");
    }

    private static void awaitWaiting(Rig rig) throws InterruptedException {
        while (rig.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND wait_event_type = 'Lock'")
                == 0) {
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"removed", "erased"})
    void whoever_goes_while_a_consent_of_their_link_is_being_stored_is_held_after_the_link(String act, Rig rig)
            throws Exception {
        store(rig, new Consent(7, "ada", "old", NOW));
        rig.sql().execute("UPDATE sync.enrolment SET status = 'reconsent'");
        var link = new Invitations(rig.sql()).add(new byte[] {1}, "ada", NOW, NOW.plusSeconds(3600));
        try (var storing =
                        java.sql.DriverManager.getConnection(rig.environment().getOrDefault("DATABASE_URL", ""));
                var database = open(rig)) {
            storing.setAutoCommit(false);
            storing.createStatement().execute("SELECT * FROM sync.invitation FOR UPDATE");
            var going = CompletableFuture.runAsync(() -> {
                if (act.equals("removed")) {
                    new People(database.sql()).unlink(7, Departure.REMOVED, "test", null, NOW);
                } else {
                    new Erasure(database.sql()).erase(7, "test", NOW);
                }
            });
            awaitWaiting(rig);

            storing.createStatement().execute("SELECT * FROM sync.enrolment FOR UPDATE NOWAIT");
            storing.commit();
            going.join();
        }
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id")).containsExactly("enrolled", act);
        assertThat(rig.count(
                        "SELECT count(*) FROM sync.invitation WHERE revoked_at IS NULL AND invitation_id = ?", link))
                .isZero();
    }

    @Test
    void tokens_are_encrypted_only_once_nobody_else_holds_the_row(Rig rig) throws Exception {
        store(rig, new Consent(7, "ada", "old", NOW));
        var sealed = new CompletableFuture<Boolean>();
        try (var rekeying =
                        java.sql.DriverManager.getConnection(rig.environment().getOrDefault("DATABASE_URL", ""));
                var database = open(rig)) {
            rekeying.setAutoCommit(false);
            rekeying.createStatement().execute("SELECT * FROM sync.token FOR UPDATE");
            var consent = CompletableFuture.runAsync(() -> new Enrolments(database.sql())
                    .enrol(new Enrolments.Authorisation(
                            7,
                            null,
                            List.of(),
                            () -> {
                                sealed.complete(true);
                                return new TokenPair(ciphertext("new"), ciphertext("new"), NOW, NOW, NOW);
                            },
                            List.of("measures"),
                            Origin.CONSENT,
                            null,
                            "test",
                            NOW)));
            awaitWaiting(rig);
            assertThat(sealed).as("while a key may still be changed").isNotDone();
            rekeying.rollback();
            consent.join();
            assertThat(sealed).isCompleted();
        }
    }
}
