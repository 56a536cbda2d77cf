package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The vendor's table, written out a second time. */
final class StatusFamilyTest {
    private static final Map<StatusFamily, List<int[]>> TABLE = new LinkedHashMap<>();

    static {
        put(StatusFamily.OK, "0");
        put(StatusFamily.AUTHENTICATION_FAILED, "100-102, 200, 401");
        put(StatusFamily.UNAUTHORISED, "214, 277, 2553, 2555");
        put(
                StatusFamily.INVALID_PARAMETERS,
                "201-213, 216-218, 220-221, 223, 225, 227-230, 234-236, 238, 240-252, 254, 260-267, 271-272, 275-276,"
                        + " 283-288, 290, 293-295, 297, 300-304, 321, 323-353, 380-382, 400, 501-511, 523, 532,"
                        + " 3017-3019");
        put(StatusFamily.TOO_MANY_REQUESTS, "601");
        put(StatusFamily.NOT_IMPLEMENTED, "2554");
        put(
                StatusFamily.ERROR_OCCURRED,
                "215, 219, 222, 224, 226, 231-233, 516-522, 524-531, 533, 602, 700, 1051-1054, 2551-2552, 2556-2559,"
                        + " 3000-3016");
    }

    private static void put(StatusFamily family, String codes) {
        TABLE.put(
                family,
                Stream.of(codes.split(",\\s*", -1))
                        .map(range -> Stream.of(range.split("-", -1))
                                .mapToInt(Integer::parseInt)
                                .toArray())
                        .toList());
    }

    @Test
    void every_code_of_the_table_belongs_to_its_family() {
        var wrong = new TreeMap<Integer, StatusFamily>();
        TABLE.forEach((family, ranges) -> ranges.stream()
                .flatMapToInt(range -> IntStream.rangeClosed(range[0], range[range.length - 1]))
                .filter(code -> StatusFamily.of(code) != family)
                .forEach(code -> wrong.put(code, StatusFamily.of(code))));

        assertThat(wrong).isEmpty();
    }

    @Test
    void a_code_that_is_not_in_the_table_is_an_error_that_may_pass() {
        IntStream.rangeClosed(-10, 10_000)
                .filter(code -> TABLE.values().stream()
                        .flatMap(List::stream)
                        .noneMatch(range -> code >= range[0] && code <= range[range.length - 1]))
                .forEach(code ->
                        assertThat(StatusFamily.of(code)).as("%d", code).isEqualTo(StatusFamily.ERROR_OCCURRED));
    }
}
