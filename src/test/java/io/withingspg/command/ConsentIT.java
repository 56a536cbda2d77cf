package io.withingspg.command;

import static io.withingspg.command.Rig.get;
import static io.withingspg.command.Rig.location;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.simulator.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way of a consent, over HTTP: out to Withings and back. */
@ExtendWith(Rig.Provider.class)
final class ConsentIT {
    private static final String PASSWORD = "correct horse battery";

    private static Service open(Rig rig) {
        return rig.service(Part.ENROLMENT, Part.CONSOLE);
    }

    private static String state(String link) {
        return link.replaceFirst(".*[?&]state=([^&]*).*", "$1");
    }

    @Test
    void each_enrolment_begins_with_a_state_of_its_own(Rig rig) {
        try (var _ = open(rig)) {
            var first = get(rig.url() + "/authorize");
            var second = get(rig.url() + "/authorize?ref=ada");

            assertThat(first.statusCode()).isEqualTo(302);
            assertThat(location(first))
                    .startsWith(rig.withings().authorizeUrl())
                    .contains("response_type=code", "client_id=test-client", "redirect_uri=", "&state=")
                    .contains("scope=user.info%2Cuser.metrics%2Cuser.activity");
            assertThat(state(location(first))).hasSizeGreaterThan(30).isNotEqualTo(state(location(second)));
            assertThat(first.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(rig.column("SELECT encode(state_hash, 'escape') FROM sync.oauth_state"))
                    .hasSize(2)
                    .doesNotContain(state(location(first)), state(location(second)));
        }
    }

    @Test
    void a_consent_is_stored_once_and_its_link_works_once(Rig rig) {
        try (var _ = open(rig)) {
            var back = rig.allowed(1, "?ref=ada");

            var answer = rig.browse(back);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("Enrolled", "ada", Long.toString(rig.person(1).id()));
            assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(rig.column("SELECT ref || ' ' || status FROM sync.enrolment"))
                    .containsExactly("ada active");

            assertThat(rig.browse(back).statusCode()).as("reused").isEqualTo(403);
            assertThat(rig.count("SELECT count(*) FROM sync.event")).isEqualTo(1);
        }
    }

    @Test
    void a_state_that_is_unknown_missing_doubled_or_too_old_is_refused_and_costs_no_call(Rig rig) {
        try (var _ = open(rig)) {
            assertThat(get(rig.url() + "/callback?code=c&state=made-up").statusCode())
                    .isEqualTo(403);
            assertThat(get(rig.url() + "/callback?code=c").statusCode()).isEqualTo(403);
            assertThat(get(rig.url() + "/callback").statusCode()).isEqualTo(403);

            var back = rig.allowed(1, "");
            assertThat(rig.browse(back + "&state=" + state(back)).statusCode())
                    .as("doubled")
                    .isEqualTo(403);

            rig.sql().execute("UPDATE sync.oauth_state SET expires_at = now() - interval '1 second'");
            var answer = rig.browse(back);
            assertThat(answer.statusCode()).as("expired").isEqualTo(403);
            assertThat(answer.body()).contains("no longer valid");
            assertThat(rig.withings().calls("requesttoken")).isZero();
            assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isZero();
        }
    }

    @Test
    void a_refused_consent_stores_nothing_and_is_explained(Rig rig) {
        try (var _ = open(rig)) {
            var state = state(location(rig.browse(rig.url() + "/authorize")));

            var answer = rig.browse(rig.url() + "/callback?error=access_denied&state=" + state);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("Not enrolled", "refused");
            assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isZero();
        }
    }

    @Test
    void what_Withings_refuses_or_breaks_is_told_and_stores_nothing(Rig rig) {
        try (var _ = open(rig)) {
            for (var fault :
                    List.of(Fault.http(503), Fault.cutOff(), Fault.status(503, "Invalid Params: invalid code"))) {
                rig.withings().on("requesttoken").answer(fault);
                var answer = rig.browse(rig.allowed(1, ""));
                assertThat(answer.statusCode()).as(fault.toString()).isEqualTo(502);
                assertThat(answer.body()).contains("Nothing was stored", "consent once more");
            }
            rig.withings().on("requesttoken").always().answer(Fault.reset());
            assertThat(rig.browse(rig.allowed(1, "")).statusCode()).isEqualTo(502);
            assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isZero();
        }
    }

    @Test
    void an_account_that_stands_under_another_reference_stays_there_and_goes_on_with_the_new_tokens(Rig rig) {
        try (var _ = open(rig)) {
            assertThat(rig.browse(rig.allowed(1, "?ref=ada")).statusCode()).isEqualTo(200);
            var before = rig.column("SELECT encode(refresh_token, 'hex') FROM sync.token");

            assertThat(rig.browse(rig.allowed(1, "?ref=grace")).statusCode())
                    .as("the same account as somebody else")
                    .isEqualTo(409);
            var other = rig.browse(rig.allowed(2, "?ref=ada"));
            assertThat(other.statusCode()).as("another account as the same").isEqualTo(409);
            assertThat(other.body())
                    .as("tells a stranger of nobody")
                    .doesNotContain(Long.toString(rig.person(1).id()));

            assertThat(rig.column("SELECT encode(refresh_token, 'hex') FROM sync.token"))
                    .as("a consent condemns the pair before it, whoever it was meant for")
                    .hasSize(1)
                    .isNotEqualTo(before);
            assertThat(rig.column("SELECT ref FROM sync.enrolment")).containsExactly("ada");
            assertThat(rig.browse(rig.allowed(1, "?ref=ada")).body()).contains("Welcome back");
        }
    }

    @Test
    void where_enrolment_is_closed_only_the_owner_begins_one(Rig rig) {
        rig.set("OPEN_ENROLMENT", "false").set("CONSOLE_PASSWORD", PASSWORD);
        try (var _ = open(rig)) {
            assertThat(get(rig.url() + "/authorize").statusCode()).isEqualTo(403);
            assertThat(get(rig.url() + "/authorize", "Authorization", ConsoleIT.basic("withings", PASSWORD))
                            .statusCode())
                    .isEqualTo(302);
        }
    }
}
