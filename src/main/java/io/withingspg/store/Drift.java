package io.withingspg.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** What came and is not known here: fields that landed in {@code extra}, and codes that no list names. */
public final class Drift {
    /** Names that one page may bring; one that brings more is not telling fields but values. */
    private static final int NAMES_MAX = 100;

    /**
     * A column whose values are codes of a list.
     *
     * @param table null for every table with such a column
     * @param list what the list is called; with the code behind it, a name of the drift
     * @param none a value that says that there is none; null where there is no such value
     */
    private record Coded(
            @Nullable String table,
            String column,
            String list,
            @Nullable Integer none) {
        private void count(Table<?> of, Collection<TableRecord<?>> rows, Map<String, Long> counts) {
            var at = table == null || of.getName().equals(table) ? of.indexOf(column) : -1;
            if (at < 0) {
                return;
            }
            var codes = new HashMap<Object, Long>();
            for (var row : rows) {
                var code = row.get(at);
                if (code != null && !code.equals(none)) {
                    codes.merge(code, 1L, Long::sum);
                }
            }
            codes.forEach((code, count) -> counts.merge(list + " " + code, count, Long::sum));
        }
    }

    private static final String TYPES = "measure type";

    private static final List<Coded> CODED = List.of(
            new Coded("measure", "type", TYPES, null),
            new Coded("measure", "position", "position", -1),
            new Coded("ecg_signal", "wear_position", "position", -1),
            new Coded(null, "attribution", "attribution", null),
            new Coded("workout", "category", "workout category", null),
            new Coded("sleep_stage", "state", "sleep state", null),
            new Coded("sleep_event", "event", "sleep event", null),
            new Coded(null, "afib", "afib class", null),
            new Coded(null, "model_id", "device model", null));

    static final String KNOWN = """
            SELECT 'measure type ' || type AS name FROM withings.measure_type
            UNION ALL SELECT 'position ' || position FROM withings.measure_position
            UNION ALL SELECT 'attribution ' || attribution FROM withings.attribution
            UNION ALL SELECT 'workout category ' || category FROM withings.workout_category
            UNION ALL SELECT 'sleep state ' || state FROM withings.sleep_state
            UNION ALL SELECT 'sleep event ' || event FROM withings.sleep_event_type
            UNION ALL SELECT 'afib class ' || afib FROM withings.afib_class
            UNION ALL SELECT 'device model ' || model_id FROM withings.device_model
            """;

    private static final String INSERT = "INSERT INTO sync.drift"
            + " (user_id, resource, kind, name, shape, first_seen_at, last_seen_at, row_count)\n";

    /** The weight is part of the text: on a distributed table, a worker cannot tell the type of a parameter here. */
    private static final String AGAIN = """
            ON CONFLICT (user_id, resource, kind, name) DO UPDATE SET
                shape = CASE excluded.shape WHEN 'null' THEN drift.shape ELSE excluded.shape END,
                last_seen_at = excluded.last_seen_at,
                row_count = drift.row_count + excluded.row_count * {6}
            """;

    private static final String CODES = INSERT + """
            SELECT {0}, {1}, came.kind, came.name, 'number', {2}, {2}, greatest(1, came.row_count * {6})
            FROM unnest({3}, {4}, {5}) AS came (kind, name, row_count)
            LEFT JOIN (
            """ + KNOWN + """
            ) known ON known.name = came.name
            WHERE known.name IS NULL
            ORDER BY came.row_count DESC, came.name
            LIMIT {7}
            """ + AGAIN;

    /** Objects are looked into once. A name that is a number is one of many. */
    private static final String NAMES = """
            CROSS JOIN LATERAL (
                SELECT CASE WHEN key ~ '^[0-9]+$' THEN '#' ELSE left(key, 80) END AS name, value
                FROM jsonb_each(came.extra)
            ) outside
            LEFT JOIN LATERAL (
                SELECT CASE WHEN key ~ '^[0-9]+$' THEN '#' ELSE left(key, 80) END AS name, value
                FROM jsonb_each(CASE jsonb_typeof(outside.value) WHEN 'object' THEN outside.value ELSE '{}' END)
            ) inside ON true
            """;

    private static final String NAME =
            "came.table_name || '.extra.' || outside.name || coalesce('.' || inside.name, '')";

    private static final String FIELDS = INSERT + """
            SELECT {0}, {1}, 'field', found.name, min(found.shape), {2}, {2}, greatest(1, count(DISTINCT found.nth) * {6})
            FROM (
                SELECT came.nth,
            """ + NAME + """
                    AS name,
                    jsonb_typeof(coalesce(inside.value, outside.value)) AS shape
                FROM unnest({3}, {4}) WITH ORDINALITY AS came (table_name, extra, nth)
            """ + NAMES + """
            ) found
            GROUP BY found.name
            ORDER BY count(*) DESC, found.name
            LIMIT {5}
            """ + AGAIN;

    private static final String LEARNED = """
            DELETE FROM sync.drift
            WHERE user_id = {0} AND resource = {1} AND kind = 'field' AND starts_with(name, {2} || '.extra.')
              AND name NOT IN (
                SELECT
            """ + NAME + """
                FROM (SELECT {2} AS table_name, extra FROM {3} WHERE user_id = {0} AND extra IS NOT NULL) came
            """ + NAMES + ")";

    /** A list may have learned a code since, and then it is no drift any more. */
    private static final String SUMMARY = """
            SELECT d.kind, d.name, min(d.shape) AS shape, min(d.first_seen_at) AS first_seen_at,
                max(d.last_seen_at) AS last_seen_at, sum(d.row_count)::bigint AS row_count, count(DISTINCT d.user_id) AS people
            FROM sync.drift d
            WHERE ({0}) AND d.name NOT IN (SELECT name FROM (
            """ + KNOWN + """
            ) known)
            GROUP BY d.kind, d.name
            ORDER BY first_seen_at DESC, d.kind, d.name
            LIMIT {1}
            """;

    /** Of a summary, so many lines at most. */
    public static final int SUMMARY_MAX = 200;

    private final DSLContext sql;

    public Drift(DSLContext sql) {
        this.sql = sql;
    }

    /** Rows of one table that were written. */
    record Rows(Table<?> table, Collection<TableRecord<?>> rows) {}

    /** The codes that lists name, read once: nearly all that come are among them, so that nearly no page asks. */
    static final class Known {
        private volatile @Nullable Set<String> names;

        private Set<String> names(DSLContext tx) {
            var read = names;
            if (read == null) {
                read = Set.copyOf(tx.resultQuery(KNOWN).fetch("name", String.class));
                names = read;
            }
            return read;
        }
    }

    /** Rows are counted once, when they are new; as often as one changes, it only says that the thing still comes. */
    static void note(
            DSLContext tx,
            long userId,
            String resource,
            Collection<Rows> inserted,
            Collection<Rows> changed,
            Known known,
            Instant now) {
        note(tx, userId, resource, inserted, 1, known, now);
        note(tx, userId, resource, changed, 0, known, now);
    }

    /** @param weight of each row; what came only in rows of no weight counts 1 */
    private static void note(
            DSLContext tx,
            long userId,
            String resource,
            Collection<Rows> written,
            long weight,
            Known known,
            Instant now) {
        noteFields(tx, userId, resource, written, weight, now);
        noteCodes(tx, userId, resource, written, weight, known, now);
    }

    private static void noteFields(
            DSLContext tx, long userId, String resource, Collection<Rows> written, long weight, Instant now) {
        var tables = new ArrayList<String>();
        var extras = new ArrayList<JSONB>();
        for (var its : written) {
            var column = its.table.indexOf("extra");
            for (var row : column < 0 ? List.<TableRecord<?>>of() : its.rows) {
                if (row.get(column) instanceof JSONB extra) {
                    tables.add(its.table.getName());
                    extras.add(extra);
                }
            }
        }
        if (!tables.isEmpty()) {
            tx.execute(
                    FIELDS,
                    val(userId),
                    val(resource),
                    val(now),
                    val(tables.toArray(String[]::new)),
                    val(extras.toArray(JSONB[]::new)),
                    val(NAMES_MAX),
                    inline(weight));
        }
    }

    /** What no row of this table holds any more has found its column. */
    static void forgetLearned(DSLContext tx, long userId, String resource, Table<?> table) {
        tx.execute(LEARNED, val(userId), val(resource), val(table.getName()), table);
    }

    private static void noteCodes(
            DSLContext tx,
            long userId,
            String resource,
            Collection<Rows> written,
            long weight,
            Known known,
            Instant now) {
        var counts = new TreeMap<String, Long>();
        written.forEach(its -> CODED.forEach(coded -> coded.count(its.table, its.rows, counts)));
        if (!counts.isEmpty()) {
            counts.keySet().removeAll(known.names(tx));
        }
        if (!counts.isEmpty()) {
            (weight == 0 ? NOTE_CODES_AGAIN : NOTE_CODES)
                    .execute(
                            tx,
                            Map.of(
                                    "user_id",
                                    userId,
                                    "resource",
                                    resource,
                                    "now",
                                    now,
                                    "kinds",
                                    counts.keySet().stream()
                                            .map(name -> name.startsWith(TYPES) ? "type" : "code")
                                            .toArray(String[]::new),
                                    "names",
                                    counts.keySet().toArray(String[]::new),
                                    "counts",
                                    counts.values().toArray(Long[]::new)));
        }
    }

    private static final Rendered NOTE_CODES = codes(1);
    private static final Rendered NOTE_CODES_AGAIN = codes(0);

    private static Rendered codes(long weight) {
        return new Rendered(() -> query(
                CODES,
                param("user_id", SQLDataType.BIGINT),
                param("resource", SQLDataType.CLOB),
                param("now", SQLDataType.INSTANT),
                param("kinds", SQLDataType.CLOB.array()),
                param("names", SQLDataType.CLOB.array()),
                param("counts", SQLDataType.BIGINT.array()),
                inline(weight),
                inline(NAMES_MAX)));
    }

    /**
     * Something that is not known here, over everybody.
     *
     * @param kind {@code field}, {@code type} or {@code code}
     * @param name of a field by where it is kept, of a code by its list
     * @param shape the kind of JSON
     * @param rows that were new with it, and at least 1 of each person it came of
     * @param people how many it was seen of
     */
    public record Sighting(
            String kind, String name, String shape, Instant firstSeenAt, Instant lastSeenAt, long rows, long people) {}

    /**
     * What is not known here, the newest first.
     *
     * @param userIds empty for everybody
     * @return at most {@value #SUMMARY_MAX}
     */
    public List<Sighting> summary(Collection<Long> userIds) {
        return sql.resultQuery(
                        SUMMARY,
                        userIds.isEmpty()
                                ? trueCondition()
                                : field(name("d", "user_id"), Long.class).in(userIds),
                        val(SUMMARY_MAX))
                .fetch(row -> new Sighting(
                        row.get("kind", String.class),
                        row.get("name", String.class),
                        row.get("shape", String.class),
                        row.get("first_seen_at", Instant.class),
                        row.get("last_seen_at", Instant.class),
                        row.get("row_count", Long.class),
                        row.get("people", Long.class)));
    }
}
