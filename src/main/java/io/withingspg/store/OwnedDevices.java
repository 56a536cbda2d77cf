package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.DEVICE;

import java.util.List;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** What people measure with. */
public final class OwnedDevices {
    private final DSLContext sql;

    public OwnedDevices(DSLContext sql) {
        this.sql = sql;
    }

    /** For people, the one used last first: {@code ScanWatch (Activity Tracker)}. */
    public List<String> names(long userId) {
        return sql.select(DEVICE.MODEL, DEVICE.TYPE)
                .from(DEVICE)
                .where(DEVICE.USER_ID.eq(userId))
                .orderBy(DEVICE.LAST_SESSION_AT.desc().nullsLast(), DEVICE.DEVICE_ID)
                .fetch(row -> name(row.value1(), row.value2()));
    }

    private static String name(@Nullable String model, @Nullable String type) {
        return model == null
                ? type == null ? "a device without a name" : type
                : type == null ? model : model + " (" + type + ")";
    }
}
