package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The owner is let in, however hastily the owner comes. */
@ExtendWith(Rig.Provider.class)
final class DoorIT {
    private static final String PASSWORD = "correct horse battery";
    private static final String TOKEN = "0123456789abcdef0123";

    private static List<Integer> atOnce(Supplier<Wire.Reply> request) {
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            return IntStream.range(0, 20)
                    .mapToObj(_ ->
                            CompletableFuture.supplyAsync(() -> request.get().status(), threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }

    private static String basic(String password) {
        return "Authorization: Basic "
                + java.util.Base64.getEncoder()
                        .encodeToString(("withings:" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void twenty_who_show_what_is_right_at_once_are_let_in_and_a_flood_of_guesses_is_not(Rig rig) {
        rig.set("CONSOLE_PASSWORD", PASSWORD).set("API_TOKEN", TOKEN);
        try (var _ = rig.service(Part.CONSOLE)) {
            assertThat(atOnce(() -> Wire.get(rig, "/api/status", basic(PASSWORD))))
                    .containsOnly(200);
            assertThat(atOnce(() -> Wire.get(rig, "/api/status", "Authorization: Bearer " + TOKEN)))
                    .containsOnly(200);
            assertThat(atOnce(() -> Wire.post(rig, "/login", "password=correct+horse+battery")))
                    .containsOnly(303);

            var count = new java.util.concurrent.atomic.AtomicInteger();
            assertThat(atOnce(() -> Wire.get(rig, "/api/status", basic("guess " + count.incrementAndGet()))))
                    .containsOnly(401, 429)
                    .filteredOn(status -> status == 401)
                    .hasSizeLessThanOrEqualTo(6);
        }
    }

    @Test
    void who_comes_by_http_where_the_session_travels_by_https_is_told_where_to_log_in(Rig rig) {
        rig.set("CONSOLE_PASSWORD", PASSWORD)
                .set("HTTP_NAMES", "health.example.org")
                .set("WITHINGS_CALLBACK_URL", "https://health.example.org/callback");
        try (var _ = rig.service(Part.CONSOLE)) {
            var here = Wire.get(rig, "/");
            assertThat(here.status()).isEqualTo(401);
            assertThat(here.body()).contains("without https", "<a href=\"https://health.example.org/\">");
            for (var there : List.of(
                    Wire.get(rig, "/", "X-Forwarded-Proto: https"),
                    Wire.send(rig, "GET", "/", "health.example.org", ""))) {
                assertThat(there.status()).isEqualTo(401);
                assertThat(there.body()).doesNotContain("without https");
            }
        }
    }

    @Test
    void an_alert_on_consents_needed_sees_the_count_at_zero(Rig rig) {
        try (var _ = rig.service(Part.CONSOLE)) {
            assertThat(Wire.get(rig, "/observe/metrics").body())
                    .containsPattern("(?m)^withings_sync_reconsents_total 0.0$");
        }
    }
}
