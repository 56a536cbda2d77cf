package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.LEASE;
import static org.jooq.impl.DSL.all;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.val;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Record1;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is syncing whom right now: one holder for each person, over all processes. A lease is kept alive while its holder
 * lives and ends by itself soon after it died; no connection and no lock is held while a person is synced. When it ends is
 * told by the database's clock, as those of several machines differ.
 */
public final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    /** How often a holder keeps its leases alive, and looks for those of the dead. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /** Longer than a pause of the collector or of a busy disk; short enough to fail over in half a minute. */
    public static final Duration LIFE = HEARTBEAT.multipliedBy(4);
    /** Further ahead than any lease lasts: the database's clock was set back, and the lease is long over. */
    private static final Duration AHEAD_MAX = LIFE.plusMinutes(10);
    /** Somebody who died while holding a person is waited for; somebody who lives is given up on. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private static final Field<Instant> ENDS = at(LIFE);
    private static final Condition IS_OVER =
            LEASE.HELD_UNTIL.lt(at(Duration.ZERO)).or(LEASE.HELD_UNTIL.gt(at(AHEAD_MAX)));

    private final DSLContext sql;
    private final String holder;
    /**
     * Whom this process is with, and until when that is sure without asking, by its own clock. Who was {@link #LOST} stays
     * here until the visit has found out and ended: before that this process takes nobody a second time, as to the
     * database both visits would be the same holder's.
     */
    private final Map<Long, Instant> held = new ConcurrentHashMap<>();

    private static final Instant LOST = Instant.MIN;

    /** With whom this process is through, and could not tell the database yet. */
    private final Set<Long> left = ConcurrentHashMap.newKeySet();

    /** @param holder names this process, and no other one */
    public Leases(DSLContext sql, String holder) {
        this.sql = sql;
        this.holder = holder;
    }

    String holder() {
        return holder;
    }

    /**
     * For the statements of a visit: empty where the person is not its holder's own any more. Who is, stays so until the
     * transaction ends; renewing goes on meanwhile.
     */
    static CommonTableExpression<Record1<Long>> own(Field<Long> userId, Field<String> holder) {
        return name("own")
                .as(select(LEASE.USER_ID)
                        .from(LEASE)
                        .where(LEASE.USER_ID.eq(userId), LEASE.HOLDER.eq(holder), not(IS_OVER))
                        .forKeyShare());
    }

    private static Field<Instant> at(Duration later) {
        return field("now() + make_interval(secs => " + later.toSeconds() + ")", LEASE.HELD_UNTIL.getDataType());
    }

    /**
     * Takes people with work due whom nobody has, those who wait longest first. Several processes at once share them out:
     * what one is looking at, the others pass over.
     *
     * @param most so many people this process is with afterwards at most, whoever else takes some at the same time
     * @param except are left out
     */
    public synchronized List<Long> takeDue(
            Collection<String> resources, Instant now, int most, Collection<Long> except) {
        var limit = most - held.size();
        if (limit <= 0) {
            return List.of();
        }
        // Not grouped before the limit: so the index on what is due is read from its beginning and no further, however
        // many wait. A person has one row for each resource at most.
        var due = select(CURSOR.USER_ID, CURSOR.NEXT_DUE_AT)
                .from(CURSOR)
                .join(ENROLMENT)
                .on(ENROLMENT.USER_ID.eq(CURSOR.USER_ID))
                .leftJoin(LEASE)
                .on(LEASE.USER_ID.eq(CURSOR.USER_ID))
                .where(CURSOR.NEXT_DUE_AT.le(now), CURSOR.RESOURCE.in(resources), ENROLMENT.STATUS.eq("active"))
                .and(ENROLMENT.FETCH_UNTIL.isNull().or(ENROLMENT.FETCH_UNTIL.ge(Coverage.firstOpen(now))))
                .and(LEASE.USER_ID.isNull())
                .and(isNone(CURSOR.USER_ID, except))
                .and(isNone(CURSOR.USER_ID, held.keySet()))
                .orderBy(CURSOR.NEXT_DUE_AT)
                .limit(limit * resources.size())
                .forNoKeyUpdate()
                .of(CURSOR)
                .skipLocked()
                .asTable("due");
        var userId = due.field(CURSOR.USER_ID);
        return keep(
                sql.insertInto(LEASE, LEASE.USER_ID, LEASE.HOLDER, LEASE.HELD_UNTIL)
                        .select(select(userId, val(holder), ENDS)
                                .from(due)
                                .groupBy(userId)
                                .orderBy(min(due.field(CURSOR.NEXT_DUE_AT)))
                                .limit(limit))
                        .onConflictDoNothing() // the rows were free again, as the other one's statement had just ended
                        .returning(LEASE.USER_ID)
                        .fetch(LEASE.USER_ID),
                now);
    }

    /**
     * Takes people whose holder died, as else nobody would come to them before the next schedule.
     *
     * @param most as of {@link #takeDue}
     */
    public synchronized List<Long> takeOver(Instant now, int most) {
        var limit = most - held.size();
        if (limit <= 0) {
            return List.of();
        }
        var left = select(LEASE.USER_ID)
                .from(LEASE)
                .where(IS_OVER)
                .and(isNone(LEASE.USER_ID, held.keySet()))
                .orderBy(LEASE.HELD_UNTIL)
                .limit(limit)
                .forUpdate()
                .skipLocked();
        return keep(
                sql.update(LEASE)
                        .set(LEASE.HOLDER, holder)
                        .set(LEASE.HELD_UNTIL, ENDS)
                        .where(LEASE.USER_ID.in(left))
                        .returning(LEASE.USER_ID)
                        .fetch(LEASE.USER_ID),
                now);
    }

    /** One array, so that the statement is the same one for however many. */
    private static Condition isNone(Field<Long> userId, Collection<Long> of) {
        return userId.ne(all(array(of)));
    }

    private static Long[] array(Collection<Long> userIds) {
        return userIds.toArray(Long[]::new);
    }

    private List<Long> keep(List<Long> taken, Instant asked) {
        taken.forEach(userId -> held.put(userId, asked.plus(LIFE)));
        return taken;
    }

    /**
     * Takes one person, due or not; false while somebody else holds that person.
     *
     * @throws Erased where the person is gone
     */
    public boolean take(long userId, Instant now) {
        if (held.containsKey(userId)) {
            return false;
        }
        // Two statements: a distributed PostgreSQL knows no "now" in the condition of an upsert.
        var mine = Map.<String, Object>of("user_id", userId, "holder", holder);
        var taken = takeFree(mine) || TAKE_LEFT.fetch(sql, mine, ResultSet::next);
        if (taken) {
            keep(List.of(userId), now);
        }
        return taken;
    }

    private boolean takeFree(Map<String, Object> mine) {
        try {
            return TAKE_FREE.fetch(sql, mine, ResultSet::next);
        } catch (DataAccessException e) {
            throw Erased.or(e);
        }
    }

    private static final Param<Long> USER = param("user_id", LEASE.USER_ID.getDataType());
    private static final Param<String> HOLDER = param("holder", LEASE.HOLDER.getDataType());

    private static final Rendered TAKE_FREE = new Rendered(() -> insertInto(LEASE)
            .set(LEASE.USER_ID, USER)
            .set(LEASE.HOLDER, HOLDER)
            .set(LEASE.HELD_UNTIL, ENDS)
            .onConflictDoNothing()
            .returningResult(LEASE.USER_ID));

    /** Waits for a page that is being written. */
    private static final Rendered TAKE_LEFT = new Rendered(() -> update(LEASE)
            .set(LEASE.HOLDER, HOLDER)
            .set(LEASE.HELD_UNTIL, ENDS)
            .where(LEASE.USER_ID.in(select(LEASE.USER_ID)
                    .from(LEASE)
                    .where(LEASE.USER_ID.eq(USER))
                    .and(IS_OVER)
                    .forUpdate()))
            .returningResult(LEASE.USER_ID));

    /**
     * Waits until the person is free, and takes the person.
     *
     * @param waiting is told where the person is not free at once
     * @param isStopping whether to wait no longer
     * @return false where somebody who lives, and so will not let go by itself, still holds that person
     * @throws Erased where the person is gone
     */
    public boolean await(long userId, Clock clock, Runnable waiting, BooleanSupplier isStopping)
            throws InterruptedException {
        var since = clock.instant();
        if (take(userId, since)) {
            return true;
        }
        waiting.run();
        do {
            if (isStopping.getAsBoolean() || clock.instant().isAfter(since.plus(PATIENCE))) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        } while (!take(userId, clock.instant()));
        return true;
    }

    /** With whom any process is. */
    public Set<Long> heldByAnybody() {
        return sql.select(LEASE.USER_ID).from(LEASE).where(not(IS_OVER)).fetchSet(LEASE.USER_ID);
    }

    /**
     * Keeps all of this process's leases alive that nobody else took: a process that stood still for too long has lost some,
     * and learns it here.
     */
    public void renew(Instant now) {
        giveBackLeft();
        var kept = new HashMap<>(held);
        kept.values().removeIf(LOST::equals);
        if (kept.isEmpty()) {
            return;
        }
        var still = sql.update(LEASE)
                .set(LEASE.HELD_UNTIL, ENDS)
                .where(LEASE.HOLDER.eq(holder), LEASE.USER_ID.eq(any(array(kept.keySet()))))
                .returning(LEASE.USER_ID)
                .fetchSet(LEASE.USER_ID);
        kept.forEach((userId, until) -> held.replace(userId, until, still.contains(userId) ? now.plus(LIFE) : LOST));
    }

    /** Whether a person is still this process's own: asks nobody, but where it has stood still for longer than a lease lasts. */
    public boolean holds(long userId, Instant now) {
        var until = held.getOrDefault(userId, LOST);
        if (!until.equals(LOST) && !now.isBefore(until)) {
            renew(now);
        }
        return !held.getOrDefault(userId, LOST).equals(LOST);
    }

    public void release(long userId) {
        held.replace(userId, LOST); // and not out of it yet: whoever took the person now would lose the lease to this
        giveBack(List.of(userId));
    }

    /** What the database could not be told when a visit ended. */
    private void giveBackLeft() {
        var mine = List.copyOf(left).stream().filter(left::remove).toList();
        if (!mine.isEmpty()) {
            giveBack(mine);
        }
    }

    private void giveBack(List<Long> userIds) {
        try {
            GIVE_BACK.execute(sql, Map.of("holder", holder, "user_ids", array(userIds)));
            userIds.forEach(held::remove);
        } catch (DataAccessException e) {
            left.addAll(userIds);
            throw e;
        }
    }

    private static final Rendered GIVE_BACK = new Rendered(() -> deleteFrom(LEASE)
            .where(LEASE.HOLDER.eq(HOLDER))
            .and(LEASE.USER_ID.eq(
                    any(param("user_ids", LEASE.USER_ID.getDataType().array())))));

    /** On the way out: whatever is still held is somebody else's from now on. */
    public void releaseAll() {
        try {
            sql.deleteFrom(LEASE).where(LEASE.HOLDER.eq(holder)).execute();
        } catch (DataAccessException e) {
            LOG.warn("the database is gone: leases end by themselves within {}", LIFE);
        }
    }
}
