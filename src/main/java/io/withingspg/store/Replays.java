package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.PRUNED;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static java.util.stream.Collectors.toSet;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource;
import io.withingspg.resource.RowTime;
import io.withingspg.resource.Target;
import io.withingspg.schema.sync.tables.records.RejectedRecordRecord;
import io.withingspg.store.Stretches.Stretch;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** What is read again under today's code: who is still to come, and how it is written without undoing anything newer. */
public final class Replays {
    private final DSLContext sql;
    private final Leases leases;
    private final Drift.Known known = new Drift.Known();

    public Replays(DSLContext sql, Leases leases) {
        this.sql = sql;
        this.leases = leases;
    }

    /** A record that came and could not be read. */
    public static final class KeptReject {
        private final RejectedRecordRecord row;

        private KeptReject(RejectedRecordRecord row) {
            this.row = row;
        }

        public String json() {
            return row.getRecord().data();
        }
    }

    /** A resource of one person being read again: what newer pages told, which older ones must not undo. */
    public static final class Reading {
        private final Instant now;
        private final Set<Instant> replays;
        private final @Nullable LocalDate firstKept;
        private final Set<List<Object>> sets = new HashSet<>();
        private final Set<List<Object>> rewritten = new HashSet<>();
        private final List<Stretch> stretches = new ArrayList<>();
        private final List<byte[]> rejects = new ArrayList<>();

        /**
         * @param replays when earlier ones wrote
         * @param firstKept the day before which samples were pruned; null where none were
         */
        private Reading(Instant now, Set<Instant> replays, @Nullable LocalDate firstKept) {
            this.now = now;
            this.replays = replays;
            this.firstKept = firstKept;
        }

        /** Rows that stand for themselves tell by themselves how new they are; what was removed does not. */
        private void add(Resource resource, Normalised page, PageWriter.Extent extent) {
            var rows =
                    page.records().stream().<TableRecord<?>>map(List::getFirst).toList();
            for (var target : resource.targets()) {
                if (target instanceof Target.SetOf) {
                    rows.forEach(row -> sets.add(Standing.key(row)));
                }
                if (target instanceof Target.Stretch(var table)
                        && extent.whole()
                        && page.rejects().isEmpty()) {
                    stretches.addAll(Stretches.of(table, rows, extent.window()));
                }
            }
        }

        private boolean tells(TableRecord<?> row, List<Object> key, boolean stands) {
            return sets.contains(key) || (!stands && stretches.stream().anyMatch(stretch -> stretch.holds(row)));
        }

        /**
         * Whether the page does not write this row: a newer one did, or it was pruned, as samples that do not stand any more
         * come back when they are asked for, and not by themselves.
         *
         * @param writtenAt null where it does not stand
         */
        private boolean isPast(
                Target target, TableRecord<?> row, List<Object> key, @Nullable Instant writtenAt, Instant came) {
            return writtenAt == null
                    ? target instanceof Target.Samples && isPruned(row)
                    : isNewer(target.table(), key, writtenAt, came);
        }

        private boolean isPruned(TableRecord<?> row) {
            var day = RowTime.of(row.getTable()).day(row);
            return firstKept != null && day != null && day.isBefore(firstKept);
        }

        private boolean isNewer(Table<?> table, List<Object> key, Instant writtenAt, Instant came) {
            if (!writtenAt.isAfter(came)) {
                return false;
            }
            // What an earlier replay wrote is as old as its page: the newest one that tells of the row.
            return !replays.contains(writtenAt) || !rewritten.add(List.of(table.getName(), key));
        }
    }

    /** How many replays are remembered: more than there are updates within the life of a page. */
    private static final int REPLAYS_MAX = 50;

    /** A resource of one person is to be read again. */
    public Reading read(long userId, String resource, Instant at) {
        var now = at.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it
        var replays = sql.update(CURSOR)
                .set(
                        CURSOR.REPLAYED_AT,
                        DSL.field(
                                // Not a slice, which ends a Citus coordinator's process.
                                "trim_array(array_prepend({0}, {1}), greatest(0, cardinality({1}) + 1 - {2}))",
                                CURSOR.REPLAYED_AT.getDataType(),
                                DSL.val(now, CURSOR.LAST_ATTEMPT_AT.getDataType()),
                                CURSOR.REPLAYED_AT,
                                DSL.inline(REPLAYS_MAX)))
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                .returningResult(CURSOR.REPLAYED_AT)
                .fetchOptional(CURSOR.REPLAYED_AT)
                .orElseThrow(Erased::new);
        return new Reading(
                now,
                Stream.of(replays)
                        .map(OffsetDateTime::toInstant)
                        .filter(earlier -> !earlier.equals(now))
                        .collect(toSet()),
                sql.select(PRUNED.FIRST_KEPT_DAY)
                        .from(PRUNED)
                        .where(PRUNED.RESOURCE.eq(resource))
                        .fetchOne(PRUNED.FIRST_KEPT_DAY));
    }

    /**
     * Begins a replay, or finds the one that was interrupted.
     *
     * @param userIds empty for everybody
     * @param resources empty for all
     * @param again also where one was interrupted, everything from the start
     * @return true where it goes on
     */
    public boolean begin(Collection<Long> userIds, Collection<String> resources, boolean again) {
        if (!again && sql.fetchExists(CURSOR, of(userIds, resources), CURSOR.REPLAY_DUE.isTrue())) {
            return true;
        }
        sql.update(CURSOR)
                .set(CURSOR.REPLAY_DUE, true)
                .where(of(userIds, resources))
                .execute();
        return false;
    }

    /** By person, the resources that are still to be read again. */
    public Map<Long, List<String>> due(Collection<Long> userIds, Collection<String> resources) {
        return sql.select(CURSOR.USER_ID, CURSOR.RESOURCE)
                .from(CURSOR)
                .where(of(userIds, resources))
                .and(CURSOR.REPLAY_DUE.isTrue())
                .orderBy(CURSOR.USER_ID, CURSOR.RESOURCE)
                .fetchGroups(CURSOR.USER_ID, CURSOR.RESOURCE);
    }

    private static Condition of(Collection<Long> userIds, Collection<String> resources) {
        return (userIds.isEmpty() ? noCondition() : CURSOR.USER_ID.in(userIds))
                .and(resources.isEmpty() ? noCondition() : CURSOR.RESOURCE.in(resources));
    }

    /** @param tables whose rows were read again */
    public void end(long userId, String resource, Collection<? extends Table<?>> tables) {
        tables.forEach(table -> Drift.forgetLearned(sql, userId, resource, table));
        sql.update(CURSOR)
                .set(CURSOR.REPLAY_DUE, false)
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource))
                .execute();
    }

    /**
     * One transaction: rows that are not newer here, and of the rejects those that could not be read this time either.
     *
     * @param page all of it or, of a large one, the next part
     * @param last whether it ends here
     * @param from the page as it first came, which is when its rejects were last seen
     * @param reading of the newer pages; this one is added
     */
    public Counts write(Resource resource, Normalised page, boolean last, RawPages.Kept from, Reading reading) {
        var userId = from.userId();
        var came = from.askedAt();
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            Cursors.hold(tx, leases, userId, resource.name());
            var counts =
                    rows(tx, userId, resource, page, PageWriter.Extent.of(from.span(), from.fields()), came, reading);
            page.rejects()
                    .forEach(reject -> reading.rejects.add(
                            Rejects.fingerprint(reject.record().data())));
            if (last) {
                tx.deleteFrom(REJECTED_RECORD)
                        .where(isOf(userId, resource))
                        .and(REJECTED_RECORD.LAST_SEEN_AT.eq(came))
                        .and(REJECTED_RECORD.FINGERPRINT.ne(DSL.all(reading.rejects.toArray(byte[][]::new))))
                        .execute();
                reading.rejects.clear();
            }
            Rejects.keepNew(tx, userId, resource.name(), page.rejects(), came);
            return counts;
        });
    }

    /** A reject that can be read by now becomes a row, or is overtaken by one. */
    public Counts accept(long userId, Resource resource, KeptReject reject, Normalised read, Reading reading) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            Cursors.hold(tx, leases, userId, resource.name());
            // One record of a page: what is not in it is not gone. Of a whole list, the next answer will tell.
            var counts = resource.movement() instanceof Movement.Whole
                    ? Counts.NONE
                    : rows(tx, userId, resource, read, PageWriter.Extent.ofOne(), reject.row.getLastSeenAt(), reading);
            tx.deleteFrom(REJECTED_RECORD)
                    .where(isOf(userId, resource))
                    .and(REJECTED_RECORD.FINGERPRINT.eq(reject.row.getFingerprint()))
                    .execute();
            return counts;
        });
    }

    private Counts rows(
            DSLContext tx,
            long userId,
            Resource resource,
            Normalised page,
            PageWriter.Extent extent,
            Instant came,
            Reading reading) {
        if (hasEndedSince(tx, userId, resource, came, reading)) {
            return Counts.NONE;
        }
        var counts = new PageWriter(tx, userId, resource.name(), known, reading.now, came)
                .write(resource.targets(), page.with(notPast(tx, userId, resource, page, came, reading)), extent);
        reading.add(resource, page, extent);
        tx.update(CURSOR)
                .set(CURSOR.ROW_COUNT, CURSOR.ROW_COUNT.plus(counts.inserted() - counts.removed()))
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource.name()))
                .execute();
        return counts;
    }

    /** A whole list is one thing: where a newer one was read and not kept, this one tells nothing any more. */
    private static boolean hasEndedSince(DSLContext tx, long userId, Resource resource, Instant came, Reading reading) {
        return resource.targets().stream()
                .filter(Target.History.class::isInstance)
                .map(Target::table)
                .anyMatch(table -> tx
                        .selectDistinct(syncedAt(table))
                        .from(table)
                        .where(Upsert.isUsers(table, userId))
                        .and(syncedAt(table).gt(came))
                        .fetch(syncedAt(table))
                        .stream()
                        .anyMatch(at -> !reading.replays.contains(at)));
    }

    private static Field<Instant> syncedAt(Table<?> table) {
        return DSL.field(table.getQualifiedName().append("synced_at"), Instant.class);
    }

    /** Without what was written after this page came, by a newer page or by a deletion, and without what was pruned. */
    private static List<List<TableRecord<?>>> notPast(
            DSLContext tx, long userId, Resource resource, Normalised page, Instant came, Reading reading) {
        var first = resource.targets().getFirst();
        var main = first.table();
        var written = written(
                tx, userId, main, page.records().stream().map(List::getFirst).toList());
        var records = page.records().stream()
                .filter(record -> {
                    var key = Standing.key(record.getFirst());
                    return !reading.tells(record.getFirst(), key, written.containsKey(key))
                            && !reading.isPast(first, record.getFirst(), key, written.get(key), came);
                })
                .toList();
        for (var target : resource.targets()) {
            if (target instanceof Target.Samples && !target.equals(first)) {
                records = withoutPast(tx, userId, target, records, came, reading);
            }
        }
        return records;
    }

    /** A stretch may stand as it did while its samples were told anew. */
    private static List<List<TableRecord<?>>> withoutPast(
            DSLContext tx,
            long userId,
            Target target,
            List<List<TableRecord<?>>> records,
            Instant came,
            Reading reading) {
        var table = target.table();
        var written = written(
                tx,
                userId,
                table,
                records.stream()
                        .flatMap(List::stream)
                        .filter(row -> row.getTable().equals(table))
                        .toList());
        return records.stream()
                .map(record -> record.stream()
                        .filter(row -> {
                            var key = Standing.key(row);
                            return !row.getTable().equals(table)
                                    || !reading.isPast(target, row, key, written.get(key), came);
                        })
                        .toList())
                .toList();
    }

    /** Which of these rows stand, and when they were written. */
    private static Map<List<Object>, Instant> written(
            DSLContext tx, long userId, Table<?> table, List<TableRecord<?>> rows) {
        if (rows.isEmpty()) {
            return Map.of();
        }
        var key = Upsert.key(table);
        var of = Unnested.of("page", key, rows);
        var synced = syncedAt(table);
        var written = new HashMap<List<Object>, Instant>();
        tx.select(key)
                .select(synced)
                .from(table)
                .join(of.table())
                .on(of.matches(table, key))
                .where(Upsert.isUsers(table, userId))
                .forEach(row -> written.put(key.stream().<Object>map(row::get).toList(), row.get(synced)));
        return written;
    }

    /** What could not be read so far; newest first, as of two versions of a record the older one must not overtake. */
    public List<KeptReject> rejects(long userId, Resource resource) {
        return sql.selectFrom(REJECTED_RECORD)
                .where(isOf(userId, resource))
                .orderBy(REJECTED_RECORD.LAST_SEEN_AT.desc())
                .fetch(KeptReject::new);
    }

    private static Condition isOf(long userId, Resource resource) {
        return REJECTED_RECORD.USER_ID.eq(userId).and(REJECTED_RECORD.RESOURCE.eq(resource.name()));
    }
}
