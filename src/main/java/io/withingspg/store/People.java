package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.EVENT;
import static io.withingspg.schema.sync.Tables.TOKEN;
import static org.jooq.impl.DSL.avg;
import static org.jooq.impl.DSL.case_;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.resource.Bounds;
import io.withingspg.schema.sync.tables.records.EnrolmentRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** Who is enrolled, and the record of what was done to whom. */
public final class People {
    private static final int REF_LENGTH_MAX = 200;

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

    /** A person's {@code ref} or {@code userid} already belongs to another enrolment. */
    public static final class Taken extends RuntimeException {
        private final boolean kept;

        Taken(String message) {
            this(message, false);
        }

        Taken(String message, boolean kept) {
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

    static @Nullable EnrolmentRecord locked(DSLContext tx, long userId) {
        return tx.selectFrom(ENROLMENT)
                .where(ENROLMENT.USER_ID.eq(userId))
                .forUpdate()
                .fetchOne();
    }

    /** Why this reference is not this person's to have; null where it is. */
    static @Nullable String refusal(
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
        var person = locked(tx, userId);
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
     * @param pairStoredAt what stood when it was learnt: where another pair stands by now, as the person has consented again,
     *     nothing happens; null where that does not matter
     * @return false where that was so before
     * @throws DataAccessException {@linkplain Database#isHeld held} where a refresh does not let go of the tokens
     */
    public boolean unlink(
            long userId, Departure departure, String command, @Nullable Instant pairStoredAt, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
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
        });
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
