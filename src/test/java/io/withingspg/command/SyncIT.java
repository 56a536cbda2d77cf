package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job, end to end. */
@ExtendWith(Rig.Provider.class)
final class SyncIT {
    @Test
    void a_backfill_brings_every_row_of_everybody(Rig rig) {
        rig.enrolAll();

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        for (var person : rig.withings().people()) {
            assertThat(rig.count("SELECT count(*) FROM withings.measure_group WHERE user_id = ?", person.id()))
                    .isEqualTo(person.groups().size());
            assertThat(rig.count("SELECT count(*) FROM withings.sleep_summary WHERE user_id = ?", person.id()))
                    .isEqualTo(person.nights().size());
            assertThat(rig.count("SELECT count(*) FROM withings.workout WHERE user_id = ?", person.id()))
                    .isEqualTo(person.workouts().size());
            assertThat(rig.count("SELECT count(*) FROM withings.heart_record WHERE user_id = ?", person.id()))
                    .isEqualTo(person.heart().size());
            assertThat(rig.count("SELECT count(*) FROM withings.device WHERE user_id = ?", person.id()))
                    .isEqualTo(person.devices().size());
        }
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
    }

    @Test
    void a_second_sync_writes_nothing(Rig rig) {
        rig.enrolAll();
        rig.run("sync");
        var before = rig.dump();

        var ran = rig.run("sync", "--full");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.dump()).isEqualTo(before); // synced_at included
    }

    @Test
    void an_edited_group_a_new_row_and_a_group_with_fewer_measures_come_through(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var at = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        var edited = ada.measures(at, 0, Quantity.of(1, "70.5"), Quantity.of(6, "20.1"), Quantity.of(76, "50.0"));
        rig.run("sync");

        ada.edits(edited, Quantity.of(1, "70.25"));
        var added = ada.weighs(new BigDecimal("70.1"));
        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.column("SELECT type || '=' || value FROM withings.measure WHERE group_id = ?", edited))
                .containsExactly("1=70.25");
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group WHERE group_id = ?", added))
                .isEqualTo(1);
    }

    @Test
    void a_cut_off_answer_is_asked_for_again_and_no_workout_is_lost(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getworkouts").page(2).answer(Fault.cutOff());

        var ran = rig.run("sync", "--resource", "workouts");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.count("SELECT count(*) FROM withings.workout"))
                .isEqualTo(ada.workouts().size());
        var pages = Math.ceilDiv(ada.workouts().size(), 20);
        assertThat(rig.withings().calls("getworkouts")).isEqualTo(pages + 1);
    }
}
