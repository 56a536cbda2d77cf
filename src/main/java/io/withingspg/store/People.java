package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.EVENT;
import static io.withingspg.schema.sync.Tables.TOKEN;
import static org.jooq.impl.DSL.excluded;
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
import org.jooq.impl.DSL;
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

    /** How an authorisation came here. */
    public enum Origin {
        CONSENT,
        IMPORT
    }

    /** A person's {@code ref} or {@code userid} already belongs to another enrolment. */
    public static final class Taken extends RuntimeException {
        Taken(String message) {
            super(message);
        }
    }

    public Optional<Person> find(long userId) {
        return sql.fetchOptional(ENROLMENT, ENROLMENT.USER_ID.eq(userId)).map(People::person);
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
     * @param ref null keeps the reference the person has
     * @return true where the person is new
     * @throws Taken if the person stands under another reference, or the reference under another person
     */
    public boolean enrol(
            long userId,
            @Nullable String ref,
            List<String> scopes,
            TokenPair tokens,
            List<String> resources,
            Origin origin,
            String command,
            Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            var standing = tx.selectFrom(ENROLMENT)
                    .where(ENROLMENT.USER_ID.eq(userId))
                    .forUpdate()
                    .fetchOne();
            refuseIfTaken(tx, userId, ref, standing);
            if (origin == Origin.IMPORT
                    && standing != null
                    && standing.getStatus().equals("active")) {
                // Our tokens have been refreshed since the file was written; the file's would be dead.
                throw new Taken("Withings user " + userId + " is already enrolled: nothing was changed");
            }
            tx.insertInto(ENROLMENT)
                    .set(ENROLMENT.USER_ID, userId)
                    .set(ENROLMENT.REF, ref)
                    .set(ENROLMENT.STATUS, "active")
                    .set(ENROLMENT.SCOPES, scopes.toArray(String[]::new))
                    .set(ENROLMENT.ENROLLED_AT, now)
                    .set(ENROLMENT.CONSENTED_AT, origin == Origin.CONSENT ? now : null)
                    .onConflict(ENROLMENT.USER_ID)
                    .doUpdate()
                    .set(ENROLMENT.REF, DSL.coalesce(excluded(ENROLMENT.REF), ENROLMENT.REF))
                    .set(ENROLMENT.STATUS, excluded(ENROLMENT.STATUS))
                    .set(ENROLMENT.STATUS_REASON, (String) null)
                    .set(ENROLMENT.SCOPES, excluded(ENROLMENT.SCOPES))
                    .set(ENROLMENT.CONSENTED_AT, DSL.coalesce(excluded(ENROLMENT.CONSENTED_AT), ENROLMENT.CONSENTED_AT))
                    .execute();
            Tokens.replace(tx, userId, tokens, now);
            tx.insertInto(CURSOR, CURSOR.USER_ID, CURSOR.RESOURCE, CURSOR.NEXT_DUE_AT)
                    .valuesOfRows(resources.stream()
                            .map(resource -> DSL.row(userId, resource, now))
                            .toList())
                    .onConflict(CURSOR.USER_ID, CURSOR.RESOURCE)
                    .doUpdate()
                    .set(CURSOR.NEXT_DUE_AT, excluded(CURSOR.NEXT_DUE_AT))
                    .execute();
            var act = origin == Origin.IMPORT ? "imported" : standing == null ? "enrolled" : "reconsented";
            record(tx, userId, act, command, now);
            return standing == null;
        });
    }

    private static void refuseIfTaken(
            DSLContext tx, long userId, @Nullable String ref, @Nullable EnrolmentRecord standing) {
        if (ref == null) {
            return;
        }
        if (standing != null && standing.getRef() != null && !standing.getRef().equals(ref)) {
            throw new Taken("Withings user " + userId + " is already enrolled as " + standing.getRef() + ", not as "
                    + ref + ": was the browser still logged in to that person's Withings account?");
        }
        var other = tx.select(ENROLMENT.USER_ID)
                .from(ENROLMENT)
                .where(ENROLMENT.REF.eq(ref), ENROLMENT.USER_ID.ne(userId))
                .fetchOne(ENROLMENT.USER_ID);
        if (other != null) {
            throw new Taken("the reference " + ref + " already belongs to Withings user " + other
                    + ": choose another, or rename that one first (users set " + other + " --ref ...)");
        }
    }

    /**
     * @param ref null leaves it as it is; so do the other two
     * @return false where nobody of that id is enrolled
     */
    public boolean set(
            long userId,
            @Nullable String ref,
            @Nullable LocalDate from,
            @Nullable LocalDate until,
            String command,
            Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            var person = tx.selectFrom(ENROLMENT)
                    .where(ENROLMENT.USER_ID.eq(userId))
                    .forUpdate()
                    .fetchOne();
            if (person == null) {
                return false;
            }
            if (ref != null) {
                refuseIfTaken(tx, userId, ref, null);
                person.setRef(ref);
                record(tx, userId, "named", command, now);
            }
            if (from != null || until != null) {
                if (from != null && !from.equals(person.getFetchFrom())) {
                    // Days before the old bound were never asked for, and no cursor knows that.
                    tx.update(CURSOR)
                            .setNull(CURSOR.REACHED_AT)
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
        });
    }

    /** Nothing is fetched for this person any more, and nothing can be: the tokens go, the data stays. */
    public boolean unlink(long userId, String reason, String command, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            var unlinked = park(tx, userId, "unlinked", reason, ENROLMENT.STATUS.ne("unlinked"));
            tx.deleteFrom(TOKEN).where(TOKEN.USER_ID.eq(userId)).execute();
            if (unlinked) {
                record(tx, userId, "removed", command, now);
            }
            return unlinked;
        });
    }

    /** The tokens are refused for good: no call is made until the person consents again. */
    public boolean awaitConsent(long userId, String reason, Instant now) {
        return sql.transactionResult(transaction -> {
            var parked = park(transaction.dsl(), userId, "reconsent", reason, ENROLMENT.STATUS.eq("active"));
            if (parked) {
                record(transaction.dsl(), userId, "reconsent_needed", "sync", now);
            }
            return parked;
        });
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

    private static void record(DSLContext tx, long userId, String act, String command, Instant now) {
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
