package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.MEASURE_TYPE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;

import io.withingspg.config.Settings;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jooq.Record1;
import org.jooq.TableField;

/** What a database is found to be when nothing is to be changed about it: not even Flyway's own table is made. */
public final class Examination {
    private static final Set<MigrationState> PENDING = Set.of(MigrationState.PENDING, MigrationState.OUTDATED);
    private static final Set<MigrationState> FUTURE =
            Set.of(MigrationState.FUTURE_SUCCESS, MigrationState.FUTURE_FAILED);

    /** As {@code db/roles.sql} gives them to a service that may change no table. */
    private static final String MISSING_RIGHTS = """
            SELECT n.nspname || '.' || c.relname
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
            unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS needed
            WHERE n.nspname IN ('withings', 'sync', 'quartz') AND c.relkind IN ('r', 'p')
              AND (needed = 'SELECT' OR c.relname <> 'flyway_schema_history')
              AND (needed IN ('SELECT', 'INSERT') OR n.nspname <> 'sync' OR c.relname <> 'event')
              AND (needed = 'SELECT' OR n.nspname <> 'withings' OR EXISTS (
                SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'user_id'))
              AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, needed))
            GROUP BY n.nspname, c.relname
            ORDER BY n.nspname, c.relname
            """;

    /** Of the schema's owner, or of who may make the schema. */
    private static final String MAY_MIGRATE = """
            SELECT coalesce(
                (SELECT pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = 'sync'),
                has_database_privilege(current_database(), 'CREATE'))
            """;

    /** Logins that read and do not write, and whose statements nothing stops: a group's settings are not inherited. */
    private static final String UNHURRIED_READERS = """
            SELECT quote_ident(r.rolname)
            FROM pg_catalog.pg_roles r
            WHERE r.rolcanlogin AND NOT r.rolsuper
              AND pg_has_role(r.oid, to_regrole('withings_reader'), 'USAGE')
              AND NOT has_table_privilege(r.oid, 'withings.device', 'INSERT')
              AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_db_role_setting s
                JOIN pg_catalog.pg_database d ON d.datname = current_database(), unnest(s.setconfig) AS setting
                WHERE s.setrole IN (r.oid, 0) AND s.setdatabase IN (d.oid, 0) AND setting LIKE 'statement_timeout=%')
            ORDER BY r.rolname
            """;

    private final Database database;

    public Examination(Database database) {
        this.database = database;
    }

    /** Whether there is a database to open where these settings ask for the embedded one; opening it would make one. */
    public static boolean embeddedIsThere(Settings.Database settings) {
        return Files.exists(settings.dataDir().resolve("postgres").resolve("PG_VERSION"));
    }

    /**
     * The server's version.
     *
     * @param text such as {@code 18.1}
     * @param role whom we are connected as
     */
    public record Server(int major, String text, String role) {}

    public Server server() {
        var row = Objects.requireNonNull(database.sql()
                .fetchOne("SELECT current_setting('server_version_num')::int / 10000,"
                        + " split_part(current_setting('server_version'), ' ', 1), current_user"));
        return new Server(row.get(0, int.class), row.get(1, String.class), row.get(2, String.class));
    }

    public List<String> unhurriedReaders() {
        return database.sql().fetch(UNHURRIED_READERS).getValues(0, String.class);
    }

    /** How the schema relates to this program. */
    public sealed interface Schema {
        /** @param version of the newest migration */
        record UpToDate(String version) implements Schema {}

        /** @param mayMigrate whether this role may do something about it; likewise below */
        record Absent(boolean mayMigrate) implements Schema {}

        /** @param pending migrations that have not run */
        record Behind(long pending, boolean mayMigrate) implements Schema {}

        /** A newer program was here. */
        record Ahead(String version) implements Schema {}

        /** It is not what the migrations made. */
        record Broken(String reason) implements Schema {}
    }

    public Schema schema() {
        try {
            var all = List.of(database.flyway().load().info().all());
            var pending = scripts(all, PENDING);
            if (pending > 0) {
                var mayMigrate = flag(MAY_MIGRATE);
                return all.stream().allMatch(one -> one.getState() == MigrationState.PENDING)
                        ? new Schema.Absent(mayMigrate)
                        : new Schema.Behind(pending, mayMigrate);
            }
            var checked =
                    database.flyway().ignoreMigrationPatterns("*:future").load().validateWithResult();
            if (!checked.validationSuccessful) {
                return new Schema.Broken(
                        checked.invalidMigrations.isEmpty()
                                ? "it cannot be validated"
                                : "V" + checked.invalidMigrations.getFirst().version + " is not what ran");
            }
            var newest = all.stream()
                    .map(MigrationInfo::getVersion)
                    .filter(Objects::nonNull)
                    .max(java.util.Comparator.naturalOrder())
                    .map(Object::toString)
                    .orElse("");
            return scripts(all, FUTURE) > 0 ? new Schema.Ahead(newest) : new Schema.UpToDate(newest);
        } catch (FlywayException e) {
            return new Schema.Broken(
                    String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip());
        }
    }

    private static long scripts(List<MigrationInfo> all, Set<MigrationState> states) {
        return all.stream()
                .filter(one -> states.contains(one.getState()))
                .map(MigrationInfo::getScript)
                .distinct()
                .count();
    }

    private boolean flag(String question) {
        return Boolean.TRUE.equals(database.sql().fetchValue(question));
    }

    /** Tables that this role may not use as the service must. */
    public List<String> missingRights() {
        return database.sql().fetch(MISSING_RIGHTS).getValues(0, String.class);
    }

    /** The largest id that rows of this person name: the newest, as Withings counts upwards. */
    public Optional<Long> newestNamed(long userId, TableField<?, Long> named) {
        var table = Objects.requireNonNull(named.getTable());
        return database.sql()
                .select(max(named))
                .from(table)
                .where(field(name("user_id"), Long.class).eq(userId))
                .fetchOptional(Record1::value1);
    }

    /** Names of the quantities that {@code withings.measure} holds, by their types. */
    public Map<Integer, String> measureTypes() {
        return database.sql()
                .select(MEASURE_TYPE.TYPE, MEASURE_TYPE.NAME)
                .from(MEASURE_TYPE)
                .orderBy(MEASURE_TYPE.TYPE)
                .fetchMap(MEASURE_TYPE.TYPE, MEASURE_TYPE.NAME);
    }
}
