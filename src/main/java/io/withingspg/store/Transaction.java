package io.withingspg.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/**
 * A transaction at the price of its statements. jOOQ's own asks the server for the isolation level each time, which is a round
 * trip, and makes a configuration for each, which costs us as much as one more.
 */
final class Transaction {
    private static final ScopedValue<Connection> CONNECTION = ScopedValue.newInstance();

    private static final DSLContext WITHIN = DSL.using(
            new ConnectionProvider() {
                @Override
                public Connection acquire() {
                    return CONNECTION.get();
                }

                @Override
                public void release(Connection connection) {
                    // It is the transaction's, which gives it back.
                }
            },
            SQLDialect.POSTGRES);

    private Transaction() {}

    /** This one waits for something else between its statements: the server is not to take it for one that is frozen. */
    static void mayIdle(DSLContext tx, Duration most) {
        tx.execute("SET LOCAL idle_in_transaction_session_timeout = " + most.toMillis());
    }

    /** Not to be begun within another one. */
    static <T> T result(DSLContext sql, Function<DSLContext, T> act) {
        return sql.connectionResult(connection -> {
            connection.setAutoCommit(false);
            T result;
            try {
                result = ScopedValue.where(CONNECTION, connection).call(() -> act.apply(WITHIN));
                connection.commit();
            } catch (RuntimeException | Error | SQLException e) {
                try {
                    connection.rollback();
                    connection.setAutoCommit(true); // never before: it commits what is open
                } catch (SQLException alsoFailed) {
                    e.addSuppressed(alsoFailed); // the pool throws a connection away that is gone
                }
                throw e;
            }
            connection.setAutoCommit(true);
            return result;
        });
    }
}
