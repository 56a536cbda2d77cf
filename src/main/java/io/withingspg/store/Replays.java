package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.resource.Normalised;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Target;
import io.withingspg.schema.sync.tables.records.RejectedRecordRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.TableRecord;

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

    /**
     * What newer pages told. Most rows tell by themselves how new they are; those do not on which others hang, as these
     * change without them, nor stretches of time, which are cut anew and then have other keys.
     */
    public static final class Settled {
        private record Stretch(Object deviceId, Instant from, Instant to) {}

        private final Set<List<Object>> keys = new HashSet<>();
        private final List<Stretch> stretches = new ArrayList<>();

        private boolean tells(TableRecord<?> row) {
            return keys.contains(Standing.key(row))
                    || stretches.stream()
                            .anyMatch(stretch -> stretch.deviceId().equals(row.get("device_id"))
                                    && !row.get("started_at", Instant.class).isBefore(stretch.from())
                                    && row.get("started_at", Instant.class).isBefore(stretch.to()));
        }

        private void add(Resource resource, Normalised page) {
            var mains = page.records().stream().map(List::getFirst).toList();
            for (var target : resource.targets()) {
                switch (target) {
                    case Target.SetOf _ -> mains.forEach(row -> keys.add(Standing.key(row)));
                    case Target.Stretch _ ->
                        mains.stream()
                                .collect(Collectors.groupingBy(row -> row.get("device_id")))
                                .forEach((device, rows) -> stretches.add(new Stretch(
                                        device,
                                        rows.stream()
                                                .map(row -> row.get("started_at", Instant.class))
                                                .min(Instant::compareTo)
                                                .orElseThrow(),
                                        rows.stream()
                                                .map(row -> row.get("ended_at", Instant.class))
                                                .max(Instant::compareTo)
                                                .orElseThrow())));
                    case Target.Rows _, Target.Samples _, Target.History _ -> {}
                }
            }
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
     * @param settled what newer pages told, which this one must not undo; what this one tells is added
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
        var newer = newer(tx, userId, resource.targets().getFirst().table(), page, came);
        var records = page.records().stream()
                .filter(record -> !newer.contains(Standing.key(record.getFirst())))
                .filter(record -> !settled.tells(record.getFirst()))
                .toList();
        settled.add(resource, page);
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
        if (rows.isEmpty()) {
            return Set.of();
        }
        var of = Unnested.of("page", key, rows);
        var synced = table.field("synced_at", Instant.class);
        return Set.copyOf(tx.select(key)
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
