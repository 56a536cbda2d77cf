package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.CURSOR;
import static io.withingspg.schema.sync.Tables.ENROLMENT;
import static io.withingspg.schema.sync.Tables.EVENT;
import static org.jooq.impl.DSL.noCondition;

import io.withingspg.store.Catalogue.Relation;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Removes everything about a person, from every table there is. */
public final class Erasure {
    private static final String EVENTS = "sync.event";
    /** What changes leave behind; last, should a later version record erasures as changes too. */
    private static final String CHANGES = "sync.row_change";

    private final DSLContext sql;

    public Erasure(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * What was removed.
     *
     * @param rows by table, those without any included
     * @param eventsKept rows of the append-only record of what was done to whom, this erasure's among them
     */
    public record Receipt(long userId, Instant at, SortedMap<String, Long> rows, long eventsKept) {
        public long total() {
            return rows.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** The person has consented again since the last authorisation was revoked. */
    public static final class Returned extends RuntimeException {
        Returned() {
            super("the person has consented again meanwhile");
        }
    }

    /** By table, those without any left out. */
    public SortedMap<String, Long> count(long userId) {
        var rows = new TreeMap<String, Long>();
        var ref = sql.fetchOptional(ENROLMENT, ENROLMENT.USER_ID.eq(userId)).map(row -> row.getRef());
        for (var table : tables(sql)) {
            var count = sql.fetchCount(table.reference(), about(table, userId, ref.orElse(null)));
            if (count > 0) {
                rows.put(table.label(), (long) count);
            }
        }
        return rows;
    }

    /**
     * One transaction: all of it, or nothing.
     *
     * @throws Returned where the person is active
     */
    public Receipt erase(long userId, String command, Instant now) {
        return sql.transactionResult(transaction -> {
            var tx = transaction.dsl();
            // Each statement must see what was committed while the ones before it waited.
            tx.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
            Invitations.hold(tx, userId);
            var person = tx.selectFrom(ENROLMENT)
                    .where(ENROLMENT.USER_ID.eq(userId))
                    .forUpdate()
                    .fetchOne();
            if (person != null && person.getStatus().equals("active")) {
                throw new Returned();
            }
            holdCursors(tx, userId);
            if (person != null) {
                DaySummaries.hold(tx, userId);
            }
            var ref = person == null ? null : person.getRef();
            var rows = new TreeMap<String, Long>();
            for (var table : tables(tx)) {
                var removed = tx.deleteFrom(table.reference())
                        .where(about(table, userId, ref))
                        .execute();
                rows.put(table.label(), (long) removed);
            }
            People.record(tx, userId, "erased", command, now);
            return new Receipt(userId, now, rows, tx.fetchCount(EVENT, EVENT.USER_ID.eq(userId)));
        });
    }

    /** A page being written holds its cursor: it is waited for, and those that come later find no cursor to hold. */
    private static void holdCursors(DSLContext tx, long userId) {
        tx.select(CURSOR.RESOURCE)
                .from(CURSOR)
                .where(CURSOR.USER_ID.eq(userId))
                .orderBy(CURSOR.RESOURCE)
                .forUpdate()
                .fetch();
    }

    private static List<Relation> tables(DSLContext sql) {
        return Catalogue.childrenFirst(sql).stream()
                .filter(table -> !table.label().equals(EVENTS))
                .filter(table -> table.has("user_id")
                        || (table.schema().equals("sync") && (table.has("used_by") || table.has("ref"))))
                .sorted(Comparator.comparing(table -> table.label().equals(CHANGES))) // stable
                .toList();
    }

    /** Invitations and consents under way know the person by {@code ref}, or by {@code used_by}, alone. */
    private static Condition about(Relation table, long userId, @Nullable String ref) {
        var condition = noCondition();
        if (table.has("user_id")) {
            condition = condition.or(DSL.field(DSL.name("user_id"), Long.class).eq(userId));
        }
        if (table.has("used_by")) {
            condition = condition.or(DSL.field(DSL.name("used_by"), Long.class).eq(userId));
        }
        if (table.has("ref") && !table.has("user_id")) {
            // Without a reference, this matches nothing.
            condition = condition.or(DSL.field(DSL.name("ref"), String.class).eq(Objects.requireNonNullElse(ref, "")));
        }
        return condition;
    }
}
