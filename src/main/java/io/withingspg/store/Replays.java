package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.resource.Normalised;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Target;
import io.withingspg.schema.sync.tables.records.RejectedRecordRecord;
import io.withingspg.store.Stretches.Stretch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** What is read again under today's code: who is still to come, and how it is written without undoing anything newer. */
public final class Replays {
    /** No reading of a whole list takes longer. */
    private static final Duration TURN_MAX = Duration.ofHours(1);

    private final DSLContext sql;

    public Replays(DSLContext sql) {
        this.sql = sql;
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

    /** What newer pages of a resource told, which older ones must not undo. */
    public static final class Settled {
        private final Set<List<Object>> sets = new HashSet<>();
        private final List<Stretch> stretches = new ArrayList<>();

        /** Rows that stand for themselves tell by themselves how new they are; what was removed does not. */
        private void add(Resource resource, Normalised page) {
            var rows =
                    page.records().stream().<TableRecord<?>>map(List::getFirst).toList();
            for (var target : resource.targets()) {
                if (target instanceof Target.SetOf) {
                    rows.forEach(row -> sets.add(Standing.key(row)));
                }
                if (target instanceof Target.Stretch(var table)
                        && page.rejects().isEmpty()) {
                    stretches.addAll(Stretches.of(table, rows));
                }
            }
        }

        private boolean tells(TableRecord<?> row, List<Object> key, boolean stands) {
            return sets.contains(key) || (!stands && stretches.stream().anyMatch(stretch -> stretch.holds(row)));
        }
    }

    /** Whether no newer answer is known of than one of then: of a whole list only that one counts. */
    public boolean isLatest(long userId, String resource, Instant came) {
        return sql.fetchExists(
                CURSOR,
                CURSOR.USER_ID.eq(userId),
                CURSOR.RESOURCE.eq(resource),
                CURSOR.LAST_SUCCESS_AT.isNull().or(CURSOR.LAST_SUCCESS_AT.le(came.plus(TURN_MAX))));
    }

    /**
     * Begins a replay, or finds the one that was interrupted.
     *
     * @param userIds empty for everybody
     * @param resources empty for all
     * @return true where it goes on
     */
    public boolean begin(Collection<Long> userIds, Collection<String> resources) {
        if (sql.fetchExists(CURSOR, of(userIds, resources), CURSOR.REPLAY_DUE.isTrue())) {
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
     * @param came when the page first came, which is when its rejects were last seen
     * @param settled of newer pages; this one's is added
     */
    public Counts write(long userId, Resource resource, Normalised page, Instant came, Settled settled, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            Cursors.hold(tx, userId, resource.name());
            var counts = rows(tx, userId, resource, page, came, settled, now);
            var still = page.rejects().stream()
                    .map(Rejected::record)
                    .map(JSONB::data)
                    .map(Rejects::fingerprint)
                    .toList();
            tx.deleteFrom(REJECTED_RECORD)
                    .where(isOf(userId, resource))
                    .and(REJECTED_RECORD.LAST_SEEN_AT.eq(came))
                    .and(REJECTED_RECORD.FINGERPRINT.notIn(still))
                    .execute();
            Rejects.keepNew(tx, userId, resource.name(), page.rejects(), came);
            return counts;
        });
    }

    /** A reject that can be read by now becomes a row, or is overtaken by one. */
    public Counts accept(long userId, Resource resource, KeptReject reject, Normalised read, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            Cursors.hold(tx, userId, resource.name());
            // What is not in it is not gone: it is one record of a page.
            var alone = new Normalised(
                    read.records(),
                    List.of(),
                    read.records().stream().<TableRecord<?>>map(List::getFirst).toList());
            var counts = rows(tx, userId, resource, alone, reject.row.getLastSeenAt(), new Settled(), now);
            tx.deleteFrom(REJECTED_RECORD)
                    .where(isOf(userId, resource))
                    .and(REJECTED_RECORD.FINGERPRINT.eq(reject.row.getFingerprint()))
                    .execute();
            return counts;
        });
    }

    private static Counts rows(
            DSLContext tx,
            long userId,
            Resource resource,
            Normalised page,
            Instant came,
            Settled settled,
            Instant now) {
        var counts = new PageWriter(tx, userId, resource.name(), now, came)
                .write(
                        resource.targets(),
                        new Normalised(
                                notNewer(tx, userId, resource, page, came, settled), page.rejects(), page.partial()));
        settled.add(resource, page);
        tx.update(CURSOR)
                .set(CURSOR.ROW_COUNT, CURSOR.ROW_COUNT.plus(counts.inserted() - counts.removed()))
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource.name()))
                .execute();
        return counts;
    }

    /** Without what was written after this page came: by a newer page, by a deletion, or by this replay. */
    private static List<List<TableRecord<?>>> notNewer(
            DSLContext tx, long userId, Resource resource, Normalised page, Instant came, Settled settled) {
        var main = resource.targets().getFirst().table();
        var written = written(
                tx, userId, main, page.records().stream().map(List::getFirst).toList());
        var records = page.records().stream()
                .filter(record -> {
                    var key = Standing.key(record.getFirst());
                    return !settled.tells(record.getFirst(), key, written.containsKey(key))
                            && !isNewer(written.get(key), came);
                })
                .toList();
        for (var target : resource.targets()) {
            if (target instanceof Target.Samples(var table) && !table.equals(main)) {
                records = withoutNewer(tx, userId, table, records, came);
            }
        }
        return records;
    }

    /** A stretch may stand as it did while its samples were told anew. */
    private static List<List<TableRecord<?>>> withoutNewer(
            DSLContext tx, long userId, Table<?> table, List<List<TableRecord<?>>> records, Instant came) {
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
                        .filter(row -> !row.getTable().equals(table) || !isNewer(written.get(Standing.key(row)), came))
                        .toList())
                .toList();
    }

    private static boolean isNewer(@Nullable Instant writtenAt, Instant came) {
        return writtenAt != null && writtenAt.isAfter(came);
    }

    /** Which of these rows stand, and when they were written. */
    private static Map<List<Object>, Instant> written(
            DSLContext tx, long userId, Table<?> table, List<TableRecord<?>> rows) {
        if (rows.isEmpty()) {
            return Map.of();
        }
        var key = Upsert.key(table);
        var of = Unnested.of("page", key, rows);
        var synced = DSL.field(table.getQualifiedName().append("synced_at"), Instant.class);
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

    /** What could not be read so far. */
    public List<KeptReject> rejects(long userId, Resource resource) {
        return sql.selectFrom(REJECTED_RECORD).where(isOf(userId, resource)).fetch(KeptReject::new);
    }

    private static Condition isOf(long userId, Resource resource) {
        return REJECTED_RECORD.USER_ID.eq(userId).and(REJECTED_RECORD.RESOURCE.eq(resource.name()));
    }
}
