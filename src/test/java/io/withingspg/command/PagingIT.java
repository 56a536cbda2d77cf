package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Call;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists that are read page by page while they change, and readings that break off. */
@ExtendWith(Rig.Provider.class)
final class PagingIT {
    @Test
    void more_without_an_offset_ends_the_reading_and_the_cursor_stays(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").page(2).answer(Fault.moreWithoutOffset());

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(ran.out()).contains("did not say where");
        assertThat(rig.withings().calls("getmeas")).isEqualTo(2);
        assertThat(Cursor.of(rig, ada, "measures").reached()).isFalse();
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group")).isEqualTo(40);

        rig.run("sync", "--resource", "measures");
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        assertThat(Cursor.of(rig, ada, "measures").reached()).isTrue();
    }

    @Test
    void a_repeated_offset_ends_the_reading_and_the_cursor_stays(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getactivity").page(2).answer(Fault.repeatedOffset());

        var ran = rig.run("sync", "--resource", "activity");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.withings().calls("getactivity")).isEqualTo(2);
        assertThat(Cursor.of(rig, ada, "activity").reached()).isFalse();
        assertThat(Cursor.of(rig, ada, "activity").outcome()).isEqualTo("incomplete");
    }

    @Test
    void rows_that_come_between_two_pages_shift_the_list_and_nothing_is_lost(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        rig.withings().on("getmeas").page(1).answer(Fault.then(() -> {
            for (var hour = 1; hour <= 25; hour++) {
                ada.measures(now.minus(hour, ChronoUnit.HOURS), 0, Quantity.of(1, "70." + hour));
            }
        }));
        rig.withings().on("getmeas").page(3).answer(Fault.then(() -> ada.weighs(new BigDecimal("69.9"))));

        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();
        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();

        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        assertThat(rig.count("SELECT sum(inserted) FROM sync.run_resource WHERE resource = 'measures'"))
                .isEqualTo(rig.count("SELECT (SELECT count(*) FROM withings.measure)"
                        + " + (SELECT count(*) FROM withings.measure_group)"));
    }

    @Test
    void a_row_that_is_written_again_while_the_list_is_read_is_there_in_its_last_version(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var edited = ada.measures(Instant.now().minus(1, ChronoUnit.HOURS), 0, Quantity.of(1, "70.5"));
        rig.withings().on("getmeas").page(2).answer(Fault.then(() -> ada.edits(edited, Quantity.of(1, "71.5"))));

        rig.run("sync", "--resource", "measures");
        rig.run("sync", "--resource", "measures");

        assertThat(rig.query("SELECT value FROM withings.measure WHERE group_id = ?", edited))
                .isEqualTo(new BigDecimal("71.5"));
    }

    @Test
    void a_reading_that_broke_off_goes_on_at_its_offset(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getmeas").page(3).answer(Fault.reset());

        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isEqualTo(1);

        var broken = Cursor.of(rig, ada, "measures");
        assertThat(broken.resumeOffset()).isEqualTo(40);
        assertThat(broken.reached()).isFalse();

        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();
        assertThat(rig.withings().calls("getmeas"))
                .as("every page once, and the third twice")
                .isEqualTo(1L + Math.ceilDiv(ada.groups().size(), 20));
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        var whole = Cursor.of(rig, ada, "measures");
        assertThat(whole.resumeOffset()).isNull();
        assertThat(whole.reached()).isTrue();
    }

    @Test
    void what_changed_on_pages_read_before_the_break_is_not_lost_to_the_reading_that_goes_on(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getmeas").page(3).answer(Fault.reset());
        rig.run("sync", "--resource", "measures");
        var meanwhile = ada.weighs(new BigDecimal("70.4"));

        rig.run("sync", "--resource", "measures");
        rig.run("sync", "--resource", "measures");

        assertThat(rig.count("SELECT count(*) FROM withings.measure_group WHERE group_id = ?", meanwhile))
                .isEqualTo(1);
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
    }

    @Test
    void a_reading_that_broke_off_more_than_an_hour_ago_begins_anew(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getworkouts").page(2).answer(Fault.reset());
        rig.run("sync", "--resource", "workouts");
        assertThat(Cursor.of(rig, ada, "workouts").resumeOffset()).isEqualTo(20);
        rig.sql().execute("UPDATE sync.cursor SET resume_started_at = now() - interval '61 minutes'");

        assertThat(rig.run("sync", "--resource", "workouts").exitCode()).isZero();

        assertThat(offsets(rig, "getworkouts")).startsWith("0", "20", "0", "20");
        assertThat(Told.differences(List.of(ada), rig.sql(), "workout")).isEmpty();
    }

    @Test
    void a_full_reading_that_is_asked_for_never_starts_in_the_middle(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getworkouts").page(2).answer(Fault.reset());
        rig.run("sync", "--resource", "workouts");

        rig.run("sync", "--resource", "workouts", "--full");

        assertThat(offsets(rig, "getworkouts")).startsWith("0", "20", "0", "20");
    }

    @Test
    void days_are_counted_once_however_often_their_reading_broke_off(Rig rig) {
        rig.enrol(rig.person(1)).set("API_RETRIES", "0");
        for (var action : List.of("getmeas", "getworkouts")) {
            rig.withings().on(action).page(2).answer(Fault.reset());
        }
        assertThat(rig.run("sync").exitCode()).isEqualTo(1);

        assertThat(rig.run("sync").exitCode()).isZero();

        for (var counted : List.of("measures measure_group", "workouts workout", "sleep sleep_summary")) {
            var names = counted.split(" ", -1);
            assertThat(rig.column("SELECT day || ' ' || row_count FROM sync.coverage"
                            + " WHERE row_count > 0 AND asked_at IS NOT NULL AND resource = '" + names[0]
                            + "' ORDER BY day"))
                    .as(names[0])
                    .isNotEmpty()
                    .isEqualTo(rig.column(
                            "SELECT day || ' ' || count(*) FROM withings." + names[1] + " GROUP BY day ORDER BY day"));
        }
    }

    @Test
    void a_first_reading_that_meets_rows_of_before_changes_those_that_differ(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).run("sync", "--resource", "measures");
        rig.sql()
                .execute(
                        "DELETE FROM withings.measure_group WHERE group_id = (SELECT max(group_id) FROM withings.measure_group)");
        rig.sql()
                .execute("UPDATE withings.measure SET value = value + 1 WHERE (group_id, type) ="
                        + " (SELECT group_id, type FROM withings.measure ORDER BY 1, 2 LIMIT 1)");
        rig.sql().execute("UPDATE sync.cursor SET reached_at = NULL, last_row_at = NULL");

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        assertThat(rig.column("SELECT table_name || ' ' || act FROM sync.row_change"))
                .containsExactly("measure changed");
        assertThat(rig.query("SELECT changed FROM sync.run_resource ORDER BY started_at DESC LIMIT 1"))
                .isEqualTo(1L);
    }

    private static List<String> offsets(Rig rig, String action) {
        return rig.withings().seen().stream()
                .filter(call -> call.action().equals(action))
                .map(Call::arguments)
                .map(arguments -> arguments.getOrDefault("offset", "0"))
                .toList();
    }
}
