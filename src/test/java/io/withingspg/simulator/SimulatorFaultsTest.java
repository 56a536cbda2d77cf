package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorFaultsTest {
    private static final Map<String, String> WORKOUTS = Map.of("action", "getworkouts", "lastupdate", "0");

    private final Midday clock = new Midday();
    private final World world =
            World.ordinary().withClock(clock).withDays(40).withPageSize(5).withSameArgumentsWithin(Duration.ZERO);
    private final Simulator simulator = Simulator.start(world, 0);
    private final Client ada = Client.of(simulator, simulator.person(1).tokens());
    private final Client ben = Client.of(simulator, simulator.person(2).tokens());

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void a_fault_strikes_its_person_and_page_as_often_as_it_was_armed() {
        simulator
                .on("getworkouts")
                .forUser(simulator.person(1).id())
                .page(2)
                .times(2)
                .answer(Fault.status(522, "Timeout"));
        assertThat(status(ben, 5)).isZero();
        assertThat(status(ada, 0)).isZero();
        assertThat(status(ada, 5)).isEqualTo(522);
        assertThat(status(ada, 5)).isEqualTo(522);
        assertThat(status(ada, 5)).isZero();
    }

    @Test
    void a_cut_off_answer_cannot_be_parsed_and_an_empty_one_is_empty() {
        simulator.on("getworkouts").answer(Fault.cutOff());
        simulator.on("getworkouts").answer(Fault.empty());
        assertThatThrownBy(() -> page(ada, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(ada.post("/v2/measure", WORKOUTS).body()).isEmpty();
    }

    @Test
    void http_errors_come_with_html_and_headers() {
        simulator.on("getworkouts").answer(Fault.http(429, Map.of("Retry-After", "7")));
        var answer = ada.post("/v2/measure", WORKOUTS);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).contains("<html>");
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void a_reset_after_a_refresh_has_rotated_the_token() {
        var pair = simulator.person(3).tokens();
        var refresh = Map.of(
                "action",
                "requesttoken",
                "grant_type",
                "refresh_token",
                "client_id",
                "a",
                "client_secret",
                "b",
                "refresh_token",
                pair.refreshToken());
        simulator.on("requesttoken").forUser(pair.user()).answer(Fault.reset());
        assertThatThrownBy(() -> ada.post("/v2/oauth2", refresh)).isInstanceOf(UncheckedIOException.class);
        clock.pass(Duration.ofHours(8));
        assertThat(ada.call("/v2/oauth2", refresh).path("status").asInt()).isEqualTo(503);
    }

    @Test
    void paging_can_be_made_to_lie() {
        simulator.on("getworkouts").answer(Fault.moreWithoutOffset());
        simulator.on("getworkouts").answer(Fault.repeatedOffset());
        var open = page(ada, 0).path("body");
        assertThat(open.path("more").asBoolean()).isTrue();
        assertThat(open.has("offset")).isFalse();
        assertThat(page(ada, 5).at("/body/offset").asInt()).isEqualTo(5);
    }

    @Test
    void an_answer_can_be_late_rewritten_or_nonsense() {
        simulator.on("getworkouts").answer(Fault.delay(Duration.ofMillis(300)));
        long before = System.nanoTime();
        page(ada, 0);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(290));

        simulator.on("getworkouts").answer(Fault.rewritten(body -> body.put("series", "none")));
        assertThat(page(ada, 0).at("/body/series").asText()).isEqualTo("none");
        simulator.on("getworkouts").answer(Fault.raw("<p>"));
        assertThat(ada.post("/v2/measure", WORKOUTS).body()).isEqualTo("<p>");
    }

    @Test
    void the_same_call_within_ten_seconds_is_refused_and_only_that_one() {
        try (var strict = Simulator.start(world.withSameArgumentsWithin(Duration.ofSeconds(10)), 0)) {
            var client = Client.of(strict, strict.person(1).tokens());
            assertThat(status(client, 0)).isZero();
            clock.pass(Duration.ofSeconds(4));
            var again = page(client, 0);
            assertThat(again.path("status").asInt()).isEqualTo(601);
            assertThat(again.at("/body/wait_seconds").asInt()).isEqualTo(6);
            assertThat(status(client, 5)).isZero();
            clock.pass(Duration.ofSeconds(6));
            assertThat(status(client, 0)).isZero();
            assertThat(strict.calls("getworkouts")).isEqualTo(4);
            assertThat(strict.seen().getLast().arguments()).containsEntry("offset", "0");
        }
    }

    @Test
    void the_quota_is_the_applications() {
        try (var narrow = Simulator.start(world.withCallsPerMinute(3), 0)) {
            var one = Client.of(narrow, narrow.person(1).tokens());
            var two = Client.of(narrow, narrow.person(2).tokens());
            assertThat(status(one, 0) + status(two, 0) + status(one, 5)).isZero();
            assertThat(page(two, 5).path("error").asText()).isEqualTo("Too Many Requests");
            clock.pass(Duration.ofMinutes(1));
            assertThat(status(two, 5)).isZero();
        }
    }

    @Test
    void a_fault_strikes_the_calls_of_samples_and_may_wait_for_one_window() {
        simulator.on("/v2/sleep get").answer(Fault.status(522, "Timeout"));
        simulator.on("/v2/heart get").answer(Fault.cutOff());
        simulator
                .on("getintradayactivity")
                .when(form -> "1761000000".equals(form.get("startdate")))
                .answer(Fault.http(502));
        var heart = Map.of("action", "get", "signalid", "1");
        assertThat(ada.call("/v2/sleep", window("get", 1_761_000_000))
                        .path("status")
                        .asInt())
                .isEqualTo(522);
        assertThatThrownBy(() -> ada.call("/v2/heart", heart)).isInstanceOf(IllegalStateException.class);
        assertThat(ada.post("/v2/measure", window("getintradayactivity", 1_760_000_000))
                        .statusCode())
                .isEqualTo(200);
        assertThat(ada.post("/v2/measure", window("getintradayactivity", 1_761_000_000))
                        .statusCode())
                .isEqualTo(502);
        assertThat(ada.post("/v2/measure", window("getintradayactivity", 1_761_000_000))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_page_can_be_huge() {
        simulator.on("getworkouts").answer(Fault.huge(20_000_000));
        simulator.on("getintradayactivity").answer(Fault.huge(20_000_000));
        var rows = ada.post("/v2/measure", WORKOUTS).body();
        assertThat(rows).hasSizeBetween(20_000_000, 20_100_000);
        assertThat(Json.tree(rows).at("/body/series/5"))
                .isEqualTo(Json.tree(rows).at("/body/series/0"));
        assertThat(ada.post("/v2/measure", window("getintradayactivity", 1_761_000_000))
                        .body())
                .hasSizeBetween(20_000_000, 20_100_000);
    }

    private static Map<String, String> window(String action, long from) {
        return Map.of("action", action, "startdate", Long.toString(from), "enddate", Long.toString(from + 3600));
    }

    private static int status(Client client, int offset) {
        return page(client, offset).path("status").asInt();
    }

    private static JsonNode page(Client client, int offset) {
        return client.call(
                "/v2/measure", Map.of("action", "getworkouts", "lastupdate", "0", "offset", Integer.toString(offset)));
    }
}
