package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Fault;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens that are refused, lost or near their end: consent is asked for again only where nothing else helps. */
@ExtendWith(Rig.Provider.class)
final class TokenFaultsIT {
    private static final Fault REFUSED = Fault.status(401, "XRequestID: Not provided invalid_token");
    private static final Fault DEAD_REFRESH_TOKEN = Fault.status(503, "Invalid Params: invalid refresh_token");

    @Test
    void an_access_token_refused_once_is_refreshed_once_and_the_call_repeated(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.tokensExpire();

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(refreshes(rig)).isEqualTo(1);
        assertThat(rig.withings().calls("getmeas"))
                .isEqualTo(1 + Math.ceilDiv(ada.groups().size(), 20));
        assertThat(rig.withings().calls("getsummary"))
                .isEqualTo(Math.ceilDiv(ada.nights().size(), 20));
    }

    @Test
    void an_access_token_refused_right_after_its_refresh_needs_a_new_consent(Rig rig) {
        var ada = rig.person(1);
        var ben = rig.person(2);
        rig.enrol(ada, ben);
        rig.withings().on("getmeas").forUser(ada.id()).times(2).answer(REFUSED);

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).doesNotContain("asked for again by the next sync");
        assertThat(refreshes(rig)).isEqualTo(1);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Map.of("measures", "consent_gone"));
        assertThat(callsOf(rig, ada.id())).isEqualTo(2);
        assertThat(Cursor.outcomes(rig, ben)).isEqualTo(Cursor.allDoneBut("measures", "done"));
        assertThat(rig.run("status").out()).contains(ada.id() + "  reconsent: status 401");

        var calls = rig.withings().calls();
        var again = rig.run("sync", "--user", Long.toString(ada.id()));
        assertThat(rig.withings().calls()).as("no call without consent").isEqualTo(calls);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.out()).contains("must consent again");
    }

    @Test
    void a_refused_refresh_token_needs_a_new_consent_and_the_sync_goes_on_where_it_ended(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync");
        var pages = rig.withings().calls("getmeas");
        ada.withdraws();

        assertThat(rig.run("sync").exitCode()).isEqualTo(1);

        assertThat(refreshes(rig)).isEqualTo(1);
        assertThat(status(rig)).isEqualTo("reconsent");
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id"))
                .containsExactly("enrolled", "reconsent_needed");

        rig.enrol(ada);
        var ran = rig.run("sync");
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(status(rig)).isEqualTo("active");
        assertThat(rig.withings().calls("getmeas"))
                .as("one refused, one for the changes")
                .isEqualTo(pages + 2);
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id"))
                .containsExactly("enrolled", "reconsent_needed", "reconsented");
    }

    @Test
    void a_refresh_whose_answer_was_lost_is_made_up_for_without_consent(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.tokensExpire();
        rig.set("API_RETRIES", "0");
        rig.withings().on("requesttoken").answer(Fault.reset());

        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isEqualTo(1);
        assertThat(status(rig)).isEqualTo("active");

        var ran = rig.run("sync");
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(refreshes(rig)).isEqualTo(2);
    }

    @Test
    void the_refresh_token_before_helps_where_the_new_pair_never_worked(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.set("API_RETRIES", "0");
        rig.withings().on("getmeas").answer(REFUSED);
        rig.withings().on("getmeas").answer(Fault.http(500)); // the new access token is not used yet
        rig.run("sync", "--resource", "measures");
        assertThat(rig.count("SELECT count(*) FROM sync.token WHERE previous_refresh_token IS NOT NULL"))
                .isEqualTo(1);
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        rig.withings().on("requesttoken").answer(DEAD_REFRESH_TOKEN);

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(refreshes(rig)).isEqualTo(3);
        assertThat(rig.count("SELECT count(*) FROM sync.token WHERE previous_refresh_token IS NOT NULL"))
                .as("forgotten once the new access token has worked")
                .isZero();
    }

    @Test
    void a_token_near_its_end_is_refreshed_before_the_call(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.sql().execute("UPDATE sync.token SET expires_at = now() + interval '1 minute'");

        assertThat(rig.run("sync", "--resource", "goals").exitCode()).isZero();

        assertThat(refreshes(rig)).isEqualTo(1);
        assertThat(rig.withings().calls("getgoals")).isEqualTo(1);
    }

    @Test
    void status_283_is_a_stale_token_at_first(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").answer(Fault.status(283, "Token is invalid or doesn't exist"));

        assertThat(rig.run("sync").exitCode()).isZero();

        assertThat(refreshes(rig)).isEqualTo(1);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("measures", "done"));
    }

    @Test
    void status_283_twice_is_a_refused_call_and_costs_nobody_the_consent(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").times(2).answer(Fault.status(283, ""));

        assertThat(rig.run("sync").exitCode()).isEqualTo(1);

        assertThat(refreshes(rig)).isEqualTo(1);
        assertThat(rig.withings().calls("getmeas")).isEqualTo(2);
        assertThat(status(rig)).isEqualTo("active");
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("measures", "refused"));
        assertThat(Cursor.of(rig, ada, "measures").dueInMin()).isEqualTo(1440);
    }

    @Test
    void a_wrong_client_secret_costs_nobody_the_consent(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.tokensExpire();
        rig.set("API_RETRIES", "0");
        rig.withings().on("requesttoken").always().answer(Fault.status(503, "Invalid Params: invalid client_secret"));

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains("check WITHINGS_CLIENT_ID, WITHINGS_CLIENT_SECRET");
        assertThat(status(rig)).isEqualTo("active");
        rig.withings().mend();
        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();
    }

    private static long refreshes(Rig rig) {
        return rig.withings().seen().stream()
                .filter(call -> "refresh_token".equals(call.arguments().get("grant_type")))
                .count();
    }

    private static long callsOf(Rig rig, long userId) {
        return rig.withings().seen().stream()
                .filter(call -> !call.action().equals("requesttoken"))
                .filter(call -> Long.valueOf(userId).equals(call.user()))
                .count();
    }

    private static Object status(Rig rig) {
        return rig.query("SELECT status FROM sync.enrolment");
    }
}
