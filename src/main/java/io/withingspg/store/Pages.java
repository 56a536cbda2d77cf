package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.RUN_RESOURCE;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.least;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.with;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.RowTime;
import io.withingspg.resource.Span;
import io.withingspg.schema.sync.tables.records.CursorRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.UpdateSetMoreStep;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The pages of a turn, as they come: their rows, and with them where the cursor goes. */
public final class Pages {
    private final DSLContext sql;
    private final Leases leases;
    private final Drift.Known known = new Drift.Known();

    public Pages(DSLContext sql, Leases leases) {
        this.sql = sql;
        this.leases = leases;
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
            Cursors.hold(tx, leases, userId, resource.name());
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
                Rejects.clear(tx, userId, resource.name(), Cursors.item(each, id)); // it did not come at first
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
            Cursors.hold(tx, leases, userId, resource);
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

    /** When the page's newest row was measured or began; null where its rows are of no time. */
    private static @Nullable Instant newest(Normalised page, Instant now) {
        if (page.records().isEmpty()) {
            return null;
        }
        var time = RowTime.of(page.records().getFirst().getFirst().getTable());
        var latest = now.plusSeconds(86_400); // a wrong clock would hide all that follows
        Instant newest = null;
        for (var record : page.records()) {
            var at = time.moment(record.getFirst());
            if (at != null && at.isBefore(latest) && (newest == null || at.isAfter(newest))) {
                newest = at;
            }
        }
        return newest;
    }

    private static final Rendered STAY = page(1, update -> update, Pages::isMoved);
    private static final Rendered AWAIT = page(0, update -> update, Pages::isMoved);
    private static final Rendered RESUME = page(
            1,
            update -> update.set(CURSOR.RESUME_OFFSET, Cursors.given("offset", CURSOR.RESUME_OFFSET))
                    .set(CURSOR.RESUME_SINCE, Cursors.given("since", CURSOR.RESUME_SINCE))
                    .set(CURSOR.RESUME_FROM, Cursors.given("from", CURSOR.RESUME_FROM))
                    .set(CURSOR.RESUME_TO, Cursors.given("to", CURSOR.RESUME_TO))
                    .set(CURSOR.RESUME_REACHED_AT, Cursors.given("reached", CURSOR.RESUME_REACHED_AT))
                    .set(CURSOR.RESUME_STARTED_AT, Cursors.given("started", CURSOR.RESUME_STARTED_AT)),
            DSL::noCondition);
    private static final Rendered EXTEND = page(
            1,
            update -> update.set(CURSOR.REACHED_AT, greatest(CURSOR.REACHED_AT, Cursors.given("to", CURSOR.REACHED_AT)))
                    .set(
                            CURSOR.BACKFILLED_TO,
                            least(CURSOR.BACKFILLED_TO, Cursors.given("from", CURSOR.BACKFILLED_TO))),
            DSL::noCondition);

    /** A page that brings nothing says nothing of the cursor. */
    private static Condition isMoved() {
        return CURSOR.ROW_COUNT.ne(rowCount()).or(CURSOR.LAST_ROW_AT.isDistinctFrom(lastRowAt()));
    }

    private static Field<Long> rowCount() {
        return more("inserted", CURSOR.ROW_COUNT).minus(Cursors.given("removed", CURSOR.ROW_COUNT));
    }

    private static Field<Instant> lastRowAt() {
        return greatest(CURSOR.LAST_ROW_AT, Cursors.given("newest", CURSOR.LAST_ROW_AT));
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
                                        .where(Cursors.isTurns())
                                        .returningResult(inline(1))))
                        .update(CURSOR)
                        .set(CURSOR.ROW_COUNT, rowCount())
                        .set(CURSOR.LAST_ROW_AT, lastRowAt()))
                .where(Cursors.isResources())
                .and(moves.get()));
    }

    private static Field<Long> more(String name, Field<Long> count) {
        return count.plus(Cursors.given(name, count));
    }
}
