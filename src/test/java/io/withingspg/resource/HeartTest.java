package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.HEART_RECORD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class HeartTest {
    @Test
    void a_recording_and_its_findings_become_a_row() {
        var row =
                Sample.HEART.normalise(Sample.HEART.record()).rows().getFirst().into(HEART_RECORD);

        assertThat(row.getAfib()).isZero();
        assertThat(row.getEcgSignalId()).isEqualTo(48);
        assertThat(row.getSystolic()).isEqualTo(121);
        assertThat(row.getStethoSignalId()).isEqualTo(49);
        assertThat(row.getModelId()).isEqualTo(44);
        assertThat(row.getDay()).isEqualTo(LocalDate.of(2020, 7, 8));
    }

    @Test
    void a_recording_without_device_or_curve_or_cuff_has_an_empty_device() {
        var row = Sample.HEART
                .normalise(Sample.json("{\"timestamp\": 1594247400, \"heart_rate\": 0, \"ecg\": []}"))
                .rows()
                .getFirst()
                .into(HEART_RECORD);

        assertThat(row.getDeviceId()).isEmpty();
        assertThat(row.getHeartRate()).isNull();
        assertThat(row.getAfib()).isNull();
        assertThat(row.getTimezone()).isNull();
        assertThat(row.getExtra()).isNull();
    }

    @Test
    void an_unknown_finding_is_kept() {
        var record = Sample.HEART.record();
        ((ObjectNode) record.path("ecg")).put("qtc", 400);

        var row = Sample.HEART.normalise(record).rows().getFirst().into(HEART_RECORD);

        assertThat(row.getExtra().data()).isEqualTo("{\"ecg\":{\"qtc\":400}}");
    }
}
