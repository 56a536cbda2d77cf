package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.SLEEP_SAMPLE;
import static io.withingspg.schema.withings.Tables.SLEEP_STAGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.schema.withings.tables.records.SleepSampleRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SleepSamplesTest {
    private static final String STRETCH = "\"startdate\": 1594245600, \"enddate\": 1594245720, \"state\": 1";

    private static Normalised normalise(String body) {
        return normalise(body, Bounds.NONE);
    }

    private static Normalised normalise(String body, Bounds bounds) {
        return SleepSamples.SLEEP_SAMPLES.normalise((ObjectNode) Sample.json(body), new Span.Everything(), bounds);
    }

    private static List<String> heartRates(List<?> rows) {
        return rows.stream()
                .filter(SleepSampleRecord.class::isInstance)
                .map(SleepSampleRecord.class::cast)
                .map(row -> row.getSampledAt().getEpochSecond() - 1594245600 + " " + row.getHeartRate())
                .toList();
    }

    @Test
    void a_stretch_becomes_its_row_and_one_for_each_moment() {
        var page = normalise("{\"model\": 32, \"series\": [" + Sample.SLEEP_SAMPLES.record() + "]}");

        var rows = page.rows();
        assertThat(rows).hasSize(4);
        var stage = rows.getFirst().into(SLEEP_STAGE);
        assertThat(stage.getStartedAt()).isEqualTo(Instant.ofEpochSecond(1594245600));
        assertThat(stage.getEndedAt()).isEqualTo(Instant.ofEpochSecond(1594245720));
        assertThat(stage.getDeviceId()).isEqualTo("d8");
        assertThat(stage.getState()).isEqualTo(1);
        assertThat(stage.getSource()).isEqualTo(32);
        assertThat(stage.getModelId()).isEqualTo(63);
        var first = rows.get(1).into(SLEEP_SAMPLE);
        assertThat(first.getDeviceId()).isEqualTo("d8");
        assertThat(first.getHeartRate()).isEqualTo(56);
        assertThat(first.getSnoringS()).isZero();
        assertThat(first.getRmssdMs()).isEqualTo(new BigDecimal("40.125"));
        var second = rows.get(2).into(SLEEP_SAMPLE);
        assertThat(second.getHeartRate()).as("0 is not measured").isNull();
        assertThat(second.getRespirationRate()).isEqualTo(new BigDecimal("13.5"));
        assertThat(second.getMovementScore()).isEqualTo(255);
        assertThat(rows.get(3).into(SLEEP_SAMPLE).getBreathingSoundsS()).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"series\": []}", "{\"series\": {}}", "{\"series\": null}", "{\"model\": 32}"})
    void no_night_comes_in_several_forms(String none) {
        assertThat(normalise(none).rows()).isEmpty();
        assertThat(normalise(none).rejects()).isEmpty();
    }

    @Test
    void a_stretch_without_samples_is_a_stretch() {
        for (var none : List.of("null", "[]", "{}", "\"\"", "{\"1594245600\": null}", "{\"1594245600\": []}")) {
            var page = normalise("{\"series\": [{" + STRETCH + ", \"hr\": " + none + "}]}");
            assertThat(page.rows()).as(none).hasSize(1);
            assertThat(page.rejects()).as(none).isEmpty();
            assertThat(page.rows().getFirst().into(SLEEP_STAGE).getExtra()).isNull();
        }
    }

    @Test
    void a_value_or_moment_that_cannot_be_read_is_rejected_alone_with_its_stretch() {
        var page = normalise("{\"series\": [{" + STRETCH + """
                , "hr": {"1594245600": 60, "1594245660": "fast", "soon": 61, "1594245720": 1.5},
                "snoring": {"1594245600": -5}, "rr": [14]}]}
                """);

        assertThat(heartRates(page.rows())).containsExactly("0 60");
        assertThat(page.rows().get(1).into(SLEEP_SAMPLE).getSnoringS()).isNull();
        assertThat(page.rejects())
                .extracting(Rejected::reason)
                .containsExactly(
                        "hr: value: expected a number",
                        "hr: epoch: expected a number",
                        "hr: value: expected a whole number of ordinary size",
                        "rr: expected an object",
                        "snoring: value: less than no time");
        assertThat(page.rejects().getFirst().record().data())
                .contains("\"startdate\":1594245600", "\"part\":{\"1594245660\":\"fast\"}");
        assertThat(page.partial()).containsExactly(page.rows().getFirst());
    }

    @Test
    void a_state_that_cannot_be_read_costs_no_sample() {
        var page = normalise("""
                {"series": [{"startdate": 1594245600, "enddate": 1594245720, "state": "dozing", "hr": {"1594245600": 60}}]}
                """);

        assertThat(page.rows().getFirst().into(SLEEP_STAGE).getState()).isNull();
        assertThat(heartRates(page.rows())).containsExactly("0 60");
        assertThat(page.rejects()).extracting(Rejected::reason).containsExactly("state: expected a number");
    }

    @Test
    void a_stretch_that_ends_before_it_begins_is_rejected_whole_and_costs_no_other() {
        var page = normalise("{\"series\": [{" + STRETCH + """
                }, {"startdate": 1594245900, "enddate": 1594245800, "state": 2, "hr": {"1594245900": 60}},
                {"startdate": 1594246000, "state": 2}]}
                """);

        assertThat(page.rows()).hasSize(1);
        assertThat(page.rejects())
                .extracting(Rejected::reason)
                .containsExactly("enddate: before the beginning", "enddate: missing");
        assertThat(page.rejects().getFirst().record().data()).contains("\"hr\":{\"1594245900\":60}");
    }

    @Test
    void where_stretches_meet_the_moment_in_between_has_what_both_tell() {
        var page = normalise("{\"series\": [{" + STRETCH + """
                , "hr": {"1594245720": 60}, "rr": {"1594245720": 14}},
                {"startdate": 1594245720, "enddate": 1594245780, "state": 2,
                 "hr": {"1594245720": 61}, "snoring": {"1594245720": 3}}]}
                """);

        assertThat(page.rows().stream().filter(SleepSampleRecord.class::isInstance))
                .hasSize(2)
                .allSatisfy(row -> {
                    var sample = row.into(SLEEP_SAMPLE);
                    assertThat(sample.getHeartRate()).as("the later one").isEqualTo(61);
                    assertThat(sample.getRespirationRate()).isEqualByComparingTo("14");
                    assertThat(sample.getSnoringS()).isEqualTo(3);
                });
    }

    @Test
    void a_stretch_that_comes_twice_keeps_the_samples_of_both() {
        var page = normalise("{\"series\": [{" + STRETCH + ", \"hr\": {\"1594245600\": 60}}, {" + STRETCH
                + ", \"hr\": {\"1594245660\": 62}}]}");

        assertThat(heartRates(page.records().getLast())).containsExactly("0 60", "60 62");
    }

    @Test
    void two_devices_at_one_moment_are_two_rows() {
        var page = normalise(
                "{\"series\": [{" + STRETCH + ", \"hash_deviceid\": \"watch\", \"hr\": {\"1594245600\": 60}}, {"
                        + STRETCH + ", \"hr\": {\"1594245600\": 62}}]}");

        assertThat(page.rows()).extracting(row -> row.get("device_id")).containsExactly("watch", "watch", "", "");
        assertThat(heartRates(page.rows())).containsExactly("0 60", "0 62");
    }

    @Test
    void an_unknown_series_stays_with_its_stretch() {
        var page = normalise("{\"series\": [{" + STRETCH + ", \"spo2\": {\"1594245600\": 97}}]}");

        assertThat(page.rows()).hasSize(1);
        assertThat(page.rows().getFirst().into(SLEEP_STAGE).getExtra().data())
                .isEqualTo("{\"spo2\":{\"1594245600\":97}}");
    }

    @Test
    void a_source_that_cannot_be_read_costs_no_stretch() {
        var page = normalise("{\"model\": \"bed\", \"series\": [{" + STRETCH + "}]}");

        assertThat(page.rows()).hasSize(1);
        assertThat(page.rejects())
                .extracting(reject -> reject.reason() + " " + reject.record().data())
                .containsExactly("model: expected a number {\"model\":\"bed\"}");
    }

    @Test
    void a_stretch_is_held_to_the_persons_days_in_utc_by_its_beginning() {
        var inside = new Bounds(LocalDate.of(2020, 7, 8), LocalDate.of(2020, 7, 8));
        var outside = new Bounds(LocalDate.of(2020, 7, 9), null);
        var night = "{\"series\": [" + Sample.SLEEP_SAMPLES.record() + "]}";

        assertThat(normalise(night, inside).rows()).hasSize(4);
        assertThat(normalise(night, outside).rows()).isEmpty();
    }
}
