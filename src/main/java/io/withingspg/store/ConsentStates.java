package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.OAUTH_STATE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectCount;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Consents under way, by the hash of their {@code state}. */
public final class ConsentStates {
    /** Without an invitation: somebody who keeps opening the link must not fill the disk. */
    private static final int PENDING_MAX = 10_000;
    /** With one and the same invitation. */
    private static final int PENDING_MAX_OF_INVITATION = 100;

    private final DSLContext sql;

    public ConsentStates(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * @param ref null if the person gets no reference
     * @param invitationId null if there is none
     * @param atTerminal whether the owner began it there
     */
    public record Consent(@Nullable String ref, @Nullable Long invitationId, boolean atTerminal) {}

    /** What a state is worth to whoever came back with it. */
    public sealed interface Returned {
        /** It was good, once. */
        record Good(Consent consent) implements Returned {}

        /** Unknown, used or expired. */
        record Stale() implements Returned {}

        /** It began in another browser, and may still end there. */
        record Elsewhere() implements Returned {}
    }

    /**
     * @param browserHash of the cookie of the browser it begins in; null where it begins at a terminal
     * @return false where too many are under way; what begins at a terminal is always added
     */
    public boolean add(byte[] hash, byte @Nullable [] browserHash, Consent consent, Instant now, Instant expiresAt) {
        sql.deleteFrom(OAUTH_STATE).where(OAUTH_STATE.EXPIRES_AT.lt(now)).execute();
        return !sql.insertInto(
                        OAUTH_STATE,
                        OAUTH_STATE.STATE_HASH,
                        OAUTH_STATE.REF,
                        OAUTH_STATE.BROWSER_HASH,
                        OAUTH_STATE.INVITATION_ID,
                        OAUTH_STATE.CREATED_AT,
                        OAUTH_STATE.EXPIRES_AT)
                .select(select(
                                val(hash),
                                val(consent.ref()),
                                val(browserHash),
                                val(consent.invitationId()),
                                val(now),
                                val(expiresAt))
                        .where(browserHash == null ? noCondition() : thereIsRoom(consent.invitationId())))
                .returning(OAUTH_STATE.STATE_HASH)
                .fetch()
                .isEmpty();
    }

    private static Condition thereIsRoom(@Nullable Long invitationId) {
        var together =
                invitationId == null ? OAUTH_STATE.INVITATION_ID.isNull() : OAUTH_STATE.INVITATION_ID.eq(invitationId);
        return field(selectCount().from(OAUTH_STATE).where(together))
                .lt(invitationId == null ? PENDING_MAX : PENDING_MAX_OF_INVITATION);
    }

    /**
     * Takes the state out, so that it works once.
     *
     * @param browserHash of the cookie the browser came with; null where it came with none
     */
    public Returned take(byte[] hash, byte @Nullable [] browserHash, Instant now) {
        var here = OAUTH_STATE.BROWSER_HASH.isNull().or(OAUTH_STATE.BROWSER_HASH.eq(browserHash));
        return taken(hash, here, now)
                .<Returned>map(Returned.Good::new)
                .orElseGet(() -> isGood(hash, now) ? new Returned.Elsewhere() : new Returned.Stale());
    }

    /** Takes it out wherever it began: whoever sits at the terminal is the owner. */
    public Returned take(byte[] hash, Instant now) {
        return taken(hash, noCondition(), now).<Returned>map(Returned.Good::new).orElseGet(Returned.Stale::new);
    }

    private Optional<Consent> taken(byte[] hash, Condition here, Instant now) {
        return sql.deleteFrom(OAUTH_STATE)
                .where(OAUTH_STATE.STATE_HASH.eq(hash), OAUTH_STATE.EXPIRES_AT.ge(now), here)
                .returning()
                .fetchOptional()
                .map(row -> new Consent(row.getRef(), row.getInvitationId(), row.getBrowserHash() == null));
    }

    private boolean isGood(byte[] hash, Instant now) {
        return sql.fetchExists(OAUTH_STATE, OAUTH_STATE.STATE_HASH.eq(hash), OAUTH_STATE.EXPIRES_AT.ge(now));
    }

    /** Those under way under this reference come to nothing. */
    static void expire(DSLContext tx, String ref, Instant now) {
        tx.update(OAUTH_STATE)
                .set(OAUTH_STATE.EXPIRES_AT, now.minusSeconds(1))
                .where(OAUTH_STATE.REF.eq(ref))
                .execute();
    }

    /** Whether a consent with this state is still awaited. */
    public boolean awaited(byte[] hash) {
        return sql.fetchExists(OAUTH_STATE, OAUTH_STATE.STATE_HASH.eq(hash));
    }
}
