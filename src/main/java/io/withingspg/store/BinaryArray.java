package io.withingspg.store;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jooq.JSONB;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;
import org.postgresql.util.ByteConverter;

/**
 * A column of a page on its way to PostgreSQL, in the server's own format: of moments, days and decimals the driver makes
 * text, which costs us more to write, and the server more to read, than all else about a row but its insertion.
 */
final class BinaryArray {
    private static final long EPOCH_S = 946_684_800; // PostgreSQL counts from 2000
    private static final int EPOCH_DAY = 10_957;
    private static final int NULL = -1;
    private static final byte JSONB_VERSION = 1;
    private static final int NEGATIVE = 0x4000;
    private static final long[] POWERS_OF_TEN = {1, 10, 100, 1000, 10_000};
    private static final long[] POWERS_OF_BASE = {1, 10_000, 100_000_000, 1_000_000_000_000L};

    private ByteBuffer out;

    private BinaryArray(int values) {
        out = ByteBuffer.allocate(20 + values * 12);
    }

    static Array of(Connection connection, Object[] values) throws SQLException {
        var array = new BinaryArray(values.length);
        var type =
                switch (values) {
                    case Long[] numbers ->
                        array.each(
                                Oid.INT8,
                                Oid.INT8_ARRAY,
                                numbers,
                                number -> array.value(8).putLong(number));
                    case Integer[] numbers ->
                        array.each(
                                Oid.INT4,
                                Oid.INT4_ARRAY,
                                numbers,
                                number -> array.value(4).putInt(number));
                    case Boolean[] flags ->
                        array.each(
                                Oid.BOOL,
                                Oid.BOOL_ARRAY,
                                flags,
                                flag -> array.value(1).put((byte) (flag ? 1 : 0)));
                    case String[] texts -> array.each(Oid.TEXT, Oid.TEXT_ARRAY, texts, array::text);
                    case Instant[] moments ->
                        array.each(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY, moments, array::moment);
                    case LocalDate[] days -> array.each(Oid.DATE, Oid.DATE_ARRAY, days, array::day);
                    case BigDecimal[] numbers -> array.each(Oid.NUMERIC, Oid.NUMERIC_ARRAY, numbers, array::decimal);
                    case JSONB[] jsons -> array.each(Oid.JSONB, Oid.JSONB_ARRAY, jsons, array::json);
                    default -> throw new IllegalArgumentException(values.getClass() + " is not bound here");
                };
        return new PgArray(connection.unwrap(BaseConnection.class), type, array.bytes());
    }

    private byte[] bytes() {
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * One dimension, which may hold nulls, and begins at 1.
     *
     * @return the type of the array
     */
    private <T> int each(int elementType, int type, @Nullable T[] values, Consumer<T> write) {
        out.putInt(values.length == 0 ? 0 : 1).putInt(1).putInt(elementType);
        if (values.length > 0) {
            out.putInt(values.length).putInt(1);
        }
        for (var value : values) {
            if (value == null) {
                value(0).putInt(out.position() - 4, NULL);
            } else {
                write.accept(value);
            }
        }
        return type;
    }

    /** Room for a value of this length and for the length itself. */
    private ByteBuffer value(int length) {
        if (out.remaining() < 4 + length) {
            out = ByteBuffer.allocate(2 * out.capacity() + length).put(out.flip());
        }
        return out.putInt(length);
    }

    private void moment(Instant value) {
        value(8).putLong((value.getEpochSecond() - EPOCH_S) * 1_000_000 + value.getNano() / 1000);
    }

    private void day(LocalDate value) {
        value(4).putInt(Math.toIntExact(value.toEpochDay()) - EPOCH_DAY);
    }

    private void decimal(BigDecimal value) {
        if (value.precision() <= 12 && value.scale() >= 0 && value.scale() <= 4) {
            shortDecimal(value);
        } else {
            var bytes = ByteConverter.numeric(value);
            value(bytes.length).put(bytes);
        }
    }

    /** As nearly all of them: 12 digits, of which 4 behind the point. Digits to the base of 10,000, the highest first. */
    private void shortDecimal(BigDecimal value) {
        var tenThousandths = value.unscaledValue().longValue() * POWERS_OF_TEN[4 - value.scale()];
        var rest = Math.abs(tenThousandths);
        var digits = rest == 0 ? 0 : rest < 10_000L ? 1 : rest < 100_000_000L ? 2 : rest < 1_000_000_000_000L ? 3 : 4;
        value(8 + 2 * digits)
                .putShort((short) digits)
                .putShort((short) (digits - 2)) // the weight of the first one
                .putShort((short) (tenThousandths < 0 ? NEGATIVE : 0))
                .putShort((short) value.scale());
        for (var power = digits - 1; power >= 0; power--) {
            out.putShort((short) (rest / POWERS_OF_BASE[power] % 10_000));
        }
    }

    private void text(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        value(bytes.length).put(bytes);
    }

    private void json(JSONB value) {
        var bytes = value.data().getBytes(StandardCharsets.UTF_8);
        value(1 + bytes.length).put(JSONB_VERSION).put(bytes);
    }
}
