package io.withingspg.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.quartz.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection pool, and the PostgreSQL behind it where that is the embedded one. */
public final class Database implements AutoCloseable {
    static {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    /** Beside the other connections: where nodes wait for each other's schedules, visits and the quota must not wait too. */
    private static final int TIMETABLE_MAX = 4;

    /**
     * For so long a process may hold locks without a word, the quota's for one. Between two statements of a transaction we
     * do nothing that could take longer, and where we do, the transaction {@linkplain Transaction#mayIdle says so}.
     */
    private static final Duration IDLE_MAX = Duration.ofSeconds(10);

    static final String APPLICATION = "withings-postgres";

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final @Nullable EmbeddedServer embedded;
    private final HikariDataSource pool;
    private final Supplier<HikariDataSource> ofTimetable;
    private @Nullable HikariDataSource timetable;
    private final DSLContext sql;
    private final Thread onInterrupt = new Thread(this::stop, "stop-database");

    private Database(@Nullable EmbeddedServer embedded, HikariDataSource pool, Supplier<HikariDataSource> ofTimetable) {
        this.embedded = embedded;
        this.pool = pool;
        this.ofTimetable = ofTimetable;
        this.sql = DSL.using(pool, SQLDialect.POSTGRES);
        Runtime.getRuntime().addShutdownHook(onInterrupt);
    }

    /** The caller has a shutdown hook of its own, and closes this in its turn. */
    public void leaveStoppingToCaller() {
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook runs, and closing twice does nothing.
        }
    }

    /**
     * @throws DatabaseUnreachable if nothing answers
     * @throws ConfigurationException if it answers and refuses: password, role or database name
     */
    public static Database open(Settings.Database settings) {
        var embedded = settings.url() == null ? EmbeddedServer.open(settings.dataDir()) : null;
        var url = embedded != null ? embedded.jdbcUrl() : DatabaseUrl.jdbc(String.valueOf(settings.url()));
        try {
            return new Database(
                    embedded,
                    connect(url, settings, settings.connections()),
                    () -> connect(url, settings, TIMETABLE_MAX));
        } catch (RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    private static HikariDataSource connect(String url, Settings.Database settings, int connectionsMax) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setPoolName("withings");
        config.setMaximumPoolSize(connectionsMax);
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(Math.max(1, settings.patience().toMillis()));
        config.setConnectionTimeout(Math.max(1000, settings.patience().toMillis()));
        var patienceS = Math.max(1, settings.patience().toSeconds());
        var hosts = 1 + url.chars().filter(letter -> letter == ',').count(); // which are tried in turn
        // As text, all of them: the driver passes over what is not.
        var properties = config.getDataSourceProperties();
        properties.setProperty("ApplicationName", APPLICATION);
        properties.setProperty("connectTimeout", Long.toString(patienceS));
        // What takes the connection may never say a word.
        properties.setProperty("loginTimeout", Long.toString(patienceS * hosts));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("prepareThreshold", "1"); // what runs here runs again, for the next page
        properties.setProperty("logServerErrorDetail", "false"); // it holds the row, and the row measured values
        // Of a process that is frozen or cut off in the middle of a transaction, the server itself takes what it had
        // locked.
        config.setConnectionInitSql("SET idle_in_transaction_session_timeout = " + IDLE_MAX.toMillis());
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw refusal(e);
        } catch (RuntimeException e) {
            throw new ConfigurationException("DATABASE_URL is not usable: " + shortened(e));
        }
    }

    private static RuntimeException refusal(PoolInitializationException e) {
        var cause = e.getCause();
        var state = cause instanceof SQLException refused ? String.valueOf(refused.getSQLState()) : "";
        var reason = shortened(cause == null ? e : cause);
        // Class 28: wrong user or password; 3D: no such database; 42501: may not connect to it. From the driver, 08004:
        // no password, or no encryption, where the server wants one; 22: an option it cannot read.
        return state.matches("(28|3D|22)...|42501|08004")
                ? new ConfigurationException("PostgreSQL refuses DATABASE_URL (" + reason
                        + "): correct the user, password, database name or options")
                : new DatabaseUnreachable(
                        "PostgreSQL cannot be reached (" + reason + "): check DATABASE_URL and that the server runs");
    }

    private static String shortened(Throwable e) {
        if (e.getCause() instanceof UnknownHostException unknown) {
            return "the host " + unknown.getMessage() + " is not known";
        }
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName())
                .replaceFirst("^(FATAL|ERROR): ", "")
                .replaceFirst("\\.( .*)?$", ""); // the driver's advice; ours follows
    }

    /** Whether a statement failed because nothing answers any more, and not because of what it said. */
    public static boolean isGone(DataAccessException failure) {
        var cause = failure.getCause(SQLException.class);
        if (cause == null) {
            return false;
        }
        var state = String.valueOf(cause.getSQLState());
        return cause instanceof SQLTransientConnectionException || state.matches("null|(08|53|57P)...?.?");
    }

    /** Whether somebody else held what a statement needed, and did not let go of it in time. */
    public static boolean isHeld(DataAccessException failure) {
        var cause = failure.getCause(SQLException.class);
        return cause != null && "55P03".equals(cause.getSQLState());
    }

    /** Whether two waited for each other, and this one was to give way. */
    public static boolean isDeadlock(DataAccessException failure) {
        var cause = failure.getCause(SQLException.class);
        return cause != null && "40P01".equals(cause.getSQLState());
    }

    /** In one line. */
    public static String reason(DataAccessException failure) {
        if (isHeld(failure)) {
            // Nearly always a person's tokens, but whatever has a lock_timeout of its own ends so.
            return "another process holds what this needs, as a rule a person's tokens, and does not let go of it: nothing"
                    + " was changed, try again in five minutes, when the database takes it from it";
        }
        return isGone(failure)
                ? "the database does not answer"
                : "the database refused, " + shortened(Objects.requireNonNullElse(failure.getCause(), failure));
    }

    /**
     * Brings the schema up to date, and the rights of the roles with it. Does nothing where it is, so that a role that
     * may only write rows can start the service. Returns how many migrations ran.
     */
    public int migrate() {
        int ran;
        try {
            if (isNewer()) {
                LOG.warn("the schema was made by a newer version: it is left as it is");
                return 0;
            }
            ran = flyway().initSql(
                            "SET idle_in_transaction_session_timeout = 0") // its lock is idle while migrations run
                    .load()
                    .migrate()
                    .migrationsExecuted;
            pool.getHikariPoolMXBean().softEvictConnections(); // which it has changed
        } catch (FlywayException e) {
            throw isForbidden(e)
                    ? new ConfigurationException(
                            "the schema is not up to date, and this database role may not change it:"
                                    + " run withings migrate as the role that owns the schema")
                    : new ConfigurationException("the schema cannot be migrated: "
                            + String.valueOf(e.getMessage())
                                    .replaceAll("\\s+", " ")
                                    .strip());
        }
        if (ran > 0) {
            giveRights();
        }
        return ran;
    }

    /**
     * Whether a newer program made the schema, of which others may be running: its views are not to become ours again. Asked
     * of the last migration alone, since Flyway's own answer takes as long as migrating.
     */
    private boolean isNewer() {
        try {
            if (sql.fetchValue("SELECT to_regclass('sync.flyway_schema_history')") == null) {
                return false;
            }
            var last = sql.fetchValue("SELECT script FROM sync.flyway_schema_history"
                    + " WHERE version IS NOT NULL AND success ORDER BY installed_rank DESC LIMIT 1");
            return last != null && Database.class.getResource("/db/migration/" + last) == null;
        } catch (DataAccessException e) {
            return false; // whoever may not read this is told by Flyway
        }
    }

    FluentConfiguration flyway() {
        return Flyway.configure()
                .dataSource(pool)
                .locations("classpath:db/migration")
                .defaultSchema("sync");
    }

    private static boolean isForbidden(Throwable failure) {
        return failure instanceof SQLException refused
                ? "42501".equals(refused.getSQLState())
                : failure.getCause() != null && isForbidden(failure.getCause());
    }

    /**
     * Makes the roles and gives them their rights, as far as this role may; logs in one line each what it may not. A
     * database without them is whole, so nothing else depends on it.
     */
    public void giveRights() {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(roles());
            for (var warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                if (warning.getSQLState().startsWith("01")) { // notices come the same way
                    LOG.warn("{}", warning.getMessage());
                }
            }
        } catch (SQLException e) {
            LOG.warn(
                    "the rights of the database roles cannot be given, {}: see withings migrate --roles", shortened(e));
        }
    }

    /** The script that makes the roles and gives them their rights, for an administrator to run. */
    public static String roles() {
        try (var script = Objects.requireNonNull(Database.class.getResourceAsStream("/db/roles.sql"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public DSLContext sql() {
        return sql;
    }

    /**
     * The application's quota, shared by every process on this database. Who starts last says how large it is.
     */
    public Bucket quota(BucketConfiguration configuration) {
        var bucket = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                .table("sync.quota")
                .build()
                .builder()
                .build(1L, () -> configuration);
        bucket.replaceConfiguration(configuration, TokensInheritanceStrategy.PROPORTIONALLY);
        return bucket;
    }

    /**
     * The schedules of all processes on this database, not started yet.
     *
     * @param node names this process, and no other one
     * @param threads as many may be at work here at once
     */
    public Scheduler scheduler(String node, int threads) {
        timetable = ofTimetable.get();
        return Timetable.scheduler(timetable, node, threads);
    }

    /** For {@code psql}, without the password; null where the owner configured the database and knows it. */
    public @Nullable String embeddedUrl() {
        return embedded == null ? null : embedded.url();
    }

    /** Whether the PostgreSQL behind this was started for this very process, and so most likely stops with it. */
    public boolean isOwn() {
        return embedded != null && !embedded.joined();
    }

    @Override
    public void close() {
        leaveStoppingToCaller();
        stop();
    }

    private synchronized void stop() {
        pool.close();
        if (timetable != null) {
            timetable.close();
        }
        if (embedded != null) {
            embedded.close();
        }
    }
}
