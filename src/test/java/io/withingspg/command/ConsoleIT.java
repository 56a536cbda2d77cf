package io.withingspg.command;

import static io.withingspg.command.Rig.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Console, JSON, health and metrics, over HTTP. */
@ExtendWith(Rig.Provider.class)
final class ConsoleIT {
    private static final String PASSWORD = "correct horse battery";
    private static final String API_TOKEN = "a token for programs";

    private static Service open(Rig rig) {
        return rig.service(Part.ENROLMENT, Part.CONSOLE);
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static int status(String method, String url) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("a=b"));
            return client.send(request.build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first line of an answer to a request under any name; Java's own client does not let one choose it. */
    private static String asHost(Rig rig, String path, String host) {
        try (var socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(rig.url()).getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void with_a_password_the_console_opens_to_nothing_else(Rig rig) {
        rig.set("CONSOLE_PASSWORD", PASSWORD).set("API_TOKEN", API_TOKEN);
        try (var _ = open(rig)) {
            for (var path : List.of("/", "/api/status")) {
                var refused = get(rig.url() + path);
                assertThat(refused.statusCode()).as(path).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
                        .as("no browser asks by itself")
                        .isNotEmpty()
                        .doesNotContain("Basic");
                assertThat(refused.body()).doesNotContain("people", "users");
                for (var wrong : List.of(
                        path.equals("/") ? basic("withings", "wrong") : basic("withings", ""),
                        path.equals("/") ? basic("admin", PASSWORD) : "Bearer " + PASSWORD,
                        "Basic",
                        "Bearer")) {
                    assertThat(get(rig.url() + path, "Authorization", wrong).statusCode())
                            .as(path + " " + wrong)
                            .isEqualTo(401);
                }
                assertThat(get(rig.url() + path, "Authorization", basic("withings", PASSWORD))
                                .statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(get(rig.url() + "/api/status", "Authorization", "Bearer " + API_TOKEN)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(rig.url() + "/", "Authorization", "Bearer " + API_TOKEN)
                            .statusCode())
                    .as("the token is for programs")
                    .isEqualTo(401);
            assertThat(get(rig.url() + "/observe/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void without_a_password_another_sites_name_for_this_machine_opens_nothing(Rig rig) {
        try (var _ = open(rig)) {
            for (var path : List.of("/", "/api/status")) {
                for (var own : List.of("localhost", "127.0.0.1", "127.0.0.1:8080", "LOCALHOST:8080", "[::1]:8080")) {
                    assertThat(asHost(rig, path, own)).as(path + " " + own).contains(" 200 ");
                }
                for (var foreign :
                        List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "")) {
                    assertThat(asHost(rig, path, foreign))
                            .as(path + " " + foreign)
                            .contains(" 421 ");
                }
            }
        }
    }

    @Test
    void the_console_shows_names_and_never_runs_them(Rig rig) {
        var hostile = "<script>alert('1')</script>\"&%s";
        try (var _ = open(rig)) {
            var query = "?ref=" + URLEncoder.encode(hostile, StandardCharsets.UTF_8);
            var welcome = rig.browse(rig.allowed(1, query));
            assertThat(welcome.statusCode()).isEqualTo(200);
            assertThat(rig.query("SELECT ref FROM sync.enrolment")).isEqualTo(hostile);
            var console = get(rig.url() + "/");

            for (var page : List.of(welcome, console)) {
                assertThat(page.body())
                        .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;%s")
                        .doesNotContain("<script");
                assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                        .contains("default-src 'none'");
            }
            assertThat(get(rig.url() + "/authorize?ref=" + "x".repeat(201)).statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void health_tells_when_the_database_is_gone(Rig rig) {
        rig.set("DATABASE_WAIT", "1s");
        try (var _ = open(rig)) {
            var up = get(rig.url() + "/observe/health");
            assertThat(up.statusCode()).isEqualTo(200);
            assertThat(up.body()).isEqualTo("{\"status\":\"UP\",\"database\":\"UP\",\"scheduler\":\"UP\"}");
            assertThat(up.headers().firstValue("Content-Type")).contains("application/json");

            Server.drop(rig.environment().getOrDefault("DATABASE_URL", ""));

            var down = get(rig.url() + "/observe/health");
            assertThat(down.statusCode()).isEqualTo(503);
            assertThat(down.body()).contains("\"database\":\"DOWN\"");
            var console = get(rig.url() + "/");
            assertThat(console.statusCode()).isGreaterThanOrEqualTo(500);
            assertThat(console.body()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void metrics_are_open_metrics_and_name_nobody(Rig rig) {
        rig.set("CONSOLE_PASSWORD", PASSWORD);
        try (var service = open(rig)) {
            rig.browse(rig.allowed(1, "?ref=P-0042"));
            assertThat(service.sync(
                                    List.of(),
                                    io.withingspg.sync.Order.What.due(
                                            service.settings().sync().resources()),
                                    null)
                            .exitCode())
                    .isZero();

            var answer = get(rig.url() + "/observe/metrics");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .startsWith("application/openmetrics-text; version=1.0.0");
            assertThat(answer.body())
                    .endsWith("# EOF\n")
                    .contains(
                            "withings_sync_call_seconds_count{action=\"getmeas\",outcome=\"ok\",path=\"/measure\"}",
                            "{action=\"get\",outcome=\"ok\",path=\"/v2/sleep\"}");
            assertThat(answer.body()).doesNotContain(Long.toString(rig.person(1).id()), "P-0042");
            assertThat(answer.body().lines().filter(line -> line.startsWith("# TYPE")))
                    .allMatch(line -> line.startsWith("# TYPE withings_sync_"));
            assertThat(answer.body()
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.replaceFirst("[{ ].*", "")))
                    .allMatch(name ->
                            name.matches("withings_sync_\\w+(_total|_seconds|_ratio|_seconds_(count|sum|max))"));
        }
    }

    @Test
    void pages_are_only_read(Rig rig) {
        try (var _ = open(rig)) {
            for (var path :
                    List.of("/", "/authorize", "/callback", "/api/status", "/observe/health", "/observe/metrics")) {
                for (var method : List.of("POST", "PUT", "DELETE")) {
                    assertThat(status(method, rig.url() + path))
                            .as(method + " " + path)
                            .isIn(404, 405);
                }
            }
            for (var path : List.of("/nothing", "/observe", "/api", "/..%2fetc", "/notify/secret")) {
                assertThat(status("GET", rig.url() + path)).as(path).isEqualTo(404);
            }
        }
    }
}
