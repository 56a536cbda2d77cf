package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.TOKEN;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import io.withingspg.schema.sync.tables.records.TokenRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** Encrypted tokens, one row for each person. */
public final class Tokens {
    /** By how much the twin of a pair can be granted later and stored earlier. */
    private static final Duration TWIN_MAX = Duration.ofMinutes(1);
    /**
     * For as long a refresh may hold a person's row without a word to the database: above the longest call with its wait
     * for the quota, 260 s with the longest timeouts that can be configured. Then the server itself lets go of it, as whoever holds it may be frozen, or cut off.
     */
    private static final Duration HELD_MAX = Duration.ofMinutes(5);
    /** For longer, nobody waits for a row that somebody else holds. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final DSLContext sql;
    private final Duration heldMax;
    private final Duration patience;

    public Tokens(DSLContext sql) {
        this(sql, HELD_MAX, PATIENCE);
    }

    Tokens(DSLContext sql, Duration heldMax, Duration patience) {
        this.sql = sql;
        this.heldMax = heldMax;
        this.patience = patience;
    }

    /** Leaves alone whom somebody else holds, as {@link Database#isHeld} says of what it throws: for who has others to see to. */
    public Tokens impatient() {
        return new Tokens(sql, heldMax, Duration.ofMillis(100));
    }

    /**
     * What stands in the table.
     *
     * @param previousRefreshToken kept until the new access token has been used; null otherwise
     * @param storedAt tells one pair of a person from the next
     * @param used whether this access token has worked once
     * @param attemptedAt when a refresh of this pair was last begun; null where none was
     */
    public record Stored(
            Ciphertext accessToken,
            Ciphertext refreshToken,
            @Nullable Ciphertext previousRefreshToken,
            Instant expiresAt,
            Instant storedAt,
            boolean used,
            @Nullable Instant attemptedAt) {}

    /**
     * What a refresh brought.
     *
     * @param previousRefreshToken the one that was spent on it, which still works until the new access token is used
     */
    public record Renewal(TokenPair pair, Ciphertext previousRefreshToken) {}

    /** Whether a refresh may be sent now. */
    public sealed interface Attempt {
        /** What stands will do. */
        record NotNeeded(Stored stored) implements Attempt {}

        /** One was sent a moment ago by somebody who may have died since: Withings refuses its twin for {@code pause}. */
        record TooSoon(Duration pause) implements Attempt {}

        /** It is noted, and whoever comes now will know of it. */
        record Begun(Stored stored) implements Attempt {}

        /** The person has no tokens. */
        record NoTokens() implements Attempt {}

        /** Withings refused what stands, perhaps while we waited for whoever found that out: asking again is of no use. */
        record Refused(Stored stored, String reason) implements Attempt {}
    }

    public Optional<Stored> find(long userId) {
        return FIND.fetch(
                sql, Map.of("user_id", userId), rows -> rows.next() ? Optional.of(stored(rows)) : Optional.empty());
    }

    /** For every call. */
    private static final Rendered FIND = new Rendered(() -> select(
                    TOKEN.ACCESS_TOKEN,
                    TOKEN.REFRESH_TOKEN,
                    TOKEN.PREVIOUS_REFRESH_TOKEN,
                    TOKEN.EXPIRES_AT,
                    TOKEN.REFRESHED_AT,
                    TOKEN.USED_AT,
                    TOKEN.ATTEMPTED_AT)
            .from(TOKEN)
            .where(TOKEN.USER_ID.eq(param("user_id", TOKEN.USER_ID))));

    private static Stored stored(ResultSet row) throws SQLException {
        var previous = row.getBytes(3);
        return new Stored(
                new Ciphertext(row.getBytes(1)),
                new Ciphertext(row.getBytes(2)),
                previous == null ? null : new Ciphertext(previous),
                Objects.requireNonNull(Rendered.instant(row, 4)),
                Objects.requireNonNull(Rendered.instant(row, 5)),
                Rendered.instant(row, 6) != null,
                Rendered.instant(row, 7));
    }

    /**
     * Notes that a refresh is about to be sent, and commits that, so that not even a crash leads to a second one at once.
     *
     * @param apart how long Withings refuses an identical call
     * @param lasts whether a pair needs no refresh
     * @throws DataAccessException {@linkplain Database#isHeld held} where somebody else does not let go of the row
     */
    public Attempt attempt(long userId, Instant now, Duration apart, Predicate<Stored> lasts) {
        return sql.transactionResult(transaction -> {
            waitAtMost(transaction.dsl(), patience);
            var row = locked(transaction.dsl(), userId);
            if (row == null) {
                return new Attempt.NoTokens();
            }
            var stored = stored(row);
            if (lasts.test(stored)) {
                return new Attempt.NotNeeded(stored);
            }
            var refused = refused(transaction.dsl(), userId);
            if (refused != null) {
                return new Attempt.Refused(stored, refused);
            }
            var since = stored.attemptedAt() == null ? apart : Duration.between(stored.attemptedAt(), now);
            // Further ahead than any two clocks are apart: a clock was set back, and waiting for it would take as long.
            if (since.compareTo(apart) < 0 && since.compareTo(apart.negated()) > 0) {
                return new Attempt.TooSoon(since.isNegative() ? apart : apart.minus(since));
            }
            row.setAttemptedAt(now.truncatedTo(ChronoUnit.MICROS));
            row.update();
            return new Attempt.Begun(stored(row));
        });
    }

    /**
     * Gives one worker at a time, of all processes, the right to refresh this person's tokens: the row stays locked
     * while {@code refresh} runs. What it returns is committed before anyone, the caller included, can use it.
     *
     * @param begun as {@link #attempt} left it
     * @param refresh makes the call; to be asked for before each is whether the row is still held, which fails where it
     *     is not
     * @return what stands afterwards; empty where somebody else came in between, and nothing was called
     * @throws DataAccessException also where the server let go of the row meanwhile, so that nothing was stored
     */
    public Optional<Stored> refresh(long userId, Stored begun, Function<Runnable, Renewal> refresh) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            Transaction.mayIdle(tx, heldMax); // while Withings is asked
            waitAtMost(tx, patience);
            var row = locked(tx, userId);
            if (row == null
                    || !row.getRefreshedAt().equals(begun.storedAt())
                    || !Objects.equals(row.getAttemptedAt(), begun.attemptedAt())) {
                return Optional.empty();
            }
            var renewal = refresh.apply(() -> tx.execute("SELECT 1"));
            row.setAccessToken(renewal.pair().accessToken().bytes());
            row.setRefreshToken(renewal.pair().refreshToken().bytes());
            row.setPreviousRefreshToken(renewal.previousRefreshToken().bytes());
            row.setExpiresAt(renewal.pair().expiresAt());
            row.setRefreshedAt(renewal.pair().grantedAt());
            row.setUsedAt(null);
            row.setAttemptedAt(null);
            row.update();
            return Optional.of(stored(row));
        });
    }

    /** Why the person must consent again; null where that is not so. */
    private static @Nullable String refused(DSLContext tx, long userId) {
        return tx.select(coalesce(ENROLMENT.STATUS_REASON, ""))
                .from(ENROLMENT)
                .where(ENROLMENT.USER_ID.eq(userId), ENROLMENT.STATUS.eq("reconsent"))
                .fetchOne(0, String.class);
    }

    /** A transaction's own bound for each of its waits for somebody else's lock. */
    static void waitAtMost(DSLContext tx, Duration patience) {
        tx.execute("SET LOCAL lock_timeout = " + patience.toMillis());
    }

    private static @Nullable TokenRecord locked(DSLContext tx, long userId) {
        return tx.selectFrom(TOKEN).where(TOKEN.USER_ID.eq(userId)).forUpdate().fetchOne();
    }

    /**
     * Puts a new consent's pair in the place of whatever stands, unless that came while we asked for this one: which of
     * the two Withings made last, and so which of them lives, nobody can tell. But the first use of either kills the
     * other; what stands may have been used, and what is dropped here never will be. A pair that stands from much later is
     * no such twin: a clock was set back, and the consent counts.
     *
     * @param sealed is asked for once the row is ours
     * @return false where what stands stays
     */
    static boolean replace(DSLContext tx, long userId, Supplier<TokenPair> sealed) {
        locked(tx, userId);
        var pair = sealed.get();
        return tx.insertInto(TOKEN)
                .set(TOKEN.USER_ID, userId)
                .set(TOKEN.ACCESS_TOKEN, pair.accessToken().bytes())
                .set(TOKEN.REFRESH_TOKEN, pair.refreshToken().bytes())
                .set(TOKEN.EXPIRES_AT, pair.expiresAt())
                .set(TOKEN.REFRESHED_AT, pair.grantedAt())
                .setNull(TOKEN.PREVIOUS_REFRESH_TOKEN)
                .setNull(TOKEN.USED_AT)
                .setNull(TOKEN.ATTEMPTED_AT)
                .onConflict(TOKEN.USER_ID)
                .doUpdate()
                .setNonConflictingKeyToExcluded()
                // Inline: a distributed PostgreSQL takes no parameter here that it must first read as a time.
                .where(TOKEN.REFRESHED_AT
                        .lt(inline(pair.askedAt()))
                        .or(TOKEN.REFRESHED_AT.gt(inline(pair.grantedAt().plus(TWIN_MAX)))))
                .returning(TOKEN.USER_ID)
                .fetchOptional()
                .isPresent();
    }

    /** Whether another pair stands by now. */
    static boolean isReplaced(DSLContext tx, long userId, Instant storedAt) {
        return tx.fetchExists(TOKEN, TOKEN.USER_ID.eq(userId), TOKEN.REFRESHED_AT.ne(storedAt));
    }

    /** The access token worked, so the refresh token before it is dead. */
    public void used(long userId, Instant storedAt, Instant now) {
        sql.update(TOKEN)
                .set(TOKEN.USED_AT, now)
                .set(TOKEN.PREVIOUS_REFRESH_TOKEN, (byte[]) null)
                .where(TOKEN.USER_ID.eq(userId), TOKEN.REFRESHED_AT.eq(storedAt), TOKEN.USED_AT.isNull())
                .execute();
    }

    /** The access token was refused, whatever its expiry says: the next one to need it refreshes first. */
    public void distrust(long userId, Instant storedAt, Instant now) {
        sql.update(TOKEN)
                .set(TOKEN.EXPIRES_AT, now)
                .where(TOKEN.USER_ID.eq(userId), TOKEN.REFRESHED_AT.eq(storedAt), TOKEN.EXPIRES_AT.gt(now))
                .execute();
    }

    /**
     * People whose access token ends within {@code leeway} and who have work due within it, and those whose tokens
     * were not renewed for {@code idle}: refreshing everybody at every expiry would cost calls that nobody needs. Nobody
     * whose last day is over is among them: after it, no call is made.
     */
    public List<Long> ending(Instant now, Duration leeway, Duration idle, int limit) {
        var soon = now.plus(leeway);
        return sql.select(TOKEN.USER_ID)
                .from(TOKEN)
                .join(ENROLMENT)
                .on(ENROLMENT.USER_ID.eq(TOKEN.USER_ID))
                .where(ENROLMENT.STATUS.eq("active"))
                .and(ENROLMENT.FETCH_UNTIL.isNull().or(ENROLMENT.FETCH_UNTIL.ge(Coverage.firstOpen(now))))
                .and(TOKEN.EXPIRES_AT
                        .lt(soon)
                        .and(exists(selectOne()
                                .from(CURSOR)
                                .where(CURSOR.USER_ID.eq(TOKEN.USER_ID), CURSOR.NEXT_DUE_AT.lt(soon))))
                        .or(TOKEN.REFRESHED_AT.lt(now.minus(idle))))
                .orderBy(TOKEN.EXPIRES_AT)
                .limit(limit)
                .fetch(TOKEN.USER_ID);
    }

    /** Of several processes one at a time does this; the others wait for it. */
    public <T> T alone(Supplier<T> act) {
        return sql.transactionResult(transaction -> {
            Transaction.mayIdle(transaction.dsl(), heldMax); // the act has connections of its own, and a key file
            transaction.dsl().execute("SELECT pg_advisory_xact_lock(hashtextextended('withings rekey', 0))");
            return act.get();
        });
    }

    /** With which keys the stored tokens were encrypted, and for how many people each. */
    public Map<Integer, Integer> keyIds() {
        return sql.select(TOKEN.KEY_ID, count())
                .from(TOKEN)
                .groupBy(TOKEN.KEY_ID)
                .fetchMap(TOKEN.KEY_ID, count());
    }

    /**
     * People whose tokens are not encrypted with this key.
     *
     * @param after in the order of their ids
     */
    public List<Long> notUnderKey(int keyId, long after, int limit) {
        return sql.select(TOKEN.USER_ID)
                .from(TOKEN)
                .where(TOKEN.KEY_ID.ne(keyId), TOKEN.USER_ID.gt(after))
                .orderBy(TOKEN.USER_ID)
                .limit(limit)
                .fetch(TOKEN.USER_ID);
    }

    /** The same tokens, encrypted anew; waits for a refresh that is under way. */
    public record Resealed(
            Ciphertext accessToken,
            Ciphertext refreshToken,
            @Nullable Ciphertext previousRefreshToken) {}

    /**
     * Nothing happens where the person has no tokens any more.
     *
     * @throws DataAccessException {@linkplain Database#isHeld held} where somebody else does not let go of the row
     */
    public void reseal(long userId, Function<Stored, Resealed> reseal) {
        sql.transaction(transaction -> {
            waitAtMost(transaction.dsl(), patience);
            var row = locked(transaction.dsl(), userId);
            if (row != null) {
                var resealed = reseal.apply(stored(row));
                var previous = resealed.previousRefreshToken();
                row.setAccessToken(resealed.accessToken().bytes());
                row.setRefreshToken(resealed.refreshToken().bytes());
                row.setPreviousRefreshToken(previous == null ? null : previous.bytes());
                row.update();
            }
        });
    }

    private static Stored stored(TokenRecord row) {
        return new Stored(
                new Ciphertext(row.getAccessToken()),
                new Ciphertext(row.getRefreshToken()),
                row.getPreviousRefreshToken() == null ? null : new Ciphertext(row.getPreviousRefreshToken()),
                row.getExpiresAt(),
                row.getRefreshedAt(),
                row.getUsedAt() != null,
                row.getAttemptedAt());
    }
}
