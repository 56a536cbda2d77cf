package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.DAY_SUMMARY;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.ROW_CHANGE;
import static io.withingspg.schema.sync.Tables.SUMMARY_DUE;
import static java.util.stream.Collectors.toMap;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.least;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectFrom;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.with;

import io.withingspg.resource.RowTime;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Record1;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What analytics tells of a day, worked out once. Whoever writes rows says within the same transaction which days are due;
 * the view {@code sync.summarised_day} answers for those from the rows themselves until {@link #bringUpToDate} was there.
 */
public final class DaySummaries {
    /** Whose rows may move from one day to another. */
    private static final List<String> SUMMARISED =
            List.of("measure_group", "activity_day", "workout", "sleep_summary", "heart_record");

    private static final Param<Long> USER = param("user_id", SUMMARY_DUE.USER_ID.getDataType());

    private static final Logger LOG = LoggerFactory.getLogger(DaySummaries.class);

    private final DSLContext sql;

    public DaySummaries(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * Days from the first to the last, both included.
     *
     * @param first null where no day is among them; then last is null too
     */
    record Days(@Nullable LocalDate first, @Nullable LocalDate last) {
        static final Days NONE = new Days(null, null);

        Days with(@Nullable LocalDate from, @Nullable LocalDate to) {
            if (from == null || to == null) {
                return this;
            }
            return first == null || last == null
                    ? new Days(from, to)
                    : new Days(from.isBefore(first) ? from : first, to.isAfter(last) ? to : last);
        }

        /** The days that rows of this table belong to; by instants alone they are known up to the timezone. */
        Days with(Table<?> table, Collection<? extends TableRecord<?>> rows) {
            var time = RowTime.of(table);
            var days = rows.stream().map(time::day).filter(Objects::nonNull).toList();
            if (days.isEmpty()) {
                return this;
            }
            var widened = time.hasLocalDay() ? 0 : 1;
            return with(
                    Collections.min(days).minusDays(widened),
                    Collections.max(days).plusDays(widened));
        }
    }

    /**
     * These days changed. A person of whom nothing was worked out yet is due from end to end anyway.
     *
     * @param changedAt when rows were changed or deleted whose earlier version may be of another day; null where none were
     */
    static void due(DSLContext tx, long userId, Days touched, @Nullable Instant changedAt) {
        var days = changedAt == null ? touched : earlier(tx, userId, touched, changedAt);
        if (days.first() == null || days.last() == null) {
            return;
        }
        DUE.execute(tx, Map.of("user_id", userId, "first", days.first(), "last", days.last()));
    }

    private static final Param<LocalDate> FIRST = param("first", SUMMARY_DUE.DUE_FROM.getDataType());
    private static final Param<LocalDate> LAST = param("last", SUMMARY_DUE.DUE_TO.getDataType());

    private static final Rendered DUE = new Rendered(() -> insertInto(SUMMARY_DUE)
            .columns(SUMMARY_DUE.USER_ID)
            .values(USER)
            .onConflict(SUMMARY_DUE.USER_ID)
            .doUpdate()
            .set(SUMMARY_DUE.DUE_FROM, least(SUMMARY_DUE.DUE_FROM, FIRST))
            .set(SUMMARY_DUE.DUE_TO, greatest(SUMMARY_DUE.DUE_TO, LAST))
            .where(SUMMARY_DUE.DUE_FROM.gt(FIRST).or(SUMMARY_DUE.DUE_TO.lt(LAST))));

    private static Days earlier(DSLContext tx, long userId, Days touched, Instant changedAt) {
        return EARLIER.fetch(tx, Map.of("user_id", userId, "changed_at", changedAt), days -> {
            days.next();
            return touched.with(days.getObject(1, LocalDate.class), days.getObject(2, LocalDate.class));
        });
    }

    private static final Field<LocalDate> EARLIER_DAY = field("({0} ->> 'day')::date", LocalDate.class, ROW_CHANGE.ROW);

    private static final Rendered EARLIER = new Rendered(() -> select(min(EARLIER_DAY), max(EARLIER_DAY))
            .from(ROW_CHANGE)
            .where(ROW_CHANGE.USER_ID.eq(param("user_id", ROW_CHANGE.USER_ID)))
            .and(ROW_CHANGE.TABLE_NAME.in(SUMMARISED.stream().map(DSL::inline).toList()))
            .and(ROW_CHANGE.CHANGED_AT.eq(param("changed_at", ROW_CHANGE.CHANGED_AT))));

    private static SelectConditionStep<Record1<Long>> due() {
        return select(ENROLMENT.USER_ID)
                .from(ENROLMENT)
                .leftJoin(SUMMARY_DUE)
                .on(SUMMARY_DUE.USER_ID.eq(ENROLMENT.USER_ID))
                .where(SUMMARY_DUE.USER_ID.isNull().or(SUMMARY_DUE.DUE_FROM.le(SUMMARY_DUE.DUE_TO)));
    }

    /** People whom no visit reaches any more as well: questions about them would stay slow. */
    public void bringEverybodyUpToDate() {
        try {
            for (var userId : sql.fetchValues(due().orderBy(ENROLMENT.USER_ID))) {
                try {
                    workOut(userId);
                } catch (DataAccessException e) {
                    if (Database.isGone(e)) {
                        throw e;
                    }
                    tellLater(userId, e); // of one person: the others' still can be
                }
            }
        } catch (DataAccessException e) {
            LOG.warn("days are summed up later: {}", Database.reason(e));
        }
    }

    private static void tellLater(long userId, DataAccessException e) {
        LOG.warn("user {}: days are summed up later: {}", userId, Database.reason(e));
    }

    /**
     * Works out what is due of a person, where anything is, so that no question has to. Days stay due where this fails:
     * questions are answered from the rows then, and whoever comes next tries again.
     */
    public void bringUpToDate(long userId) {
        try {
            if (IS_DUE.fetch(sql, Map.of("user_id", userId), ResultSet::next)) {
                workOut(userId);
            }
        } catch (DataAccessException e) {
            tellLater(userId, e);
        }
    }

    private void workOut(long userId) {
        var whose = Map.of("user_id", userId);
        Transaction.result(sql, tx -> {
            // Each statement must see what was committed while the ones before it waited, whatever this database's
            // default.
            tx.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
            hold(tx, userId);
            if (IS_ENROLLED.fetch(tx, whose, ResultSet::next)) {
                WORK_OUT.execute(tx, whose);
                return DONE.execute(tx, whose);
            }
            return ERASED.execute(tx, whose);
        });
    }

    /**
     * A page that is being written, an erasure and this wait for each other. Not by the person's row in the enrolment: two
     * that share a lock on a table which a distributed database keeps on every server end in a deadlock, whoever they are of.
     */
    static void hold(DSLContext tx, long userId) {
        var whose = Map.of("user_id", userId);
        EVERYTHING_DUE.execute(tx, whose);
        HOLD.fetch(tx, whose, ResultSet::next);
    }

    private static final Rendered IS_DUE = new Rendered(() -> due().and(ENROLMENT.USER_ID.eq(USER)));

    /** Of somebody of whom nothing was worked out yet. */
    private static final Rendered EVERYTHING_DUE = new Rendered(() ->
            insertInto(SUMMARY_DUE).columns(SUMMARY_DUE.USER_ID).values(USER).onConflictDoNothing());

    private static final Rendered HOLD = new Rendered(() -> select(SUMMARY_DUE.USER_ID)
            .from(SUMMARY_DUE)
            .where(SUMMARY_DUE.USER_ID.eq(USER))
            .forUpdate());

    private static final Rendered IS_ENROLLED =
            new Rendered(() -> select(ENROLMENT.USER_ID).from(ENROLMENT).where(ENROLMENT.USER_ID.eq(USER)));

    /** The person was erased meanwhile. */
    private static final Rendered ERASED =
            new Rendered(() -> deleteFrom(SUMMARY_DUE).where(SUMMARY_DUE.USER_ID.eq(USER)));

    private static final Rendered DONE = new Rendered(() -> update(SUMMARY_DUE)
            .set(SUMMARY_DUE.DUE_FROM, field("date 'infinity'", LocalDate.class))
            .set(SUMMARY_DUE.DUE_TO, field("date '-infinity'", LocalDate.class))
            .where(SUMMARY_DUE.USER_ID.eq(USER)));

    private static final Rendered WORK_OUT = new Rendered(DaySummaries::statement);

    /** Days that have nothing any more go; of the others, those that are as they were cost no write. */
    private static Query statement() {
        var fresh = name("fresh")
                .as(select(Stream.of(DAY_SUMMARY.fields())
                                .map(column -> field(name("v", column.getName()), column.getDataType()))
                                .toList())
                        .from(table(name("sync", "summarised_day")).as("v"))
                        .join(SUMMARY_DUE)
                        .on(SUMMARY_DUE.USER_ID.eq(field(name("v", "user_id"), Long.class)))
                        .and(field(name("v", "day"), LocalDate.class).between(SUMMARY_DUE.DUE_FROM, SUMMARY_DUE.DUE_TO))
                        .where(field(name("v", "user_id"), Long.class).eq(USER)));
        var gone = name("gone")
                .as(deleteFrom(DAY_SUMMARY)
                        .using(SUMMARY_DUE)
                        .where(DAY_SUMMARY.USER_ID.eq(USER), SUMMARY_DUE.USER_ID.eq(USER))
                        .and(DAY_SUMMARY.DAY.between(SUMMARY_DUE.DUE_FROM, SUMMARY_DUE.DUE_TO))
                        .and(DAY_SUMMARY.DAY.notIn(select(field(name("fresh", "day"), LocalDate.class))
                                .from(name("fresh"))))
                        .returningResult(inline(1)));
        var columns = Stream.of(DAY_SUMMARY.fields())
                .filter(column -> !DAY_SUMMARY.getPrimaryKey().getFields().contains(column))
                .toList();
        return with(fresh)
                .with(gone)
                .insertInto(DAY_SUMMARY, DAY_SUMMARY.fields())
                .select(selectFrom(fresh))
                .onConflict(DAY_SUMMARY.getPrimaryKey().getFields())
                .doUpdate()
                .set(columns.stream().collect(toMap(column -> column, DSL::excluded)))
                .where(row(columns)
                        .isDistinctFrom(row(columns.stream().map(DSL::excluded).toList())));
    }
}
