package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.INVITATION;

import io.withingspg.config.Settings;
import io.withingspg.schema.sync.tables.records.InvitationRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Links that enrol one person each, by the hash of their secret. */
public final class Invitations {
    /** Until then a code is exchanged, or whoever was at it has died and gives way; three minutes. */
    private static final Duration CLAIM_LIFE = Settings.Calls.EXCHANGE_MAX;
    /** Further ahead than any two clocks are apart: a clock was set back, and the claim is long over. */
    private static final Duration CLAIM_MAX = CLAIM_LIFE.plusMinutes(10);

    private final DSLContext sql;

    public Invitations(DSLContext sql) {
        this.sql = sql;
    }

    /** Whether somebody can still use it, or why not. */
    public enum State {
        OPEN,
        USED,
        EXPIRED,
        REVOKED;

        /** For people and programs. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param usedBy Withings userid; null, like {@code usedAt}, where nobody used it
     * @param revokedAt null where the owner did not take it back
     */
    public record Invitation(
            long id,
            String ref,
            State state,
            Instant createdAt,
            Instant expiresAt,
            @Nullable Instant usedAt,
            @Nullable Long usedBy,
            @Nullable Instant revokedAt) {}

    /** The right to use it, for one consent at a time; {@code until} tells this claim from any other. */
    public record Claim(long invitationId, Instant until) {}

    /** How claiming went. */
    public sealed interface Claiming {
        record Had(Claim claim) implements Claiming {}

        /** Somebody else's consent is being stored this moment. */
        record Busy() implements Claiming {}

        record NotOpen(State state) implements Claiming {}
    }

    /** @return its id */
    public long add(byte[] hash, String ref, Instant now, Instant expiresAt) {
        return sql.insertInto(INVITATION)
                .set(INVITATION.INVITE_HASH, hash)
                .set(INVITATION.REF, ref)
                .set(INVITATION.CREATED_AT, now)
                .set(INVITATION.EXPIRES_AT, expiresAt)
                .returning(INVITATION.INVITATION_ID)
                .fetchSingle(INVITATION.INVITATION_ID);
    }

    public Optional<Invitation> find(byte[] hash, Instant now) {
        return sql.fetchOptional(INVITATION, INVITATION.INVITE_HASH.eq(hash)).map(row -> invitation(row, now));
    }

    public Optional<Invitation> find(long id, Instant now) {
        return sql.fetchOptional(INVITATION, INVITATION.INVITATION_ID.eq(id)).map(row -> invitation(row, now));
    }

    /** By id, so in the order in which they were made. */
    public List<Invitation> list(Instant now) {
        return sql.selectFrom(INVITATION).orderBy(INVITATION.INVITATION_ID).fetch(row -> invitation(row, now));
    }

    /** Takes back what is open; returns false where it is not. */
    public boolean revoke(long id, Instant now) {
        return revoke(INVITATION.INVITATION_ID.eq(id), now) == 1;
    }

    /** Takes back all open ones of this reference; returns how many. */
    public int revokeAll(String ref, Instant now) {
        return revoke(INVITATION.REF.eq(ref), now);
    }

    private int revoke(Condition which, Instant now) {
        return sql.update(INVITATION)
                .set(INVITATION.REVOKED_AT, now)
                .where(which, isOpen(now))
                .returning(INVITATION.INVITATION_ID)
                .fetch()
                .size();
    }

    /** One at a time may turn a consent into an enrolment; whoever comes second is told before the code is spent. */
    public Claiming claim(long id, Instant now) {
        var until = now.plus(CLAIM_LIFE).truncatedTo(ChronoUnit.MICROS); // as it is stored
        var had = !sql.update(INVITATION)
                .set(INVITATION.CLAIMED_UNTIL, until)
                .where(INVITATION.INVITATION_ID.eq(id), isOpen(now))
                .and(INVITATION
                        .CLAIMED_UNTIL
                        .isNull()
                        .or(INVITATION.CLAIMED_UNTIL.lt(now))
                        .or(INVITATION.CLAIMED_UNTIL.gt(now.plus(CLAIM_MAX))))
                .returning(INVITATION.INVITATION_ID)
                .fetch()
                .isEmpty();
        if (had) {
            return new Claiming.Had(new Claim(id, until));
        }
        var state = find(id, now).map(Invitation::state).orElse(State.REVOKED);
        return state == State.OPEN ? new Claiming.Busy() : new Claiming.NotOpen(state);
    }

    /** The consent came to nothing: the link can be used again at once. */
    public void release(Claim claim) {
        sql.update(INVITATION)
                .setNull(INVITATION.CLAIMED_UNTIL)
                .where(mine(claim))
                .execute();
    }

    /**
     * Holds those of the person's reference, before the person is held: in this order does who stores a consent, and two
     * that hold one each and want the other's would end in a deadlock.
     */
    static void hold(DSLContext tx, long userId) {
        var ref = tx.select(ENROLMENT.REF)
                .from(ENROLMENT)
                .where(ENROLMENT.USER_ID.eq(userId))
                .fetchOne(ENROLMENT.REF);
        if (ref != null) {
            tx.select(INVITATION.INVITATION_ID)
                    .from(INVITATION)
                    .where(INVITATION.REF.eq(ref))
                    .orderBy(INVITATION.INVITATION_ID)
                    .forUpdate()
                    .execute();
        }
    }

    /** Whether the claim still holds; nobody can change that before this transaction ends. */
    static boolean holds(DSLContext tx, Claim claim) {
        return tx.select(INVITATION.INVITATION_ID)
                .from(INVITATION)
                .where(mine(claim), INVITATION.REVOKED_AT.isNull())
                .forUpdate()
                .fetchOptional()
                .isPresent();
    }

    static void use(DSLContext tx, Claim claim, long userId, Instant now) {
        tx.update(INVITATION)
                .setNull(INVITATION.CLAIMED_UNTIL)
                .set(INVITATION.USED_AT, now)
                .set(INVITATION.USED_BY, userId)
                .where(mine(claim))
                .execute();
    }

    private static Condition mine(Claim claim) {
        return INVITATION
                .INVITATION_ID
                .eq(claim.invitationId())
                .and(INVITATION.CLAIMED_UNTIL.eq(claim.until()))
                .and(INVITATION.USED_AT.isNull());
    }

    private static Condition isOpen(Instant now) {
        return INVITATION.USED_AT.isNull().and(INVITATION.REVOKED_AT.isNull()).and(INVITATION.EXPIRES_AT.ge(now));
    }

    private static Invitation invitation(InvitationRecord row, Instant now) {
        var state = row.getUsedAt() != null
                ? State.USED
                : row.getRevokedAt() != null
                        ? State.REVOKED
                        : row.getExpiresAt().isBefore(now) ? State.EXPIRED : State.OPEN;
        return new Invitation(
                row.getInvitationId(),
                row.getRef(),
                state,
                row.getCreatedAt(),
                row.getExpiresAt(),
                row.getUsedAt(),
                row.getUsedBy(),
                row.getRevokedAt());
    }
}
