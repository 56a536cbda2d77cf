package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.resource.Normalised;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource;
import io.withingspg.schema.sync.tables.records.RejectedRecordRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.TableRecord;

/** What is read again under today's code: who is still to come, and how it is written without undoing anything newer. */
public final class Replays {
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
     * @param settled main rows of newer pages, which this one must not undo; this one's are added
     */
    public Counts write(
            long userId, Resource resource, Normalised page, Instant came, Set<List<Object>> settled, Instant now) {
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
            var counts = rows(tx, userId, resource, alone, reject.row.getLastSeenAt(), new HashSet<>(), now);
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
            Set<List<Object>> settled,
            Instant now) {
        var main = resource.targets().getFirst().table();
        var newer = newer(tx, userId, main, page, came);
        newer.addAll(settled);
        page.records().forEach(record -> settled.add(Standing.key(record.getFirst())));
        var records = page.records().stream()
                .filter(record -> !newer.contains(Standing.key(record.getFirst())))
                .toList();
        var counts = new PageWriter(tx, userId, resource.name(), now)
                .write(resource.targets(), new Normalised(records, page.rejects(), page.partial()));
        tx.update(CURSOR)
                .set(CURSOR.ROW_COUNT, CURSOR.ROW_COUNT.plus(counts.inserted() - counts.removed()))
                .where(CURSOR.USER_ID.eq(userId), CURSOR.RESOURCE.eq(resource.name()))
                .execute();
        return counts;
    }

    /** Which rows were written after this page came: by a newer page, by a deletion, or by this replay. */
    private static Set<List<Object>> newer(DSLContext tx, long userId, Table<?> table, Normalised page, Instant came) {
        var key = Upsert.key(table);
        var rows = page.records().stream().map(List::getFirst).toList();
        if (rows.isEmpty() || Stream.of(rows.getFirst().fields()).noneMatch(key::contains)) {
            return new HashSet<>();
        }
        var of = Unnested.of("page", key, rows);
        var synced = table.field("synced_at", Instant.class);
        return new HashSet<>(tx.select(key)
                .from(table)
                .join(of.table())
                .on(of.matches(table, key))
                .where(Upsert.isUsers(table, userId))
                .and(synced == null ? noCondition() : synced.gt(came))
                .fetch(row -> List.of(row.intoArray())));
    }

    /** What could not be read so far. */
    public List<KeptReject> rejects(long userId, Resource resource) {
        return sql.selectFrom(REJECTED_RECORD).where(isOf(userId, resource)).fetch(KeptReject::new);
    }

    private static Condition isOf(long userId, Resource resource) {
        return REJECTED_RECORD.USER_ID.eq(userId).and(REJECTED_RECORD.RESOURCE.eq(resource.name()));
    }
}
