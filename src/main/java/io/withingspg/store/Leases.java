package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.LEASE;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Condition;
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
    /** Further ahead than any two clocks are apart: a clock was set back, and the lease is long over. */
    private static final Duration AHEAD_MAX = LIFE.plusMinutes(10);
    /** Somebody who died while holding a person is waited for; somebody who lives is given up on. */
    private static final Duration PATIENCE = LIFE.plusSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final DSLContext sql;
    private final String holder;
    /** Whom this process is with; a lease nobody serves is not kept alive, and so ends by itself. */
    private final Set<Long> held = ConcurrentHashMap.newKeySet();

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
                .and(ENROLMENT.FETCH_UNTIL.isNull().or(ENROLMENT.FETCH_UNTIL.ge(Coverage.firstOpen(now))))
                .and(LEASE.HELD_UNTIL.isNull().or(isOver(now)))
                .groupBy(CURSOR.USER_ID)
                .orderBy(min(CURSOR.NEXT_DUE_AT))
                .limit(limit);
        var taken = sql.insertInto(LEASE, LEASE.USER_ID, LEASE.HOLDER, LEASE.HELD_UNTIL)
                .select(due)
                .onConflict(LEASE.USER_ID)
                .doUpdate()
                .setNonConflictingKeyToExcluded()
                .where(isOver(now))
                .returning(LEASE.USER_ID)
                .fetch(LEASE.USER_ID);
        held.addAll(taken);
        return taken;
    }

    /**
     * Takes one person, due or not; false while somebody else holds that person.
     *
     * @throws Erased where the person is gone
     */
    public boolean take(long userId, Instant now) {
        var taken = insert(userId, now);
        if (taken) {
            held.add(userId);
        }
        return taken;
    }

    /** Inline: a distributed PostgreSQL takes no parameter in an upsert's condition that it must first read as a time. */
    private static Condition isOver(Instant now) {
        return LEASE.HELD_UNTIL.lt(inline(now)).or(LEASE.HELD_UNTIL.gt(inline(now.plus(AHEAD_MAX))));
    }

    private boolean insert(long userId, Instant now) {
        try {
            return sql.insertInto(LEASE)
                    .set(LEASE.USER_ID, userId)
                    .set(LEASE.HOLDER, holder)
                    .set(LEASE.HELD_UNTIL, now.plus(LIFE))
                    .onConflict(LEASE.USER_ID)
                    .doUpdate()
                    .set(LEASE.HOLDER, excluded(LEASE.HOLDER))
                    .set(LEASE.HELD_UNTIL, excluded(LEASE.HELD_UNTIL))
                    .where(isOver(now))
                    .returning(LEASE.USER_ID)
                    .fetchOptional()
                    .isPresent();
        } catch (DataAccessException e) {
            throw Erased.or(e);
        }
    }

    /**
     * Waits until the person is free, and takes the person.
     *
     * @return false where somebody who lives, and so will not let go by itself, still holds that person
     * @throws Erased where the person is gone
     */
    public boolean await(long userId, Clock clock) throws InterruptedException {
        var giveUpAt = clock.instant().plus(PATIENCE);
        while (!take(userId, clock.instant())) {
            if (clock.instant().isAfter(giveUpAt)) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }

    /** With whom any process is. */
    public Set<Long> heldAt(Instant now) {
        return sql.select(LEASE.USER_ID).from(LEASE).where(not(isOver(now))).fetchSet(LEASE.USER_ID);
    }

    /** Keeps all of this process's leases alive. */
    public void renew(Instant now) {
        sql.update(LEASE)
                .set(LEASE.HELD_UNTIL, now.plus(LIFE))
                .where(LEASE.HOLDER.eq(holder), LEASE.USER_ID.in(held))
                .execute();
    }

    public void release(long userId) {
        held.remove(userId);
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
