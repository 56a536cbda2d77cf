package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.TokenPair;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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

    /** Every row of every table of every schema, bytes as hexadecimal digits and as text. */
    private static String everythingStored(Rig rig) {
        var dump = new StringBuilder();
        for (var table : rig.column("""
                SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
                """)) {
            rig.column("SELECT t::text FROM " + table + " t")
                    .forEach(row -> dump.append(row).append('\n'));
            rig.column("""
                            SELECT format('SELECT encode(%I, ''escape'') FROM %s', attname, attrelid::regclass)
                            FROM pg_attribute WHERE attrelid = ?::regclass AND atttypid = 'bytea'::regtype
                            """, table)
                    .forEach(query -> rig.column(query)
                            .forEach(bytes -> dump.append(bytes).append('\n')));
        }
        return dump.toString();
    }

    /** Commands that end by themselves, in an order in which each has something to do. */
    private static final List<String> COMMANDS = List.of(
            "migrate",
            "healthcheck",
            "enrol",
            "users import",
            "users",
            "users set",
            "invite",
            "invite list",
            "invite revoke",
            "sync",
            "status",
            "status --gaps",
            "replay",
            "doctor",
            "schema",
            "prune",
            "users export",
            "users remove",
            "users erase");

    /** Those whose turn comes otherwise. */
    private static final List<String> OTHERS = List.of("serve", "simulate", "demo", "rekey");

    private static void commands(CommandLine command, String name, List<String> names) {
        command.getSubcommands().forEach((word, subcommand) -> {
            names.add((name + " " + word).strip());
            commands(subcommand, name + " " + word, names);
        });
    }

    /** Every command there is, and every command of a command. */
    static List<String> commands() {
        var names = new ArrayList<String>();
        commands(Withings.commandLine(Map.of()), "", names);
        return names;
    }

    @Test
    void every_command_there_is_is_looked_at() {
        assertThat(commands())
                .as("a new command belongs into one of the two lists, and into the test below")
                .containsExactlyInAnyOrderElementsOf(Stream.concat(COMMANDS.stream(), OTHERS.stream())
                        .map(name -> name.replaceFirst(" --.*", ""))
                        .distinct()
                        .toList());
    }

    /** Who printed what; a link that is meant for its reader is not among it. */
    private final Map<String, String> printed = new ConcurrentHashMap<>();

    private Launched launched(Launched process, String name) {
        Launched.await(() -> process.arguments().contains("withings.jar") || !process.running());
        printed.put("arguments of " + name, process.arguments());
        return process;
    }

    private Rig.Ran ended(Launched process, String name) {
        var ran = process.ended();
        assertThat(ran.exitCode()).as(name + ": " + ran.out() + ran.err()).isZero();
        return kept(ran, name);
    }

    private Rig.Ran kept(Rig.Ran ran, String name) {
        printed.put("output of " + name, ran.out().replaceAll("http://\\S+(state|invite)=\\S+", "LINK") + ran.err());
        return ran;
    }

    private static String line(TokenPair pair) {
        return "{\"userid\":%d,\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":60,\"scope\":\"user.info\"}\n"
                .formatted(pair.user(), pair.accessToken(), pair.refreshToken());
    }

    /** All that our calls carried: the client's secret, codes, refresh tokens, nonces and signatures. */
    private void noteCalls(Rig rig) {
        var names = List.of("client_secret", "code", "refresh_token", "nonce", "signature");
        var seen = rig.withings().seen();
        for (var i = 0; i < seen.size(); i++) {
            for (var name : names) {
                var value = seen.get(i).arguments().get(name);
                if (value != null) {
                    secrets.put(name + " of call " + i, value);
                }
            }
        }
    }

    @Test
    @Timeout(180) // it starts twenty processes, one after the other
    void nothing_that_opens_a_door_is_printed_logged_or_stored(Rig rig, @TempDir Path folder) throws Exception {
        var database = rig.environment().getOrDefault("DATABASE_URL", "");
        var oldKey = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=";
        rig.withings().on("requesttoken").always().answer(Fault.rewritten(this::noted));
        rig.set("LOG_LEVEL", "debug").set("LOG_LEVEL_LIBRARIES", "debug");
        rig.set("WITHINGS_CLIENT_SECRET", "the client's own secret").set("TOKEN_KEY", oldKey);
        rig.set("CONSOLE_PASSWORD", "the console's password").set("API_TOKEN", "the token of the api");
        rig.set("DATABASE_URL", database + "&password=the-password-of-the-database");
        for (var name : List.of("WITHINGS_CLIENT_SECRET", "TOKEN_KEY", "CONSOLE_PASSWORD", "API_TOKEN")) {
            secrets.put(name, rig.environment().getOrDefault(name, ""));
        }
        secrets.put("DATABASE_URL's password", "the-password-of-the-database");
        var ada = Long.toString(rig.person(1).id());
        var ben = Long.toString(rig.person(2).id());

        // Beside all the others, as both take their time; it has an embedded database, with a password of its own.
        var data = folder.resolve("data");
        var demo = launched(
                Launched.jar(
                        folder,
                        Map.of("LOG_LEVEL", "debug", "LOG_LEVEL_LIBRARIES", "debug"),
                        "demo",
                        "--once",
                        "--users",
                        "1",
                        "--days",
                        "2",
                        "--data",
                        data.toString(),
                        "--port",
                        Integer.toString(Rig.freePort())),
                "demo");
        try (demo;
                var serve = launched(Launched.jar(folder, rig.environment(), "serve"), "serve");
                var simulate = launched(
                        Launched.jar(folder, rig.environment(), "simulate", "--port", Integer.toString(Rig.freePort())),
                        "simulate")) {
            Launched.await(() -> serve.err().contains("Ctrl-C stops") || !serve.running());
            knock(rig);
            for (var name : COMMANDS) {
                var words = new ArrayList<>(List.of(name.split(" ")));
                var input = "";
                switch (name) {
                    case "enrol" -> {
                        words.addAll(List.of("--code", "-"));
                        input = rig.allowed(1, "?ref=ada");
                        secrets.put("state by hand", Rig.parameter(input, "state"));
                    }
                    case "users import" -> {
                        words.add("-");
                        input = line(rig.person(2).tokens());
                    }
                    case "users set" -> words.addAll(List.of(ben, "--ref", "ben"));
                    case "invite" -> words.addAll(List.of("--ref", "chi"));
                    case "invite revoke" ->
                        words.add(rig.query("SELECT max(invitation_id) FROM sync.invitation")
                                .toString());
                    case "users", "invite list", "status", "status --gaps", "schema" -> words.add("--json");
                    case "replay" -> words.addAll(List.of("--user", ada)); // serve may be busy with the others
                    case "doctor" -> words.addAll(List.of("--probe", ada));
                    case "users export" ->
                        words.addAll(
                                List.of(ada, "--to", folder.resolve("export").toString()));
                    case "prune" -> words.addAll(List.of("--samples-older-than", "3y", "--drop", "--yes"));
                    case "users remove" -> words.add(ben);
                    case "users erase" -> words.addAll(List.of(ada, "--yes"));
                    case "migrate", "healthcheck", "sync" -> {}
                    default -> throw new IllegalStateException(name + " is in the list, and not here");
                }
                try (var process =
                        launched(Launched.fed(folder, rig.environment(), input, words.toArray(String[]::new)), name)) {
                    var ran = ended(process, name);
                    if (name.equals("invite")) {
                        secrets.put("invitation", Rig.parameter(ran.out().strip(), "invite"));
                    }
                    if (name.equals("sync") || name.equals("status")) {
                        rig.person(1).tokensExpire(); // so that a refresh is part of what follows
                    }
                }
            }
            knock(rig);
            printed.put("stored", everythingStored(rig));
            var newKey = "bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldy1zZWNyZXQ=";
            secrets.put("new TOKEN_KEY", newKey);
            rig.set("TOKEN_KEY", newKey + "," + oldKey);
            try (var rekey = launched(Launched.jar(folder, rig.environment(), "rekey"), "rekey")) {
                ended(rekey, "rekey");
            }
            kept(serve.terminate(Duration.ofSeconds(30)), "serve");
            kept(simulate.terminate(Duration.ofSeconds(30)), "simulate");
            ended(demo, "demo");
        }
        secrets.put(
                "the embedded database's password",
                Files.readString(data.resolve("pgpass")).strip().replaceFirst(".*:", ""));
        printed.put("stored in the end", everythingStored(rig));
        noteCalls(rig);

        assertThat(secrets.keySet().stream().map(name -> name.replaceAll(" of call [0-9]+| [0-9]+$", "")))
                .contains(
                        "access token",
                        "refresh token",
                        "code",
                        "nonce",
                        "signature",
                        "client_secret",
                        "invitation",
                        "session",
                        "cookie");
        assertThat(printed).hasSizeGreaterThan(2 * COMMANDS.size());
        assertThat(printed.get("output of serve")).contains("DEBUG");
        printed.forEach((where, text) -> assertThat(in(text)).as(where).isEmpty());
    }

    /** At the web door: the console with a session, its JSON, metrics, and a consent. */
    private void knock(Rig rig) {
        var login = Wire.post(rig, "/login", "password=the+console%27s+password");
        assertThat(login.status()).isEqualTo(303);
        var session = login.cookie();
        secrets.put("session", session.replaceFirst("^[^=]*=", ""));
        var again = secrets.containsKey("cookie") ? " again" : "";
        printed.put("console" + again, Wire.get(rig, "/", "Cookie: " + session).body());
        printed.put(
                "api" + again,
                Wire.get(rig, "/api/status", "Authorization: Bearer the token of the api")
                        .body());
        printed.put("metrics" + again, Wire.get(rig, "/observe/metrics").body());
        printed.put("health" + again, Wire.get(rig, "/observe/health").body());
        try (var browser = new Browser()) {
            var back = rig.allowed(browser, rig.person(3), again.isEmpty() ? "?ref=chi" : "");
            var cookie = browser.get(rig.url() + "/authorize")
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow();
            secrets.put("cookie", cookie.replaceFirst("^[^=]*=([^;]*).*", "$1"));
            secrets.put("state" + again, Rig.parameter(back, "state"));
            var page = browser.get(back);
            assertThat(page.statusCode()).isEqualTo(200);
            printed.put("callback page" + again, page.body());
        }
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
