package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static org.jooq.impl.DSL.excluded;

import io.withingspg.schema.sync.tables.records.EnrolmentRecord;
import io.withingspg.store.People.Taken;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in authorisations: whose they are, and whether they may have the name they came with. */
public final class Enrolments {
    /** Two looks find whoever was faster; a third is for who was renamed or erased in between. */
    private static final int LOOKS_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Enrolments.class);

    private final DSLContext sql;

    public Enrolments(DSLContext sql) {
        this.sql = sql;
    }

    /** How an authorisation came here. */
    public enum Origin {
        /** In the browser of whoever holds the link. */
        CONSENT,
        /** Begun by the owner at a terminal, who thereby says whose it is. */
        CONSENT_AT_TERMINAL,
        IMPORT
    }

    /**
     * What Withings granted of a person, and how it came here.
     *
     * @param ref null keeps the reference the person has
     * @param tokens encrypts them, once nobody else can change the person's row: while we waited for that, all other
     *     tokens may have been moved to another key
     * @param claim is used up by this, unless it is refused; null where the person came without an invitation
     */
    public record Authorisation(
            long userId,
            @Nullable String ref,
            List<String> scopes,
            Supplier<TokenPair> tokens,
            List<String> resources,
            Origin origin,
            Invitations.@Nullable Claim claim,
            String command,
            Instant now) {}

    /**
     * Stores a person with a first or a new pair of tokens, and makes every resource due, in one transaction. Cursors
     * that are there stay where they stood, so a new consent goes on where the old one ended.
     *
     * <p>A consent that is refused has made a new pair at Withings all the same, and with it condemned the pair we hold
     * of that account. So an account that is being synced gets the new pair, whoever it was meant for.
     *
     * @return true where the person is new
     * @throws Taken if the person stands under another reference, or the reference under another person, or the claim
     *     does not hold any more
     */
    public boolean enrol(Authorisation came) {
        for (var look = 0; look < LOOKS_MAX; look++) {
            try {
                switch (sql.transactionResult(transaction -> store(transaction.dsl(), came))) {
                    case Stored.Linked(var first) -> {
                        return first;
                    }
                    case Stored.Refused(var taken) -> throw taken;
                    case Stored.Overtaken() -> {}
                }
            } catch (IntegrityConstraintViolationException e) {
                // Somebody else got the reference between our look and our writing: the next look finds them.
                LOG.debug("user {}: the reference was taken meanwhile", came.userId());
            }
        }
        throw new Taken(
                "Withings user " + came.userId() + " or its reference is being changed by somebody else: try again");
    }

    private sealed interface Stored {
        record Linked(boolean first) implements Stored {}

        record Refused(Taken taken) implements Stored {}

        /** What stood in the way is gone again. */
        record Overtaken() implements Stored {}
    }

    private static Stored store(DSLContext tx, Authorisation came) {
        var userId = came.userId();
        var ref = came.ref();
        var claim = came.claim();
        var now = came.now();
        if (claim != null && !Invitations.holds(tx, claim)) {
            var refusal = "the invitation of Withings user " + userId + " was taken back just now";
            return new Stored.Refused(refused(tx, came, refusal, People.locked(tx, userId)));
        }
        var consentedAt = came.origin() == Origin.IMPORT ? null : now;
        // Insert or lock, and only then look: of two consents of one account at once, the second sees the first.
        var first = tx.insertInto(ENROLMENT)
                .set(ENROLMENT.USER_ID, userId)
                .set(ENROLMENT.REF, ref)
                .set(ENROLMENT.STATUS, "active")
                .set(ENROLMENT.SCOPES, came.scopes().toArray(String[]::new))
                .set(ENROLMENT.ENROLLED_AT, now)
                .set(ENROLMENT.CONSENTED_AT, consentedAt)
                .onConflictDoNothing()
                .returning(ENROLMENT.USER_ID)
                .fetchOptional()
                .isPresent();
        if (!first) {
            var standing = People.locked(tx, userId);
            var refusal = People.refusal(tx, userId, ref, standing);
            if (refusal == null && came.origin() == Origin.CONSENT) {
                refusal = refusalOfName(userId, ref, standing);
            }
            if (refusal != null && came.origin() != Origin.IMPORT) {
                return new Stored.Refused(refused(tx, came, refusal, standing));
            }
            if (refusal != null) {
                return new Stored.Refused(new Taken(refusal));
            }
            if (standing == null) {
                return new Stored.Overtaken();
            }
            if (came.origin() == Origin.IMPORT && standing.getStatus().equals("active")) {
                // Our tokens have been refreshed since the file was written; the file's would be dead.
                return new Stored.Refused(
                        new Taken("Withings user " + userId + " is already enrolled: nothing was changed"));
            }
            if (ref != null && standing.getRef() == null) {
                People.record(tx, userId, "named", came.command(), now);
            }
            standing.setRef(ref == null ? standing.getRef() : ref);
            standing.setStatus("active");
            standing.setStatusReason(null);
            standing.setConsentedAt(consentedAt == null ? standing.getConsentedAt() : consentedAt);
            standing.update();
        }
        if (Tokens.replace(tx, userId, came.tokens()) && !first) {
            grant(tx, came);
        }
        // What is given anew stands in the rows: a distributed PostgreSQL takes no parameter where it updates them.
        tx.insertInto(CURSOR, CURSOR.USER_ID, CURSOR.RESOURCE, CURSOR.NEXT_DUE_AT, CURSOR.BASIC_FIELDS_SINCE)
                .valuesOfRows(came.resources().stream()
                        .map(resource -> DSL.row(userId, resource, now, (Instant) null))
                        .toList())
                .onConflict(CURSOR.USER_ID, CURSOR.RESOURCE)
                .doUpdate()
                .set(CURSOR.NEXT_DUE_AT, excluded(CURSOR.NEXT_DUE_AT))
                // Another plan may come with the consent.
                .set(CURSOR.BASIC_FIELDS_SINCE, excluded(CURSOR.BASIC_FIELDS_SINCE))
                .execute();
        var act = came.origin() == Origin.IMPORT ? "imported" : first ? "enrolled" : "reconsented";
        People.record(tx, userId, act, came.command(), now);
        if (claim != null) {
            Invitations.use(tx, claim, userId, now);
        }
        return new Stored.Linked(first);
    }

    private static Taken refused(
            DSLContext tx, Authorisation came, String refusal, @Nullable EnrolmentRecord standing) {
        var kept = standing != null && standing.getStatus().equals("active");
        if (kept && Tokens.replace(tx, came.userId(), came.tokens())) {
            grant(tx, came);
        }
        People.record(tx, came.userId(), "refused", came.command(), came.now());
        return new Taken(refusal, kept);
    }

    private static void grant(DSLContext tx, Authorisation came) {
        tx.update(ENROLMENT)
                .set(ENROLMENT.SCOPES, came.scopes().toArray(String[]::new))
                .where(ENROLMENT.USER_ID.eq(came.userId()))
                .execute();
    }

    /**
     * Why a link does not give its name to somebody who is synced without one; null where it may. The browser may be
     * logged in to whoever used it before, and only the owner knows whether these are the same.
     */
    private static @Nullable String refusalOfName(
            long userId, @Nullable String ref, @Nullable EnrolmentRecord standing) {
        var isUnnamed = standing != null
                && standing.getRef() == null
                && standing.getStatus().equals("active");
        return ref == null || !isUnnamed
                ? null
                : "Withings user " + userId + " is already enrolled, without a reference, and came with a link for "
                        + ref
                        + ": if this is the same person, name them yourself (users set " + userId + " --ref " + ref
                        + "); else the browser was still logged in to that account";
    }
}
