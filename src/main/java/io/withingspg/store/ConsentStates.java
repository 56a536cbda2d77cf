package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.OAUTH_STATE;

import java.time.Instant;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Consents under way, by the hash of their {@code state}. */
public final class ConsentStates {
    private final DSLContext sql;

    public ConsentStates(DSLContext sql) {
        this.sql = sql;
    }

    /** @param ref null if the person gets no reference */
    public record Consent(@Nullable String ref) {}

    public void add(byte[] hash, @Nullable String ref, Instant now, Instant expiresAt) {
        sql.deleteFrom(OAUTH_STATE).where(OAUTH_STATE.EXPIRES_AT.lt(now)).execute();
        sql.insertInto(OAUTH_STATE)
                .set(OAUTH_STATE.STATE_HASH, hash)
                .set(OAUTH_STATE.REF, ref)
                .set(OAUTH_STATE.CREATED_AT, now)
                .set(OAUTH_STATE.EXPIRES_AT, expiresAt)
                .execute();
    }

    /** Takes the state out, so that it works once; empty where it is unknown, used or expired. */
    public Optional<Consent> take(byte[] hash, Instant now) {
        return sql.deleteFrom(OAUTH_STATE)
                .where(OAUTH_STATE.STATE_HASH.eq(hash), OAUTH_STATE.EXPIRES_AT.ge(now))
                .returning(OAUTH_STATE.REF)
                .fetchOptional()
                .map(row -> new Consent(row.getRef()));
    }

    /** Whether a consent with this state is still awaited. */
    public boolean awaited(byte[] hash) {
        return sql.fetchExists(OAUTH_STATE, OAUTH_STATE.STATE_HASH.eq(hash));
    }
}
