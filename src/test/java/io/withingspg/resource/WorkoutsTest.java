package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.WORKOUT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class WorkoutsTest {
    @Test
    void a_workout_and_its_data_become_one_row() {
        var workout = Sample.WORKOUTS
                .normalise(Sample.WORKOUTS.record())
                .rows()
                .getFirst()
                .into(WORKOUT);

        assertThat(workout.getWorkoutId()).isEqualTo(77);
        assertThat(workout.getModel()).isEqualTo("59");
        assertThat(workout.getModelId()).isEqualTo(59);
        assertThat(workout.getPoolLaps()).isEqualTo(40);
        assertThat(workout.getSpo2AveragePct()).isEqualByComparingTo("97");
        assertThat(workout.getManualKcal()).isNull();
        assertThat(workout.getIntensity()).isEqualTo(50);
    }

    @Test
    void an_unknown_field_inside_data_stays_inside_data() {
        var record = Sample.WORKOUTS.record().put("mood", "good");
        ((ObjectNode) record.path("data")).put("jumps", 3);

        var workout = Sample.WORKOUTS.normalise(record).rows().getFirst().into(WORKOUT);

        assertThat(Sample.json(workout.getExtra().data()))
                .isEqualTo(Sample.json("{\"mood\": \"good\", \"data\": {\"jumps\": 3}}"));
    }

    @Test
    void a_workout_without_data_is_a_workout() {
        var record = Sample.WORKOUTS.record();
        record.putArray("data"); // how PHP writes an empty object

        var page = Sample.WORKOUTS.normalise(record);

        assertThat(page.rejects()).isEmpty();
        assertThat(page.rows()).hasSize(1);
    }

    @Test
    void a_reason_names_the_field_inside_data_and_what_it_should_be() {
        var record = Sample.WORKOUTS.record();
        ((ObjectNode) record.path("data")).put("steps", "many");

        assertThat(Sample.WORKOUTS.normalise(record).rejects())
                .extracting(Rejected::reason)
                .containsExactly("data.steps: expected a number");
    }

    @Test
    void a_negative_duration_is_rejected_alone_and_says_of_which_workout() {
        var record = Sample.WORKOUTS.record().put("enddate", 1594245599);
        ((ObjectNode) record.path("data")).put("pause_duration", -1);

        var page = Sample.WORKOUTS.normalise(record);

        var workout = page.rows().getFirst().into(WORKOUT);
        assertThat(workout.getEndedAt()).isNull();
        assertThat(workout.getPauseS()).isNull();
        assertThat(workout.getPoolLaps()).isEqualTo(40);
        assertThat(page.rejects())
                .extracting(Rejected::reason)
                .containsExactly("enddate: before the beginning", "data.pause_duration: less than no time");
        assertThat(page.rejects().getLast().record().data()).contains("\"id\":77", "\"part\":{\"pause_duration\":-1}");
    }
}
