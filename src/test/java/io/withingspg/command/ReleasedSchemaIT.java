package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An owner has views of her own on ours, and updates. Each file {@code released/<version>.sql} holds the repeatable
 * migrations as they were in a release whose newest versioned one was {@code V<version>}: together they are its schema.
 */
@ExtendWith(Rig.Provider.class)
final class ReleasedSchemaIT {
    private static final String VIEWS =
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics' ORDER BY 1";
    private static final String OWN_COLUMNS = """
            SELECT attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
            FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'own'::regnamespace)
            ORDER BY attrelid::regclass::text, attnum
            """;

    /** Columns that are no longer where a report, which may go by their number, had them. */
    private static final String MOVED = """
            SELECT own.attrelid::regclass || '.' || own.attname
            FROM pg_attribute own JOIN pg_class v ON v.oid = own.attrelid AND v.relnamespace = 'own'::regnamespace
            LEFT JOIN pg_attribute now ON now.attrelid = ('analytics.' || v.relname)::regclass AND now.attnum = own.attnum
            WHERE (own.attname, own.atttypid, own.atttypmod) IS DISTINCT FROM (now.attname, now.atttypid, now.atttypmod)
            """;

    static Stream<Path> releases() throws IOException {
        try (var files = Files.list(Path.of("src/test/resources/released"))) {
            return files.sorted().toList().stream();
        }
    }

    /** The schema of a release, in an empty database. */
    private static void restore(Path release, String url, Path folder) throws IOException, SQLException {
        var version = Integer.parseInt(release.getFileName().toString().replace(".sql", ""));
        try (var migrations = Files.list(Path.of("db/migration"))) {
            for (var migration : migrations.toList()) {
                var name = migration.getFileName().toString();
                if (name.startsWith("V") && Integer.parseInt(name.replaceFirst("V(\\d+)__.*", "$1")) <= version) {
                    Files.copy(migration, folder.resolve(name));
                }
            }
        }
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("filesystem:" + folder)
                .defaultSchema("sync")
                .load()
                .migrate();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(Files.readString(release));
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void views_of_the_owner_on_every_view_of_a_release_outlive_the_update(Path release, Rig rig, @TempDir Path folder)
            throws IOException, SQLException {
        var url = Server.createEmpty();
        try {
            restore(release, url, folder);
            var sql = DSL.using(url);
            sql.execute("""
                    INSERT INTO withings.measure_group (user_id, group_id, measured_at, day, timezone, attribution, category)
                    VALUES (1, 1, '2026-02-03 06:00:00+00', '2026-02-03', 'Europe/Paris', 0, 1)
                    """);
            sql.execute("INSERT INTO withings.measure (user_id, group_id, type, position, value, measured_at)"
                    + " SELECT 1, 1, 1, -1, 70, measured_at FROM withings.measure_group");
            var views = sql.fetch(VIEWS).getValues(0, String.class);
            assertThat(views).hasSizeGreaterThan(20);
            sql.execute("CREATE SCHEMA own");
            views.forEach(view -> sql.execute("CREATE VIEW own." + view + " AS SELECT * FROM analytics." + view));
            var columns = sql.fetch(OWN_COLUMNS).getValues(0, String.class);

            var updated = rig.set("DATABASE_URL", url).run("migrate");

            assertThat(updated.exitCode()).as(updated.err()).isZero();
            assertThat(updated.out()).contains("migrations ran");
            assertThat(sql.fetch(OWN_COLUMNS).getValues(0, String.class)).isEqualTo(columns);
            assertThat(sql.fetch(MOVED).getValues(0, String.class)).isEmpty();
            for (var view : views) {
                assertThat(sql.fetch("SELECT * FROM own." + view))
                        .as(view)
                        .hasSameSizeAs(sql.fetch("SELECT * FROM analytics." + view));
            }
            assertThat(sql.fetch("SELECT weight_kg FROM own.weight").getValues(0, String.class))
                    .containsExactly("70.000");
        } finally {
            Server.drop(url);
        }
    }
}
