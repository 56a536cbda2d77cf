package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.RUN;

import java.time.Instant;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Visits to people. */
public final class Runs {
    private final DSLContext sql;

    public Runs(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * @param cause {@code schedule}, {@code command} or {@code enrolment}
     * @throws Erased where the person is gone
     */
    public void begin(long userId, UUID run, String cause, Instant now) {
        try {
            sql.insertInto(RUN)
                    .set(RUN.USER_ID, userId)
                    .set(RUN.RUN_ID, run)
                    .set(RUN.CAUSE, cause)
                    .set(RUN.STARTED_AT, now)
                    .execute();
        } catch (DataAccessException e) {
            throw Erased.or(e);
        }
    }

    /** Visits are worth looking into for a while, and there are many. */
    public void forget(Instant before) {
        sql.deleteFrom(RUN).where(RUN.STARTED_AT.lt(before)).execute();
    }

    public void end(long userId, UUID run, String outcome, Instant now) {
        sql.update(RUN)
                .set(RUN.FINISHED_AT, now)
                .set(RUN.OUTCOME, outcome)
                .where(RUN.USER_ID.eq(userId), RUN.RUN_ID.eq(run))
                .execute();
    }
}
