package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.LEASE;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is syncing whom right now: one holder for each person, over all processes. A lease is kept alive while its holder
 * lives and ends by itself soon after it died; no connection and no lock is held while a person is synced.
 */
public final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    public static final Duration LIFE = Duration.ofMinutes(2);

    private final DSLContext sql;
    private final String holder;

    /** @param holder names this process, and no other one */
    public Leases(DSLContext sql, String holder) {
        this.sql = sql;
        this.holder = holder;
    }

    /** Takes the people with work due, those who wait longest first. */
    public List<Long> takeDue(Collection<String> resources, Instant now, int limit) {
        var due = select(CURSOR.USER_ID, val(holder), val(now.plus(LIFE)))
                .from(CURSOR)
                .join(ENROLMENT)
                .on(ENROLMENT.USER_ID.eq(CURSOR.USER_ID))
                .leftJoin(LEASE)
                .on(LEASE.USER_ID.eq(CURSOR.USER_ID))
                .where(CURSOR.NEXT_DUE_AT.le(now), CURSOR.RESOURCE.in(resources), ENROLMENT.STATUS.eq("active"))
                .and(ENROLMENT
                        .FETCH_UNTIL
                        .isNull()
                        .or(ENROLMENT.FETCH_UNTIL.ge(LocalDate.ofInstant(now, ZoneOffset.UTC))))
                .and(LEASE.HELD_UNTIL.isNull().or(LEASE.HELD_UNTIL.lt(now)))
                .groupBy(CURSOR.USER_ID)
                .orderBy(min(CURSOR.NEXT_DUE_AT))
                .limit(limit);
        return sql.insertInto(LEASE, LEASE.USER_ID, LEASE.HOLDER, LEASE.HELD_UNTIL)
                .select(due)
                .onConflict(LEASE.USER_ID)
                .doUpdate()
                .setNonConflictingKeyToExcluded()
                .where(LEASE.HELD_UNTIL.lt(now))
                .returning(LEASE.USER_ID)
                .fetch(LEASE.USER_ID);
    }

    /** Takes one person, due or not; false while somebody else holds that person. */
    public boolean take(long userId, Instant now) {
        return sql.insertInto(LEASE)
                .set(LEASE.USER_ID, userId)
                .set(LEASE.HOLDER, holder)
                .set(LEASE.HELD_UNTIL, now.plus(LIFE))
                .onConflict(LEASE.USER_ID)
                .doUpdate()
                .set(LEASE.HOLDER, excluded(LEASE.HOLDER))
                .set(LEASE.HELD_UNTIL, excluded(LEASE.HELD_UNTIL))
                .where(LEASE.HELD_UNTIL.lt(now))
                .returning(LEASE.USER_ID)
                .fetchOptional()
                .isPresent();
    }

    /** Keeps all of this process's leases alive. */
    public void renew(Instant now) {
        sql.update(LEASE)
                .set(LEASE.HELD_UNTIL, now.plus(LIFE))
                .where(LEASE.HOLDER.eq(holder))
                .execute();
    }

    public void release(long userId) {
        sql.deleteFrom(LEASE)
                .where(LEASE.USER_ID.eq(userId), LEASE.HOLDER.eq(holder))
                .execute();
    }

    /** On the way out: whatever is still held is somebody else's from now on. */
    public void releaseAll() {
        try {
            sql.deleteFrom(LEASE).where(LEASE.HOLDER.eq(holder)).execute();
        } catch (DataAccessException e) {
            LOG.warn("the database is gone: leases end by themselves within {}", LIFE);
        }
    }
}
