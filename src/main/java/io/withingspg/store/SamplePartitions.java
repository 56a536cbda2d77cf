package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.PRUNED;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Samples lie in a partition for each year, so that a year goes as a whole, at once, and gives its space back. */
public final class SamplePartitions {
    private static final String SCHEMA = "partition";

    /** Whoever reads for longer keeps the samples; nobody else waits behind us for longer than this. */
    private static final String PATIENCE = "3s";

    /** How often one year can be detached, as something came for it anew each time. */
    private static final int DETACHED_MAX = 100;

    private static final String YEARS = """
            SELECT c.relname, p.relname AS of_table, pg_get_expr(c.relpartbound, c.oid) AS bounds,
                pg_total_relation_size(c.oid) AS bytes
            FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
            WHERE p.oid IN ('withings.activity_sample'::regclass, 'withings.sleep_sample'::regclass)
              AND c.relname ~ '_[0-9]{4}$' AND right(c.relname, 4)::integer < {0}
            ORDER BY 1
            """;

    private final DSLContext sql;

    public SamplePartitions(DSLContext sql) {
        this.sql = sql;
    }

    /** What becomes of a year's samples. */
    public enum Fate {
        /** A table of its own, beside the others; erasures and exports reach it there. */
        DETACH,
        DROP
    }

    /**
     * The samples of one year, in UTC.
     *
     * @param bounds as SQL
     * @param bytes indexes included
     */
    public record Year(String name, String ofTable, String bounds, long rows, long bytes) {
        public String label() {
            return SCHEMA + "." + name;
        }

        private Name qualified() {
            return DSL.name(SCHEMA, name);
        }

        private int number() {
            return Integer.parseInt(name.substring(name.length() - 4));
        }

        /** Whose rows these are, in {@code sync.cursor}. */
        private String resource() {
            return ofTable.equals("activity_sample") ? "intraday" : "sleep-samples";
        }
    }

    /** Only the role that owns the tables may take them apart. */
    public boolean mayChange() {
        return Boolean.TRUE.equals(sql.fetchValue("SELECT pg_has_role(relowner, 'USAGE') FROM pg_catalog.pg_class"
                + " WHERE oid = 'withings.activity_sample'::regclass"));
    }

    /** Those before this year that hold anything. */
    public List<Year> before(int year) {
        return sql.fetch(YEARS, val(year)).stream()
                .map(this::year)
                .filter(found -> found.rows() > 0)
                .toList();
    }

    private Year year(Record row) {
        var name = row.get("relname", String.class);
        return new Year(
                name,
                row.get("of_table", String.class),
                row.get("bounds", String.class),
                sql.fetchCount(table(DSL.name(SCHEMA, name))),
                row.get("bytes", Long.class));
    }

    /**
     * One transaction. An empty partition takes its place: what comes for that time later finds room, and is found again.
     *
     * @return where the samples are now; null where they are nowhere
     */
    public @Nullable String prune(Year year, Fate fate) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            tx.execute("SET LOCAL lock_timeout = '" + PATIENCE + "'");
            tx.execute("LOCK TABLE {0} IN SHARE MODE", year.qualified());
            uncount(tx, year);
            remember(tx, year);
            tx.execute("ALTER TABLE {0} DETACH PARTITION {1}", name("withings", year.ofTable()), year.qualified());
            var detached = fate == Fate.DETACH ? free(tx, year) : null;
            if (detached == null) {
                tx.execute("DROP TABLE {0}", year.qualified());
            } else {
                tx.execute("ALTER TABLE {0} RENAME TO {1}", year.qualified(), name(detached));
            }
            tx.execute(
                    "CREATE TABLE {0} PARTITION OF {1} {2}",
                    year.qualified(), name("withings", year.ofTable()), DSL.raw(year.bounds()));
            return detached == null ? null : SCHEMA + "." + detached;
        });
    }

    /** The count of what is stored of each person. Counted first, as a distributed table joins no local one. */
    private static void uncount(DSLContext tx, Year year) {
        var userId = field(name("user_id"), Long.class);
        var counts = tx.select(userId, count().cast(Long.class))
                .from(table(year.qualified()))
                .groupBy(userId)
                .fetchMap(row -> row.value1(), row -> row.value2());
        var gone = table(
                        "unnest({0}, {1})",
                        val(counts.keySet().toArray(Long[]::new)),
                        val(counts.values().toArray(Long[]::new)))
                .as("gone", "user_id", "gone_count");
        tx.update(CURSOR)
                .set(
                        CURSOR.ROW_COUNT,
                        greatest(val(0L), CURSOR.ROW_COUNT.minus(field(name("gone", "gone_count"), Long.class))))
                .from(gone)
                .where(CURSOR.USER_ID.eq(field(name("gone", "user_id"), Long.class)))
                .and(CURSOR.RESOURCE.eq(year.resource()))
                .execute();
    }

    /** Nobody is to conclude from samples that are gone that nothing was worn. */
    private static void remember(DSLContext tx, Year year) {
        var firstKept = LocalDate.of(year.number() + 1, 1, 2); // the first of January began in the old year somewhere
        tx.insertInto(PRUNED)
                .set(PRUNED.RESOURCE, year.resource())
                .set(PRUNED.FIRST_KEPT_DAY, firstKept)
                .onConflict(PRUNED.RESOURCE)
                .doUpdate()
                .set(PRUNED.FIRST_KEPT_DAY, greatest(PRUNED.FIRST_KEPT_DAY, excluded(PRUNED.FIRST_KEPT_DAY)))
                .execute();
    }

    private static String free(DSLContext tx, Year year) {
        return IntStream.rangeClosed(1, DETACHED_MAX)
                .mapToObj(n -> year.name() + "_detached" + (n == 1 ? "" : "_" + n))
                .filter(wanted -> tx.fetchValue("SELECT to_regclass({0})", val(SCHEMA + "." + wanted)) == null)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(year.label() + " has been detached " + DETACHED_MAX
                        + " times: drop what is not needed any more"));
    }
}
