package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.ACTIVITY_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class ActivityTest {
    @Test
    void a_day_becomes_a_row() {
        var day = Sample.ACTIVITY
                .normalise(Sample.ACTIVITY.record())
                .rows()
                .getFirst()
                .into(ACTIVITY_DAY);

        assertThat(day.getDay()).isEqualTo(LocalDate.of(2020, 6, 24));
        assertThat(day.getDistanceM()).isEqualByComparingTo("3000.5");
        assertThat(day.getDeviceId()).isEqualTo("d3");
        assertThat(day.getModel()).isEqualTo("Pulse HR");
        assertThat(day.getModelId()).isEqualTo(58);
        assertThat(day.getIsTracker()).isTrue();
    }

    @Test
    void zero_is_not_measured_for_the_heart_and_calories_but_a_count_for_steps() {
        var record = Sample.ACTIVITY.record();
        for (var field : new String[] {"hr_average", "calories", "totalcalories", "steps", "hr_zone_0"}) {
            record.put(field, 0);
        }

        var day = Sample.ACTIVITY.normalise(record).rows().getFirst().into(ACTIVITY_DAY);

        assertThat(day.getHrAverage()).isNull();
        assertThat(day.getActiveKcal()).isNull();
        assertThat(day.getTotalKcal()).isNull();
        assertThat(day.getSteps()).isZero();
        assertThat(day.getHrZone_0S()).isZero();
    }

    @Test
    void a_phone_has_no_device() {
        var record = Sample.ACTIVITY.record().put("hash_deviceid", "").putNull("model");

        var day = Sample.ACTIVITY.normalise(record).rows().getFirst().into(ACTIVITY_DAY);

        assertThat(day.getDeviceId()).isNull();
        assertThat(day.getModel()).isNull();
    }
}
