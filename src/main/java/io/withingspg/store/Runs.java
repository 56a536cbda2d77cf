package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.RUN;
import static io.withingspg.schema.sync.Tables.RUN_RESOURCE;
import static org.jooq.impl.DSL.all;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.when;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Param;
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
            BEGIN.execute(sql, Map.of("user_id", userId, "run", run, "cause", cause, "now", now));
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
        END.execute(sql, Map.of("user_id", userId, "run", run, "outcome", outcome, "now", now));
    }

    private static final Param<Long> USER = param("user_id", RUN.USER_ID.getDataType());
    private static final Param<UUID> ID = param("run", RUN.RUN_ID.getDataType());

    private static final Rendered BEGIN = new Rendered(() -> insertInto(RUN)
            .set(RUN.USER_ID, USER)
            .set(RUN.RUN_ID, ID)
            .set(RUN.CAUSE, param("cause", RUN.CAUSE))
            .set(RUN.STARTED_AT, param("now", RUN.STARTED_AT)));

    private static final Rendered END = new Rendered(() -> update(RUN)
            .set(RUN.FINISHED_AT, param("now", RUN.FINISHED_AT))
            .set(RUN.OUTCOME, param("outcome", RUN.OUTCOME))
            .where(RUN.USER_ID.eq(USER), RUN.RUN_ID.eq(ID)));
}
