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
                    case Long[] numbers -> array.longs(numbers);
                    case Integer[] numbers -> array.integers(numbers);
                    case Boolean[] flags -> array.flags(flags);
                    case String[] texts -> array.texts(texts);
                    case Instant[] moments -> array.moments(moments);
                    case LocalDate[] days -> array.days(days);
                    case BigDecimal[] numbers -> array.decimals(numbers);
                    case JSONB[] jsons -> array.jsons(jsons);
                    default -> throw new IllegalArgumentException(values.getClass() + " is not bound here");
                };
        return new PgArray(connection.unwrap(BaseConnection.class), type, array.bytes());
    }

    private byte[] bytes() {
        return Arrays.copyOf(out.array(), out.position());
    }

    /** One dimension, which may hold nulls, and begins at 1. */
    private void begin(int elementType, int values) {
        out.putInt(values == 0 ? 0 : 1).putInt(1).putInt(elementType);
        if (values > 0) {
            out.putInt(values).putInt(1);
        }
    }

    /** Room for a value of this length and for the length itself. */
    private ByteBuffer value(int length) {
        if (out.remaining() < 4 + length) {
            out = ByteBuffer.allocate(2 * out.capacity() + length).put(out.flip());
        }
        return out.putInt(length);
    }

    private void nothing() {
        value(0).putInt(out.position() - 4, NULL);
    }

    private int longs(@Nullable Long[] values) {
        begin(Oid.INT8, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                value(8).putLong(value);
            }
        }
        return Oid.INT8_ARRAY;
    }

    private int integers(@Nullable Integer[] values) {
        begin(Oid.INT4, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                value(4).putInt(value);
            }
        }
        return Oid.INT4_ARRAY;
    }

    private int flags(@Nullable Boolean[] values) {
        begin(Oid.BOOL, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                value(1).put((byte) (value ? 1 : 0));
            }
        }
        return Oid.BOOL_ARRAY;
    }

    private int moments(@Nullable Instant[] values) {
        begin(Oid.TIMESTAMPTZ, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                value(8).putLong((value.getEpochSecond() - EPOCH_S) * 1_000_000 + value.getNano() / 1000);
            }
        }
        return Oid.TIMESTAMPTZ_ARRAY;
    }

    private int days(@Nullable LocalDate[] values) {
        begin(Oid.DATE, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                value(4).putInt(Math.toIntExact(value.toEpochDay()) - EPOCH_DAY);
            }
        }
        return Oid.DATE_ARRAY;
    }

    private int decimals(@Nullable BigDecimal[] values) {
        begin(Oid.NUMERIC, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else if (value.precision() <= 12 && value.scale() >= 0 && value.scale() <= 4) {
                decimal(value);
            } else {
                var bytes = ByteConverter.numeric(value);
                value(bytes.length).put(bytes);
            }
        }
        return Oid.NUMERIC_ARRAY;
    }

    /** As nearly all of them: 12 digits, of which 4 behind the point. Digits to the base of 10,000, the highest first. */
    private void decimal(BigDecimal value) {
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

    private int texts(@Nullable String[] values) {
        begin(Oid.TEXT, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                var bytes = value.getBytes(StandardCharsets.UTF_8);
                value(bytes.length).put(bytes);
            }
        }
        return Oid.TEXT_ARRAY;
    }

    private int jsons(@Nullable JSONB[] values) {
        begin(Oid.JSONB, values.length);
        for (var value : values) {
            if (value == null) {
                nothing();
            } else {
                var bytes = value.data().getBytes(StandardCharsets.UTF_8);
                value(1 + bytes.length).put(JSONB_VERSION).put(bytes);
            }
        }
        return Oid.JSONB_ARRAY;
    }
}
