package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.LEASE;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static io.withingspg.schema.sync.Tables.RUN_RESOURCE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.when;
import static org.jooq.impl.DSL.with;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Span;
import io.withingspg.schema.sync.tables.records.CursorRecord;
import io.withingspg.schema.sync.tables.records.RunResourceRecord;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record1;
import org.jooq.UpdateConditionStep;
import org.jooq.UpdateSetMoreStep;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** A resource's turn within a visit: where it stands, and where it goes from there. */
public final class Cursors {
    private final DSLContext sql;
    private final Leases leases;

    public Cursors(DSLContext sql, Leases leases) {
        this.sql = sql;
        this.leases = leases;
    }

    /** @param resources in whose order the cursors come; those that are not there yet are made, due now */
    public List<Cursor> read(long userId, Collection<String> resources, Instant now) {
        var rows = read(userId);
        if (!rows.keySet().containsAll(resources)) {
            sql.insertInto(CURSOR, CURSOR.USER_ID, CURSOR.RESOURCE, CURSOR.NEXT_DUE_AT)
                    .valuesOfRows(resources.stream()
                            .map(resource -> row(userId, resource, now))
                            .toList())
                    .onConflictDoNothing()
                    .execute();
            rows = read(userId);
        }
        return resources.stream().map(rows::get).toList();
    }

    private Map<String, Cursor> read(long userId) {
        return sql.selectFrom(CURSOR).where(CURSOR.USER_ID.eq(userId)).fetchMap(CURSOR.RESOURCE, Cursors::cursor);
    }

    private static Cursor cursor(CursorRecord row) {
        return new Cursor(
                row.getResource(),
                row.getReachedAt(),
                row.getBackfilledTo(),
                interrupted(row),
                row.getNextDueAt(),
                row.getConsecutiveFailures(),
                row.getLastRowAt(),
                row.getBasicFieldsSince(),
                row.getReconciledAt());
    }

    private static Cursor.@Nullable Interrupted interrupted(CursorRecord row) {
        if (row.getResumeOffset() == null || row.getResumeStartedAt() == null) {
            return null;
        }
        Span span = row.getResumeSince() != null
                ? new Span.ChangedSince(row.getResumeSince())
                : row.getResumeFrom() != null && row.getResumeTo() != null
                        ? new Span.Days(row.getResumeFrom(), row.getResumeTo())
                        : new Span.Everything();
        return new Cursor.Interrupted(span, row.getResumeOffset(), row.getResumeReachedAt(), row.getResumeStartedAt());
    }

    /** A resource's turn within a visit begins. */
    public void beginTurn(long userId, UUID run, String resource, Instant now) {
        BEGIN.execute(sql, Map.of("user_id", userId, "run", run, "resource", resource, "now", now));
    }

    /**
     * What other rows name and is not here yet, the newest first; what did not come lately is left for a day, and rows that
     * are deleted name nothing.
     *
     * @param each where to look
     */
    public List<Long> pending(long userId, String resource, Movement.Each each, Instant now) {
        var id = each.named();
        var user = DSL.field(id.getTable().getQualifiedName().append("user_id"), Long.class);
        var here = each.key();
        var hereUser = DSL.field(here.getTable().getQualifiedName().append("user_id"), Long.class);
        var deletedAt = id.getTable().field("deleted_at", Instant.class);
        var refused = sql.select(REJECTED_RECORD.RECORD)
                .from(REJECTED_RECORD)
                .where(REJECTED_RECORD.USER_ID.eq(userId), REJECTED_RECORD.RESOURCE.eq(resource))
                .and(REJECTED_RECORD.LAST_SEEN_AT.gt(now.minus(Duration.ofDays(1))))
                .fetchSet(row -> row.value1().data().replace(" ", ""));
        return sql
                .selectDistinct(id)
                .from(id.getTable())
                .leftJoin(here.getTable())
                .on(hereUser.eq(user).and(here.eq(id)))
                .where(user.eq(userId), id.isNotNull(), here.isNull())
                .and(deletedAt == null ? DSL.noCondition() : deletedAt.isNull())
                .orderBy(id.desc())
                .fetch(id)
                .stream()
                .filter(named -> !refused.contains(item(each, named).data()))
                .toList();
    }

    /** How a thing is named among the rejects that did not come. */
    public static JSONB item(Movement.Each each, long id) {
        return JSONB.valueOf("{\"" + each.parameter() + "\":" + id + "}");
    }

    /** When this account was refused the fields that must be named; null where it was given them. */
    public void rememberFields(long userId, String resource, @Nullable Instant refusedAt) {
        sql.update(CURSOR)
                .set(CURSOR.BASIC_FIELDS_SINCE, refusedAt)
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                .execute();
    }

    /**
     * Before the first row: an erasure takes the cursors first as well, so that it either waits for this page and removes
     * it, or was there before and leaves no cursor to hold. And nobody takes the person over before this is committed: a
     * process that stood still since it last asked, for however long, finds that out here.
     */
    static void hold(DSLContext tx, Leases leases, long userId, String resource) {
        var values = Map.of("user_id", userId, "resource", resource, "holder", leases.holder());
        if (!HOLD.fetch(tx, values, ResultSet::next)) {
            throw lost(tx, userId, resource);
        }
    }

    private static RuntimeException lost(DSLContext sql, long userId, String resource) {
        return sql.fetchExists(CURSOR, CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                ? new Overtaken()
                : new Erased();
    }

    /**
     * Where a cursor goes at the end of a resource's turn.
     *
     * @param moves false for a reading beside the usual order of things: nothing of the cursor changes
     * @param dueBefore when it was due at the turn's beginning; where that changed meanwhile, somebody wants everything
     *     anew (other bounds, a new consent), and the cursor stays
     * @param reachedAt null leaves it where it stands
     * @param comparison what came of holding rows against what the API still has; null where that was not done
     */
    public record Move(
            boolean moves,
            Instant dueBefore,
            @Nullable Instant reachedAt,
            @Nullable Comparison comparison,
            boolean success,
            boolean failure,
            Instant nextDueAt,
            String outcome,
            @Nullable String error) {}

    /** @param kept why rows were kept that the API does not give any more; null where none were */
    public record Comparison(@Nullable String kept) {}

    /**
     * @param calls spent in this turn, repeats included
     * @throws Erased where the person is gone: then nothing is written
     * @throws Overtaken likewise, where the person is not this process's own any more: see {@link #leaveTurn}
     */
    public void endTurn(long userId, UUID run, String resource, Move move, int calls, Instant now) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("user_id", userId);
        values.put("run", run);
        values.put("resource", resource);
        values.put("now", now);
        values.put("outcome", move.outcome());
        values.put("error", move.error());
        values.put("calls", calls);
        values.put("due", move.nextDueAt());
        values.put("due_before", move.dueBefore());
        values.put("reached", move.reachedAt());
        values.put("success", move.success());
        values.put("failure", move.failure());
        values.put("over", move.success() || move.reachedAt() != null);
        values.put("compared", move.comparison() != null);
        values.put("kept", move.comparison() == null ? null : move.comparison().kept());
        values.put("holder", leases.holder());
        if ((move.moves() ? MOVE : END).execute(sql, values) == 0) {
            throw lost(sql, userId, resource);
        }
    }

    /** The turn ends as one that was overtaken: what is said of it is all that is written, and the cursor is the other's. */
    public void leaveTurn(
            long userId, UUID run, String resource, String outcome, @Nullable String why, int calls, Instant now) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("user_id", userId);
        values.put("run", run);
        values.put("resource", resource);
        values.put("now", now);
        values.put("outcome", outcome);
        values.put("error", why);
        values.put("calls", calls);
        LEAVE.execute(sql, values);
    }

    static <T> Field<T> given(String name, Field<T> like) {
        return param(name, like.getDataType());
    }

    static Condition isResources() {
        return CURSOR.USER_ID
                .eq(given("user_id", CURSOR.USER_ID))
                .and(CURSOR.RESOURCE.eq(given("resource", CURSOR.RESOURCE)));
    }

    static Condition isTurns() {
        return RUN_RESOURCE
                .USER_ID
                .eq(given("user_id", RUN_RESOURCE.USER_ID))
                .and(RUN_RESOURCE.RUN_ID.eq(given("run", RUN_RESOURCE.RUN_ID)))
                .and(RUN_RESOURCE.RESOURCE.eq(given("resource", RUN_RESOURCE.RESOURCE)));
    }

    private static Condition flag(String name) {
        return condition(param(name, SQLDataType.BOOLEAN));
    }

    /**
     * Its commit waits for the disk, as every page's: were a server to crash and forget one while this process lives on, the
     * next page would move the cursor past it.
     */
    private static final Rendered HOLD = new Rendered(() -> with(own())
            .select(CURSOR.RESOURCE)
            .from(CURSOR)
            .where(isResources())
            .and(isOwn())
            .forUpdate()
            .of(CURSOR));

    private static CommonTableExpression<Record1<Long>> own() {
        return Leases.own(given("user_id", LEASE.USER_ID), given("holder", LEASE.HOLDER));
    }

    private static Condition isOwn() {
        return exists(selectOne().from(own()));
    }

    private static final Rendered BEGIN = new Rendered(() -> with(name("begun")
                    .as(insertInto(RUN_RESOURCE)
                            .set(RUN_RESOURCE.USER_ID, given("user_id", RUN_RESOURCE.USER_ID))
                            .set(RUN_RESOURCE.RUN_ID, given("run", RUN_RESOURCE.RUN_ID))
                            .set(RUN_RESOURCE.RESOURCE, given("resource", RUN_RESOURCE.RESOURCE))
                            .set(RUN_RESOURCE.STARTED_AT, given("now", RUN_RESOURCE.STARTED_AT))
                            .onConflictDoNothing()
                            .returningResult(inline(1))))
            .update(CURSOR)
            .set(CURSOR.LAST_ATTEMPT_AT, given("now", CURSOR.LAST_ATTEMPT_AT))
            .where(isResources()));

    private static final Rendered END = end(update -> update);

    /** What changes only where the cursor stands as it did at the turn's beginning. */
    private static final Rendered MOVE = end(update -> {
        var stands = CURSOR.NEXT_DUE_AT.eq(given("due_before", CURSOR.NEXT_DUE_AT));
        // Over, or overtaken by what somebody wants anew: either way nobody is to go on with this reading.
        var over = flag("over").or(not(stands));
        return update.set(CURSOR.NEXT_DUE_AT, unless(stands, given("due", CURSOR.NEXT_DUE_AT), CURSOR.NEXT_DUE_AT))
                .set(CURSOR.LAST_OUTCOME, unless(stands, given("outcome", CURSOR.LAST_OUTCOME), CURSOR.LAST_OUTCOME))
                .set(CURSOR.LAST_ERROR, unless(stands, given("error", CURSOR.LAST_ERROR), CURSOR.LAST_ERROR))
                .set(
                        CURSOR.LAST_SUCCESS_AT,
                        unless(
                                stands.and(flag("success")),
                                given("now", CURSOR.LAST_SUCCESS_AT),
                                CURSOR.LAST_SUCCESS_AT))
                .set(
                        CURSOR.CONSECUTIVE_FAILURES,
                        when(stands.and(flag("success")), inline(0))
                                .when(stands.and(flag("failure")), CURSOR.CONSECUTIVE_FAILURES.plus(inline(1)))
                                .otherwise(CURSOR.CONSECUTIVE_FAILURES))
                .set(
                        CURSOR.REACHED_AT,
                        unless(
                                stands,
                                coalesce(given("reached", CURSOR.REACHED_AT), CURSOR.REACHED_AT),
                                CURSOR.REACHED_AT))
                .set(CURSOR.RESUME_OFFSET, emptied(over, CURSOR.RESUME_OFFSET))
                .set(CURSOR.RESUME_SINCE, emptied(over, CURSOR.RESUME_SINCE))
                .set(CURSOR.RESUME_FROM, emptied(over, CURSOR.RESUME_FROM))
                .set(CURSOR.RESUME_TO, emptied(over, CURSOR.RESUME_TO))
                .set(CURSOR.RESUME_REACHED_AT, emptied(over, CURSOR.RESUME_REACHED_AT))
                .set(CURSOR.RESUME_STARTED_AT, emptied(over, CURSOR.RESUME_STARTED_AT));
    });

    private static <T> Field<T> unless(Condition moved, Field<T> moves, Field<T> stays) {
        return when(moved, moves).otherwise(stays);
    }

    private static <T> Field<T> emptied(Condition over, Field<T> column) {
        return when(not(over), column);
    }

    private static UpdateConditionStep<RunResourceRecord> ended() {
        return update(RUN_RESOURCE)
                .set(RUN_RESOURCE.FINISHED_AT, given("now", RUN_RESOURCE.FINISHED_AT))
                .set(RUN_RESOURCE.OUTCOME, given("outcome", RUN_RESOURCE.OUTCOME))
                .set(RUN_RESOURCE.ERROR, given("error", RUN_RESOURCE.ERROR))
                .set(RUN_RESOURCE.CALLS, given("calls", RUN_RESOURCE.CALLS))
                .where(isTurns());
    }

    private static final Rendered LEAVE = new Rendered(Cursors::ended);

    /** A turn has ended. Somebody may have asked for a comparison beside the usual order of things. */
    private static Rendered end(UnaryOperator<UpdateSetMoreStep<CursorRecord>> move) {
        return new Rendered(() -> move.apply(with(own())
                        .with(name("ended").as(ended().and(isOwn()).returningResult(inline(1))))
                        .update(CURSOR)
                        .set(
                                CURSOR.RECONCILED_AT,
                                unless(flag("compared"), given("now", CURSOR.RECONCILED_AT), CURSOR.RECONCILED_AT))
                        .set(
                                CURSOR.RECONCILE_KEPT,
                                unless(flag("compared"), given("kept", CURSOR.RECONCILE_KEPT), CURSOR.RECONCILE_KEPT)))
                .where(isResources())
                .and(isOwn()));
    }
}
