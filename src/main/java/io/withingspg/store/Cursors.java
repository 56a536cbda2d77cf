package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.LEASE;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static io.withingspg.schema.sync.Tables.RUN_RESOURCE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.least;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.when;
import static org.jooq.impl.DSL.with;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.schema.sync.tables.records.CursorRecord;
import io.withingspg.schema.sync.tables.records.RunResourceRecord;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record1;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.UpdateConditionStep;
import org.jooq.UpdateSetMoreStep;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** A resource's turn within a visit: where it stands, the pages that came, and where it goes from there. */
public final class Cursors {
    /** By which a row tells its time, the first that it has. */
    private static final List<String> TIMES = List.of("measured_at", "started_at", "recorded_at", "sampled_at", "day");

    private final DSLContext sql;
    private final Leases leases;
    private final Drift.Known known = new Drift.Known();

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
     * A page as it came, or a part of a large one.
     *
     * @param asked the answer, to be kept as it is; null where none is kept
     * @param covered the days that are read to their end once the last page is here
     * @param last whether this is the end of the last page
     * @param thoughtNew whether all of it is thought to be new, as the pages of a first reading are
     */
    public record Came(
            Normalised page,
            Span span,
            Fields fields,
            RawPages.@Nullable Asked asked,
            List<Covered> covered,
            boolean last,
            boolean thoughtNew) {
        /** Rows are counted at the end where there surely is one: a reading beside the usual order never goes on. */
        private PageWriter.Extent extent(Resource resource, Cursor.Step step, boolean asNew) {
            var counted = (last || step instanceof Cursor.Step.Resume)
                    && Coverage.isCounted(resource.targets().getFirst().table());
            return PageWriter.Extent.of(
                    span, fields, asNew, day -> counted && covered.stream().anyMatch(days -> days.notes(day)));
        }
    }

    /**
     * Days that were asked for, both included.
     *
     * @param from null where no limit was sent
     * @param askedAt until when they can be known
     */
    public record Covered(@Nullable LocalDate from, LocalDate to, Instant askedAt) {
        private boolean notes(LocalDate day) {
            return !day.isAfter(to) && !day.isBefore(Coverage.first(from, to));
        }
    }

    /**
     * One transaction: the page's rows and rejects, the count of both, and where a crash would go on.
     *
     * @return what became of the page's rows
     * @throws Erased where the person is gone: then nothing of the page is written
     * @throws Overtaken likewise, where the person is not this process's own any more
     */
    public Counts write(long userId, UUID run, Resource resource, Came came, Cursor.Step step, Instant now) {
        if (came.thoughtNew()) {
            try {
                return write(userId, run, resource, came, true, step, now);
            } catch (DataAccessException e) {
                // Else a row stands already, which a distributed database gives no state of its own.
                if (Database.isGone(e)) {
                    throw e;
                }
            }
        }
        return write(userId, run, resource, came, false, step, now);
    }

    private Counts write(
            long userId, UUID run, Resource resource, Came came, boolean asNew, Cursor.Step step, Instant now) {
        return Transaction.result(sql, tx -> {
            var page = came.page();
            hold(tx, leases, userId, resource.name());
            var counts = new PageWriter(tx, userId, resource.name(), known, now)
                    .write(resource.targets(), page, came.extent(resource, step, asNew));
            Rejects.keep(tx, userId, resource.name(), page.rejects(), now);
            if (came.asked() != null) {
                RawPages.keep(tx, userId, run, resource, came.asked(), page, now);
            }
            if (came.last()) {
                cover(tx, userId, resource, came.covered());
            }
            if (resource.movement() instanceof Movement.Each each
                    && came.span() instanceof Span.One(var id)
                    && page.rejects().isEmpty()) {
                Rejects.clear(tx, userId, resource.name(), item(each, id)); // it did not come at first
            }
            var values = new HashMap<String, @Nullable Object>();
            values.put("user_id", userId);
            values.put("run", run);
            values.put("resource", resource.name());
            values.put("newest", newest(page, now));
            values.put("fetched", counts.fetched());
            values.put("inserted", counts.inserted());
            values.put("changed", counts.changed());
            values.put("unchanged", counts.unchanged());
            values.put("removed", counts.removed());
            values.put("rejected", counts.rejected());
            var written =
                    switch (step) {
                        case Cursor.Step.Stay() -> STAY;
                        case Cursor.Step.Await() -> AWAIT;
                        case Cursor.Step.Resume(var next) -> {
                            values.put("offset", next.offset());
                            values.put("since", next.span() instanceof Span.ChangedSince(var since) ? since : null);
                            values.put("from", next.span() instanceof Span.Days(var from, var _) ? from : null);
                            values.put("to", next.span() instanceof Span.Days(var _, var to) ? to : null);
                            values.put("reached", next.reachesAt());
                            values.put("started", next.startedAt());
                            yield RESUME;
                        }
                        case Cursor.Step.Extend(var from, var to) -> {
                            values.put("from", from);
                            values.put("to", to);
                            yield EXTEND;
                        }
                    };
            written.execute(tx, values);
            return counts;
        });
    }

    /**
     * These rows are gone at Withings: marked, not removed.
     *
     * @param keys without the user
     */
    public Counts delete(long userId, UUID run, String resource, Table<?> table, Set<List<Object>> keys, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            hold(tx, leases, userId, resource);
            var deleted = Deletions.mark(tx, userId, table, Standing.rows(table, keys), now);
            if (deleted > 0) {
                DaySummaries.due(tx, userId, DaySummaries.Days.NONE, now);
            }
            tx.update(RUN_RESOURCE)
                    .set(RUN_RESOURCE.REMOVED, RUN_RESOURCE.REMOVED.plus(deleted))
                    .where(
                            RUN_RESOURCE.USER_ID.eq(userId),
                            RUN_RESOURCE.RUN_ID.eq(run),
                            RUN_RESOURCE.RESOURCE.eq(resource))
                    .execute();
            return Counts.removed(deleted);
        });
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

    private static void cover(DSLContext tx, long userId, Resource resource, List<Covered> covered) {
        var main = resource.targets().getFirst().table();
        for (var days : covered) {
            Coverage.asked(
                    tx,
                    userId,
                    resource.name(),
                    days.from(),
                    days.to(),
                    days.askedAt(),
                    Coverage.isCounted(main) ? main : null);
        }
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

    /** When the page's newest row was measured or began; null where its rows are of no time. */
    private static @Nullable Instant newest(Normalised page, Instant now) {
        if (page.records().isEmpty()) {
            return null;
        }
        var column = Coverage.column(page.records().getFirst().getFirst().getTable(), TIMES);
        var latest = now.plusSeconds(86_400); // a wrong clock would hide all that follows
        Instant newest = null;
        for (var record : column < 0 ? List.<List<TableRecord<?>>>of() : page.records()) {
            var at = time(record.getFirst().get(column));
            if (at != null && at.isBefore(latest) && (newest == null || at.isAfter(newest))) {
                newest = at;
            }
        }
        return newest;
    }

    private static @Nullable Instant time(@Nullable Object value) {
        return switch (value) {
            case Instant moment -> moment;
            case LocalDate day -> day.atStartOfDay(ZoneOffset.UTC).toInstant();
            case null, default -> null;
        };
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

    private static <T> Field<T> given(String name, Field<T> like) {
        return param(name, like.getDataType());
    }

    private static Condition isResources() {
        return CURSOR.USER_ID
                .eq(given("user_id", CURSOR.USER_ID))
                .and(CURSOR.RESOURCE.eq(given("resource", CURSOR.RESOURCE)));
    }

    private static Condition isTurns() {
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

    private static final Rendered STAY = page(1, update -> update, Cursors::isMoved);
    private static final Rendered AWAIT = page(0, update -> update, Cursors::isMoved);
    private static final Rendered RESUME = page(
            1,
            update -> update.set(CURSOR.RESUME_OFFSET, given("offset", CURSOR.RESUME_OFFSET))
                    .set(CURSOR.RESUME_SINCE, given("since", CURSOR.RESUME_SINCE))
                    .set(CURSOR.RESUME_FROM, given("from", CURSOR.RESUME_FROM))
                    .set(CURSOR.RESUME_TO, given("to", CURSOR.RESUME_TO))
                    .set(CURSOR.RESUME_REACHED_AT, given("reached", CURSOR.RESUME_REACHED_AT))
                    .set(CURSOR.RESUME_STARTED_AT, given("started", CURSOR.RESUME_STARTED_AT)),
            DSL::noCondition);
    private static final Rendered EXTEND = page(
            1,
            update -> update.set(CURSOR.REACHED_AT, greatest(CURSOR.REACHED_AT, given("to", CURSOR.REACHED_AT)))
                    .set(CURSOR.BACKFILLED_TO, least(CURSOR.BACKFILLED_TO, given("from", CURSOR.BACKFILLED_TO))),
            DSL::noCondition);

    /** A page that brings nothing says nothing of the cursor. */
    private static Condition isMoved() {
        return CURSOR.ROW_COUNT.ne(rowCount()).or(CURSOR.LAST_ROW_AT.isDistinctFrom(lastRowAt()));
    }

    private static Field<Long> rowCount() {
        return more("inserted", CURSOR.ROW_COUNT).minus(given("removed", CURSOR.ROW_COUNT));
    }

    private static Field<Instant> lastRowAt() {
        return greatest(CURSOR.LAST_ROW_AT, given("newest", CURSOR.LAST_ROW_AT));
    }

    /** A page is counted, and the cursor says how a crash would go on. */
    private static Rendered page(
            int pages, UnaryOperator<UpdateSetMoreStep<CursorRecord>> step, Supplier<Condition> moves) {
        return new Rendered(() -> step.apply(with(name("counted")
                                .as(update(RUN_RESOURCE)
                                        .set(RUN_RESOURCE.PAGES, RUN_RESOURCE.PAGES.plus(inline(pages)))
                                        .set(RUN_RESOURCE.FETCHED, more("fetched", RUN_RESOURCE.FETCHED))
                                        .set(RUN_RESOURCE.INSERTED, more("inserted", RUN_RESOURCE.INSERTED))
                                        .set(RUN_RESOURCE.CHANGED, more("changed", RUN_RESOURCE.CHANGED))
                                        .set(RUN_RESOURCE.UNCHANGED, more("unchanged", RUN_RESOURCE.UNCHANGED))
                                        .set(RUN_RESOURCE.REMOVED, more("removed", RUN_RESOURCE.REMOVED))
                                        .set(RUN_RESOURCE.REJECTED, more("rejected", RUN_RESOURCE.REJECTED))
                                        .where(isTurns())
                                        .returningResult(inline(1))))
                        .update(CURSOR)
                        .set(CURSOR.ROW_COUNT, rowCount())
                        .set(CURSOR.LAST_ROW_AT, lastRowAt()))
                .where(isResources())
                .and(moves.get()));
    }

    private static Field<Long> more(String name, Field<Long> count) {
        return count.plus(given(name, count));
    }

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
