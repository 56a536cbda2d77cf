package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.TOKEN;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.selectOne;

import io.withingspg.schema.sync.tables.records.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Encrypted tokens, one row for each person. */
public final class Tokens {
    private final DSLContext sql;

    public Tokens(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * What stands in the table.
     *
     * @param previousRefreshToken kept until the new access token has been used; null otherwise
     * @param storedAt tells one pair of a person from the next
     * @param used whether this access token has worked once
     */
    public record Stored(
            Ciphertext accessToken,
            Ciphertext refreshToken,
            @Nullable Ciphertext previousRefreshToken,
            Instant expiresAt,
            Instant storedAt,
            boolean used) {}

    public Optional<Stored> find(long userId) {
        return sql.fetchOptional(TOKEN, TOKEN.USER_ID.eq(userId)).map(Tokens::stored);
    }

    /**
     * Gives one worker at a time, of all processes, the right to refresh this person's tokens: the row stays locked
     * while {@code refresh} runs. What it returns is committed before anyone, the caller included, can use it.
     *
     * @param refresh gets what stands once the lock is had; empty to leave it as it is
     * @return what stands afterwards; empty where the person has no tokens
     */
    public Optional<Stored> refresh(long userId, Instant now, Function<Stored, Optional<TokenPair>> refresh) {
        return sql.transactionResult(transaction -> {
            var row = transaction
                    .dsl()
                    .selectFrom(TOKEN)
                    .where(TOKEN.USER_ID.eq(userId))
                    .forUpdate()
                    .fetchOne();
            if (row == null) {
                return Optional.empty();
            }
            refresh.apply(stored(row)).ifPresent(pair -> {
                row.setPreviousRefreshToken(row.getRefreshToken());
                row.setAccessToken(pair.accessToken().bytes());
                row.setRefreshToken(pair.refreshToken().bytes());
                row.setExpiresAt(pair.expiresAt());
                row.setRefreshedAt(now);
                row.setUsedAt(null);
                row.update();
            });
            return Optional.of(stored(row));
        });
    }

    static void replace(DSLContext tx, long userId, TokenPair pair, Instant now) {
        tx.insertInto(TOKEN)
                .set(TOKEN.USER_ID, userId)
                .set(TOKEN.ACCESS_TOKEN, pair.accessToken().bytes())
                .set(TOKEN.REFRESH_TOKEN, pair.refreshToken().bytes())
                .set(TOKEN.EXPIRES_AT, pair.expiresAt())
                .set(TOKEN.REFRESHED_AT, now)
                .onConflict(TOKEN.USER_ID)
                .doUpdate()
                .setNonConflictingKeyToExcluded()
                .set(TOKEN.PREVIOUS_REFRESH_TOKEN, (byte[]) null)
                .set(TOKEN.USED_AT, (Instant) null)
                .execute();
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
                .and(ENROLMENT
                        .FETCH_UNTIL
                        .isNull()
                        .or(ENROLMENT.FETCH_UNTIL.ge(LocalDate.ofInstant(now, ZoneOffset.UTC))))
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

    /** Any stored ciphertext; empty where nobody is enrolled. Tells at start-up whether the key is the right one. */
    public Optional<Ciphertext> sample() {
        return sql.select(TOKEN.REFRESH_TOKEN)
                .from(TOKEN)
                .limit(1)
                .fetchOptional(TOKEN.REFRESH_TOKEN)
                .map(Ciphertext::new);
    }

    private static Stored stored(TokenRecord row) {
        return new Stored(
                new Ciphertext(row.getAccessToken()),
                new Ciphertext(row.getRefreshToken()),
                row.getPreviousRefreshToken() == null ? null : new Ciphertext(row.getPreviousRefreshToken()),
                row.getExpiresAt(),
                row.getRefreshedAt(),
                row.getUsedAt() != null);
    }
}
