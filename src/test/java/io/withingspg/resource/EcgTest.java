package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.ECG_SIGNAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcgTest {
    @Test
    void an_answer_becomes_the_row_of_the_signal_that_was_asked_for() {
        var signal = Sample.ECG.normalise(Sample.ECG.record()).rows().getFirst().into(ECG_SIGNAL);

        assertThat(signal.getSignalId()).isEqualTo(Sample.SIGNAL_ID);
        assertThat(signal.getMicrovolts()).containsExactly(-12, 0, 35, 410, -80, 7);
        assertThat(signal.getSamplingHz()).isEqualTo(300);
        assertThat(signal.getWearPosition()).isEqualTo(1);
        assertThat(signal.getModel()).isEqualTo("91");
        assertThat(signal.getModelId()).isEqualTo(91);
        assertThat(signal.getHeartRate()).isEqualTo(72);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [1, null, 3] | signal: a value is missing
            [1, "", 3]   | signal: a value is missing
            [1, "x", 3]  | signal: expected a number
            [1, [2], 3]  | signal: expected a number
            [1, 2.5, 3]  | signal: expected a whole number of ordinary size
            [1, 1e12, 3] | signal: expected a whole number of ordinary size
            []           | signal: missing
            null         | signal: missing
            7            | signal: expected a list
            """)
    void a_curve_that_cannot_be_read_as_a_whole_is_not_stored(String curve, String reason) {
        var record = Sample.ECG.record();
        record.set("signal", Sample.json(curve));

        var page = Sample.ECG.normalise(record);

        assertThat(page.rows()).isEmpty();
        assertThat(page.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.reason()).isEqualTo(reason);
            assertThat(reject.record().data()).startsWith("{\"48\":{\"signal\":");
        });
    }

    @Test
    void an_empty_answer_is_a_reject_that_says_of_which_signal() {
        var page = Sample.ECG.normalise(Sample.json("{}"));

        assertThat(page.rejects())
                .extracting(reject -> reject.reason() + " " + reject.record().data())
                .containsExactly("signal: missing {\"48\":{}}");
    }

    @Test
    void zero_is_no_heart_rate() {
        var signal = Sample.ECG
                .normalise(Sample.ECG.record().put("heart_rate", 0))
                .rows()
                .getFirst()
                .into(ECG_SIGNAL);

        assertThat(signal.getHeartRate()).isNull();
    }

    @Test
    void an_ecg_is_asked_for_by_its_number_only() {
        var answer = (ObjectNode) Sample.json("{}");

        assertThatThrownBy(() -> Ecg.ECG.normalise(answer, new Span.Everything(), Bounds.NONE))
                .hasMessageContaining("by its number");
    }
}
