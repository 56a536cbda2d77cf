package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.store.Database;
import io.withingspg.store.DatabaseUnreachable;
import io.withingspg.store.Examination;
import io.withingspg.store.Examination.Schema;
import java.util.ArrayList;
import java.util.List;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** The database as it is found: reached, of a version we know, its schema up to date, and ours to use. */
final class DatabaseCheck implements AutoCloseable {
    private static final int VERSION_MIN = 15;
    private static final int VERSION_MAX = 18;
    private static final int TABLES_NAMED_MAX = 3;

    private final List<Finding> findings = new ArrayList<>();
    private final @Nullable Database database;
    private boolean usable;

    private DatabaseCheck(@Nullable Database database) {
        this.database = database;
    }

    static DatabaseCheck of(Settings.Database settings) {
        if (settings.url() == null && !Examination.embeddedIsThere(settings)) {
            var check = new DatabaseCheck(null);
            check.findings.add(Finding.warning(
                    "database",
                    "none yet: DATABASE_URL is not set, and " + settings.dataDir() + " holds no embedded PostgreSQL",
                    "withings serve makes one there; or set DATABASE_URL, or DATA_DIR"));
            return check;
        }
        try {
            var check = new DatabaseCheck(Database.open(settings));
            check.examine(settings);
            return check;
        } catch (DatabaseUnreachable e) {
            return failed(Finding.of("database", e));
        } catch (ConfigurationException e) {
            return failed(Finding.of("database", e));
        }
    }

    private static DatabaseCheck failed(Finding finding) {
        var check = new DatabaseCheck(null);
        check.findings.add(finding);
        return check;
    }

    private void examine(Settings.Database settings) {
        if (database == null) {
            return;
        }
        try {
            var examination = new Examination(database);
            var server = examination.server();
            findings.add(version(server, settings));
            var missing = examination.missingRights();
            if (!missing.isEmpty()) { // nor may the schema be looked at then
                findings.add(rights(server.role(), missing));
                return;
            }
            var schema = examination.schema();
            findings.add(schema(schema));
            usable = schema instanceof Schema.UpToDate || schema instanceof Schema.Ahead;
            if (usable) {
                findings.add(Finding.ok("rights", "role " + server.role() + " may read and write what it must"));
                examination.unhurriedReaders().forEach(reader -> findings.add(unhurried(reader)));
            }
        } catch (DataAccessException e) {
            usable = false;
            findings.add(Finding.problem(
                    "database",
                    Database.reason(e),
                    "check that it runs, and DATABASE_URL",
                    Database.isGone(e) ? ExitCode.DATABASE_UNREACHABLE : ExitCode.SOME_FAILED));
        }
    }

    private static Finding version(Examination.Server server, Settings.Database settings) {
        var found = "PostgreSQL " + server.text() + " answers"
                + (settings.url() == null ? ", embedded in " + settings.dataDir() : "");
        if (server.major() < VERSION_MIN) {
            return Finding.problem("database", found + ": too old", "upgrade it to " + VERSION_MIN + " or newer");
        }
        return server.major() <= VERSION_MAX
                ? Finding.ok("database", found)
                : Finding.warning(
                        "database",
                        found + ": newer than what this program was tested with",
                        "look for a newer withings-postgres, tested with more than " + VERSION_MAX);
    }

    private static Finding schema(Schema schema) {
        return switch (schema) {
            case Schema.UpToDate(var version) -> Finding.ok("schema", "up to date, version " + version);
            case Schema.Ahead(var version) ->
                Finding.warning(
                        "schema",
                        "at version " + version + ", made by a newer withings-postgres than this one",
                        "run the newer one here too");
            case Schema.Absent(var mayMigrate) ->
                behind("no tables yet", "withings migrate makes them, and so does the first serve", mayMigrate);
            case Schema.Behind(var pending, var mayMigrate) ->
                behind(
                        pending + (pending == 1 ? " migration has" : " migrations have") + " not run",
                        "withings migrate; any command that needs the data runs them too",
                        mayMigrate);
            case Schema.Broken(var reason) ->
                Finding.problem(
                        "schema",
                        "not what our migrations made: " + reason,
                        "restore it from a backup, or give withings a database of its own",
                        ExitCode.WRONG_USE);
        };
    }

    private static Finding behind(String found, String next, boolean mayMigrate) {
        return mayMigrate
                ? Finding.warning("schema", found, next)
                : Finding.problem(
                        "schema",
                        found + ", and this database role may not change that",
                        "run withings migrate as the role that owns the schema",
                        ExitCode.WRONG_USE);
    }

    private static Finding rights(String role, List<String> missing) {
        var named = String.join(", ", missing.subList(0, Math.min(TABLES_NAMED_MAX, missing.size())));
        return Finding.problem(
                "rights",
                "role " + role + " may not read or write " + named
                        + (missing.size() > TABLES_NAMED_MAX
                                ? " and " + (missing.size() - TABLES_NAMED_MAX) + " more tables"
                                : ""),
                "make it a member of withings_service: docs/database-roles.md");
    }

    private static Finding unhurried(String reader) {
        return Finding.warning(
                "readers",
                "nothing stops a query of " + reader + " that got out of hand",
                "ALTER ROLE " + reader + " SET statement_timeout = '60s': a group's is not inherited");
    }

    List<Finding> findings() {
        return findings;
    }

    /** Null where nothing can be read of it, or nothing that this program would understand. */
    @Nullable
    Database usable() {
        return usable ? database : null;
    }

    @Override
    public void close() {
        if (database != null) {
            database.close();
        }
    }
}
