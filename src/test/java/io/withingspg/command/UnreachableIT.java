package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Fault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Withings goes away, before a sync or in the middle of one, and comes back. */
@ExtendWith(Rig.Provider.class)
final class UnreachableIT {
    @Test
    void withings_gone_in_the_middle_of_a_sync_moves_no_cursor_and_the_next_sync_completes(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        try (var line = line(rig)) {
            rig.withings().on("getactivity").page(2).answer(Fault.then(line::cut));

            var ran = rig.run("sync");

            assertThat(ran.exitCode()).as("measures and sleep are done").isEqualTo(1);
            assertThat(ran.out())
                    .contains("failed: " + ada.id() + ", activity: Withings cannot be reached")
                    .contains("cursors did not move");
            assertThat(ran.out().lines().filter(text -> text.startsWith("failed:")))
                    .as("nothing is tried after that")
                    .hasSize(1);
            assertThat(Cursor.outcomes(rig, ada))
                    .isEqualTo(Map.of("measures", "done", "sleep", "done", "activity", "unreachable"));
            assertThat(Cursor.of(rig, ada, "activity").reached()).isFalse();
            assertThat(rig.query("SELECT outcome FROM sync.run")).isEqualTo("failed");

            line.mend();
            var next = rig.run("sync");
            assertThat(next.exitCode()).as(next.err() + next.out()).isZero();
            assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
        }
    }

    @Test
    void withings_gone_from_the_start_ends_with_4_and_every_person_is_left_as_they_were(Rig rig) {
        rig.enrolAll();
        try (var line = line(rig)) {
            line.cut();

            var ran = rig.run("sync");

            assertThat(ran.exitCode()).isEqualTo(4);
            assertThat(ran.out()).contains("Withings cannot be reached");
            assertThat(rig.count("SELECT count(*) FROM sync.enrolment WHERE status = 'active'"))
                    .isEqualTo(3);
            assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE reached_at IS NOT NULL"))
                    .isZero();
            assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();

            line.mend();
            assertThat(rig.run("sync").exitCode()).isZero();
            assertThat(Told.differences(rig.withings().people(), rig.sql())).isEmpty();
        }
    }

    @Test
    void withings_gone_while_a_token_is_refreshed_costs_nobody_the_consent(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.tokensExpire();
        try (var line = line(rig)) {
            rig.withings().on("requesttoken").answer(Fault.then(line::cut));

            assertThat(rig.run("sync").exitCode()).isEqualTo(4);
            assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");

            line.mend();
            var next = rig.run("sync");
            assertThat(next.exitCode()).as(next.err() + next.out()).isZero();
        }
    }

    private static Line line(Rig rig) {
        var line = new Line(rig.withings().url());
        rig.set("WITHINGS_API_URL", line.url()).set("API_RETRIES", "2").set("API_RETRY_DELAY", "1ms");
        return line;
    }
}
