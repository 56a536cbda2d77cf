package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.COVERAGE;
import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static io.withingspg.schema.sync.Tables.RUN_RESOURCE;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.least;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.val;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.schema.sync.tables.records.CursorRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** A resource's turn within a visit: where it stands, the pages that came, and where it goes from there. */
public final class Cursors {
    private final DSLContext sql;

    public Cursors(DSLContext sql) {
        this.sql = sql;
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
        sql.insertInto(RUN_RESOURCE)
                .set(RUN_RESOURCE.USER_ID, userId)
                .set(RUN_RESOURCE.RUN_ID, run)
                .set(RUN_RESOURCE.RESOURCE, resource)
                .set(RUN_RESOURCE.STARTED_AT, now)
                .onConflictDoNothing()
                .execute();
        sql.update(CURSOR)
                .set(CURSOR.LAST_ATTEMPT_AT, now)
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                .execute();
    }

    /**
     * A page as it came.
     *
     * @param answer to be kept as it is; null where none is kept
     * @param covered the days that are now read to their end; empty while the reading goes on
     */
    public record Came(
            Normalised page, Span span, Fields fields, RawPages.@Nullable Answer answer, List<Covered> covered) {}

    /**
     * Days that were asked for, both included.
     *
     * @param from null where no limit was sent
     * @param askedAt until when they can be known
     */
    public record Covered(@Nullable LocalDate from, LocalDate to, Instant askedAt) {}

    /**
     * One transaction: the page's rows and rejects, the count of both, and where a crash would go on.
     *
     * @return what became of the page's rows
     * @throws Erased where the person is gone: then nothing of the page is written
     */
    public Counts write(long userId, UUID run, Resource resource, Came came, Cursor.Step step, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            var page = came.page();
            hold(tx, userId, resource.name());
            var counts = new PageWriter(tx, userId, resource.name(), now)
                    .write(resource.targets(), page, PageWriter.Extent.of(came.span(), came.fields()));
            Rejects.keep(tx, userId, resource.name(), page.rejects(), now);
            if (came.answer() != null) {
                RawPages.keep(tx, userId, run, resource, came.answer(), page, now);
            }
            came.covered().forEach(days -> cover(tx, userId, resource.name(), days));
            if (resource.movement() instanceof Movement.Each each
                    && came.span() instanceof Span.One(var id)
                    && page.rejects().isEmpty()) {
                Rejects.clear(tx, userId, resource.name(), item(each, id)); // it did not come at first
            }
            var cursor = tx.update(CURSOR)
                    .set(CURSOR.ROW_COUNT, CURSOR.ROW_COUNT.plus(counts.inserted() - counts.removed()));
            var newest = newest(page, now);
            if (newest != null) {
                cursor = cursor.set(CURSOR.LAST_ROW_AT, greatest(CURSOR.LAST_ROW_AT, val(newest)));
            }
            cursor = switch (step) {
                case Cursor.Step.Stay() -> cursor;
                case Cursor.Step.Resume(var next) ->
                    cursor.set(CURSOR.RESUME_OFFSET, next.offset())
                            .set(
                                    CURSOR.RESUME_SINCE,
                                    next.span() instanceof Span.ChangedSince(var since) ? since : null)
                            .set(CURSOR.RESUME_FROM, next.span() instanceof Span.Days(var from, var _) ? from : null)
                            .set(CURSOR.RESUME_TO, next.span() instanceof Span.Days(var _, var to) ? to : null)
                            .set(CURSOR.RESUME_REACHED_AT, next.reachesAt())
                            .set(CURSOR.RESUME_STARTED_AT, next.startedAt());
                case Cursor.Step.Extend(var from, var to) ->
                    cursor.set(CURSOR.REACHED_AT, greatest(CURSOR.REACHED_AT, val(to)))
                            .set(CURSOR.BACKFILLED_TO, least(CURSOR.BACKFILLED_TO, val(from)));
            };
            cursor.where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource.name()))
                    .execute();
            tx.update(RUN_RESOURCE)
                    .set(RUN_RESOURCE.PAGES, RUN_RESOURCE.PAGES.plus(1))
                    .set(RUN_RESOURCE.FETCHED, RUN_RESOURCE.FETCHED.plus(counts.fetched()))
                    .set(RUN_RESOURCE.INSERTED, RUN_RESOURCE.INSERTED.plus(counts.inserted()))
                    .set(RUN_RESOURCE.CHANGED, RUN_RESOURCE.CHANGED.plus(counts.changed()))
                    .set(RUN_RESOURCE.UNCHANGED, RUN_RESOURCE.UNCHANGED.plus(counts.unchanged()))
                    .set(RUN_RESOURCE.REMOVED, RUN_RESOURCE.REMOVED.plus(counts.removed()))
                    .set(RUN_RESOURCE.REJECTED, RUN_RESOURCE.REJECTED.plus(counts.rejected()))
                    .where(
                            RUN_RESOURCE.USER_ID.eq(userId),
                            RUN_RESOURCE.RUN_ID.eq(run),
                            RUN_RESOURCE.RESOURCE.eq(resource.name()))
                    .execute();
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
            hold(tx, userId, resource);
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

    private static void cover(DSLContext tx, long userId, String resource, Covered days) {
        var from = days.from();
        if (from == null) { // without a limit: nothing was before the first row
            from = tx.select(DSL.min(COVERAGE.DAY))
                    .from(COVERAGE)
                    .where(COVERAGE.USER_ID.eq(userId), COVERAGE.RESOURCE.eq(resource))
                    .fetchOne(DSL.min(COVERAGE.DAY));
        }
        Coverage.asked(tx, userId, resource, from == null ? days.to() : from, days.to(), days.askedAt());
    }

    /**
     * Before the first row: an erasure takes the cursors first as well, so that it either waits for this page and removes
     * it, or was there before and leaves no cursor to hold.
     */
    static void hold(DSLContext tx, long userId, String resource) {
        var cursor = tx.select(CURSOR.RESOURCE)
                .from(CURSOR)
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                .forUpdate()
                .fetchOne();
        if (cursor == null) {
            throw new Erased();
        }
    }

    /** When the page's newest row was measured or began; null where its rows are of no time. */
    private static @Nullable Instant newest(Normalised page, Instant now) {
        return page.records().stream()
                .map(record -> time(record.getFirst()))
                .filter(java.util.Objects::nonNull)
                .filter(time -> time.isBefore(now.plusSeconds(86_400))) // a wrong clock would hide all that follows
                .max(Instant::compareTo)
                .orElse(null);
    }

    private static @Nullable Instant time(TableRecord<?> row) {
        for (var column : List.of("measured_at", "started_at", "recorded_at", "sampled_at")) {
            var time = row.field(column, Instant.class);
            if (time != null) {
                return row.get(time);
            }
        }
        var day = row.field("day", java.time.LocalDate.class);
        var value = day == null ? null : row.get(day);
        return value == null
                ? null
                : value.atStartOfDay(java.time.ZoneOffset.UTC).toInstant();
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

    /** @param calls spent in this turn, repeats included */
    public void endTurn(long userId, UUID run, String resource, Move move, int calls, Instant now) {
        sql.transaction(transaction -> {
            var tx = transaction.dsl();
            if (move.moves()) {
                moveCursor(tx, userId, resource, move, now);
            }
            if (move.comparison() != null) { // somebody may have asked for that beside the usual order of things
                tx.update(CURSOR)
                        .set(CURSOR.RECONCILED_AT, now)
                        .set(CURSOR.RECONCILE_KEPT, move.comparison().kept())
                        .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                        .execute();
            }
            tx.update(RUN_RESOURCE)
                    .set(RUN_RESOURCE.FINISHED_AT, now)
                    .set(RUN_RESOURCE.OUTCOME, move.outcome())
                    .set(RUN_RESOURCE.ERROR, move.error())
                    .set(RUN_RESOURCE.CALLS, calls)
                    .where(
                            RUN_RESOURCE.USER_ID.eq(userId),
                            RUN_RESOURCE.RUN_ID.eq(run),
                            RUN_RESOURCE.RESOURCE.eq(resource))
                    .execute();
        });
    }

    private static void moveCursor(DSLContext tx, long userId, String resource, Move move, Instant now) {
        var cursor = tx.update(CURSOR)
                .set(CURSOR.NEXT_DUE_AT, move.nextDueAt())
                .set(CURSOR.LAST_OUTCOME, move.outcome())
                .set(CURSOR.LAST_ERROR, move.error());
        if (move.success()) {
            cursor = cursor.set(CURSOR.LAST_SUCCESS_AT, now).set(CURSOR.CONSECUTIVE_FAILURES, 0);
        }
        if (move.failure()) {
            cursor = cursor.set(CURSOR.CONSECUTIVE_FAILURES, CURSOR.CONSECUTIVE_FAILURES.plus(1));
        }
        if (move.reachedAt() != null) {
            cursor = cursor.set(CURSOR.REACHED_AT, move.reachedAt());
        }
        var moved = cursor.where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                .and(CURSOR.NEXT_DUE_AT.eq(move.dueBefore()))
                .execute();
        // Over, or overtaken by what somebody wants anew: either way nobody is to go on with this reading.
        if (move.success() || move.reachedAt() != null || moved == 0) {
            tx.update(CURSOR)
                    .setNull(CURSOR.RESUME_OFFSET)
                    .setNull(CURSOR.RESUME_SINCE)
                    .setNull(CURSOR.RESUME_FROM)
                    .setNull(CURSOR.RESUME_TO)
                    .setNull(CURSOR.RESUME_REACHED_AT)
                    .setNull(CURSOR.RESUME_STARTED_AT)
                    .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                    .and(CURSOR.RESUME_OFFSET.isNotNull())
                    .execute();
        }
    }
}
