package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.EVENT;
import static io.withingspg.schema.sync.Tables.TOKEN;
import static org.jooq.impl.DSL.avg;
import static org.jooq.impl.DSL.case_;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.resource.Bounds;
import io.withingspg.schema.sync.tables.records.EnrolmentRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is enrolled, and the record of what was done to whom. */
public final class People {
    private static final int REF_LENGTH_MAX = 200;

    /** Two looks find whoever was faster; a third is for who was renamed or erased in between. */
    private static final int LOOKS_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(People.class);

    private final DSLContext sql;

    public People(DSLContext sql) {
        this.sql = sql;
    }

    /** Whether this can be a person's {@code ref}: something to read, and not too long to. */
    public static boolean isUsable(String ref) {
        return !ref.isBlank()
                && ref.length() <= REF_LENGTH_MAX
                && ref.codePoints()
                        .noneMatch(point -> Character.isISOControl(point)
                                || point == 0xFFFD
                                || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
    }

    /** How an authorisation came here. */
    public enum Origin {
        /** In the browser of whoever holds the link. */
        CONSENT,
        /** Begun by the owner at a terminal, who thereby says whose it is. */
        CONSENT_AT_TERMINAL,
        IMPORT
    }

    /** A person's {@code ref} or {@code userid} already belongs to another enrolment. */
    public static final class Taken extends RuntimeException {
        private final boolean kept;

        Taken(String message) {
            this(message, false);
        }

        private Taken(String message, boolean kept) {
            super(message);
            this.kept = kept;
        }

        /** Whether the account is enrolled here all the same, as it was before, and goes on with its new tokens. */
        public boolean kept() {
            return kept;
        }
    }

    public Optional<Person> find(long userId) {
        return sql.fetchOptional(ENROLMENT, ENROLMENT.USER_ID.eq(userId)).map(People::person);
    }

    public Optional<Person> findByRef(String ref) {
        return sql.fetchOptional(ENROLMENT, ENROLMENT.REF.eq(ref)).map(People::person);
    }

    /** Who consented last, and not before {@code since}. */
    public Optional<Person> lastLinked(Instant since) {
        return sql.selectFrom(ENROLMENT)
                .where(ENROLMENT.CONSENTED_AT.ge(since))
                .orderBy(ENROLMENT.CONSENTED_AT.desc())
                .limit(1)
                .fetchOptional(People::person);
    }

    /**
     * @param userIds empty for everybody
     * @return by user id
     */
    public List<Person> list(Collection<Long> userIds) {
        return sql.selectFrom(ENROLMENT)
                .where(userIds.isEmpty() ? noCondition() : ENROLMENT.USER_ID.in(userIds))
                .orderBy(ENROLMENT.USER_ID)
                .fetch(People::person);
    }

    /**
     * Stores a person with a first or a new pair of tokens, and makes every resource due, in one transaction. Cursors
     * that are there stay where they stood, so a new consent goes on where the old one ended.
     *
     * <p>A consent that is refused has made a new pair at Withings all the same, and with it condemned the pair we hold
     * of that account. So an account that is being synced gets the new pair, whoever it was meant for.
     *
     * @param ref null keeps the reference the person has
     * @param tokens encrypts them, once nobody else can change the person's row: while we waited for that, all other
     *     tokens may have been moved to another key
     * @param claim is used up by this, unless it is refused; null where the person came without an invitation
     * @return true where the person is new
     * @throws Taken if the person stands under another reference, or the reference under another person, or the claim
     *     does not hold any more
     */
    public boolean enrol(
            long userId,
            @Nullable String ref,
            List<String> scopes,
            Supplier<TokenPair> tokens,
            List<String> resources,
            Origin origin,
            Invitations.@Nullable Claim claim,
            String command,
            Instant now) {
        for (var look = 0; look < LOOKS_MAX; look++) {
            try {
                var stored = sql.transactionResult(transaction ->
                        store(transaction.dsl(), userId, ref, scopes, tokens, resources, origin, claim, command, now));
                switch (stored) {
                    case Stored.Linked(var first) -> {
                        return first;
                    }
                    case Stored.Refused(var taken) -> throw taken;
                    case Stored.Overtaken() -> {}
                }
            } catch (IntegrityConstraintViolationException e) {
                // Somebody else got the reference between our look and our writing: the next look finds them.
                LOG.debug("user {}: the reference was taken meanwhile", userId);
            }
        }
        throw new Taken("Withings user " + userId + " or its reference is being changed by somebody else: try again");
    }

    private sealed interface Stored {
        record Linked(boolean first) implements Stored {}

        record Refused(Taken taken) implements Stored {}

        /** What stood in the way is gone again. */
        record Overtaken() implements Stored {}
    }

    private static Stored store(
            DSLContext tx,
            long userId,
            @Nullable String ref,
            List<String> scopes,
            Supplier<TokenPair> tokens,
            List<String> resources,
            Origin origin,
            Invitations.@Nullable Claim claim,
            String command,
            Instant now) {
        if (claim != null && !Invitations.holds(tx, claim)) {
            var refusal = "the invitation of Withings user " + userId + " was taken back just now";
            return new Stored.Refused(refused(tx, userId, refusal, scopes, tokens, locked(tx, userId), command, now));
        }
        var consentedAt = origin == Origin.IMPORT ? null : now;
        // Insert or lock, and only then look: of two consents of one account at once, the second sees the first.
        var first = tx.insertInto(ENROLMENT)
                .set(ENROLMENT.USER_ID, userId)
                .set(ENROLMENT.REF, ref)
                .set(ENROLMENT.STATUS, "active")
                .set(ENROLMENT.SCOPES, scopes.toArray(String[]::new))
                .set(ENROLMENT.ENROLLED_AT, now)
                .set(ENROLMENT.CONSENTED_AT, consentedAt)
                .onConflictDoNothing()
                .returning(ENROLMENT.USER_ID)
                .fetchOptional()
                .isPresent();
        if (!first) {
            var standing = locked(tx, userId);
            var refusal = refusal(tx, userId, ref, standing);
            if (refusal == null && origin == Origin.CONSENT) {
                refusal = refusalOfName(userId, ref, standing);
            }
            if (refusal != null && origin != Origin.IMPORT) {
                return new Stored.Refused(refused(tx, userId, refusal, scopes, tokens, standing, command, now));
            }
            if (refusal != null) {
                return new Stored.Refused(new Taken(refusal));
            }
            if (standing == null) {
                return new Stored.Overtaken();
            }
            if (origin == Origin.IMPORT && standing.getStatus().equals("active")) {
                // Our tokens have been refreshed since the file was written; the file's would be dead.
                return new Stored.Refused(
                        new Taken("Withings user " + userId + " is already enrolled: nothing was changed"));
            }
            if (ref != null && standing.getRef() == null) {
                record(tx, userId, "named", command, now);
            }
            standing.setRef(ref == null ? standing.getRef() : ref);
            standing.setStatus("active");
            standing.setStatusReason(null);
            standing.setConsentedAt(consentedAt == null ? standing.getConsentedAt() : consentedAt);
            standing.update();
        }
        if (Tokens.replace(tx, userId, tokens) && !first) {
            grant(tx, userId, scopes);
        }
        // What is given anew stands in the rows: a distributed PostgreSQL takes no parameter where it updates them.
        tx.insertInto(CURSOR, CURSOR.USER_ID, CURSOR.RESOURCE, CURSOR.NEXT_DUE_AT, CURSOR.BASIC_FIELDS_SINCE)
                .valuesOfRows(resources.stream()
                        .map(resource -> DSL.row(userId, resource, now, (Instant) null))
                        .toList())
                .onConflict(CURSOR.USER_ID, CURSOR.RESOURCE)
                .doUpdate()
                .set(CURSOR.NEXT_DUE_AT, excluded(CURSOR.NEXT_DUE_AT))
                // Another plan may come with the consent.
                .set(CURSOR.BASIC_FIELDS_SINCE, excluded(CURSOR.BASIC_FIELDS_SINCE))
                .execute();
        var act = origin == Origin.IMPORT ? "imported" : first ? "enrolled" : "reconsented";
        record(tx, userId, act, command, now);
        if (claim != null) {
            Invitations.use(tx, claim, userId, now);
        }
        return new Stored.Linked(first);
    }

    private static @Nullable EnrolmentRecord locked(DSLContext tx, long userId) {
        return tx.selectFrom(ENROLMENT)
                .where(ENROLMENT.USER_ID.eq(userId))
                .forUpdate()
                .fetchOne();
    }

    private static Taken refused(
            DSLContext tx,
            long userId,
            String refusal,
            List<String> scopes,
            Supplier<TokenPair> tokens,
            @Nullable EnrolmentRecord standing,
            String command,
            Instant now) {
        var kept = standing != null && standing.getStatus().equals("active");
        if (kept && Tokens.replace(tx, userId, tokens)) {
            grant(tx, userId, scopes);
        }
        record(tx, userId, "refused", command, now);
        return new Taken(refusal, kept);
    }

    private static void grant(DSLContext tx, long userId, List<String> scopes) {
        tx.update(ENROLMENT)
                .set(ENROLMENT.SCOPES, scopes.toArray(String[]::new))
                .where(ENROLMENT.USER_ID.eq(userId))
                .execute();
    }

    /** Why this reference is not this person's to have; null where it is. */
    private static @Nullable String refusal(
            DSLContext tx, long userId, @Nullable String ref, @Nullable EnrolmentRecord standing) {
        if (ref == null) {
            return null;
        }
        if (standing != null && standing.getRef() != null && !standing.getRef().equals(ref)) {
            return "Withings user " + userId + " is already enrolled as " + standing.getRef() + ", not as " + ref
                    + ": was the browser still logged in to that person's Withings account?";
        }
        var other = tx.select(ENROLMENT.USER_ID)
                .from(ENROLMENT)
                .where(ENROLMENT.REF.eq(ref), ENROLMENT.USER_ID.ne(userId))
                .fetchOne(ENROLMENT.USER_ID);
        return other == null
                ? null
                : "the reference " + ref + " already belongs to Withings user " + other
                        + ": choose another, or rename that one first (users set " + other + " --ref ...)";
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

    /**
     * @param ref null leaves it as it is; so do the other two
     * @return false where nobody of that id is enrolled
     * @throws Taken if the reference belongs to somebody else
     */
    public boolean set(
            long userId,
            @Nullable String ref,
            @Nullable LocalDate from,
            @Nullable LocalDate until,
            String command,
            Instant now) {
        try {
            return sql.transactionResult(transaction -> set(transaction.dsl(), userId, ref, from, until, command, now));
        } catch (IntegrityConstraintViolationException e) { // between our look and our writing
            throw new Taken("the reference " + ref + " was given to somebody else just now: choose another");
        }
    }

    private static boolean set(
            DSLContext tx,
            long userId,
            @Nullable String ref,
            @Nullable LocalDate from,
            @Nullable LocalDate until,
            String command,
            Instant now) {
        var person = tx.selectFrom(ENROLMENT)
                .where(ENROLMENT.USER_ID.eq(userId))
                .forUpdate()
                .fetchOne();
        if (person == null) {
            return false;
        }
        if (ref != null) {
            var refusal = refusal(tx, userId, ref, null);
            if (refusal != null) {
                throw new Taken(refusal);
            }
            person.setRef(ref);
            record(tx, userId, "named", command, now);
        }
        if (from != null || until != null) {
            var ended = person.getFetchUntil();
            if ((from != null && !from.equals(person.getFetchFrom()))
                    || (until != null && ended != null && until.isAfter(ended))) {
                // Days out of the old bounds were dropped, or never asked for, and no cursor knows that.
                tx.update(CURSOR)
                        .setNull(CURSOR.REACHED_AT)
                        .setNull(CURSOR.BACKFILLED_TO)
                        .setNull(CURSOR.RESUME_OFFSET)
                        .set(CURSOR.NEXT_DUE_AT, now)
                        .where(CURSOR.USER_ID.eq(userId))
                        .execute();
            }
            person.setFetchFrom(from == null ? person.getFetchFrom() : from);
            person.setFetchUntil(until == null ? person.getFetchUntil() : until);
            record(tx, userId, "bounded", command, now);
        }
        person.update();
        return true;
    }

    /**
     * Nothing is fetched for this person any more, and nothing can be: the tokens go, open invitations and consents under
     * way are worth nothing any more, the data stays.
     *
     * @return false where that was so before
     * @throws DataAccessException {@linkplain Database#isHeld held} where a refresh does not let go of the tokens
     */
    public boolean unlink(long userId, Departure departure, String command, Instant now) {
        return sql.transactionResult(
                transaction -> unlink(transaction.dsl(), userId, departure, command, /* pairStoredAt= */ null, now));
    }

    /**
     * The same, unless the person has consented again meanwhile.
     *
     * @param pairStoredAt what stood when it was learnt: where another pair stands by now, nothing happens
     */
    public boolean unlink(long userId, Departure departure, String command, Instant pairStoredAt, Instant now) {
        return sql.transactionResult(
                transaction -> unlink(transaction.dsl(), userId, departure, command, pairStoredAt, now));
    }

    private static boolean unlink(
            DSLContext tx,
            long userId,
            Departure departure,
            String command,
            @Nullable Instant pairStoredAt,
            Instant now) {
        Tokens.waitAtMost(tx, Tokens.PATIENCE);
        Invitations.hold(tx, userId);
        // Locked before anything is asked: a consent that is being stored right now must be seen.
        var person = locked(tx, userId);
        if (pairStoredAt != null && Tokens.isReplaced(tx, userId, pairStoredAt)) {
            return false;
        }
        if (person != null && person.getRef() != null) { // a link sent before must not undo this
            ConsentStates.expire(tx, person.getRef(), now);
            new Invitations(tx).revokeAll(person.getRef(), now);
        }
        var unlinked = park(tx, userId, "unlinked", departure.reason(), ENROLMENT.STATUS.ne("unlinked"));
        tx.deleteFrom(TOKEN).where(TOKEN.USER_ID.eq(userId)).execute();
        if (unlinked) {
            record(tx, userId, departure.act(), command, now);
        }
        return unlinked;
    }

    /**
     * The tokens are refused for good: no call is made until the person consents again.
     *
     * @param pairStoredAt which pair was refused: where another one stands by now, nothing happens
     * @return whether the person was parked by this
     */
    public boolean awaitConsent(long userId, String reason, Instant pairStoredAt, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            // Locked first: a consent that is being stored right now must be seen by what asks for it.
            locked(tx, userId);
            var parked = !Tokens.isReplaced(tx, userId, pairStoredAt)
                    && park(tx, userId, "reconsent", reason, ENROLMENT.STATUS.eq("active"));
            if (parked) {
                record(tx, userId, "reconsent_needed", "sync", now);
            }
            return parked;
        });
    }

    /** The share of those not removed who must consent again; not a number where nobody is enrolled or nothing answers. */
    public double awaitingConsent() {
        try {
            return sql.select(avg(
                            case_().when(ENROLMENT.STATUS.eq("reconsent"), 1.0).else_(0.0)))
                    .from(ENROLMENT)
                    .where(ENROLMENT.STATUS.ne("unlinked"))
                    .fetchOptional(0, double.class)
                    .orElse(Double.NaN);
        } catch (DataAccessException e) {
            return Double.NaN;
        }
    }

    private static boolean park(DSLContext tx, long userId, String status, String reason, Condition where) {
        return !tx.update(ENROLMENT)
                .set(ENROLMENT.STATUS, status)
                .set(ENROLMENT.STATUS_REASON, reason)
                .where(ENROLMENT.USER_ID.eq(userId), where)
                .returning(ENROLMENT.USER_ID)
                .fetch()
                .isEmpty();
    }

    /** For the record: all of this person's data is about to leave. */
    public void recordExport(long userId, String command, Instant now) {
        record(sql, userId, "exported", command, now);
    }

    static void record(DSLContext tx, long userId, String act, String command, Instant now) {
        tx.insertInto(EVENT)
                .set(EVENT.USER_ID, userId)
                .set(EVENT.ACT, act)
                .set(EVENT.COMMAND, command)
                .set(EVENT.OCCURRED_AT, now)
                .execute();
    }

    private static Person person(EnrolmentRecord row) {
        return new Person(
                row.getUserId(),
                row.getRef(),
                row.getStatus(),
                row.getStatusReason(),
                List.of(row.getScopes()),
                new Bounds(row.getFetchFrom(), row.getFetchUntil()),
                row.getEnrolledAt());
    }
}
