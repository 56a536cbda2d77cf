package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import io.withingspg.store.Departure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever leaves at Withings itself has left here as well, as if the owner had removed them. */
@ExtendWith(Rig.Provider.class)
final class DepartureIT {
    private static final Fault UNKNOWN = Fault.status(247, "The userid provided is absent, or incorrect");

    private static List<String> acts(Rig rig, Person person) {
        return rig.column(
                "SELECT act || ' by ' || command FROM sync.event WHERE user_id = ? ORDER BY event_id", person.id());
    }

    private static void requireLeft(Rig rig, Person ada, String reason) {
        assertThat(rig.query("SELECT status || ': ' || status_reason FROM sync.enrolment WHERE user_id = ?", ada.id()))
                .isEqualTo("unlinked: " + reason);
        assertThat(rig.count("SELECT count(*) FROM sync.token WHERE user_id = ?", ada.id()))
                .isZero();
        var calls = rig.withings().calls();
        rig.run("sync", "--user", Long.toString(ada.id()));
        assertThat(rig.withings().calls()).as("no further call").isEqualTo(calls);
        assertThat(rig.run("status").out()).contains(ada.id() + "  unlinked: " + reason);
    }

    @Test
    void an_account_that_withings_does_not_know_any_more_is_unlinked_and_its_data_stays(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada, rig.person(2));
        rig.run("sync");
        var rows = rig.dump();
        rig.sql().execute("UPDATE sync.token SET expires_at = now() WHERE user_id = ?", ada.id());
        rig.withings().on("requesttoken").forUser(ada.id()).answer(UNKNOWN);

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(ran.out()).contains("Withings does not know this person any more");
        requireLeft(rig, ada, "unlinked at Withings");
        assertThat(acts(rig, ada)).containsExactly("enrolled by enrol", "left by sync");
        assertThat(rig.dump()).isEqualTo(rows);
        assertThat(acts(rig, rig.person(2))).containsExactly("enrolled by enrol");

        rig.enrol(ada);
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(Told.differences(List.of(ada, rig.person(2)), rig.sql())).isEmpty();
    }

    @Test
    void a_data_call_that_says_so_is_asked_about_by_a_refresh(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").answer(UNKNOWN);
        rig.withings().on("requesttoken").answer(UNKNOWN);

        assertThat(rig.run("sync").exitCode()).isEqualTo(ExitCode.SOME_FAILED);

        requireLeft(rig, ada, "unlinked at Withings");
    }

    @Test
    void a_data_call_that_says_so_of_somebody_whose_tokens_are_refreshed_costs_nobody_the_consent(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").always().answer(UNKNOWN);

        assertThat(rig.run("sync").exitCode()).isEqualTo(ExitCode.SOME_FAILED);

        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("measures", "refused"));
        assertThat(rig.withings().calls("requesttoken")).isEqualTo(2);
    }

    @Test
    void a_refresh_token_that_is_merely_dead_asks_for_a_new_consent(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").answer(UNKNOWN);
        ada.withdraws();

        rig.run("sync");

        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("reconsent");
        assertThat(acts(rig, ada)).containsExactly("enrolled by enrol", "reconsent_needed by sync");
    }

    @Test
    void whoever_is_told_of_a_departure_otherwise_has_a_way_in(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        try (var service = rig.service()) {
            assertThat(service.tokens().left(ada.id(), Departure.DELETED, "notify"))
                    .isTrue();
            assertThat(service.tokens().left(ada.id(), Departure.DELETED, "notify"))
                    .as("told twice")
                    .isFalse();
        }
        requireLeft(rig, ada, "account deleted at Withings");
        assertThat(acts(rig, ada)).containsExactly("enrolled by enrol", "left by notify");
    }
}
