package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nothing in the schema stands in the way of {@code db/distributed/citus.sql}, which spreads it over several servers. */
@ExtendWith(Rig.Provider.class)
final class DistributionIT {
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
        return rig;
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
                  AND (relkind = 'm' OR pg_get_viewdef(c.oid) ~* '\\m(full join|grouping sets|rollup|cube|recursive)\\M')
                """)).isEmpty();
    }

    @Test
    void without_the_extension_the_script_says_so_and_does_nothing(Rig rig) {
        assertThatThrownBy(() -> execute(rig.sql(), script()))
                .rootCause()
                .hasMessageContaining("this database has no extension citus: nothing was done");
    }

    private static final String NO_CITUS =
            "SKIPPED: db/distributed/citus.sql was not run, because CITUS_URL does not name"
                    + " an empty database with the extension citus; set it and run this test again";

    /** What reads sync.summarised_day, which Citus refuses: see docs/scale.md. */
    private static final Set<String> REFUSED =
            Set.of("daily", "weekly", "monthly", "baseline", "day_status", "adherence");

    @Test
    void the_script_puts_every_table_in_its_place_and_the_next_time_does_nothing(Rig rig) {
        var url = System.getenv("CITUS_URL");
        if (url == null) {
            System.err.println(NO_CITUS);
        }
        assumeTrue(url != null, NO_CITUS);
        assertThat(rig.set("DATABASE_URL", Objects.requireNonNull(url))
                        .run("migrate")
                        .exitCode())
                .isZero();
        var sql = DSL.using(url);
        rig.enrol(rig.person(1));
        var ada = rig.person(1).id();
        sql.execute("INSERT INTO withings.device (user_id, device_id) VALUES (?, 'scale')", ada);
        sql.execute("INSERT INTO withings.activity_sample (user_id, sampled_at) VALUES (?, '2026-01-01')", ada);

        execute(sql, script());
        var places = "SELECT string_agg(table_name || ' ' || citus_table_type || ' ' || colocation_id, ', '"
                + " ORDER BY table_name::text) FROM citus_tables";
        var first = sql.fetchValue(places);
        execute(sql, script());

        assertThat(sql.fetchValue(places)).isEqualTo(first);
        assertThat(sql.fetchValues(
                        "SELECT DISTINCT colocation_id FROM citus_tables WHERE citus_table_type = 'distributed'"))
                .as("joined on one worker")
                .hasSize(1);
        rig.enrol(rig.person(2), rig.person(1)); // the doors of tokens, cursors and leases, once more
        for (var view :
                column(sql, "SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics'")) {
            if (!REFUSED.contains(view)) {
                assertThat(sql.fetchValue("SELECT count(*) FROM analytics." + view))
                        .as(view)
                        .isNotNull();
            }
        }
        assertThat(sql.fetchValue("SELECT count(*) FROM withings.activity_sample"))
                .isEqualTo(1L);
        assertThat(rig.run("users", "erase", Long.toString(ada), "--yes").exitCode())
                .isZero();
        assertThat(sql.fetchValue(
                        "SELECT (SELECT count(*) FROM withings.activity_sample) + (SELECT count(*) FROM"
                                + " withings.device) + (SELECT count(*) FROM sync.token WHERE user_id = ?)",
                        ada))
                .isEqualTo(0L);
    }

    private static List<String> column(DSLContext sql, String statement) {
        return sql.fetch(statement).getValues(0, String.class);
    }
}
