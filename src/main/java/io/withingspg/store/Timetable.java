package io.withingspg.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.DefaultThreadExecutor;
import org.quartz.impl.DirectSchedulerFactory;
import org.quartz.impl.jdbcjobstore.InvalidConfigurationException;
import org.quartz.impl.jdbcjobstore.JobStoreSupport;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.listeners.SchedulerListenerSupport;
import org.quartz.simpl.SimpleThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When each schedule fires next, in Quartz's own tables, for all nodes on this database: each due time is served by one of
 * them, and by another one where that died. Public as Quartz sets its name by reflection.
 */
public final class Timetable extends JobStoreSupport {
    /** Under its own name Quartz logs whole stack traces of a database that is away. */
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /** Of the rows that belong together: the same for all nodes. */
    private static final String SCHEDULES = "withings";

    /** A node that has been silent for as long and 7.5 s more is dead, which the others see within as long again. */
    private static final Duration CHECK_IN = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    /** How long a node without a schedule at hand does not look for one; Quartz looks ahead for as long. */
    private static final Duration IDLE = Duration.ofSeconds(15);

    private final DataSource pool;

    private Timetable(DataSource pool) {
        this.pool = pool;
    }

    /**
     * @param node names this process, and no other one
     * @param threads as many schedules may be at work in this process at once
     */
    static Scheduler scheduler(DataSource pool, String node, int threads) {
        var timetable = new Timetable(pool);
        var workers = new SimpleThreadPool(threads, Thread.NORM_PRIORITY);
        workers.setMakeThreadsDaemons(true);
        try {
            timetable.configure();
            var factory = DirectSchedulerFactory.getInstance();
            factory.createScheduler(
                    node, // Quartz keeps a list of those in this JVM, by their names
                    node,
                    workers,
                    new DefaultThreadExecutor(),
                    timetable,
                    Map.of(),
                    null,
                    0,
                    IDLE.toMillis(),
                    LOOK_AGAIN.toMillis(),
                    false,
                    null,
                    1, // at a time, so that nodes share them out
                    0);
            var scheduler = factory.getScheduler(node);
            scheduler.getListenerManager().addSchedulerListener(new SchedulerListenerSupport() {
                @Override
                public void schedulerError(String what, SchedulerException failure) {
                    LOG.error("the schedules wait: {}", failure.getMessage());
                }
            });
            return scheduler;
        } catch (SchedulerException | InvalidConfigurationException e) {
            throw new IllegalStateException("the schedules cannot be read", e);
        }
    }

    private void configure() throws InvalidConfigurationException {
        setDataSource(SCHEDULES);
        setTablePrefix("quartz.qrtz_");
        setDriverDelegateClass(PostgreSQLDelegate.class.getName());
        setUseProperties("true"); // text and no serialised classes, which another version might not read
        setIsClustered(true);
        setClusterCheckinInterval(CHECK_IN.toMillis());
        setDbRetryInterval(LOOK_AGAIN.toMillis());
        setMakeThreadsDaemons(true);
    }

    /** Quartz would write the scheduler's name here, which is another one on each node. */
    @Override
    public void setInstanceName(String name) {
        super.setInstanceName(SCHEDULES);
    }

    @Override
    protected Connection getConnection() throws JobPersistenceException {
        try {
            var connection = pool.getConnection();
            try {
                connection.setAutoCommit(false); // which the pool puts back
                return connection;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new JobPersistenceException("the database does not answer", e);
        }
    }

    @Override
    protected Connection getNonManagedTXConnection() throws JobPersistenceException {
        return getConnection();
    }

    @Override
    protected <T> T executeInLock(@Nullable String lock, TransactionCallback<T> work) throws JobPersistenceException {
        return executeInNonManagedTXLock(lock, work, null);
    }

    /** A node that leaves takes its name out, so that nobody takes it for dead; what it left undone, others must find. */
    @Override
    public void shutdown() {
        super.shutdown();
        try (var connection = getConnection()) {
            if (getDelegate()
                    .selectInstancesFiredTriggerRecords(connection, getInstanceId())
                    .isEmpty()) {
                getDelegate().deleteSchedulerState(connection, getInstanceId());
            }
            connection.commit();
        } catch (SQLException | JobPersistenceException e) {
            LOG.debug("the others will take this node for dead", e);
        }
    }
}
