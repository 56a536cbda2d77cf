package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Quantity;
import io.withingspg.store.DaySummaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nothing in the schema stands in the way of {@code db/distributed/citus.sql}, which spreads it over several servers. */
@ExtendWith(Rig.Provider.class)
final class DistributionIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The tables the script speaks of, by what becomes of them. */
    private static final String TABLES = """
            WITH placed AS (
                SELECT place, table_name, to_regclass(table_name) AS id FROM placement
            )
            """;

    private static String script() {
        try (var script = Objects.requireNonNull(
                DistributionIT.class.getResourceAsStream("/db/distributed/citus.sql"), "db/distributed/citus.sql")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(DSLContext sql, String statements) {
        sql.connection(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(statements);
            }
        });
    }

    /** Only the script's list of tables, as a table. */
    private static Rig listed(Rig rig) {
        var script = script();
        execute(rig.sql(), script.substring(0, script.indexOf("DO $$")));
        execute(rig.sql(), days(script));
        return rig;
    }

    /** The view that the script has in a form of its own. */
    private static String days(String script) {
        return script.substring(
                script.indexOf("CREATE OR REPLACE VIEW sync.summarised_day"), script.indexOf("DROP TABLE placement"));
    }

    @Test
    void every_table_has_one_place(Rig rig) {
        assertThat(listed(rig).column("SELECT table_name FROM placement GROUP BY 1 HAVING count(*) > 1"))
                .isEmpty();
        assertThat(rig.column("SELECT table_name FROM placement WHERE to_regclass(table_name) IS NULL"))
                .isEmpty();
        assertThat(rig.column("SELECT DISTINCT place FROM placement"))
                .containsExactlyInAnyOrder("reference", "distributed", "local");
        assertThat(rig.column(TABLES + """
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE nspname IN ('withings', 'sync') AND relkind IN ('r', 'p') AND NOT relispartition
                  AND c.oid NOT IN (SELECT id FROM placed)
                """))
                .as("a new table needs its line in db/distributed/citus.sql")
                .isEmpty();
        assertThat(rig.column(TABLES + """
                SELECT table_name FROM placed WHERE table_name LIKE 'withings.%' AND place <> CASE
                    WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = id AND attname = 'user_id') THEN 'distributed'
                    ELSE 'reference' END
                """))
                .as("data goes by person, code lists everywhere")
                .isEmpty();
    }

    @Test
    void distributed_tables_have_the_person_in_every_row_and_every_unique_key(Rig rig) {
        assertThat(listed(rig).column(TABLES + """
                SELECT table_name FROM placed WHERE place = 'distributed' AND NOT EXISTS (
                    SELECT FROM pg_attribute
                    WHERE attrelid = id AND attname = 'user_id' AND attnotnull AND atttypid = 'bigint'::regtype)
                """)).isEmpty();
        assertThat(rig.column(TABLES + """
                SELECT i.indexrelid::regclass::text FROM placed JOIN pg_index i ON i.indrelid = id
                JOIN pg_attribute a ON a.attrelid = id AND a.attname = 'user_id'
                WHERE place = 'distributed' AND (i.indisunique OR i.indisexclusion)
                  AND a.attnum <> ALL (i.indkey::smallint[])
                """)).isEmpty();
        assertThat(rig.column(TABLES + """
                SELECT table_name || '.' || attname FROM placed JOIN pg_attribute ON attrelid = id
                WHERE place = 'distributed' AND attidentity <> '' AND atttypid <> 'bigint'::regtype
                """))
                .as("on a worker identities begin above 2^48")
                .isEmpty();
    }

    @Test
    void foreign_keys_lead_to_the_same_server(Rig rig) {
        assertThat(listed(rig).column(TABLES + """
                SELECT f.conrelid::regclass || ': ' || f.conname
                FROM pg_constraint f
                LEFT JOIN placed c ON c.id = f.conrelid
                LEFT JOIN placed p ON p.id = f.confrelid
                WHERE f.contype = 'f' AND f.conparentid = 0 AND CASE
                    WHEN p.place = 'reference' THEN coalesce(c.place, '') NOT IN ('reference', 'distributed', 'local')
                    WHEN c.place = 'distributed' AND p.place = 'distributed' THEN NOT EXISTS (
                        SELECT FROM unnest(f.conkey, f.confkey) AS pair (here, there)
                        JOIN pg_attribute h ON h.attrelid = f.conrelid AND h.attnum = here AND h.attname = 'user_id'
                        JOIN pg_attribute t ON t.attrelid = f.confrelid AND t.attnum = there AND t.attname = 'user_id')
                    ELSE coalesce(c.place, 'local') <> 'local' OR coalesce(p.place, 'local') <> 'local'
                    END
                """)).isEmpty();
        assertThat(rig.column(TABLES + """
                SELECT f.conrelid::regclass || ': ' || f.conname FROM pg_constraint f JOIN placed ON id = f.conrelid
                WHERE f.contype = 'f' AND (f.condeferrable OR f.confdeltype IN ('n', 'd') OR f.confupdtype <> 'a')
                """)).isEmpty();
    }

    @Test
    void no_trigger_rule_function_or_view_stands_in_the_way(Rig rig) {
        assertThat(listed(rig).column(TABLES + """
                SELECT tgname FROM pg_trigger JOIN placed ON id = tgrelid WHERE NOT tgisinternal
                UNION ALL SELECT rulename FROM pg_rewrite JOIN placed ON id = ev_class
                """)).isEmpty();
        assertThat(rig.column("""
                SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
                JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE nspname IN ('withings', 'sync', 'analytics') AND lanname = 'sql'
                  AND coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) ~* '\\m(from|join)\\s+(withings|sync|analytics)\\.'
                """))
                .as("functions in SQL read no distributed table: write them in plpgsql")
                .isEmpty();
        assertThat(rig.column("""
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE nspname IN ('sync', 'analytics') AND relkind IN ('v', 'm')
                  AND (relkind = 'm' OR pg_get_viewdef(c.oid) ~* '\\m(full join|grouping sets|rollup|cube|recursive|limit)\\M')
                """)).isEmpty();
        assertThat(rig.column("""
                SELECT ev_class::regclass::text FROM pg_depend d
                JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
                WHERE d.refclassid = 'pg_constraint'::regclass
                """))
                .as("views that name columns which they do not group by, as a primary key decides them")
                .isEmpty();
    }

    @Test
    void views_join_people_s_data_with_no_table_that_is_on_the_coordinator_alone(Rig rig) {
        assertThat(listed(rig).column("""
                WITH RECURSIVE reads (view, id) AS (
                    SELECT c.oid, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE relkind = 'v' AND nspname IN ('sync', 'analytics')
                    UNION
                    SELECT reads.view, d.refobjid FROM reads
                    JOIN pg_rewrite r ON r.ev_class = reads.id
                    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                        AND d.refclassid = 'pg_class'::regclass
                )
                SELECT view::regclass::text FROM reads JOIN placement p ON to_regclass(p.table_name) = id
                GROUP BY view HAVING count(DISTINCT place) FILTER (WHERE place <> 'reference') > 1
                """))
                .as("adherence tells when Withings was last asked: docs/scale.md says what that costs")
                .containsExactly("analytics.adherence");
    }

    private static final String[] NO_WEIGHTS = {"2020-01-05: 1", "2020-01-06: 1"};

    /** Each on a day of its own: what is deleted, a goal, and weights of nobody sure, or typed in with the account. */
    private static void whatDoesNotCount(Rig rig) {
        var ada = rig.person(1).id();
        rig.sql().execute("""
                INSERT INTO withings.workout (user_id, workout_id, started_at, ended_at, day, deleted_at)
                VALUES (?, -1, '2020-01-01 08:00+00', '2020-01-01 09:00+00', '2020-01-01', now())
                """, ada);
        rig.sql().execute("""
                INSERT INTO withings.sleep_summary (user_id, sleep_id, started_at, ended_at, day, asleep_s, deleted_at)
                VALUES (?, -1, '2020-01-01 22:00+00', '2020-01-02 06:00+00', '2020-01-02', 25000, now())
                """, ada);
        rig.sql().execute("""
                INSERT INTO withings.heart_record (user_id, recorded_at, device_id, day, heart_rate, deleted_at)
                VALUES (?, '2020-01-03 08:00+00', '', '2020-01-03', 60, now())
                """, ada);
        rig.sql().execute("""
                INSERT INTO withings.measure_group (user_id, group_id, measured_at, day, attribution, category, deleted_at)
                VALUES ($1, -1, '2020-01-04 08:00+00', '2020-01-04', 0, 1, now()),
                       ($1, -2, '2020-01-05 08:00+00', '2020-01-05', 4, 1, NULL),
                       ($1, -3, '2020-01-06 08:00+00', '2020-01-06', 1, 1, NULL),
                       ($1, -4, '2020-01-07 08:00+00', '2020-01-07', 0, 2, NULL)
                """.replace("$1", Long.toString(ada)));
        rig.sql().execute("""
                INSERT INTO withings.measure (user_id, group_id, type, position, value, measured_at)
                SELECT user_id, group_id, 1, -1, 70, measured_at FROM withings.measure_group WHERE user_id = ? AND group_id < 0
                """, ada);
    }

    @Test
    void days_are_the_same_in_the_form_for_several_servers_and_in_that_for_one(Rig rig) {
        rig.enrolAll().set("SAMPLES_BACKFILL_DAYS", "3");
        rig.run("sync");
        whatDoesNotCount(rig);
        rig.sql().execute("UPDATE sync.summary_due SET due_from = '-infinity', due_to = 'infinity'");
        new DaySummaries(rig.sql()).bringEverybodyUpToDate();
        var days = "SELECT * FROM sync.summarised_day ORDER BY user_id, day";
        var old = "SELECT day || ': ' || measure_groups || coalesce(', ' || weight_kg, '') FROM sync.summarised_day"
                + " WHERE day < '2021-01-01' ORDER BY 1";
        assertThat(rig.column(old))
                .as("of weighings that may be a guess, their number")
                .containsExactly(NO_WEIGHTS);
        var settled = rig.sql().fetch(days).formatCSV();
        rig.sql().execute("UPDATE sync.summary_due SET due_from = '-infinity', due_to = 'infinity'");
        assertThat(rig.sql().fetch(days).formatCSV()).as("worked out anew").isEqualTo(settled);

        execute(rig.sql(), days(script()));

        assertThat(rig.sql().fetch(days).formatCSV()).as("all due").isEqualTo(settled);
        assertThat(rig.column(old)).containsExactly(NO_WEIGHTS);
        rig.sql().execute("UPDATE sync.summary_due SET due_from = current_date - 9, due_to = current_date - 3");
        assertThat(rig.sql().fetch(days).formatCSV()).as("some due").isEqualTo(settled);
        rig.sql().execute("UPDATE sync.summary_due SET due_from = 'infinity', due_to = '-infinity'");
        assertThat(rig.sql().fetch(days).formatCSV()).as("none due").isEqualTo(settled);
        assertThat(settled.lines().count())
                .as("a line for each day of three people, and their heads")
                .isGreaterThan(80);
    }

    @Test
    void without_the_extension_the_script_says_so_and_does_nothing(Rig rig) {
        assertThatThrownBy(() -> execute(rig.sql(), script()))
                .rootCause()
                .hasMessageContaining("this database has no extension citus: nothing was done");
    }

    private static final String NO_CITUS =
            "SKIPPED: db/distributed/citus.sql was not run, because CITUS_URL does not name"
                    + " an empty database with the extension citus, as jdbc:postgresql://host/empty?user=owner; set it and run this test again";

    /** Of each table, what depends on when it was written. */
    private static final Set<String> MOMENTS = Set.of(
            "synced_at",
            "asked_at",
            "valid_from",
            "valid_to",
            "first_seen_at",
            "last_seen_at",
            "written_at",
            "changed_at",
            "change_id");

    /** What is stored about people's data; not what was called when. */
    private static final List<String> COMPARED = List.of(
            "sync.coverage",
            "sync.day_summary",
            "sync.drift",
            "sync.rejected_record",
            "sync.row_change",
            "sync.summary_due",
            "sync.summarised_day",
            "analytics.daily",
            "analytics.weekly",
            "analytics.monthly",
            "analytics.baseline",
            "analytics.day_status",
            "analytics.sleep",
            "analytics.measure",
            "analytics.observation");

    @Test
    void what_is_synced_into_a_distributed_database_is_what_is_synced_into_a_plain_one(Rig rig) {
        var url = System.getenv("CITUS_URL");
        if (url == null) {
            System.err.println(NO_CITUS);
        }
        assumeTrue(url != null, NO_CITUS);
        var plain = rig.sql();
        var here = Objects.requireNonNull(rig.environment().get("DATABASE_URL"));
        var sql = DSL.using(Objects.requireNonNull(url));
        var both = List.of(here, url);
        var ada = rig.person(1);
        rig.set("DATABASE_URL", url);
        assertThat(rig.run("migrate").exitCode()).isZero();
        rig.enrol(ada);
        sql.execute("INSERT INTO withings.device (user_id, device_id) VALUES (?, 'scale')", ada.id());
        var cursors = sql.fetchValue("SELECT count(*) FROM sync.cursor");

        execute(sql, script());
        var places = "SELECT string_agg(table_name || ' ' || citus_table_type || ' ' || colocation_id, ', '"
                + " ORDER BY table_name::text) FROM citus_tables";
        var first = sql.fetchValue(places);
        execute(sql, script());

        assertThat(sql.fetchValue(places)).as("the next time it does nothing").isEqualTo(first);
        assertThat(sql.fetchValues(
                        "SELECT DISTINCT colocation_id FROM citus_tables WHERE citus_table_type = 'distributed'"))
                .as("joined on one worker")
                .hasSize(1);
        assertThat(sql.fetchValue("SELECT count(*) FROM withings.device")).isEqualTo(1L);
        assertThat(sql.fetchValue("SELECT count(*) FROM sync.cursor")).isEqualTo(cursors);
        sql.execute("DELETE FROM withings.device WHERE user_id = ?", ada.id());

        for (var database : both) {
            rig.set("DATABASE_URL", database).enrolAll();
        }
        var weighing = ada.weighs(new BigDecimal("71.5"));
        var gone = ada.weighs(new BigDecimal("71.6"));
        onBoth(rig, both, "sync");
        onBoth(rig, both, "sync");
        ada.edits(weighing, Quantity.of(1, "72.5"));
        ada.walks(LocalDate.now(ada.timezone()).minusDays(3), 12_345);
        onBoth(rig, both, "sync");
        assertThat(Told.differences(rig.withings().people(), sql)).isEmpty();
        ada.deletes(gone);
        onBoth(rig, both, "sync", "--reconcile");
        onBoth(rig, both, "replay");
        onBoth(rig, both, "status", "--gaps");

        assertThat(plain.fetchCount(DSL.table("sync.row_change"))).isGreaterThan(2);
        var tables = new ArrayList<>(COMPARED);
        column(
                        plain,
                        "SELECT 'withings.' || relname FROM pg_class WHERE relnamespace = 'withings'::regnamespace"
                                + " AND relkind IN ('r', 'p') ORDER BY 1")
                .forEach(tables::add);
        for (var table : tables) {
            assertThat(rows(sql, table)).as(table).isEqualTo(rows(plain, table));
        }
        for (var view :
                column(plain, "SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics'")) {
            var count = DSL.table("analytics." + view);
            if (!view.equals("table_size") && !view.equals("sync_run")) {
                assertThat(sql.fetchCount(count)).as(view).isEqualTo(plain.fetchCount(count));
            }
        }
        for (var view : List.of("daily", "weekly", "monthly", "baseline", "day_status", "sleep", "measure")) {
            assertThat(column(sql, "EXPLAIN SELECT * FROM analytics." + view + " WHERE user_id = " + ada.id()))
                    .as("one person's question goes to one worker")
                    .anyMatch(line -> line.contains("Task Count: 1"))
                    .noneMatch(line -> line.contains("Subplan"));
        }
        onBoth(rig, both, "users", "erase", Long.toString(ada.id()), "--yes");
        for (var table : tables) {
            assertThat(rows(sql, table)).as(table).isEqualTo(rows(plain, table));
        }
        assertThat(sql.fetchCount(DSL.table("sync.token"), DSL.condition("user_id = " + ada.id())))
                .isZero();
    }

    private static void onBoth(Rig rig, List<String> databases, String... arguments) {
        for (var database : databases) {
            var ran = rig.set("DATABASE_URL", database).run(arguments);
            assertThat(ran.exitCode())
                    .as(database + " " + String.join(" ", arguments) + "\n" + ran.out() + ran.err())
                    .isZero();
        }
    }

    /** As text, but for when they were written. */
    private static List<String> rows(DSLContext sql, String table) {
        return sql.fetch("SELECT to_jsonb(t) FROM " + table + " t").stream()
                .map(row -> untimed(row.get(0, JSONB.class)))
                .sorted()
                .toList();
    }

    private static String untimed(JSONB row) {
        try {
            var json = (ObjectNode) JSON.readTree(row.data());
            for (var version : json.get("row") instanceof ObjectNode earlier ? List.of(json, earlier) : List.of(json)) {
                version.remove(MOMENTS);
                version.put("deleted_at", version.hasNonNull("deleted_at"));
            }
            return json.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> column(DSLContext sql, String statement) {
        return sql.fetch(statement).getValues(0, String.class);
    }
}
