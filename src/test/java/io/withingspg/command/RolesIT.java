package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may do what in the database, asked by logging in as each. Roles belong to a whole server, so these have their own. */
@ExtendWith(Rig.Provider.class)
final class RolesIT {
    /** Every right on our schemas, in one line each, but for the owner's own. */
    private static final String RIGHTS = """
            WITH place AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
                           WHERE nspname IN ('withings', 'analytics', 'sync', 'quartz'))
            SELECT r FROM (
                SELECT 'schema ' || nspname || ' ' || a.grantee::regrole || ' ' || a.privilege_type AS r, a.grantee, nspowner AS owner
                FROM place, aclexplode(nspacl) a
                UNION ALL
                SELECT c.oid::regclass || ' ' || a.grantee::regrole || ' ' || a.privilege_type, a.grantee, c.relowner
                FROM pg_class c JOIN place ON place.oid = c.relnamespace, aclexplode(c.relacl) a
                UNION ALL
                SELECT c.oid::regclass || '.' || attname || ' ' || a.grantee::regrole || ' ' || a.privilege_type, a.grantee, c.relowner
                FROM pg_attribute t JOIN pg_class c ON c.oid = attrelid JOIN place ON place.oid = c.relnamespace, aclexplode(attacl) a
                UNION ALL
                SELECT 'later ' || defaclobjtype::text || ' in ' || nspname || ' ' || a.grantee::regrole || ' ' || a.privilege_type, a.grantee, defaclrole
                FROM pg_default_acl d JOIN place ON place.oid = defaclnamespace, aclexplode(defaclacl) a
            ) AS every WHERE grantee <> owner ORDER BY r
            """;

    private static EmbeddedPostgres server;

    /** As docs/database-roles.md says, by an administrator who may create roles and databases and nothing else. */
    @BeforeAll
    static void setUp() throws IOException {
        server = server();
        as(server, "postgres", "postgres").execute("CREATE ROLE admin LOGIN CREATEROLE CREATEDB");
        as(server, "admin", "postgres").execute("CREATE DATABASE health");
        var admin = as(server, "admin", "health");
        admin.execute(script());
        admin.execute("ALTER ROLE withings_owner LOGIN");
        admin.execute("CREATE ROLE withings LOGIN IN ROLE withings_service");
        admin.execute("CREATE ROLE anna LOGIN IN ROLE withings_reader");
        try (var rig = new Rig()) {
            var early =
                    rig.set("DATABASE_URL", url(server, "withings", "health")).run("status");
            assertThat(early.exitCode()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(early.err()).hasLineCount(1).contains("run withings migrate as the role that owns the schema");
            assertThat(rig.set("DATABASE_URL", url(server, "withings_owner", "health"))
                            .run("migrate")
                            .exitCode())
                    .isZero();
        }
    }

    @AfterAll
    static void tearDown() throws IOException {
        server.close();
    }

    private static EmbeddedPostgres server() throws IOException {
        return EmbeddedPostgres.builder()
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("encoding", "UTF8")
                .start();
    }

    private static String url(EmbeddedPostgres server, String role, String database) {
        return server.getJdbcUrl(role, database);
    }

    private static DSLContext as(EmbeddedPostgres server, String role, String database) {
        return DSL.using(url(server, role, database));
    }

    private static DSLContext as(String role) {
        return as(server, role, "health");
    }

    /** What {@code withings migrate --roles} prints. */
    private static String script() {
        try (var rig = new Rig()) {
            return rig.run("migrate", "--roles").out();
        }
    }

    private static List<String> column(DSLContext sql, String statement) {
        return sql.fetch(statement).getValues(0, String.class);
    }

    private static void assertRefused(DSLContext sql, String statement) {
        assertThatThrownBy(() -> sql.execute(statement))
                .as(statement)
                .isInstanceOfSatisfying(
                        DataAccessException.class,
                        refused -> assertThat(refused.sqlState())
                                .as(statement)
                                .isIn("42501", "55000")); // insufficient privilege; or a view nobody can write
    }

    private static List<String> relations(String schema, String kinds) {
        return column(as("postgres"), """
                SELECT c.oid::regclass::text FROM pg_class c
                WHERE relnamespace = '%s'::regnamespace AND relkind IN (%s) ORDER BY 1
                """.formatted(schema, kinds));
    }

    @Test
    void the_service_does_its_work_with_rows_alone(Rig rig) {
        rig.set("DATABASE_URL", url(server, "withings", "health"));
        rig.enrolAll();
        for (var command : List.of(
                "sync",
                "sync --full",
                "sync --reconcile",
                "replay",
                "status",
                "status --gaps",
                "doctor",
                "users",
                "migrate")) {
            var ran = rig.run(command.split(" ", -1));
            assertThat(ran.exitCode()).as(command + ran.err() + ran.out()).isZero();
        }
        var sql = as("withings");
        assertThat(Told.differences(rig.withings().people(), sql)).isEmpty();
        var id = Long.toString(rig.person(1).id());
        assertThat(rig.run("users", "set", id, "--ref", "ada").exitCode()).isZero();
        assertThat(rig.run("users", "remove", id).exitCode()).isZero();
        try (var _ = rig.service(Service.Part.ENROLMENT, Service.Part.CONSOLE, Service.Part.SCHEDULES)) {
            assertThat(Rig.get(rig.url() + "/").statusCode()).isEqualTo(200);
            assertThat(Rig.get(rig.url() + "/observe/health").statusCode()).isEqualTo(200);
            assertThat(rig.consent(rig.person(1), null).statusCode()).isEqualTo(200);
        }
        assertThat(column(sql, "SELECT act FROM sync.event WHERE user_id = " + id + " ORDER BY event_id"))
                .startsWith("enrolled")
                .contains("named", "removed");
        assertThat(column(sql, "SELECT tableoid::regclass::text FROM withings.activity_sample WHERE user_id = " + id))
                .isNotEmpty()
                .allMatch(partition -> partition.startsWith("partition."));
        assertThat(rig.run("users", "erase", id, "--yes").exitCode()).isZero();
        assertThat(column(sql, "SELECT user_id FROM withings.activity_sample WHERE user_id = " + id))
                .isEmpty();
    }

    @Test
    void the_service_changes_no_table_no_code_list_and_no_record_of_what_was_done() {
        var service = as("withings");
        assertThat(column(as("postgres"), """
                        SELECT rolname FROM pg_roles WHERE (rolname LIKE 'withings%' OR rolname = 'anna')
                          AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)
                        """)).isEmpty();
        for (var schema : List.of("withings", "sync", "analytics", "public")) {
            assertRefused(service, "CREATE TABLE " + schema + ".mine (user_id bigint)");
        }
        assertRefused(service, "CREATE SCHEMA mine");
        assertRefused(service, "ALTER TABLE sync.token ADD COLUMN mine text");
        assertRefused(service, "DROP TABLE sync.token");
        assertRefused(service, "TRUNCATE sync.token");
        assertRefused(service, "CREATE ROLE mine");
        assertRefused(service, "UPDATE withings.measure_type SET name = 'x'");
        assertRefused(service, "UPDATE sync.flyway_schema_history SET success = false");
        assertRefused(service, "DELETE FROM sync.flyway_schema_history");
        assertRefused(service, "UPDATE sync.event SET act = 'named'");
        assertRefused(service, "DELETE FROM sync.event");
        assertRefused(service, "COPY sync.enrolment TO PROGRAM 'cat'");
    }

    /** So that a new schema or table cannot be forgotten. */
    @Test
    void the_service_may_use_every_table_the_schemas_hold() {
        assertThat(column(as("postgres"), """
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                WHERE nspowner = 'withings_owner'::regrole AND nspname <> 'partition' AND relkind IN ('r', 'p')
                  AND c.oid <> 'sync.flyway_schema_history'::regclass AND c.oid <> 'sync.event'::regclass
                  AND (nspname <> 'withings' OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'user_id'))
                  AND NOT (has_schema_privilege('withings', n.oid, 'USAGE')
                    AND has_table_privilege('withings', c.oid, 'SELECT') AND has_table_privilege('withings', c.oid, 'INSERT')
                    AND has_table_privilege('withings', c.oid, 'UPDATE') AND has_table_privilege('withings', c.oid, 'DELETE'))
                """)).isEmpty();
    }

    @Test
    void a_service_that_finds_the_schema_behind_says_who_has_to_act(Rig rig) {
        as("withings_owner")
                .execute("UPDATE sync.flyway_schema_history SET checksum = 0 WHERE script = 'R__analytics_user.sql'");
        rig.set("DATABASE_URL", url(server, "withings", "health"));
        for (var command : List.of("status", "migrate", "sync")) {
            var ran = rig.run(command);
            assertThat(ran.exitCode()).as(command).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err())
                    .as(command)
                    .hasLineCount(1)
                    .contains("run withings migrate as the role that owns the schema");
        }
        rig.set("DATABASE_URL", url(server, "withings_owner", "health"));
        assertThat(rig.run("migrate").out()).contains("1 migrations ran");
        assertThat(rig.set("DATABASE_URL", url(server, "withings", "health"))
                        .run("status")
                        .exitCode())
                .isZero();
    }

    @Test
    void a_reader_reads_the_data_and_the_views_and_writes_nothing() {
        var anna = as("anna");
        var readable = List.of(relations("withings", "'r', 'p'"), relations("analytics", "'v'"));
        assertThat(readable).allSatisfy(list -> assertThat(list).hasSizeGreaterThan(4));
        for (var relation : readable.stream().flatMap(List::stream).toList()) {
            assertThat(anna.fetchCount(DSL.table(relation))).as(relation).isNotNegative();
            assertRefused(anna, "DELETE FROM " + relation);
        }
        for (var relation : relations("sync", "'r', 'p'")) {
            if (!List.of(
                            "sync.enrolment",
                            "sync.coverage",
                            "sync.drift",
                            "sync.day_summary",
                            "sync.summary_due",
                            "sync.pruned")
                    .contains(relation)) { // every column of these is in a view
                assertRefused(anna, "SELECT * FROM " + relation);
            }
            assertRefused(anna, "DELETE FROM " + relation);
        }
        assertRefused(anna, "INSERT INTO withings.device (user_id, device_id) VALUES (1, '1')");
        assertRefused(anna, "UPDATE withings.measure SET value = 0");
        assertRefused(anna, "UPDATE sync.cursor SET next_due_at = now()");
        assertRefused(anna, "TRUNCATE withings.measure");
        for (var schema : List.of("withings", "sync", "analytics", "public")) {
            assertRefused(anna, "CREATE TABLE " + schema + ".mine (user_id bigint)");
            assertRefused(anna, "CREATE FUNCTION " + schema + ".mine() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        }
        assertRefused(anna, "COPY (SELECT 1) TO PROGRAM 'cat'");
        assertRefused(anna, "SELECT pg_read_file('postgresql.conf')");
        assertRefused(anna, "SET ROLE withings_service");
        anna.execute("SELECT analytics.local_time(now(), 'Europe/Berlin')");
        anna.execute("SELECT * FROM analytics.sleep_as_of(1, now())");
        anna.execute("SELECT * FROM analytics.activity_as_of(1, now())");
        assertThat(column(as("postgres"), """
                SELECT p.oid::regprocedure::text FROM pg_proc p
                WHERE pronamespace IN ('analytics'::regnamespace, 'sync'::regnamespace) AND prosecdef
                  AND (has_function_privilege('public', p.oid, 'EXECUTE') OR proconfig IS NULL)
                """))
                .as("with their owner's rights, and not for everybody")
                .isEmpty();
    }

    @Test
    void a_reader_has_of_sync_the_columns_that_the_views_read_and_no_other_right_there() {
        var sql = as("postgres");
        var granted = column(sql, """
                SELECT c.relname || '.' || attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
                WHERE relnamespace = 'sync'::regnamespace AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped
                  AND has_column_privilege('withings_reader', c.oid, attnum, 'SELECT, INSERT, UPDATE, REFERENCES')
                ORDER BY 1
                """);
        var read = column(sql, """
                SELECT DISTINCT t.relname || '.' || attname FROM pg_depend d
                JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
                JOIN pg_class v ON v.oid = r.ev_class
                    AND v.relnamespace IN ('analytics'::regnamespace, 'sync'::regnamespace) AND v.oid <> d.refobjid
                JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
                JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND attnum > 0
                WHERE t.relnamespace = 'sync'::regnamespace ORDER BY 1
                """);
        assertThat(granted).as("the columns granted in db/roles.sql").isEqualTo(read);
        assertThat(granted)
                .noneMatch(
                        column -> column.matches(
                                "(token|oauth_state|invitation|session|raw_page|rejected_record|notification|flyway_schema_history)\\..*"));
        assertThat(column(sql, """
                SELECT nspname || ' ' || p FROM pg_namespace, unnest(ARRAY['USAGE', 'CREATE']) AS p
                WHERE has_schema_privilege('anna', oid, p)
                  AND nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema' ORDER BY 1
                """)).containsExactly("analytics USAGE", "public USAGE", "sync USAGE", "withings USAGE");
        assertThat(column(sql, """
                SELECT c.oid::regclass || ' ' || p FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace,
                    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
                WHERE nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema' AND relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND has_table_privilege('anna', c.oid, p) AND NOT (nspname IN ('withings', 'analytics') AND p = 'SELECT')
                """)).isEmpty();
        assertThat(column(sql, """
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                WHERE nspname NOT LIKE 'pg_%'
                  AND CASE WHEN relkind = 'S' THEN has_sequence_privilege('anna', c.oid, 'USAGE, SELECT, UPDATE') END
                """)).isEmpty();
    }

    @Test
    void what_a_later_migration_makes_is_readable_and_usable_without_a_word() {
        var owner = as("withings_owner");
        owner.execute("CREATE TABLE withings.later (user_id bigint PRIMARY KEY)");
        owner.execute("CREATE VIEW analytics.later AS SELECT user_id FROM withings.later");
        owner.execute("CREATE TABLE sync.later (user_id bigint PRIMARY KEY)");
        try {
            as("withings").execute("INSERT INTO withings.later VALUES (1)");
            as("withings").execute("INSERT INTO sync.later VALUES (1)");
            assertThat(column(as("anna"), "SELECT user_id FROM analytics.later"))
                    .containsExactly("1");
            assertThat(column(as("anna"), "SELECT user_id FROM withings.later")).containsExactly("1");
            assertRefused(as("anna"), "SELECT user_id FROM sync.later");
        } finally {
            owner.execute("DROP TABLE sync.later, withings.later CASCADE");
        }
    }

    @Test
    void the_script_run_again_by_anybody_changes_nothing(Rig rig) {
        var before = column(as("postgres"), RIGHTS);
        assertThat(before).hasSizeGreaterThan(100);
        for (var role : List.of("postgres", "withings_owner", "admin", "withings", "anna")) {
            as(role).execute(script());
            assertThat(column(as("postgres"), RIGHTS)).as(role).isEqualTo(before);
        }
        assertThat(rig.set("DATABASE_URL", url(server, "withings_owner", "health"))
                        .run("migrate")
                        .exitCode())
                .isZero();
        assertThat(column(as("postgres"), RIGHTS)).isEqualTo(before);
    }

    @Test
    void where_the_owner_may_not_create_roles_the_schema_comes_and_the_rights_follow(Rig rig) throws IOException {
        try (var bare = server()) {
            var postgres = as(bare, "postgres", "postgres");
            postgres.execute("CREATE ROLE plain LOGIN");
            postgres.execute("CREATE ROLE admin LOGIN CREATEROLE");
            postgres.execute("CREATE DATABASE health OWNER plain");
            rig.set("DATABASE_URL", url(bare, "plain", "health"));

            assertThat(rig.run("migrate").out()).contains("the schema is up to date");

            assertThat(column(postgres, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'withings%'"))
                    .isEmpty();
            as(bare, "admin", "health").execute(script());
            assertThat(column(as(bare, "plain", "health"), RIGHTS))
                    .as("the administrator owns nothing here")
                    .isEmpty();
            assertThat(rig.run("migrate").exitCode()).isZero();
            assertThat(column(as(bare, "plain", "health"), RIGHTS)).isEqualTo(column(as("postgres"), RIGHTS));
        }
    }

    @Test
    void databases_of_one_server_may_make_the_roles_at_once(Rig rig) throws Exception {
        try (var bare = server();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var postgres = as(bare, "postgres", "postgres");
            postgres.execute("CREATE ROLE admin LOGIN CREATEROLE");
            List.of("one", "two", "three")
                    .forEach(database -> postgres.execute("CREATE DATABASE " + database + " OWNER admin"));
            var environment = rig.environment();
            var running = List.of("one", "two", "three", "one", "two", "three").stream()
                    .map(database -> threads.submit(() -> {
                        var own = new java.util.HashMap<>(environment);
                        own.put("DATABASE_URL", url(bare, "admin", database));
                        return Withings.commandLine(own).execute("migrate");
                    }))
                    .toList();
            for (var migrate : running) {
                assertThat(migrate.get()).isZero();
            }
            for (var database : List.of("one", "two", "three")) {
                assertThat(column(as(bare, "admin", database), RIGHTS))
                        .as(database)
                        .isEqualTo(column(as("postgres"), RIGHTS));
            }
        }
    }

    @Test
    void a_missing_role_is_told_in_one_line_on_the_terminal(
            Rig rig, @org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) throws IOException {
        try (var bare = server()) {
            as(bare, "postgres", "postgres").execute("CREATE ROLE plain LOGIN");
            as(bare, "postgres", "postgres").execute("CREATE DATABASE health OWNER plain");
            rig.set("DATABASE_URL", url(bare, "plain", "health"));
            for (var again = 0; again < 2; again++) {
                try (var migrate = Launched.jar(folder, rig.environment(), "migrate")) {
                    var ran = migrate.ended();
                    assertThat(ran.exitCode()).isZero();
                    assertThat(ran.err())
                            .hasLineCount(1)
                            .contains("withings_reader", "let an administrator run", "withings migrate --roles");
                }
            }
        }
    }

    @Test
    void the_time_out_of_a_reader_is_its_own_and_not_the_groups_and_the_doctor_names_who_has_none(Rig rig) {
        rig.set("DATABASE_URL", url(server, "withings", "health"));
        var admin = as("admin");
        admin.execute("CREATE ROLE \"Ben's\" LOGIN IN ROLE withings_reader");
        assertThat(column(as("Ben's"), "SHOW statement_timeout")).containsExactly("0");
        assertThat(rig.run("doctor").out()).contains("ALTER ROLE \"Ben's\" SET statement_timeout = '60s'");

        admin.execute("ALTER ROLE \"Ben's\" SET statement_timeout = '50ms'");

        assertThat(rig.run("doctor").out()).doesNotContain("Ben's");
        assertThatThrownBy(() -> as("Ben's").execute("SELECT pg_sleep(30)"))
                .isInstanceOfSatisfying(
                        DataAccessException.class,
                        stopped -> assertThat(stopped.sqlState()).isEqualTo("57014"));
        admin.execute("DROP ROLE \"Ben's\"");
    }

    @Test
    void the_role_of_readers_may_be_let_in_itself_and_brings_its_limits(Rig rig) {
        rig.set("DATABASE_URL", url(server, "withings", "health"));
        assertThat(rig.run("status").out())
                .contains("  postgres://withings_reader@localhost:" + server.getPort() + "/health\n")
                .contains("  ALTER ROLE withings_reader LOGIN;\n  \\password withings_reader\n");

        as("admin").execute("ALTER ROLE withings_reader LOGIN");

        assertThat(rig.run("status").out()).doesNotContain("ALTER ROLE");
        assertThat(rig.run("doctor").out()).doesNotContain("ALTER ROLE withings_reader");
        var reader = as("withings_reader");
        assertThat(column(reader, "SHOW statement_timeout")).containsExactly("1min");
        assertThat(column(reader, "SHOW idle_in_transaction_session_timeout")).containsExactly("10min");
        assertThat(column(reader, "SELECT count(*) FROM analytics.daily")).hasSize(1);
        as("admin").execute("ALTER ROLE withings_reader NOLOGIN");
    }
}
