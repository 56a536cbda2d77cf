package io.withingspg.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/** What holds for every resource, whatever the API sends. */
class NormaliserPropertiesTest {
    /** Set by the store. */
    private static final Set<String> STORES = Set.of("user_id", "synced_at", "valid_from");

    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds(); // each call makes it anew

    /** What the whole record of each sample comes to. */
    private static final Map<Sample, List<List<Object>>> OTHERS = Stream.of(Sample.values())
            .collect(Collectors.toUnmodifiableMap(
                    Function.identity(),
                    sample -> sample.normalise(sample.record()).rows().stream()
                            .map(row -> values(sample, row))
                            .toList()));

    @Example
    void every_resource_has_a_sample() {
        assertThat(Stream.of(Sample.values()).map(Sample::resource)).containsExactlyElementsOf(Resources.ALL);
    }

    @Property
    void a_whole_record_is_rows_without_rejects(@ForAll Sample sample) {
        var page = sample.normalise(sample.record());

        assertThat(page.rejects()).isEmpty();
        assertThat(page.rows()).isNotEmpty().allSatisfy(NormaliserPropertiesTest::storable);
        assertThat(page.rows().getFirst().get("extra")).isNull();
    }

    /** Every field in turn; few enough to try them all. */
    @Property(generation = GenerationMode.EXHAUSTIVE)
    void a_record_that_is_not_as_expected_costs_no_other_record(
            @ForAll Sample sample, @ForAll("mutations") Mutation mutation) {
        for (var n = 0; n < Mutation.nodes(sample.record()); n++) {
            others_land(sample, mutation.at(n, sample.record()));
        }
    }

    @Property
    void nor_does_one_that_is_wrong_twice(
            @ForAll Sample sample,
            @ForAll("mutations") Mutation first,
            @ForAll("mutations") Mutation second,
            @ForAll @IntRange(min = 1, max = 80) int here,
            @ForAll @IntRange(min = 1, max = 80) int there) {
        others_land(sample, second.at(there, first.at(here, sample.record())));
    }

    private static void others_land(Sample sample, JsonNode mutated) {
        if (mutated.isMissingNode() || (sample == Sample.ECG && !mutated.isObject())) {
            return; // an absent record is none, and an answer is an object
        }
        var others = OTHERS.getOrDefault(sample, List.of());

        var page = sample.normalise(sample.record(), mutated, sample.record());

        var rows = page.rows().stream().map(row -> values(sample, row)).toList();
        assertThat(Collections.indexOfSubList(rows, others)).isZero();
        assertThat(rows.subList(rows.size() - others.size(), rows.size())).isEqualTo(others);
        var own = rows.size() - 2 * others.size();
        assertThat(own).isNotNegative();
        if (sample.namedBy().isEmpty() || !io.withingspg.resource.Field.nothing(mutated)) { // a name of nothing is none
            assertThat(own + page.rejects().size()).isPositive();
        }
        assertThat(page.rows()).allSatisfy(NormaliserPropertiesTest::storable);
        assertThat(page.rejects()).allSatisfy(reject -> {
            assertThat(reject.reason()).doesNotContain(Mutation.MARK).hasSizeLessThan(200);
            storable(reject.record());
        });
    }

    @Property
    void an_unknown_field_is_kept(@ForAll Sample sample, @ForAll @IntRange(min = 0, max = 80) int where) {
        var record = sample.record();
        var objects = objects(record, new ArrayList<>());
        objects.get(where % objects.size()).put("unknown_field", "kept");

        var page = sample.normalise(record);

        assertThat(page.rows()).hasSameSizeAs(sample.normalise(sample.record()).rows());
        assertThat(page.toString()).contains("unknown_field");
    }

    @Property
    void a_row_of_a_day_outside_the_bounds_leaves_nothing(
            @ForAll Sample sample, @ForAll("mutations") Mutation mutation, @ForAll @IntRange(min = 1, max = 80) int n) {
        var bounds = new Bounds(LocalDate.of(2199, 1, 1), null);
        var record = mutation.at(n, sample.record());

        var page = sample.normalise(bounds, record);

        if (!sample.normalise(record).rows().isEmpty()
                && day(sample.normalise(record).rows().getFirst()) != null) {
            assertThat(page.records())
                    .allSatisfy(rows -> assertThat(day(rows.getFirst())).isAfter("2198-12-31"));
            assertThat(page.rows().isEmpty() ? page.rejects() : List.of()).isEmpty();
        }
    }

    private static @Nullable LocalDate day(TableRecord<?> row) {
        return row.field("day") != null
                ? row.get("day", LocalDate.class)
                : Stream.of("sampled_at", "started_at")
                        .filter(column -> row.field(column) != null)
                        .map(column -> LocalDate.ofInstant(row.get(column, Instant.class), ZoneOffset.UTC))
                        .findFirst()
                        .orElse(null);
    }

    @Property
    void a_measure_is_its_value_times_its_power_of_ten_exactly(
            @ForAll("decimals") BigDecimal value, @ForAll @IntRange(min = -30, max = 30) int unit) {
        var record = Sample.MEASURES.record();
        ((ObjectNode) record.path("measures").get(0))
                .put("value", value.toString())
                .put("unit", unit);

        var row = Sample.MEASURES.normalise(record).rows().get(1);

        var stored = (BigDecimal) row.get("value");
        assertThat(stored).isEqualByComparingTo(value.multiply(new BigDecimal("1e" + unit)));
        assertThat(stored.toString()).doesNotContain("E+");
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        return Arbitraries.of(Mutation.ALL);
    }

    @Provide
    Arbitrary<BigDecimal> decimals() {
        var whole = Arbitraries.longs().map(BigDecimal::valueOf);
        return Arbitraries.oneOf(
                whole,
                Arbitraries.bigDecimals()
                        .between(new BigDecimal("-1e200"), new BigDecimal("1e200"))
                        .ofScale(5));
    }

    private static List<ObjectNode> objects(JsonNode node, List<ObjectNode> found) {
        if (node instanceof ObjectNode object) {
            found.add(object);
        }
        node.forEach(child -> objects(child, found));
        return found;
    }

    /** But for the column that differs because two records of one answer cannot have one name. */
    private static List<Object> values(Sample sample, TableRecord<?> row) {
        var values = new ArrayList<Object>();
        values.add(row.getTable());
        for (Field<?> field : row.fields()) {
            var value = field.getName().equals(sample.namedBy()) ? null : row.get(field);
            values.add(value instanceof Object[] array ? List.of(array) : value);
        }
        return values;
    }

    /** PostgreSQL takes it: what may not be null is not, and no value is out of its type's range. */
    private static void storable(TableRecord<?> row) {
        for (Field<?> field : row.fields()) {
            var value = row.get(field);
            if (!field.getDataType().nullable() && !STORES.contains(field.getName())) {
                assertThat(value).as(field.getName()).isNotNull();
            }
            switch (value) {
                case null -> {}
                case String text -> {
                    storable(text);
                    assertThat(text).hasSizeLessThanOrEqualTo(500);
                    assertThat(!field.getName().equals("timezone") || ZONES.contains(text))
                            .isTrue();
                }
                case BigDecimal number ->
                    assertThat(number.precision() + number.scale()).isLessThan(1000);
                case Instant at -> assertThat(at).isBetween("1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z");
                case LocalDate day -> assertThat(day).isBetween("1900-01-01", "9999-12-31");
                case JSONB json -> storable(json);
                default -> {}
            }
        }
    }

    private static void storable(JSONB json) {
        assertThat(Sample.json(json.data())).isNotInstanceOf(MissingNode.class);
        assertThat(json.data()).doesNotContain("\\u0000");
        storable(json.data());
    }

    private static void storable(String text) {
        assertThat(text.codePoints()).noneMatch(point -> point == 0 || (point >= 0xD800 && point <= 0xDFFF));
    }
}
