package io.withingspg.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooq.JSONB;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is sent to PostgreSQL in its own format is what it would have read as text. */
@ExtendWith(Rig.Provider.class)
final class BinaryArrayIT {
    private static final Random RANDOM = new Random(7);

    /** The values as PostgreSQL writes them, in their order. */
    private static <T> List<@Nullable String> read(Rig rig, String type, @Nullable T[] values) {
        return rig.sql().connectionResult(connection -> {
            try (var statement = connection.prepareStatement(
                    "SELECT value::text FROM unnest(?) WITH ORDINALITY AS came (value, nth) WHERE pg_typeof(value)::text = ?"
                            + " ORDER BY nth")) {
                statement.setArray(1, BinaryArray.of(connection, values));
                statement.setString(2, type);
                try (var rows = statement.executeQuery()) {
                    var read = new ArrayList<@Nullable String>();
                    while (rows.next()) {
                        read.add(rows.getString(1));
                    }
                    return read;
                }
            }
        });
    }

    private static <T> List<@Nullable String> texts(@Nullable T[] values, Function<T, String> text) {
        return Arrays.stream(values)
                .<@Nullable String>map(value -> value == null ? null : text.apply(value))
                .toList();
    }

    @Test
    void decimals_arrive_to_the_last_place(Rig rig) {
        var edges = Stream.of(
                        "0",
                        "0.0",
                        "0.0000",
                        "1",
                        "-1",
                        "0.0001",
                        "-0.0001",
                        "9999",
                        "10000",
                        "99999999",
                        "100000000",
                        "-99999999.9999",
                        "99999999.9999",
                        "100000000.0001",
                        "999999999999",
                        "-0.5",
                        "36.50",
                        "1000000000000",
                        "0.00001",
                        "123456789012345678901234567890.123456789",
                        "-1E-30",
                        "70.4",
                        "10000.0000",
                        "0.1000")
                .map(BigDecimal::new);
        var random = IntStream.range(0, 3000)
                .mapToObj(n -> new BigDecimal(new BigInteger(1 + RANDOM.nextInt(60), RANDOM), RANDOM.nextInt(9))
                        .multiply(BigDecimal.valueOf(RANDOM.nextBoolean() ? 1 : -1)));
        var values = Stream.concat(Stream.concat(edges, random), Stream.of((BigDecimal) null))
                .toArray(BigDecimal[]::new);

        assertThat(read(rig, "numeric", values)).isEqualTo(texts(values, BigDecimal::toPlainString));
    }

    @Test
    void moments_arrive_to_the_microsecond(Rig rig) {
        rig.sql().execute("SET timezone = 'UTC'");
        var values = new @Nullable Instant[] {
            Instant.EPOCH,
            Instant.parse("1999-12-31T23:59:59.999999Z"),
            Instant.parse("2000-01-01T00:00:00Z"),
            null,
            Instant.parse("2026-02-28T12:34:56.000001Z"),
            Instant.parse("9999-12-30T23:59:59Z"),
            Instant.parse("1900-01-01T00:00:00.5Z"),
        };

        assertThat(read(rig, "timestamp with time zone", values).stream()
                        .map(text -> text == null
                                ? null
                                : Instant.parse(text.replace(" ", "T").replace("+00", "Z")))
                        .toList())
                .containsExactly(values);
    }

    @Test
    void days_arrive_on_both_sides_of_the_year_2000(Rig rig) {
        var values = new @Nullable LocalDate[] {
            LocalDate.EPOCH,
            LocalDate.of(1999, 12, 31),
            LocalDate.of(2000, 1, 1),
            LocalDate.of(2024, 2, 29),
            null,
            LocalDate.of(1900, 1, 1),
            LocalDate.of(9999, 12, 31)
        };

        assertThat(read(rig, "date", values)).isEqualTo(texts(values, LocalDate::toString));
    }

    @Test
    void numbers_flags_texts_and_json_arrive_as_they_are(Rig rig) {
        var longs = new @Nullable Long[] {0L, -1L, Long.MIN_VALUE, null, Long.MAX_VALUE};
        var integers = new @Nullable Integer[] {Integer.MIN_VALUE, 0, null, Integer.MAX_VALUE};
        var texts = new @Nullable String[] {"", "NULL", "{a,\"b\"}", "Ünï 😀\n\\", null, "x".repeat(100_000)};
        var jsons = new @Nullable JSONB[] {JSONB.valueOf("{\"a\": [1, \"é\"]}"), null, JSONB.valueOf("null")};

        assertThat(read(rig, "bigint", longs)).isEqualTo(texts(longs, String::valueOf));
        assertThat(read(rig, "integer", integers)).isEqualTo(texts(integers, String::valueOf));
        assertThat(read(rig, "boolean", new @Nullable Boolean[] {true, null, false}))
                .containsExactly("true", null, "false");
        assertThat(read(rig, "text", texts)).isEqualTo(texts(texts, text -> text));
        assertThat(read(rig, "jsonb", jsons)).isEqualTo(texts(jsons, JSONB::data));
        assertThat(read(rig, "bigint", new Long[0])).isEmpty();
    }
}
