package io.withingspg.command;

import static io.withingspg.command.Rig.location;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.simulator.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A link for one person: made, opened, used up, run out, taken back, and fought over. */
@ExtendWith(Rig.Provider.class)
final class InvitationIT {
    /** Nobody comes in without one. */
    private static Service closed(Rig rig) {
        rig.set("OPEN_ENROLMENT", "false").set("CONSOLE_PASSWORD", "correct horse battery");
        return rig.service(Part.ENROLMENT);
    }

    private static String invited(Rig rig, String ref) {
        var ran = rig.run("invite", "--ref", ref);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).matches("http://127\\.0\\.0\\.1:\\d+/authorize\\?invite=[A-Za-z0-9_-]{43}\\R");
        return "?invite=" + Rig.parameter(ran.out().strip(), "invite");
    }

    private static List<String> states(Rig rig) {
        return Pattern.compile("\"state\" : \"([a-z]+)\"")
                .matcher(rig.run("invite", "list", "--json").out())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void a_link_enrols_one_person_under_its_reference_and_then_no_other(Rig rig) {
        var link = invited(rig, "P-001");
        try (var _ = closed(rig);
                var friend = new Browser()) {
            assertThat(friend.get(rig.url() + "/authorize").statusCode()).isEqualTo(403);
            for (var opened = 0; opened < 5; opened++) {
                assertThat(friend.get(rig.url() + "/authorize" + link).statusCode())
                        .as("messengers open links, too")
                        .isEqualTo(302);
            }
            var late = rig.allowed(friend, rig.person(2), link);

            var page = rig.browse(rig.allowed(1, link + "&ref=another"));
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("P-001").doesNotContain("another");

            var used = friend.get(late);
            assertThat(used.statusCode()).isEqualTo(403);
            assertThat(used.body()).contains("This invitation was used", "ask the owner");
            assertThat(friend.get(rig.url() + "/authorize" + link).statusCode()).isEqualTo(403);
            assertThat(rig.withings().calls("requesttoken")).isEqualTo(1);
        }
        assertThat(rig.column("SELECT used_by || ' ' || (used_at IS NOT NULL) FROM sync.invitation"))
                .containsExactly(rig.person(1).id() + " true");
        assertThat(rig.column("SELECT ref FROM sync.enrolment")).containsExactly("P-001");
    }

    @Test
    void declining_or_a_failure_does_not_burn_a_link(Rig rig) {
        var link = invited(rig, "P-001");
        try (var _ = closed(rig)) {
            var state = Rig.parameter(location(rig.browse(rig.url() + "/authorize" + link)), "state");
            assertThat(rig.browse(rig.url() + "/callback?error=access_denied&state=" + state)
                            .statusCode())
                    .isEqualTo(200);
            for (var fault : List.of(Fault.http(503), Fault.status(503, "Invalid Params: invalid code"))) {
                rig.withings().on("requesttoken").answer(fault);
                assertThat(rig.browse(rig.allowed(1, link)).statusCode()).isEqualTo(502);
            }
            rig.enrol(rig.person(2));
            rig.run("users", "set", Long.toString(rig.person(2).id()), "--ref", "P-002");
            assertThat(rig.browse(rig.allowed(2, link)).statusCode())
                    .as("somebody else's account")
                    .isEqualTo(409);
            assertThat(states(rig)).containsExactly("open");

            assertThat(rig.browse(rig.allowed(1, link)).statusCode()).isEqualTo(200);
            assertThat(states(rig)).containsExactly("used");
        }
    }

    @Test
    void of_two_who_use_a_link_at_the_same_moment_one_is_enrolled_and_the_others_code_is_not_spent(Rig rig)
            throws Exception {
        var link = invited(rig, "P-001");
        try (var _ = closed(rig);
                var one = new Browser();
                var other = new Browser();
                var both = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = rig.allowed(one, rig.person(1), link);
            var second = rig.allowed(other, rig.person(2), link);
            rig.withings().on("requesttoken").answer(Fault.delay(Duration.ofSeconds(1)));

            var answers = List.of(both.submit(() -> one.get(first)), both.submit(() -> other.get(second)));
            assertThat(List.of(
                            answers.getFirst().get().statusCode(),
                            answers.getLast().get().statusCode()))
                    .containsExactlyInAnyOrder(200, 409);
            assertThat(List.of(
                                    answers.getFirst().get().body(),
                                    answers.getLast().get().body())
                            .stream()
                            .filter(body -> body.contains("This link is being used right now")))
                    .hasSize(1);
        }
        assertThat(rig.withings().calls("requesttoken")).isEqualTo(1);
        assertThat(rig.count("SELECT count(*) FROM sync.enrolment WHERE ref = 'P-001'"))
                .isEqualTo(1);
        assertThat(rig.count("SELECT count(*) FROM sync.enrolment e JOIN sync.invitation ON used_by = user_id"))
                .isEqualTo(1);
    }

    @Test
    void a_link_that_is_unknown_run_out_or_taken_back_is_refused_also_halfway_and_costs_no_call(Rig rig) {
        var ways = Map.of(
                "This invitation has run out",
                "UPDATE sync.invitation SET expires_at = now() - interval '1 second' WHERE used_at IS NULL",
                "This invitation was taken back",
                "UPDATE sync.invitation SET revoked_at = now() WHERE used_at IS NULL");
        try (var _ = closed(rig)) {
            ways.forEach((told, statement) -> {
                var link = invited(rig, "P-001");
                var halfway = rig.allowed(1, link);
                rig.sql().execute(statement);
                for (var refused : List.of(rig.browse(rig.url() + "/authorize" + link), rig.browse(halfway))) {
                    assertThat(refused.statusCode()).as(told).isEqualTo(403);
                    assertThat(refused.body()).contains(told, "ask the owner");
                }
            });
            for (var wrong : List.of(
                    "?invite=" + "A".repeat(43), "?invite=", "?invite=x&invite=y", "?invite=%00", "?invite=a%20b")) {
                var refused = rig.browse(rig.url() + "/authorize" + wrong);
                assertThat(refused.statusCode()).as(wrong).isEqualTo(403);
                assertThat(refused.body()).contains("ask the owner");
            }
            assertThat(rig.withings().calls("requesttoken")).isZero();
            assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isZero();
        }
    }

    @Test
    void a_link_taken_back_while_its_consent_is_exchanged_links_nobody(Rig rig) {
        var link = invited(rig, "P-001");
        try (var _ = closed(rig)) {
            rig.withings().on("requesttoken").answer(Fault.then(() -> rig.run("invite", "revoke", "1")));

            var refused = rig.browse(rig.allowed(1, link));

            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("This invitation was taken back");
        }
        assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isZero();
        assertThat(rig.withings().calls("revoke"))
                .as("nothing dangles at Withings")
                .isEqualTo(1);
    }

    @Test
    void who_dies_while_holding_a_link_gives_way_and_so_does_a_clock_that_was_set_back(Rig rig) {
        var link = invited(rig, "P-001");
        try (var _ = closed(rig)) {
            rig.sql().execute("UPDATE sync.invitation SET claimed_until = now() + interval '1 minute'");
            assertThat(rig.browse(rig.allowed(1, link)).statusCode()).isEqualTo(409);

            rig.sql().execute("UPDATE sync.invitation SET claimed_until = now() + interval '1 hour'");
            rig.withings().on("requesttoken").answer(Fault.http(503));
            assertThat(rig.browse(rig.allowed(1, link)).statusCode()).isEqualTo(502);

            rig.sql().execute("UPDATE sync.invitation SET claimed_until = now() - interval '1 second'");
            assertThat(rig.browse(rig.allowed(1, link)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void one_link_opened_again_and_again_leaves_room_for_the_others(Rig rig) {
        var opened = invited(rig, "P-001");
        var other = invited(rig, "P-002");
        try (var _ = closed(rig)) {
            rig.sql()
                    .execute("INSERT INTO sync.oauth_state (state_hash, browser_hash, invitation_id, expires_at)"
                            + " SELECT sha256(n::text::bytea), sha256('b'), 1, now() + interval '1 minute'"
                            + " FROM generate_series(1, 100) n");
            assertThat(rig.browse(rig.url() + "/authorize" + opened).statusCode())
                    .isEqualTo(503);
            assertThat(rig.browse(rig.url() + "/authorize" + other).statusCode())
                    .isEqualTo(302);
        }
    }

    @Test
    void the_owner_lists_and_takes_back_and_never_sees_a_link_again(Rig rig) {
        var secret = invited(rig, "P-001").substring("?invite=".length());
        invited(rig, "P-001");
        invited(rig, "P-002");

        assertThat(rig.run("invite", "revoke", "1").out()).contains("Revoked invitation 1.");
        assertThat(rig.run("invite", "revoke", "1").out()).contains("was revoked already");
        assertThat(rig.run("invite", "revoke", "--ref", "P-001").out()).contains("Revoked 1 invitation for P-001.");
        rig.sql().execute("UPDATE sync.invitation SET expires_at = now() - interval '1 day' WHERE ref = 'P-002'");

        assertThat(states(rig)).containsExactly("revoked", "revoked", "expired");
        var json = rig.run("invite", "list", "--json").out();
        assertThat(json).contains("\"state\" : \"expired\"", "\"ref\" : \"P-002\"", "\"used_by\" : null");
        assertThat(json
                        + rig.run("invite", "list").out()
                        + rig.column("SELECT t::text || encode(invite_hash, 'escape') FROM sync.invitation t"))
                .doesNotContain(secret);
    }

    @Test
    void wrong_use_is_told_in_one_line(Rig rig) {
        rig.enrol(rig.person(1));
        rig.sql()
                .execute(
                        "INSERT INTO sync.invitation (invite_hash, ref, expires_at, used_at, used_by)"
                                + " VALUES ('x', 'ada', now(), now(), ?)",
                        rig.person(1).id());
        for (var wrong : Map.of(
                        "invite",
                        "--ref is missing",
                        "invite --ref " + "x".repeat(201),
                        "--ref is not usable",
                        "invite --ref a --expires soon",
                        "'soon' is not a duration such as",
                        "invite --ref a --expires 59s",
                        "--expires needs a duration from 1m to 365d",
                        "invite --ref a --expires 366d",
                        "--expires needs a duration from 1m to 365d",
                        "invite revoke",
                        "give either the ID of an invitation or --ref",
                        "invite revoke 1 --ref a",
                        "give either the ID of an invitation or --ref",
                        "invite revoke 77",
                        "invitation 77 is not known",
                        "invite revoke 1",
                        "was used already: withings users remove "
                                + rig.person(1).id(),
                        "invite revoke --ref nobody",
                        "no open invitation for nobody")
                .entrySet()) {
            var ran = rig.run(wrong.getKey().split(" ", -1));
            assertThat(ran.exitCode()).as(wrong.getKey()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err().lines()).as(wrong.getKey()).hasSize(1);
            assertThat(ran.err()).contains(wrong.getValue());
            assertThat(ran.out()).isEmpty();
        }
        rig.set("WITHINGS_CALLBACK_URL", "https://example.org/back");
        assertThat(rig.run("invite", "--ref", "a").err()).contains("does not end in /callback");
        rig.set("WITHINGS_CALLBACK_URL", "https://example.org/health/callback");
        assertThat(rig.run("invite", "--ref", "a", "--expires", "12h").out())
                .startsWith("https://example.org/health/authorize?invite=");
    }
}
