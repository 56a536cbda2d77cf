package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorTokensTest {
    private static final String BACK = "http://127.0.0.1:9/callback?here=1";

    private final Midday clock = new Midday();
    private final Simulator simulator = Simulator.start(
            World.ordinary()
                    .withClock(clock)
                    .withDays(3)
                    .withClient("app", "secret")
                    .withSameArgumentsWithin(Duration.ZERO),
            0);
    private final Client client = Client.of(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void a_code_works_once() {
        var code = consent("");
        assertThat(exchange(code).path("status").asInt()).isZero();
        assertThat(exchange(code).path("status").asInt()).isEqualTo(503);
    }

    @Test
    void a_code_lives_thirty_seconds() {
        var code = consent("");
        clock.pass(Duration.ofSeconds(30));
        assertThat(exchange(code).path("status").asInt()).isEqualTo(503);
    }

    @Test
    void automatic_consents_go_to_one_person_after_the_other() {
        assertThat(exchange(consent("")).at("/body/userid").asLong()).isEqualTo(10_000_001);
        var second = exchange(consent("")).at("/body/userid");
        assertThat(second.asLong()).isEqualTo(10_000_002);
        assertThat(second.isTextual()).isTrue();
        assertThat(exchange(consent("&user=10000003")).at("/body/userid").asLong())
                .isEqualTo(10_000_003);
    }

    @Test
    void the_person_on_the_page_grants_what_is_ticked() {
        var page = client.open(simulator.authorizeUrl() + link());
        assertThat(page.body()).contains("Ada").contains("Allow").contains("value=\"user.metrics\"");

        var choice = Client.form(Map.of(
                "response_type",
                "code",
                "client_id",
                "app",
                "redirect_uri",
                BACK,
                "state",
                "s&1",
                "scope",
                "user.info,user.metrics",
                "user",
                "10000002",
                "grant",
                "user.info"));
        var answer = client.post("/oauth2_user/authorize2", Ask.form(choice + "&decision=allow"));

        var back = answer.headers().firstValue("Location").orElseThrow();
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(back).startsWith(BACK + "&code=").endsWith("&state=s%261");
        var body = exchange(code(back)).path("body");
        assertThat(body.path("userid").asText()).isEqualTo("10000002");
        assertThat(body.path("scope").asText()).isEqualTo("user.info");
    }

    @Test
    void a_denied_consent_comes_back_without_a_code() {
        var answer = client.post(
                "/oauth2_user/authorize2",
                Map.of(
                        "response_type",
                        "code",
                        "client_id",
                        "app",
                        "redirect_uri",
                        BACK,
                        "state",
                        "s",
                        "scope",
                        "user.info",
                        "user",
                        "10000002",
                        "decision",
                        "deny"));
        assertThat(answer.headers().firstValue("Location")).contains(BACK + "&error=access_denied&state=s");
    }

    @Test
    void a_link_without_state_is_refused_and_nothing_is_redirected() {
        var answer = client.open(simulator.authorizeUrl() + link().replace("&state=s", "") + "&auto=1");
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void the_old_refresh_token_lives_until_the_new_access_token_is_used() {
        var first = simulator.person(1).tokens();
        var second = refresh(first.refreshToken());
        var third = refresh(first.refreshToken());
        assertThat(third.path("status").asInt()).isZero();

        goals(second.at("/body/access_token").asText());

        var dead = refresh(first.refreshToken());
        assertThat(dead.path("status").asInt()).isEqualTo(503);
        assertThat(dead.path("error").asText()).isEqualTo("Invalid Params: invalid refresh_token");
        assertThat(refresh(second.at("/body/refresh_token").asText())
                        .path("status")
                        .asInt())
                .isZero();
    }

    @Test
    void the_old_refresh_token_dies_after_eight_hours() {
        var first = simulator.person(1).tokens();
        refresh(first.refreshToken());
        clock.pass(Duration.ofHours(8).minusSeconds(1));
        assertThat(refresh(first.refreshToken()).path("status").asInt()).isZero();
        clock.pass(Duration.ofSeconds(1));
        assertThat(refresh(first.refreshToken()).path("status").asInt()).isEqualTo(503);
    }

    @Test
    void an_access_token_lives_three_hours() {
        var pair = simulator.person(1).tokens();
        clock.pass(Duration.ofHours(3).minusSeconds(1));
        assertThat(goals(pair.accessToken()).path("status").asInt()).isZero();
        clock.pass(Duration.ofSeconds(1));
        var late = goals(pair.accessToken());
        assertThat(late.path("status").asInt()).isEqualTo(401);
        assertThat(late.path("error").asText()).contains("invalid_token");
    }

    @Test
    void a_withdrawn_consent_ends_every_token() {
        var pair = simulator.person(1).tokens();
        simulator.person(1).withdraws();
        assertThat(goals(pair.accessToken()).path("status").asInt()).isEqualTo(401);
        assertThat(refresh(pair.refreshToken()).path("status").asInt()).isEqualTo(503);
    }

    @Test
    void a_scope_that_was_not_granted_is_refused_without_ending_the_rest() {
        simulator.person(1).grantsOnly(Set.of("user.metrics"));
        var pair = simulator.person(1).tokens();
        assertThat(goals(pair.accessToken()).path("status").asInt()).isEqualTo(2555);
        assertThat(client.with(pair.accessToken())
                        .call("/measure", Map.of("action", "getmeas"))
                        .path("status")
                        .asInt())
                .isZero();
    }

    @Test
    void a_signed_call_needs_a_fresh_nonce_and_the_right_signature() {
        var pair = simulator.person(1).tokens();
        var nonce = nonce();
        assertThat(revoke(nonce, "wrong").path("status").asInt()).isEqualTo(503);
        assertThat(revoke(nonce, "secret").path("status").asInt()).isEqualTo(503); // used up by the failure
        assertThat(goals(pair.accessToken()).path("status").asInt()).isZero();

        assertThat(revoke(nonce(), "secret").path("status").asInt()).isZero();
        assertThat(goals(pair.accessToken()).path("status").asInt()).isEqualTo(401);

        var stale = nonce();
        clock.pass(Duration.ofMinutes(30));
        assertThat(revoke(stale, "secret").path("status").asInt()).isEqualTo(503);
    }

    @Test
    void tokens_may_be_asked_for_signed() {
        var pair = simulator.person(1).tokens();
        var nonce = nonce();
        var answer = client.call(
                "/v2/oauth2",
                Map.of(
                        "action",
                        "requesttoken",
                        "grant_type",
                        "refresh_token",
                        "client_id",
                        "app",
                        "nonce",
                        nonce,
                        "signature",
                        Signatures.sign("secret", "requesttoken,app," + nonce),
                        "refresh_token",
                        pair.refreshToken()));
        assertThat(answer.path("status").asInt()).isZero();
    }

    @Test
    void a_wrong_secret_is_refused() {
        var answer = client.call(
                "/v2/oauth2",
                Map.of(
                        "action",
                        "requesttoken",
                        "grant_type",
                        "refresh_token",
                        "client_id",
                        "app",
                        "client_secret",
                        "guess",
                        "refresh_token",
                        simulator.person(1).tokens().refreshToken()));
        assertThat(answer.path("status").asInt()).isEqualTo(503);
    }

    private static String link() {
        return "?response_type=code&client_id=app&state=s&scope=user.info,user.metrics&redirect_uri="
                + Client.form(Map.of("x", BACK)).substring(2);
    }

    private String consent(String more) {
        var answer = client.open(simulator.authorizeUrl() + link() + "&auto=1" + more);
        var back = answer.headers().firstValue("Location").orElseThrow();
        return code(back);
    }

    private static String code(String location) {
        return Ask.form(location.substring(location.indexOf('&') + 1)).getOrDefault("code", "");
    }

    private JsonNode exchange(String code) {
        return client.call(
                "/v2/oauth2",
                Map.of(
                        "action",
                        "requesttoken",
                        "grant_type",
                        "authorization_code",
                        "client_id",
                        "app",
                        "client_secret",
                        "secret",
                        "code",
                        code,
                        "redirect_uri",
                        BACK));
    }

    private JsonNode refresh(String token) {
        return client.call(
                "/v2/oauth2",
                Map.of(
                        "action",
                        "requesttoken",
                        "grant_type",
                        "refresh_token",
                        "client_id",
                        "app",
                        "client_secret",
                        "secret",
                        "refresh_token",
                        token));
    }

    private JsonNode goals(String token) {
        return client.with(token).call("/v2/user", Map.of("action", "getgoals"));
    }

    private String nonce() {
        var now = Long.toString(clock.instant().getEpochSecond());
        return client.call(
                        "/v2/signature",
                        Map.of(
                                "action",
                                "getnonce",
                                "client_id",
                                "app",
                                "timestamp",
                                now,
                                "signature",
                                Signatures.sign("secret", "getnonce,app," + now)))
                .at("/body/nonce")
                .asText();
    }

    private JsonNode revoke(String nonce, String secret) {
        return client.call(
                "/v2/oauth2",
                Map.of(
                        "action",
                        "revoke",
                        "client_id",
                        "app",
                        "nonce",
                        nonce,
                        "signature",
                        Signatures.sign(secret, "revoke,app," + nonce),
                        "userid",
                        "10000001"));
    }
}
