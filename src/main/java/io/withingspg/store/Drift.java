package io.withingspg.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.TableRecord;
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
        /** The column, where this table has it. */
        Stream<Field<Integer>> in(Table<?> rows) {
            return table == null || rows.getName().equals(table)
                    ? Stream.ofNullable(rows.field(column, Integer.class))
                    : Stream.empty();
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

    private static final String AGAIN = """
            ON CONFLICT (user_id, resource, kind, name) DO UPDATE SET
                shape = CASE excluded.shape WHEN 'null' THEN drift.shape ELSE excluded.shape END,
                last_seen_at = excluded.last_seen_at,
                row_count = drift.row_count + excluded.row_count
            """;

    private static final String CODES = INSERT + """
            SELECT {0}, {1}, came.kind, came.name, 'number', {2}, {2}, came.row_count
            FROM unnest({3}, {4}, {5}) AS came (kind, name, row_count)
            LEFT JOIN (
            """ + KNOWN + """
            ) known ON known.name = came.name
            WHERE known.name IS NULL
            ORDER BY came.row_count DESC, came.name
            LIMIT {6}
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
            SELECT {0}, {1}, 'field', found.name, min(found.shape), {2}, {2}, count(DISTINCT found.nth)
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

    /** @param rows that were new, or changed */
    static void note(DSLContext tx, long userId, String resource, Collection<TableRecord<?>> rows, Instant now) {
        noteFields(tx, userId, resource, rows, now);
        noteCodes(tx, userId, resource, rows, now);
    }

    private static void noteFields(
            DSLContext tx, long userId, String resource, Collection<TableRecord<?>> rows, Instant now) {
        var tables = new ArrayList<String>();
        var extras = new ArrayList<JSONB>();
        for (var row : rows) {
            var column = row.field("extra", JSONB.class);
            var extra = column == null ? null : row.get(column);
            if (extra != null) {
                tables.add(row.getTable().getName());
                extras.add(extra);
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
                    val(NAMES_MAX));
        }
    }

    /** What no row of this table holds any more has found its column. */
    static void forgetLearned(DSLContext tx, long userId, String resource, Table<?> table) {
        tx.execute(LEARNED, val(userId), val(resource), val(table.getName()), table);
    }

    private static void noteCodes(
            DSLContext tx, long userId, String resource, Collection<TableRecord<?>> rows, Instant now) {
        var counts = new TreeMap<String, Long>();
        var tables = rows.stream().collect(Collectors.<TableRecord<?>, Table<?>>groupingBy(TableRecord::getTable));
        tables.forEach((table, its) -> CODED.forEach(coded -> coded.in(table)
                .flatMap(column -> its.stream().map(row -> row.get(column)))
                .filter(code -> code != null && !code.equals(coded.none()))
                .forEach(code -> counts.merge(coded.list() + " " + code, 1L, Long::sum))));
        if (!counts.isEmpty()) {
            tx.execute(
                    CODES,
                    val(userId),
                    val(resource),
                    val(now),
                    val(counts.keySet().stream()
                            .map(name -> name.startsWith(TYPES) ? "type" : "code")
                            .toArray(String[]::new)),
                    val(counts.keySet().toArray(String[]::new)),
                    val(counts.values().toArray(Long[]::new)),
                    val(NAMES_MAX));
        }
    }

    /**
     * Something that is not known here, over everybody.
     *
     * @param kind {@code field}, {@code type} or {@code code}
     * @param name of a field by where it is kept, of a code by its list
     * @param shape the kind of JSON
     * @param rows that were new, or changed, with it
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
