package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Quantity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is deleted at Withings just stops being returned; only reading its days again shows it. */
@ExtendWith(Rig.Provider.class)
final class ReconcileIT {
    private static final String DELETED = "SELECT count(*) FROM withings.measure_group WHERE deleted_at IS NOT NULL";

    @Test
    void a_reading_that_is_gone_is_marked_and_loses_the_mark_when_it_returns(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = ada.measures(Instant.now().minus(3, ChronoUnit.DAYS), 0, Quantity.of(1, "70.5"));
        rig.run("sync", "--resource", "measures");
        var group = ada.groups().stream()
                .filter(one -> one.path("grpid").asLong() == id)
                .findFirst()
                .orElseThrow();
        ada.deletes(id);

        rig.run("sync", "--resource", "measures");
        assertThat(rig.count(DELETED)).as("changes do not tell of it").isZero();

        var ran = rig.run("sync", "--resource", "measures", "--reconcile");
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.count(DELETED + " AND group_id = ?", id)).isEqualTo(1);
        assertThat(rig.count(DELETED)).isEqualTo(1);
        assertThat(rig.count("SELECT count(*) FROM analytics.measure WHERE value = 70.5"))
                .as("views do not show it")
                .isEqualTo(rig.count("SELECT count(*) FROM withings.measure WHERE value = 70.5 AND group_id <> ?", id));
        assertThat(rig.count(
                        "SELECT count(*) FROM sync.row_change WHERE table_name = 'measure_group' AND act = 'deleted'"))
                .isEqualTo(1);

        ada.adds("getmeas", group);
        rig.run("sync", "--resource", "measures", "--reconcile");
        assertThat(rig.count(DELETED)).isZero();
    }

    @Test
    void nights_workouts_and_heart_records_are_marked_as_well(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var night = ada.sleeps(Instant.now().minus(60, ChronoUnit.HOURS), java.time.Duration.ofHours(8));
        var workout = ada.worksOut(2, Instant.now().minus(50, ChronoUnit.HOURS), java.time.Duration.ofMinutes(40), 300);
        rig.run("sync");
        ada.deletesNight(night);
        ada.deletesWorkout(workout);

        rig.run("sync", "--reconcile", "--accept-deletions");

        assertThat(rig.column("SELECT sleep_id FROM withings.sleep_summary WHERE deleted_at IS NOT NULL"))
                .containsExactly(Long.toString(night));
        assertThat(rig.column("SELECT workout_id FROM withings.workout WHERE deleted_at IS NOT NULL"))
                .containsExactly(Long.toString(workout));
        assertThat(rig.count("SELECT count(*) FROM withings.heart_record WHERE deleted_at IS NOT NULL"))
                .isZero();
    }

    @Test
    void where_suspiciously_much_is_gone_it_is_kept_and_said_until_somebody_accepts_it(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "measures");
        var all = rig.count("SELECT count(*) FROM withings.measure_group");
        lose(ada, all / 2);

        var ran = rig.run("sync", "--resource", "measures", "--reconcile");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out() + ran.err())
                .contains("kept", "--user " + ada.id() + " --resource measures --reconcile --accept-deletions");
        assertThat(rig.count(DELETED)).isZero();

        assertThat(rig.run("sync", "--resource", "measures", "--reconcile", "--accept-deletions")
                        .exitCode())
                .isZero();
        assertThat(rig.count(DELETED)).isEqualTo(all / 2);
    }

    @Test
    void a_record_that_cannot_be_read_may_be_the_missing_one(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = ada.measures(Instant.now().minus(3, ChronoUnit.DAYS), 0, Quantity.of(1, "70.5"));
        rig.run("sync", "--resource", "measures");
        ada.changes("getmeas", id, group -> group.put("date", "yesterday"));

        var ran = rig.run("sync", "--resource", "measures", "--reconcile");

        assertThat(ran.out() + ran.err()).contains("cannot be read");
        assertThat(rig.count(DELETED)).isZero();
    }

    @Test
    void a_row_that_moves_past_the_reader_between_two_pages_is_not_gone(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var newest = ada.measures(Instant.now().minus(1, ChronoUnit.HOURS), 0, Quantity.of(1, "70.5"));
        rig.run("sync", "--resource", "measures");
        var before = rig.withings().calls("getmeas");
        // The first of the list goes while it is read, so the first of the second page becomes the last of the first.
        rig.withings().on("getmeas").page(1).answer(Fault.then(() -> ada.deletes(newest)));

        var ran = rig.run("sync", "--resource", "measures", "--reconcile");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.count(DELETED)).as("what was passed over is still there").isZero();
        assertThat(rig.withings().calls("getmeas") - before).isGreaterThan(2);

        rig.run("sync", "--resource", "measures", "--reconcile");
        assertThat(rig.column("SELECT group_id FROM withings.measure_group WHERE deleted_at IS NOT NULL"))
                .containsExactly(Long.toString(newest));
    }

    @Test
    void a_reading_that_is_restored_as_it_was_before_its_edit_comes_back(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = ada.measures(Instant.now().minus(3, ChronoUnit.DAYS), 0, Quantity.of(1, "70.5"));
        var original = ada.groups().stream()
                .filter(one -> one.path("grpid").asLong() == id)
                .findFirst()
                .orElseThrow();
        rig.run("sync", "--resource", "measures");
        ada.changes("getmeas", id, group -> group.put("modified", Instant.now().getEpochSecond() + 60));
        rig.run("sync", "--resource", "measures", "--reconcile");
        ada.deletes(id);
        rig.run("sync", "--resource", "measures", "--reconcile");
        assertThat(rig.count(DELETED)).isEqualTo(1);

        ada.adds("getmeas", original);
        rig.run("sync", "--resource", "measures", "--reconcile");

        assertThat(rig.count(DELETED)).isZero();
    }

    @Test
    void days_that_the_owner_does_not_want_any_more_are_not_taken_for_deleted(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "measures");
        var today = LocalDate.now(ZoneOffset.UTC);
        rig.run(
                "users",
                "set",
                Long.toString(ada.id()),
                "--from",
                today.minusDays(20).toString());

        rig.run(
                "sync",
                "--resource",
                "measures",
                "--reconcile",
                "--from",
                today.minusDays(29).toString());
        rig.run("sync", "--resource", "measures", "--reconcile");

        assertThat(rig.count(DELETED)).isZero();
    }

    @Test
    void one_day_can_be_reconciled_by_itself(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var at = Instant.now().minus(3, ChronoUnit.DAYS);
        for (var minute = 0; minute < 8; minute++) {
            ada.measures(at.plus(minute, ChronoUnit.MINUTES), 0, Quantity.of(1, "70." + minute));
        }
        var id = ada.measures(at, 0, Quantity.of(1, "71.5"));
        rig.run("sync", "--resource", "measures");
        ada.deletes(id);
        var day = String.valueOf(rig.query("SELECT day FROM withings.measure_group WHERE group_id = ?", id));

        rig.run("sync", "--resource", "measures", "--reconcile", "--from", day, "--to", day);

        assertThat(rig.count(DELETED)).isEqualTo(1);
    }

    @Test
    void that_rows_were_kept_is_said_until_they_are_compared_again(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "measures");
        lose(ada, rig.count("SELECT count(*) FROM withings.measure_group") / 2);
        rig.run("sync", "--resource", "measures", "--reconcile");

        rig.run("sync", "--resource", "measures");
        assertThat(rig.run("status").out()).contains("--accept-deletions");
        rig.run("sync", "--resource", "measures", "--full");
        assertThat(rig.run("status").out()).contains("--accept-deletions");

        rig.run("sync", "--resource", "measures", "--reconcile", "--accept-deletions");
        assertThat(rig.run("status").out()).doesNotContain("--accept-deletions");
    }

    @Test
    void once_a_week_it_happens_by_itself(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = ada.measures(Instant.now().minus(3, ChronoUnit.DAYS), 0, Quantity.of(1, "70.5"));
        rig.run("sync", "--resource", "measures");
        ada.deletes(id);
        var calls = rig.withings().calls("getmeas");
        rig.run("sync", "--resource", "measures");
        assertThat(rig.withings().calls("getmeas") - calls).isEqualTo(1);

        rig.sql().execute("UPDATE sync.cursor SET reconciled_at = reconciled_at - interval '8 days'");
        rig.run("sync", "--resource", "measures");

        assertThat(rig.count(DELETED)).isEqualTo(1);
    }

    @Test
    void reading_everything_again_deletes_nothing_and_does_not_put_off_the_comparison(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "measures");
        lose(ada, 3);
        var compared = rig.query("SELECT reconciled_at FROM sync.cursor WHERE resource = 'measures'");

        rig.run("sync", "--resource", "measures", "--full");

        assertThat(rig.count(DELETED)).isZero();
        assertThat(rig.query("SELECT reconciled_at FROM sync.cursor WHERE resource = 'measures'"))
                .isEqualTo(compared);
    }

    @Test
    void what_cannot_go_together_is_refused(Rig rig) {
        assertThat(rig.run("sync", "--full", "--reconcile").exitCode()).isEqualTo(2);
        assertThat(rig.run("sync", "--accept-deletions").exitCode()).isEqualTo(2);
    }

    private static void lose(Person person, long count) {
        person.groups().stream()
                .limit(count)
                .toList()
                .forEach(group -> person.deletes(group.path("grpid").asLong()));
    }
}
