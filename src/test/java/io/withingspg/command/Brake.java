package io.withingspg.command;

import io.withingspg.simulator.Fault;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;

/**
 * Holds a process at one instruction of a refresh, from outside: the database makes it wait for a lock, or Withings for
 * its answer. Nothing in the process knows of it.
 */
final class Brake implements AutoCloseable {
    private static final int LOCK = 4711;

    private final Rig rig;
    private final Connection connection;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    Brake(Rig rig) {
        this.rig = rig;
        try {
            this.connection = DriverManager.getConnection(rig.environment().getOrDefault("DATABASE_URL", ""));
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        rig.sql()
                .execute("CREATE FUNCTION public.brake() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_advisory_xact_lock(" + LOCK + "); RETURN NEW; END'");
    }

    /** Before a row is written. */
    void beforeUpdate(String condition) {
        rig.sql()
                .execute("CREATE TRIGGER brake BEFORE UPDATE ON sync.token FOR EACH ROW WHEN (" + condition
                        + ") EXECUTE FUNCTION public.brake()");
    }

    /** While the transaction that wrote it is being committed. */
    void atCommit(String condition) {
        rig.sql()
                .execute("CREATE CONSTRAINT TRIGGER brake AFTER UPDATE ON sync.token DEFERRABLE INITIALLY DEFERRED"
                        + " FOR EACH ROW WHEN (" + condition + ") EXECUTE FUNCTION public.brake()");
    }

    /** While Withings has the call and has done nothing about it. */
    Fault unheard() {
        return Fault.unheard(this::hold);
    }

    /** While Withings has done what it was asked, and its answer is on the way. */
    Fault answering() {
        return Fault.then(this::hold);
    }

    /** Before the call that follows this answer. */
    Fault beforeNextCall() {
        return Fault.then(() -> execute("SELECT * FROM sync.quota FOR UPDATE"));
    }

    private void hold() {
        arrived.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean holds() {
        return arrived.getCount() == 0
                || rig.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND wait_event_type = 'Lock'")
                        > 0;
    }

    void release() {
        released.countDown();
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String statement) {
        try (var sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        release();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
