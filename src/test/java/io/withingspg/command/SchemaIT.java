package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Database;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the migrations promise about every table, so that a new one keeps to it without being told. */
@ExtendWith(Rig.Provider.class)
final class SchemaIT {
    /** Code lists, the same for everybody. */
    private static final String REFERENCE = "('afib_class', 'attribution', 'device_model', 'measure_position',"
            + " 'measure_type', 'sleep_event_type', 'sleep_state', 'workout_category')";

    private static int migrate(String url) {
        var settings = Settings.of(Map.of("DATABASE_URL", url), Resources.names());
        try (var database = Database.open(settings.database())) {
            return database.migrate();
        }
    }

    private static List<String> column(DSLContext sql, String statement) {
        return sql.fetch(statement).getValues(0, String.class);
    }

    @Test
    void an_empty_database_gets_everything_and_a_second_time_nothing() {
        var url = Server.createEmpty();
        try {
            assertThat(migrate(url)).isGreaterThan(10);
            var before = column(DSL.using(url), "SELECT script || installed_on FROM sync.flyway_schema_history");
            assertThat(migrate(url)).isZero();
            assertThat(column(DSL.using(url), "SELECT script || installed_on FROM sync.flyway_schema_history"))
                    .isEqualTo(before);
        } finally {
            Server.drop(url);
        }
    }

    /** As where nodes are upgraded one after the other, and an old one is started again in between. */
    @Test
    void the_schema_of_a_newer_version_is_left_as_it_is(Rig rig) {
        rig.sql()
                .execute(
                        "INSERT INTO sync.flyway_schema_history SELECT max(installed_rank) + 1, '9999', 'later', 'SQL',"
                                + " 'V9999__later.sql', 0, 'x', now(), 1, true FROM sync.flyway_schema_history");
        rig.sql()
                .execute(
                        "UPDATE sync.flyway_schema_history SET checksum = 0 WHERE version IS NULL"); // views of its own
        var before = rig.column("SELECT script FROM sync.flyway_schema_history");

        assertThat(migrate(rig.environment().getOrDefault("DATABASE_URL", ""))).isZero();
        assertThat(rig.column("SELECT script FROM sync.flyway_schema_history")).isEqualTo(before);
    }

    @Test
    void several_processes_may_migrate_one_database_at_once() throws Exception {
        var url = Server.createEmpty();
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> migrate(url));
            var second = threads.submit(() -> migrate(url));
            var ran = first.get() + second.get();
            assertThat(ran)
                    .as("each migration by one of them")
                    .isGreaterThan(10)
                    .isEqualTo(
                            column(DSL.using(url), "SELECT script FROM sync.flyway_schema_history WHERE type = 'SQL'")
                                    .size());
        } finally {
            Server.drop(url);
        }
    }

    @Test
    void a_role_that_owns_the_database_and_is_no_superuser_can_migrate() {
        var admin = Server.createEmpty();
        var name = admin.replaceFirst(".*/([a-z0-9_]+)\\?.*", "$1");
        var sql = DSL.using(admin);
        sql.execute("CREATE ROLE owner_of_" + name + " LOGIN");
        sql.execute("ALTER DATABASE " + name + " OWNER TO owner_of_" + name);
        var url = admin.replace("user=postgres", "user=owner_of_" + name);
        try {
            assertThat(migrate(url)).isGreaterThan(10);
            assertThat(column(
                            sql, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('withings', 'sync')"))
                    .containsExactly("owner_of_" + name);
        } finally {
            Server.drop(admin);
            DSL.using(Server.adminUrl()).execute("DROP ROLE owner_of_" + name);
        }
    }

    @Test
    void every_schema_table_view_and_column_says_what_it_means(Rig rig) {
        assertThat(rig.column("""
                SELECT nspname FROM pg_namespace n
                WHERE nspname IN ('withings', 'sync', 'analytics', 'quartz') AND obj_description(n.oid, 'pg_namespace') IS NULL
                """)).isEmpty();
        assertThat(rig.column("""
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE nspname IN ('withings', 'sync', 'analytics', 'quartz') AND relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND relname <> 'flyway_schema_history' AND coalesce(obj_description(c.oid, 'pg_class'), '') = ''
                """)).isEmpty();
        assertThat(rig.column("""
                SELECT c.oid::regclass || '.' || attname -- those of quartz are Quartz's own, and documented there
                FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE nspname IN ('withings', 'sync', 'analytics') AND relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND relname <> 'flyway_schema_history' AND attnum > 0 AND NOT attisdropped
                  AND coalesce(col_description(c.oid, attnum), '') = ''
                """)).isEmpty();
    }

    @Test
    void every_data_table_begins_its_key_with_the_person_and_keeps_time_and_extras(Rig rig) {
        var tables = rig.column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'withings'"
                + " AND table_type = 'BASE TABLE' AND table_name NOT IN " + REFERENCE + " ORDER BY 1");
        assertThat(tables).contains("measure", "measure_group", "sleep_summary", "workout", "device", "goal");
        for (var table : tables) {
            assertThat(rig.column("""
                    SELECT a.attname FROM pg_index i
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                    WHERE i.indrelid = ('withings.' || ?)::regclass AND i.indisprimary
                    """, table)).as(table).containsExactly("user_id");
            assertThat(rig.column("""
                    SELECT column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
                    WHERE table_schema = 'withings' AND table_name = ? AND column_name IN ('user_id', 'synced_at', 'extra')
                    ORDER BY 1
                    """, table))
                    .as(table)
                    .containsExactly("extra jsonb YES", "synced_at timestamp with time zone NO", "user_id bigint NO");
        }
    }

    @Test
    void every_unique_index_of_people_holds_the_person(Rig rig) {
        // sync.enrolment.ref is the owner's name for a person and unique in the whole installation.
        assertThat(rig.column("""
                SELECT i.indexrelid::regclass::text FROM pg_index i
                JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE nspname = 'withings' AND i.indisunique AND relname NOT IN %s
                  AND (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[0]) <> 'user_id'
                """.formatted(REFERENCE))).isEmpty();
    }

    @Test
    void foreign_keys_stay_within_a_person_and_never_point_at_code_lists(Rig rig) {
        assertThat(rig.column("""
                SELECT conrelid::regclass || ': ' || conname FROM pg_constraint f
                JOIN pg_namespace n ON n.oid = f.connamespace
                WHERE contype = 'f' AND nspname IN ('withings', 'sync') AND NOT EXISTS (
                    SELECT FROM unnest(f.conkey, f.confkey) AS pair (here, there)
                    JOIN pg_attribute h ON h.attrelid = f.conrelid AND h.attnum = here AND h.attname = 'user_id'
                    JOIN pg_attribute t ON t.attrelid = f.confrelid AND t.attnum = there AND t.attname = 'user_id')
                """)).isEmpty();
    }

    @Test
    void time_stamps_know_their_zone_and_nothing_happens_behind_the_statements(Rig rig) {
        assertThat(rig.column("""
                SELECT table_name || '.' || column_name FROM information_schema.columns
                WHERE table_schema IN ('withings', 'sync') AND data_type = 'timestamp without time zone'
                  AND table_name <> 'flyway_schema_history'
                """)).isEmpty();
        assertThat(rig.column("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
                .isEmpty();
        assertThat(rig.column("SELECT rulename FROM pg_rules WHERE schemaname IN ('withings', 'sync', 'analytics')"))
                .isEmpty();
    }

    @Test
    void reports_see_scalar_columns_only_and_every_numeric_has_its_bounds(Rig rig) {
        assertThat(rig.column("""
                SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_type t ON t.oid = a.atttypid
                WHERE nspname = 'analytics' AND a.attnum > 0 AND NOT a.attisdropped
                  AND (t.typcategory IN ('A', 'C') OR t.typname IN ('json', 'jsonb', 'bytea', 'name', 'oid', 'interval')
                    OR (t.typname = 'numeric' AND a.atttypmod = -1))
                """)).isEmpty();
        assertThat(rig.column("""
                SELECT table_name FROM information_schema.views v
                WHERE table_schema = 'analytics' AND table_name NOT IN ('calendar', 'data_dictionary', 'table_size') AND (
                    SELECT count(*) FROM information_schema.columns c
                    WHERE c.table_schema = 'analytics' AND c.table_name = v.table_name
                      AND column_name IN ('user_id', 'ref')) < 2
                """)).isEmpty();
    }

    @Test
    void every_view_can_be_read_before_anything_was_fetched(Rig rig) {
        for (var view :
                rig.column("SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics'")) {
            assertThat(rig.count("SELECT count(*) FROM analytics." + view))
                    .as(view)
                    .isNotNegative();
        }
    }

    @Test
    void samples_lie_in_a_partition_of_their_year_in_utc_and_never_lack_one(Rig rig) {
        for (var table : List.of("activity_sample", "sleep_sample")) {
            rig.sql()
                    .execute(
                            "INSERT INTO withings." + table + " (user_id, sampled_at) VALUES (1, 'epoch'),"
                                    + " (1, '2025-12-31 23:59:59+00'), (1, '2026-01-01 00:00:00+00'), (1, '9999-12-30 00:00:00+00')");

            assertThat(rig.column("SELECT tableoid::regclass::text FROM withings." + table + " ORDER BY sampled_at"))
                    .containsExactly(
                            "partition." + table + "_default",
                            "partition." + table + "_2025",
                            "partition." + table + "_2026",
                            "partition." + table + "_default");
            assertThat(rig.count("SELECT count(*) FROM pg_inherits WHERE inhparent = ?::regclass", "withings." + table))
                    .isEqualTo(2040 - 2009 + 1 + 1);
        }
    }
}
