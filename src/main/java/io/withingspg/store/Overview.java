package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.countDistinct;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.schema.sync.tables.records.CursorRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** What stands here of whom, and how fresh it is. */
public final class Overview {
    private static final int REASONS_MAX = 50;

    private final DSLContext sql;

    public Overview(DSLContext sql) {
        this.sql = sql;
    }

    /** One person and the state of each resource. */
    public record PersonState(Person person, List<ResourceState> resources) {
        public long rows() {
            return resources.stream().mapToLong(ResourceState::rows).sum();
        }

        public long rejects() {
            return resources.stream().mapToLong(ResourceState::rejects).sum();
        }
    }

    /**
     * @param lastRowAt time of the newest row; null without rows
     * @param outcome of the last turn; null before the first
     * @param error why the last turn failed, or what the owner should know of it; null where all is well
     */
    public record ResourceState(
            String resource,
            @Nullable Instant lastRowAt,
            @Nullable Instant lastSuccessAt,
            Instant nextDueAt,
            long rows,
            long rejects,
            int failures,
            @Nullable String outcome,
            @Nullable String error) {}

    /** How reports get at it. */
    public ReaderLogin readerLogin() {
        return ReaderLogin.read(sql);
    }

    /**
     * @param userIds empty for everybody
     * @param resources whose states are shown, in this order
     */
    public List<PersonState> read(Collection<Long> userIds, List<String> resources) {
        var rejects = sql.select(REJECTED_RECORD.USER_ID, REJECTED_RECORD.RESOURCE, count())
                .from(REJECTED_RECORD)
                .where(userIds.isEmpty() ? noCondition() : REJECTED_RECORD.USER_ID.in(userIds))
                .groupBy(REJECTED_RECORD.USER_ID, REJECTED_RECORD.RESOURCE)
                .fetchMap(row -> new Key(row.value1(), row.value2()), row -> (long) row.value3());
        var states = sql.selectFrom(CURSOR)
                .where(userIds.isEmpty() ? noCondition() : CURSOR.USER_ID.in(userIds))
                .fetchMap(row -> new Key(row.getUserId(), row.getResource()));
        return new People(sql)
                .list(userIds).stream()
                        .map(person -> new PersonState(
                                person,
                                resources.stream()
                                        .map(resource -> new Key(person.userId(), resource))
                                        .flatMap(key -> Stream.ofNullable(states.get(key))
                                                .map(row -> state(row, rejects.getOrDefault(key, 0L))))
                                        .toList()))
                        .toList();
    }

    private record Key(Long userId, String resource) {}

    /**
     * Records that could not be read for one reason.
     *
     * @param records each once, however often it came
     * @param people how many they are of
     */
    public record Rejected(String resource, String reason, long records, long people, Instant lastSeenAt) {}

    /**
     * Why records could not be read, most of them first.
     *
     * @param userIds empty for everybody
     * @return at most {@value #REASONS_MAX}
     */
    public List<Rejected> rejected(Collection<Long> userIds) {
        return sql.select(
                        REJECTED_RECORD.RESOURCE,
                        REJECTED_RECORD.REASON,
                        count(),
                        countDistinct(REJECTED_RECORD.USER_ID),
                        max(REJECTED_RECORD.LAST_SEEN_AT))
                .from(REJECTED_RECORD)
                .where(userIds.isEmpty() ? noCondition() : REJECTED_RECORD.USER_ID.in(userIds))
                .groupBy(REJECTED_RECORD.RESOURCE, REJECTED_RECORD.REASON)
                .orderBy(count().desc(), REJECTED_RECORD.RESOURCE, REJECTED_RECORD.REASON)
                .limit(REASONS_MAX)
                .fetch(row -> new Rejected(row.value1(), row.value2(), row.value3(), row.value4(), row.value5()));
    }

    /**
     * What Withings sends that this version does not know, the newest first.
     *
     * @param userIds empty for everybody
     */
    public List<Drift.Sighting> drift(Collection<Long> userIds) {
        return new Drift(sql).summary(userIds);
    }

    private static ResourceState state(CursorRecord row, long rejects) {
        return new ResourceState(
                row.getResource(),
                row.getLastRowAt(),
                row.getLastSuccessAt(),
                row.getNextDueAt(),
                row.getRowCount(),
                rejects,
                row.getConsecutiveFailures(),
                row.getLastOutcome(),
                row.getLastError() != null
                        ? row.getLastError()
                        : row.getReconcileKept() != null ? row.getReconcileKept() : fields(row));
    }

    private static @Nullable String fields(CursorRecord row) {
        return row.getBasicFieldsSince() == null
                ? null
                : "only the fields that every plan has: this account was refused the others; asked for again weekly";
    }

    /** Whether the database answers. */
    public boolean answers() {
        try {
            return sql.selectOne().queryTimeout(5).fetchOne() != null;
        } catch (org.jooq.exception.DataAccessException e) {
            return false;
        }
    }
}
