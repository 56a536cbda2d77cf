package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.COVERAGE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.least;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Resource;
import io.withingspg.resource.RowTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * Which days were asked for, and what came of them. Days are local, and the last place on earth ends its day 12 hours
 * after UTC does; of samples, days are those of UTC.
 */
public final class Coverage {
    private static final Duration LAST_PLACE = Duration.ofHours(12);
    private static final Duration FIRST_PLACE = Duration.ofHours(14);

    /** Noted by one call at most; more than ten years. */
    private static final int DAYS_MAX = 4000;

    /** Of gaps, at most so many are found. */
    public static final int GAPS_MAX = 500;

    /** Who is due is asked within this time; longer, and nobody asks. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /**
     * What lies between two final days in a row is a gap; the days just outside the wanted ones count as final. While
     * reading goes well, the days that ended since it last began are its next turn's; and the last day of somebody whose
     * days are over can become final no more, as calls stop when it ends. {@code least} and {@code greatest} pass over nulls.
     */
    private static final String GAPS = """
            WITH wanted AS (
                SELECT * FROM unnest({0}, {1}, {2}, {3}, {4}, {5})
                    AS w (resource, scope, from_day, not_before, to_day, settled_after)
            ), asked AS (
                SELECT e.user_id, w.resource, w.settled_after, coalesce(e.fetch_until < {6}, false) AS is_over,
                    greatest(
                        least(
                            coalesce(w.from_day, seen.first_day, (e.enrolled_at AT TIME ZONE 'UTC')::date),
                            (c.backfilled_to AT TIME ZONE 'UTC')::date),
                        w.not_before,
                        e.fetch_from) AS from_day,
                    least(
                        w.to_day,
                        CASE WHEN e.fetch_until < {6} THEN e.fetch_until - 1 ELSE e.fetch_until END,
                        CASE WHEN c.consecutive_failures = 0 AND c.next_due_at > {7} THEN
                            (least(c.last_success_at, c.last_attempt_at) AT TIME ZONE 'UTC'
                                - w.settled_after * interval '1 hour')::date - 1
                        END) AS to_day
                FROM sync.enrolment e
                CROSS JOIN wanted w
                LEFT JOIN sync.cursor c ON c.user_id = e.user_id AND c.resource = w.resource
                LEFT JOIN (
                    SELECT user_id, resource, min(day) AS first_day
                    FROM sync.coverage
                    WHERE asked_at IS NOT NULL
                    GROUP BY user_id, resource
                ) seen ON seen.user_id = e.user_id AND seen.resource = w.resource
                WHERE e.status = 'active' AND ({8}) AND (e.scopes = '{}' OR w.scope = ANY (e.scopes))
            ), final AS (
                SELECT c.user_id, c.resource, c.day
                FROM sync.coverage c
                JOIN asked a ON a.user_id = c.user_id AND a.resource = c.resource
                WHERE c.day BETWEEN a.from_day AND a.to_day
                  AND c.asked_at >= ((c.day + 1)::timestamp AT TIME ZONE 'UTC') + a.settled_after * interval '1 hour'
                UNION ALL
                SELECT user_id, resource, edge
                FROM asked
                CROSS JOIN LATERAL (VALUES (from_day - 1), (to_day + 1)) AS edges (edge)
                WHERE from_day <= to_day
            )
            SELECT user_id, resource, greatest(day + 1, next_day - {9}) AS from_day, next_day - 1 AS to_day, is_over
            FROM (
                SELECT user_id, resource, day, lead(day) OVER (PARTITION BY user_id, resource ORDER BY day) AS next_day
                FROM final
            ) pairs
            JOIN asked USING (user_id, resource)
            WHERE next_day - day > 1
            ORDER BY user_id, array_position({0}, resource), day
            LIMIT {10}
            """;

    private static final List<String> USERS_DAY = List.of("user_id", "day");
    private static final Map<Table<?>, Boolean> COUNTABLE = new ConcurrentHashMap<>();

    private final DSLContext sql;

    public Coverage(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * Days in a row that nobody asked for, or not since they ended.
     *
     * @param from the first of them
     * @param to the last of them
     * @param over whether the person's last day is over, so that nothing is asked any more
     */
    public record Gap(long userId, String resource, LocalDate from, LocalDate to, boolean over) {}

    /** The first local day that was not over everywhere at this instant: from there on, days have to be asked for again. */
    public static LocalDate firstOpen(Instant at) {
        return LocalDate.ofInstant(at.minus(LAST_PLACE), ZoneOffset.UTC);
    }

    /** The last local day that had begun anywhere at this instant. */
    public static LocalDate lastBegun(Instant at) {
        return LocalDate.ofInstant(at.plus(FIRST_PLACE), ZoneOffset.UTC);
    }

    /**
     * Rows that were new, by their day.
     *
     * @param rows of one table, one for each record; those of no day are left out
     * @param countedLater days whose rows are counted when the reading has ended
     */
    static void came(
            DSLContext tx,
            long userId,
            String resource,
            Collection<TableRecord<?>> rows,
            Predicate<LocalDate> countedLater) {
        var days = new TreeMap<LocalDate, Long>();
        for (var row : rows) {
            var day = RowTime.of(row.getTable()).day(row);
            if (day != null && !countedLater.test(day)) {
                days.merge(day, 1L, Long::sum);
            }
        }
        if (days.isEmpty()) {
            return;
        }
        CAME.execute(
                tx,
                Map.of(
                        "user_id",
                        userId,
                        "resource",
                        resource,
                        "days",
                        days.keySet().toArray(LocalDate[]::new),
                        "row_counts",
                        days.values().toArray(Long[]::new)));
    }

    private static final Rendered CAME = new Rendered(() -> insertInto(
                    COVERAGE, COVERAGE.USER_ID, COVERAGE.RESOURCE, COVERAGE.DAY, COVERAGE.ROW_COUNT)
            .select(select(
                            param("user_id", COVERAGE.USER_ID),
                            param("resource", COVERAGE.RESOURCE),
                            field(name("page", "day"), LocalDate.class),
                            field(name("page", "row_count"), Long.class))
                    .from(table(
                                    "unnest({0}, {1})",
                                    param("days", COVERAGE.DAY.getDataType().array()),
                                    param(
                                            "row_counts",
                                            COVERAGE.ROW_COUNT.getDataType().array()))
                            .as("page", "day", "row_count")))
            .onConflict(COVERAGE.getPrimaryKey().getFields())
            .doUpdate()
            .set(COVERAGE.ROW_COUNT, COVERAGE.ROW_COUNT.plus(excluded(COVERAGE.ROW_COUNT))));

    /**
     * These days were asked for, to the end of the reading. Days that are final already are left alone, as a turn that
     * brings nothing should write next to nothing.
     *
     * @param from null where no limit was sent: nothing was before the first row
     * @param to included; of more than {@value #DAYS_MAX} days, the last ones are noted
     * @param now when the reading's first page was asked for: what was measured later may be missing
     * @param counted whose rows of these days are counted: once for all pages of a reading, whichever process brought them;
     *     null where they were added up as they came
     */
    public static void asked(
            DSLContext tx,
            long userId,
            String resource,
            @Nullable LocalDate from,
            LocalDate to,
            Instant now,
            @Nullable Table<?> counted) {
        var statement = counted == null ? ASKED : COUNTED.computeIfAbsent(counted, Coverage::counting);
        statement.execute(tx, values(userId, resource, from, to, now));
    }

    /** The first day that can be noted where these were asked for. */
    static LocalDate first(@Nullable LocalDate from, LocalDate to) {
        var earliest = to.minusDays(DAYS_MAX - 1L);
        return from == null || from.isBefore(earliest) ? earliest : from;
    }

    /** Whether rows of a day are found by an index, so that they are counted rather than added up page by page. */
    static boolean isCounted(Table<?> table) {
        return COUNTABLE.computeIfAbsent(
                table,
                _ -> table.getPrimaryKey().getFields().stream()
                                .map(Field::getName)
                                .toList()
                                .equals(USERS_DAY)
                        || table.getIndexes().stream()
                                .map(index -> index.getFields().stream()
                                        .map(SortField::getName)
                                        .toList())
                                .anyMatch(USERS_DAY::equals));
    }

    private static Map<String, @Nullable Object> values(
            long userId, String resource, @Nullable LocalDate from, LocalDate to, Instant now) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("user_id", userId);
        values.put("resource", resource);
        values.put("from", from);
        values.put("earliest", first(from, to));
        values.put("to", to);
        values.put("now", now);
        return values;
    }

    private static final Param<LocalDate> EARLIEST = param("earliest", COVERAGE.DAY.getDataType());
    private static final Param<LocalDate> FROM = param("from", COVERAGE.DAY.getDataType());
    private static final Param<LocalDate> TO = param("to", COVERAGE.DAY.getDataType());
    private static final Param<Long> USER = param("user_id", COVERAGE.USER_ID.getDataType());
    private static final Param<String> RESOURCE = param("resource", COVERAGE.RESOURCE.getDataType());

    private static final Rendered ASKED = new Rendered(() -> insertInto(
                    COVERAGE, COVERAGE.USER_ID, COVERAGE.RESOURCE, COVERAGE.DAY, COVERAGE.ASKED_AT)
            .select(select(
                            USER,
                            RESOURCE,
                            field(name("days", "day")).cast(SQLDataType.LOCALDATE),
                            param("now", COVERAGE.ASKED_AT))
                    .from(days(select(min(COVERAGE.DAY))
                            .from(COVERAGE)
                            .where(COVERAGE.USER_ID.eq(USER), COVERAGE.RESOURCE.eq(RESOURCE)))))
            .onConflict(COVERAGE.getPrimaryKey().getFields())
            .doUpdate()
            .set(COVERAGE.ASKED_AT, excluded(COVERAGE.ASKED_AT))
            .where(isStale()));

    private static final Map<Table<?>, Rendered> COUNTED = new ConcurrentHashMap<>();

    private static Rendered counting(Table<?> table) {
        var user = field(table.getQualifiedName().append("user_id"), Long.class);
        var day = field(table.getQualifiedName().append("day"), LocalDate.class);
        var rows = field(name("came", "row_count"), Long.class);
        return new Rendered(() -> insertInto(
                        COVERAGE,
                        COVERAGE.USER_ID,
                        COVERAGE.RESOURCE,
                        COVERAGE.DAY,
                        COVERAGE.ASKED_AT,
                        COVERAGE.ROW_COUNT)
                .select(select(
                                USER,
                                RESOURCE,
                                field(name("days", "day")).cast(SQLDataType.LOCALDATE),
                                param("now", COVERAGE.ASKED_AT),
                                coalesce(rows, inline(0L)))
                        .from(days(select(min(day)).from(table).where(user.eq(USER))))
                        .leftJoin(select(day, count().as("row_count"))
                                .from(table)
                                .where(user.eq(USER))
                                .and(day.between(EARLIEST, TO))
                                .groupBy(day)
                                .asTable("came"))
                        .on(field(name("came", "day"), LocalDate.class)
                                .eq(field(name("days", "day")).cast(SQLDataType.LOCALDATE))))
                .onConflict(COVERAGE.getPrimaryKey().getFields())
                .doUpdate()
                .set(
                        COVERAGE.ASKED_AT,
                        when(isStale(), excluded(COVERAGE.ASKED_AT)).otherwise(COVERAGE.ASKED_AT))
                .set(COVERAGE.ROW_COUNT, excluded(COVERAGE.ROW_COUNT))
                .where(isStale().or(COVERAGE.ROW_COUNT.ne(excluded(COVERAGE.ROW_COUNT)))));
    }

    /** @param firstRow where no limit was sent */
    private static Table<?> days(Select<Record1<LocalDate>> firstRow) {
        return table(
                        "generate_series({0}::timestamp, {1}::timestamp, interval '1 day')",
                        greatest(EARLIEST, coalesce(FROM, field(firstRow), TO)), TO)
                .as("days", "day");
    }

    private static Condition isStale() {
        return COVERAGE.ASKED_AT
                .isNull()
                .or(COVERAGE.ASKED_AT.lt(least(excluded(COVERAGE.ASKED_AT), end(COVERAGE.DAY))));
    }

    /** When this day is over everywhere; immutable, as a distributed table wants it of a condition for an update. */
    private static Field<Instant> end(Field<LocalDate> day) {
        return field(
                "(({0} + 1)::timestamp + interval '12 hours') AT TIME ZONE 'UTC'",
                COVERAGE.ASKED_AT.getDataType(), day);
    }

    /**
     * @param resource one that moves by days
     * @param from the first day that is wanted; null for all since the first that was asked for, or since the person was enrolled
     *     where none was. Where a backfill reached further, that counts
     * @param notBefore the first day that may be asked for of anybody; null for any
     */
    public record Wanted(
            Resource resource,
            @Nullable LocalDate from,
            @Nullable LocalDate notBefore) {
        /** Whether the resource moves by days at all. */
        public static boolean hasDays(Resource resource) {
            return !(resource.movement() instanceof Movement.Whole || resource.movement() instanceof Movement.Each);
        }

        private Duration settledAfter() {
            return resource.movement() instanceof Movement.Windows ? Duration.ZERO : LAST_PLACE;
        }
    }

    /**
     * What is missing of active people, within their bounds, of the scopes they granted, and of days that are over. Where
     * reading goes well, what it will ask for by itself at its next turn is not missing.
     *
     * @param userIds empty for everybody
     * @return at most {@value #GAPS_MAX}, by person and in the resources' order; of a gap longer than what one call notes, its
     *     end
     */
    public List<Gap> gaps(Collection<Long> userIds, List<Wanted> wanted, Instant now) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        var whose = userIds.isEmpty()
                ? trueCondition()
                : field(name("e", "user_id"), Long.class).in(userIds);
        return sql.resultQuery(
                        GAPS,
                        val(wanted.stream().map(one -> one.resource().name()).toArray(String[]::new)),
                        val(wanted.stream()
                                .map(one -> one.resource().scope().id())
                                .toArray(String[]::new)),
                        val(wanted.stream().map(Wanted::from).toArray(LocalDate[]::new)),
                        val(wanted.stream().map(Wanted::notBefore).toArray(LocalDate[]::new)),
                        val(wanted.stream()
                                .map(one -> LocalDate.ofInstant(now.minus(one.settledAfter()), ZoneOffset.UTC)
                                        .minusDays(1))
                                .toArray(LocalDate[]::new)),
                        val(wanted.stream()
                                .map(one -> Math.toIntExact(one.settledAfter().toHours()))
                                .toArray(Integer[]::new)),
                        val(firstOpen(now)),
                        val(now.minus(PATIENCE)),
                        whose,
                        val(DAYS_MAX),
                        val(GAPS_MAX))
                .fetch(row -> new Gap(
                        row.get("user_id", Long.class),
                        row.get("resource", String.class),
                        row.get("from_day", LocalDate.class),
                        row.get("to_day", LocalDate.class),
                        row.get("is_over", Boolean.class)));
    }
}
