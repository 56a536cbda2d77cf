package io.withingspg.command;

import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One real PostgreSQL for all tests of this JVM; each gets a database of its own, copied from a migrated one. */
final class Server {
    private static final String TEMPLATE = "migrated";
    private static final EmbeddedPostgres POSTGRES = start();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Server() {}

    private static EmbeddedPostgres start() {
        try {
            var postgres = EmbeddedPostgres.builder()
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("encoding", "UTF8")
                    .start(); // stops with the JVM
            execute(postgres, "CREATE DATABASE " + TEMPLATE);
            var url = postgres.getJdbcUrl("postgres", TEMPLATE);
            var settings = Settings.of(Map.of("DATABASE_URL", url), Resources.names());
            try (var database = Database.open(settings.database())) {
                database.migrate();
            }
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JDBC URL of a fresh, migrated database. */
    static synchronized String create() {
        var name = "test_" + COUNT.incrementAndGet();
        execute(POSTGRES, "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        return POSTGRES.getJdbcUrl("postgres", name);
    }

    /** JDBC URL of a fresh database without any table. */
    static synchronized String createEmpty() {
        var name = "test_" + COUNT.incrementAndGet();
        execute(POSTGRES, "CREATE DATABASE " + name);
        return POSTGRES.getJdbcUrl("postgres", name);
    }

    /** JDBC URL of the server's own database, for roles and the like. */
    static String adminUrl() {
        return POSTGRES.getJdbcUrl("postgres", "postgres");
    }

    /** As if the server were gone, for the service: it is thrown out, and nobody else gets in. */
    static void shut(String jdbcUrl, boolean shut) {
        var name = name(jdbcUrl);
        execute(POSTGRES, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS " + !shut);
        if (shut) {
            execute(
                    POSTGRES,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'withings-postgres' AND datname = '"
                            + name + "'");
        }
    }

    private static String name(String jdbcUrl) {
        return jdbcUrl.replaceFirst(".*/([a-z0-9_]+)\\?.*", "$1");
    }

    static void drop(String jdbcUrl) {
        var name = name(jdbcUrl);
        execute(POSTGRES, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private static void execute(EmbeddedPostgres postgres, String statement) {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }
}
