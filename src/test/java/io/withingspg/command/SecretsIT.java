package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Fault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** No token, code or key is ever printed, logged or stored in clear, whatever is logged. */
@ExtendWith(Rig.Provider.class)
final class SecretsIT {
    /** By what it is, so that a failure does not print more secrets than it must. */
    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    private ObjectNode noted(ObjectNode body) {
        var pair = 1
                + secrets.keySet().stream()
                        .filter(name -> name.startsWith("access token"))
                        .count();
        secrets.put("access token " + pair, body.path("access_token").asText());
        secrets.put("refresh token " + pair, body.path("refresh_token").asText());
        return body;
    }

    /** What of this an attentive reader finds in the text, plain or in the usual disguises. */
    private List<String> in(String text) {
        var found = new LinkedHashMap<String, String>();
        secrets.forEach((name, secret) -> {
            var bytes = secret.getBytes(StandardCharsets.UTF_8);
            for (var form : List.of(
                    secret,
                    java.net.URLEncoder.encode(secret, StandardCharsets.UTF_8),
                    Base64.getEncoder().withoutPadding().encodeToString(bytes),
                    java.util.HexFormat.of().formatHex(bytes))) {
                if (text.contains(form)) {
                    var at = text.indexOf(form);
                    var line = text.substring(text.lastIndexOf('\n', at) + 1, at);
                    found.put(name, line.length() > 160 ? line.substring(0, 160) : line);
                }
            }
        });
        return found.entrySet().stream().map(Object::toString).toList();
    }

    private static String everythingStored(Rig rig) {
        var dump = new StringBuilder(rig.dump());
        for (var table : rig.column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sync'"
                + " AND table_type = 'BASE TABLE'")) {
            rig.column("SELECT t::text FROM sync." + table + " t").forEach(dump::append);
        }
        return dump.toString();
    }

    @Test
    void nothing_that_opens_a_door_is_printed_logged_or_stored(Rig rig, @TempDir Path folder) {
        rig.withings().on("requesttoken").always().answer(Fault.rewritten(this::noted));
        rig.set("LOG_LEVEL", "debug").set("LOG_LEVEL_LIBRARIES", "debug");
        rig.set("WITHINGS_CLIENT_SECRET", "the client's own secret");
        rig.set("TOKEN_KEY", "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=");
        rig.set("CONSOLE_PASSWORD", "the console's password").set("API_TOKEN", "the token of the api");
        var url = rig.environment().getOrDefault("DATABASE_URL", "");
        rig.set("DATABASE_URL", url + "&password=the-password-of-the-database");
        for (var name : List.of("WITHINGS_CLIENT_SECRET", "TOKEN_KEY", "CONSOLE_PASSWORD", "API_TOKEN")) {
            secrets.put(name, rig.environment().getOrDefault(name, ""));
        }
        secrets.put("DATABASE_URL's password", "the-password-of-the-database");

        String link;
        try (var enrol = Launched.jar(folder, rig.environment(), "enrol", "--ref", "ada")) {
            link = enrol.awaitOut(out -> out.contains("Waiting"))
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("http"))
                    .findFirst()
                    .orElseThrow();
            var back =
                    Rig.location(Rig.get(link + "&auto=1&user=" + rig.person(1).id()));
            secrets.put("code", back.replaceFirst(".*[?&]code=([^&]*).*", "$1"));
            assertThat(Rig.get(back).statusCode()).isEqualTo(200);
            var ran = enrol.ended();
            assertThat(ran.exitCode()).as(ran.out()).isZero();
            assertThat(in(ran.out())).isEmpty();
            // The link itself goes to the person on standard output; nowhere else.
            secrets.put("state", back.replaceFirst(".*[?&]state=([^&]*).*", "$1"));
            assertThat(in(ran.err())).isEmpty();
        }
        rig.person(1).tokensExpire(); // so that a refresh is part of it
        for (var command : List.of("sync", "status")) {
            try (var process = Launched.jar(folder, rig.environment(), command)) {
                var ran = process.ended();
                assertThat(ran.exitCode()).as(ran.out()).isZero();
                assertThat(in(ran.out() + ran.err())).as(command).isEmpty();
            }
        }
        assertThat(secrets).containsKeys("access token 1", "refresh token 1", "access token 2", "refresh token 2");
        assertThat(in(everythingStored(rig))).isEmpty();
    }

    @Test
    void whoever_comes_through_the_enrolment_door_leaves_nothing_in_the_log(Rig rig, @TempDir Path folder) {
        rig.withings().on("requesttoken").always().answer(Fault.rewritten(this::noted));
        rig.set("LOG_LEVEL", "trace").set("LOG_LEVEL_LIBRARIES", "debug").set("DATABASE_WAIT", "1s");
        try (var serve = Launched.jar(folder, rig.environment(), "serve");
                var browser = new Browser()) {
            Launched.await(() -> serve.err().contains("Ctrl-C stops") || !serve.running());
            var invited = rig.run("invite", "--ref", "ada").out().strip();
            secrets.put("invitation", Rig.parameter(invited, "invite"));
            for (var number : List.of(1, 2, 3)) {
                var query = number == 3 ? invited.replaceFirst(".*[?]", "?") : "?ref=" + number;
                var back = rig.allowed(browser, rig.person(number), query);
                secrets.put("code " + number, Rig.parameter(back, "code"));
                secrets.put("state " + number, Rig.parameter(back, "state"));
                Rig.get(back); // without the cookie
                if (number == 2) {
                    rig.withings().mend();
                    rig.withings().on("requesttoken").answer(Fault.http(500));
                }
                assertThat(browser.get(back).statusCode()).isEqualTo(number == 2 ? 502 : 200);
                assertThat(browser.get(back).statusCode()).as("used").isEqualTo(403);
            }
            var begun = browser.get(rig.url() + "/authorize");
            secrets.put(
                    "cookie",
                    begun.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst("^[^=]*=([^;]*).*", "$1"));
            secrets.put("state declined", Rig.parameter(Rig.location(begun), "state"));
            browser.get(rig.url() + "/callback?error=access_denied&state=" + secrets.get("state declined"));
            Server.shut(rig.environment().getOrDefault("DATABASE_URL", ""), true);
            browser.get(rig.url() + "/callback?code=" + secrets.get("code 1") + "&state=" + secrets.get("state 1"));

            var ran = serve.terminate(java.time.Duration.ofSeconds(30));

            assertThat(ran.err()).contains("DEBUG").hasSizeGreaterThan(1000);
            assertThat(in(ran.out() + ran.err())).isEmpty();
        } finally {
            Server.shut(rig.environment().getOrDefault("DATABASE_URL", ""), false);
        }
        assertThat(secrets).containsKeys("access token 1", "cookie", "invitation");
        assertThat(in(everythingStored(rig))).isEmpty();
    }

    @Test
    void an_answer_that_repeats_a_token_in_its_error_is_not_repeated_by_us(Rig rig) {
        rig.enrol(rig.person(1));
        var token = "0123456789abcdef0123456789abcdef01234567";
        secrets.put("token", token);
        rig.withings().on("getmeas").always().answer(Fault.status(293, "Invalid Params: no access for " + token));

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(ran.out()).contains("no access for");
        assertThat(in(ran.out() + ran.err() + everythingStored(rig))).isEmpty();
    }
}
