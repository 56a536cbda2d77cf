package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.REJECTED_RECORD;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.withingspg.resource.Rejected;
import io.withingspg.schema.sync.tables.records.RejectedRecordRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertOnDuplicateStep;
import org.jooq.JSONB;
import org.jspecify.annotations.Nullable;

/** Records that came and could not be read: each once, however often it comes. */
final class Rejects {
    private Rejects() {}

    static void keep(DSLContext tx, long userId, String resource, List<Rejected> rejects, Instant now) {
        var insert = insert(tx, userId, resource, rejects, now);
        if (insert != null) {
            insert.onConflict(REJECTED_RECORD.getPrimaryKey().getFields())
                    .doUpdate()
                    .set(REJECTED_RECORD.REASON, excluded(REJECTED_RECORD.REASON))
                    .set(REJECTED_RECORD.LAST_SEEN_AT, excluded(REJECTED_RECORD.LAST_SEEN_AT))
                    .set(
                            REJECTED_RECORD.OCCURRENCES,
                            REJECTED_RECORD.OCCURRENCES.plus(excluded(REJECTED_RECORD.OCCURRENCES)))
                    .execute();
        }
    }

    /** Of a page that is read again: those that are here already did not come again. */
    static void keepNew(DSLContext tx, long userId, String resource, List<Rejected> rejects, Instant came) {
        var insert = insert(tx, userId, resource, rejects, came);
        if (insert != null) {
            insert.onConflictDoNothing().execute();
        }
    }

    private static @Nullable InsertOnDuplicateStep<RejectedRecordRecord> insert(
            DSLContext tx, long userId, String resource, List<Rejected> rejects, Instant now) {
        var rows = new LinkedHashMap<String, RejectedRecordRecord>();
        for (var reject : rejects) {
            rows.merge(
                    reject.record().data(),
                    new RejectedRecordRecord()
                            .setResource(resource)
                            .setFingerprint(fingerprint(reject.record().data()))
                            .setReason(reject.reason())
                            .setRecord(reject.record())
                            .setOccurrences(1L),
                    (one, other) -> one.setOccurrences(one.getOccurrences() + 1));
        }
        if (rows.isEmpty()) {
            return null;
        }
        List<Field<?>> columns = List.of(
                REJECTED_RECORD.RESOURCE,
                REJECTED_RECORD.FINGERPRINT,
                REJECTED_RECORD.REASON,
                REJECTED_RECORD.RECORD,
                REJECTED_RECORD.OCCURRENCES);
        var page = Unnested.of("page", columns, rows.values());
        return tx.insertInto(REJECTED_RECORD)
                .columns(
                        REJECTED_RECORD.USER_ID,
                        REJECTED_RECORD.RESOURCE,
                        REJECTED_RECORD.FINGERPRINT,
                        REJECTED_RECORD.REASON,
                        REJECTED_RECORD.RECORD,
                        REJECTED_RECORD.OCCURRENCES,
                        REJECTED_RECORD.FIRST_SEEN_AT,
                        REJECTED_RECORD.LAST_SEEN_AT)
                .select(select(
                                val(userId),
                                page.column(REJECTED_RECORD.RESOURCE),
                                page.column(REJECTED_RECORD.FINGERPRINT),
                                page.column(REJECTED_RECORD.REASON),
                                page.column(REJECTED_RECORD.RECORD),
                                page.column(REJECTED_RECORD.OCCURRENCES),
                                val(now),
                                val(now))
                        .from(page.table()));
    }

    /** It could be read after all. */
    static void clear(DSLContext tx, long userId, String resource, JSONB record) {
        tx.deleteFrom(REJECTED_RECORD)
                .where(REJECTED_RECORD.USER_ID.eq(userId), REJECTED_RECORD.RESOURCE.eq(resource))
                .and(REJECTED_RECORD.FINGERPRINT.eq(fingerprint(record.data())))
                .execute();
    }

    static byte[] fingerprint(String record) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(record.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
