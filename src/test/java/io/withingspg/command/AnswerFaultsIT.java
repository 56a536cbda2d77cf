package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.withingspg.simulator.Fault;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are no answers. What did not work is asked for again, and costs nobody else anything. */
@ExtendWith(Rig.Provider.class)
final class AnswerFaultsIT {
    static Stream<Arguments> outages() {
        return Stream.of(
                argumentSet("status 522, a time-out", Fault.status(522, "Timeout")),
                argumentSet("status 524, bad state", Fault.status(524, "Bad state")),
                argumentSet("status 2556, an error", Fault.status(2556, "An error occurred")),
                argumentSet("a status nobody knows", Fault.status(987_654, "")),
                argumentSet("a text PostgreSQL cannot hold", Fault.status(2556, "bad\u0000thing \ud800")),
                argumentSet("HTTP 500 with a page", Fault.http(500)),
                argumentSet("HTTP 503 with a page", Fault.http(503)),
                argumentSet("HTTP 404 with a page", Fault.http(404)),
                argumentSet("a redirect", Fault.http(302)),
                argumentSet("HTTP 200 with a page", Fault.raw("<!DOCTYPE html><html></html>")),
                argumentSet("nothing at all", Fault.empty()),
                argumentSet("half an answer", Fault.cutOff()),
                argumentSet("JSON without a status", Fault.raw("{\"body\":{\"series\":[]}}")),
                argumentSet("JSON of another form", Fault.raw("[0]")),
                argumentSet("a reset connection", Fault.reset()));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void an_outage_is_repeated_then_given_up_and_the_next_sync_makes_up_for_it(Fault outage, Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "2").set("API_RETRY_DELAY", "1ms");
        rig.withings().on("getworkouts").always().answer(outage);

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isEqualTo(1);
        assertThat(ran.out()).contains("workouts").contains("cursors did not move");
        assertThat(rig.withings().calls("getworkouts")).isEqualTo(3);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("workouts", "gave_up"));
        var cursor = Cursor.of(rig, ada, "workouts");
        assertThat(cursor.reached()).isFalse();
        assertThat(cursor.error()).isNotBlank();
        assertThat(cursor.dueInMin()).isEqualTo(5);
        assertThat(rig.count("SELECT calls FROM sync.run_resource WHERE resource = 'workouts'"))
                .isEqualTo(3);

        rig.withings().mend();
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
        assertThat(Cursor.of(rig, ada, "workouts").failures()).isZero();
    }

    @Test
    void repeats_are_counted_anew_for_each_page(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "2").set("API_RETRY_DELAY", "1ms");
        var pages = Math.ceilDiv(ada.groups().size(), 20);
        for (var page = 1; page <= pages; page++) {
            rig.withings().on("getmeas").page(page).times(2).answer(Fault.http(500));
        }

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.withings().calls("getmeas")).isEqualTo(3L * pages).isGreaterThan(3);
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure")).isEmpty();
    }

    @Test
    void an_answer_that_takes_too_long_is_given_up_on(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "1").set("HTTP_ANSWER_TIMEOUT", "1s");
        rig.withings().on("getgoals").times(2).answer(Fault.delay(Duration.ofSeconds(8)));

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isEqualTo(1);
        assertThat(ran.out()).contains("broke off or took too long");
        assertThat(rig.withings().calls("getgoals")).isEqualTo(2);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("goals", "gave_up"));
    }

    @Test
    void each_failure_in_a_row_doubles_the_wait_for_the_next_try(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getgoals").always().answer(Fault.http(500));

        for (var wait : List.of(5L, 10L, 20L)) {
            rig.run("sync", "--resource", "goals");
            assertThat(Cursor.of(rig, ada, "goals").dueInMin()).isEqualTo(wait);
        }
        assertThat(Cursor.of(rig, ada, "goals").failures()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {214, 277, 2553, 2555})
    void what_is_not_permitted_is_left_for_a_day_and_the_others_go_on(int status, Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getworkouts").always().answer(Fault.status(status, "Unauthorized"));

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as("nothing failed").isZero();
        assertThat(ran.out()).contains("note: " + ada.id() + ", workouts: status " + status);
        assertThat(rig.withings().calls("getworkouts")).isEqualTo(1);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("workouts", "not_permitted"));
        assertThat(Cursor.of(rig, ada, "workouts").dueInMin()).isEqualTo(1440);
        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 293, 400, 503, 3017, 2554})
    void a_call_that_withings_calls_wrong_is_recorded_and_not_hammered(int status, Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getactivity").always().answer(Fault.status(status, "Invalid Params: data_fields"));

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(rig.withings().seen().stream().filter(call -> call.action().equals("getactivity")))
                .as("once, and once for the fields that every plan has")
                .extracting(call -> call.arguments().containsKey("data_fields"))
                .containsExactly(true, false);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("activity", "refused"));
        var cursor = Cursor.of(rig, ada, "activity");
        assertThat(cursor.error()).isEqualTo("status " + status + " (Invalid Params: data_fields)");
        assertThat(cursor.dueInMin()).isEqualTo(1440);
        assertThat(cursor.reached()).isFalse();
    }

    @Test
    void error_texts_are_shown_without_what_looks_like_a_token(Rig rig) {
        rig.enrol(rig.person(1));
        var secret = "0123456789abcdef0123456789abcdef";
        rig.withings().on("getgoals").always().answer(Fault.status(293, "no such thing: " + secret));

        var ran = rig.run("sync", "--resource", "goals");

        assertThat(ran.out() + ran.err() + rig.run("status", "--json").out())
                .contains("no such thing")
                .doesNotContain(secret);
    }
}
