package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.RUN;
import static io.withingspg.schema.sync.Tables.RUN_RESOURCE;
import static org.jooq.impl.DSL.all;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.when;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Visits to people. */
public final class Runs {
    /** So many visits of a person are looked at for calls that were just made. */
    private static final int LATEST = 3;

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

    /**
     * By resource, when a turn ended that asked for something which may be asked for again. A visit that was stopped goes on
     * behind its last page, so what it asked for is not.
     *
     * @param since turns that ended before are left out
     * @param except visits that are left out
     */
    public Map<String, Instant> lastAsked(long userId, Instant since, Collection<UUID> except) {
        var last = select(RUN.RUN_ID)
                .from(RUN)
                .where(RUN.USER_ID.eq(userId))
                .and(RUN.RUN_ID.ne(all(except.toArray(UUID[]::new))))
                .orderBy(RUN.STARTED_AT.desc()) // along its index: a person has thousands
                .limit(LATEST);
        var at = max(RUN_RESOURCE.FINISHED_AT);
        return sql.select(RUN_RESOURCE.RESOURCE, at)
                .from(RUN_RESOURCE)
                .where(RUN_RESOURCE.USER_ID.eq(userId), RUN_RESOURCE.RUN_ID.in(last))
                .and(RUN_RESOURCE.FINISHED_AT.gt(since))
                .and(RUN_RESOURCE.CALLS.gt(when(RUN_RESOURCE.OUTCOME.eq("stopped"), RUN_RESOURCE.PAGES)
                        .otherwise(inline(0))))
                .groupBy(RUN_RESOURCE.RESOURCE)
                .fetchMap(RUN_RESOURCE.RESOURCE, at);
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
