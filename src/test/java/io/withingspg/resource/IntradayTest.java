package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.ACTIVITY_SAMPLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntradayTest {
    private static Normalised normalise(String series) {
        return normalise(series, Bounds.NONE);
    }

    private static Normalised normalise(String series, Bounds bounds) {
        var day = new Span.Window(Instant.ofEpochSecond(1594159200), Instant.ofEpochSecond(1594245600));
        return Intraday.INTRADAY.normalise((ObjectNode) Sample.json("{\"series\": " + series + "}"), day, bounds);
    }

    private static List<Instant> moments(Normalised page) {
        return page.rows().stream()
                .map(row -> row.get(ACTIVITY_SAMPLE.SAMPLED_AT))
                .toList();
    }

    @Test
    void a_moment_becomes_a_row() {
        var sample = Sample.INTRADAY
                .normalise(Sample.INTRADAY.record())
                .rows()
                .getFirst()
                .into(ACTIVITY_SAMPLE);

        assertThat(sample.getSampledAt()).isEqualTo(Instant.ofEpochSecond(1594245600));
        assertThat(sample.getDeviceId()).isEqualTo("d7");
        assertThat(sample.getDurationS()).isEqualTo(60);
        assertThat(sample.getSpo2Pct()).isEqualTo(new BigDecimal("97.5"));
        assertThat(sample.getRmssdMs()).isEqualTo(new BigDecimal("41.25"));
        assertThat(sample.getStrokes()).isZero();
        assertThat(sample.getModelId()).isEqualTo(94);
    }

    @Test
    void each_moment_is_a_record_of_its_own() {
        var page = normalise("{\"1594159260\": {\"steps\": 10}, \"1594159200\": {\"steps\": \"20\", \"model\": null}}");

        assertThat(page.records())
                .hasSize(2)
                .allSatisfy(record -> assertThat(record).hasSize(1));
        assertThat(page.rows()).extracting(row -> row.get("device_id")).containsOnly("");
        assertThat(moments(page)).containsExactly(Instant.ofEpochSecond(1594159260), Instant.ofEpochSecond(1594159200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "\"\"", "{\"1594159200\": null}", "{\"1594159200\": []}"})
    void nothing_comes_in_several_forms(String none) {
        assertThat(normalise(none).rows()).isEmpty();
        assertThat(normalise(none).rejects()).isEmpty();
    }

    @Test
    void an_absent_series_is_an_empty_one() {
        var page = Intraday.INTRADAY.normalise((ObjectNode) Sample.json("{}"), new Span.Everything(), Bounds.NONE);

        assertThat(page.rows()).isEmpty();
        assertThat(page.rejects()).isEmpty();
    }

    @Test
    void a_list_is_no_series() {
        assertThat(normalise("[{\"steps\": 1}]").rejects())
                .extracting(Rejected::reason)
                .containsExactly("series: expected an object");
    }

    @Test
    void a_moment_that_cannot_be_read_is_rejected_alone_with_its_time() {
        var page = normalise("""
                {"1594159200": {"steps": 1}, "1594159260": {"steps": "many"}, "soon": {"steps": 2}, "-1": {"steps": 3},
                 "253402300799": {"steps": 4}, "1594159320": 5, "": {"steps": 6}, "1594159380": {"steps": 7}}
                """);

        assertThat(page.rows()).extracting(row -> row.get("steps")).containsExactly(1, 7);
        assertThat(page.rejects())
                .extracting(reject -> reject.reason() + " " + reject.record().data())
                .containsExactly(
                        "steps: expected a number {\"1594159260\":{\"steps\":\"many\"}}",
                        "epoch: expected a number {\"soon\":{\"steps\":2}}",
                        "epoch: not a time between 1970 and 9999 {\"-1\":{\"steps\":3}}",
                        "epoch: not a time between 1970 and 9999 {\"253402300799\":{\"steps\":4}}",
                        "expected an object {\"1594159320\":5}",
                        "epoch: expected a number {\"\":{\"steps\":6}}");
    }

    /** What a wrong clock says is stored as it is said; the table has a default partition. */
    @Test
    void moments_at_the_ends_of_time_are_moments() {
        assertThat(moments(normalise("{\"0\": {\"steps\": 1}, \"253370764800\": {\"steps\": 2}}")))
                .containsExactly(Instant.EPOCH, Instant.parse("9999-01-01T00:00:00Z"));
    }

    @Test
    void a_negative_duration_is_rejected_alone_with_its_time() {
        var page = normalise("{\"1594159200\": {\"steps\": 10, \"duration\": -60}}");

        var sample = page.rows().getFirst().into(ACTIVITY_SAMPLE);
        assertThat(sample.getSteps()).isEqualTo(10);
        assertThat(sample.getDurationS()).isNull();
        assertThat(page.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.reason()).isEqualTo("duration: less than no time");
            assertThat(reject.record().data()).startsWith("{\"1594159200\":").contains("\"part\":{\"duration\":-60}");
        });
    }

    @Test
    void zero_is_not_measured_for_heart_oxygen_and_calories_and_a_count_for_all_else() {
        var record = Sample.INTRADAY.record();
        record.fieldNames().forEachRemaining(field -> {
            if (record.path(field).isNumber()) {
                record.put(field, 0);
            }
        });

        var sample = Sample.INTRADAY.normalise(record).rows().getFirst().into(ACTIVITY_SAMPLE);

        assertThat(sample.getHeartRate()).isNull();
        assertThat(sample.getSpo2Pct()).isNull();
        assertThat(sample.getActiveKcal()).isNull();
        assertThat(sample.getSteps()).isZero();
        assertThat(sample.getDistanceM()).isZero();
        assertThat(sample.getRmssdMs()).isZero();
        assertThat(sample.getRespirationRate()).isZero();
        assertThat(sample.getDurationS()).isZero();
    }

    @Test
    void samples_are_held_to_the_persons_days_in_utc() {
        var bounds = new Bounds(LocalDate.of(2020, 7, 8), LocalDate.of(2020, 7, 8));

        var page = normalise("""
                {"1594166399": {"steps": 1}, "1594166400": {"steps": 2}, "1594252799": {"steps": 3, "duration": -1},
                 "1594252800": {"steps": 4, "duration": -1}}
                """, bounds);

        assertThat(page.rows()).extracting(row -> row.get("steps")).containsExactly(2, 3);
        assertThat(page.rejects()).hasSize(1);
    }

    @Test
    void an_unknown_field_is_kept_with_its_moment() {
        var page = normalise("{\"1594159200\": {\"steps\": 10, \"mood\": \"good\"}}");

        assertThat(page.rows().getFirst().into(ACTIVITY_SAMPLE).getExtra().data())
                .isEqualTo("{\"mood\":\"good\"}");
    }
}
