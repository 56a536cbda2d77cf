package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.TokenPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands of one installation, each a process, as a person at a shell and a service manager see them. */
@ExtendWith(Rig.Provider.class)
final class ProcessIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    /** Results on standard output, log lines and nothing else on standard error. */
    private static String done(Launched process) {
        var ran = process.ended();
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.err().lines()).as(ran.err()).allMatch(ProcessIT::isLogLine);
        assertThat(ran.out().lines()).as(ran.out()).noneMatch(ProcessIT::isLogLine);
        return ran.out();
    }

    private static boolean isLogLine(String line) {
        return line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (INFO |WARN ) .*");
    }

    private static void stopsWhenAsked(Launched process) {
        var ran = process.terminate(STOP_MAX);
        assertThat(ran.exitCode()).as(ran.err()).isIn(0, 143);
        assertThat(Launched.hasStackTrace(ran.out() + ran.err())).as(ran.err()).isFalse();
    }

    private static String link(Launched enrol) {
        return enrol.awaitOut(out -> out.contains("Waiting for the answer"))
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("http"))
                .findFirst()
                .orElseThrow();
    }

    private static String allowed(String link, long person) {
        return Rig.location(Rig.get(link + "&auto=1&user=" + person));
    }

    /** What the simulated Withings answers to this token. */
    private static int devicesStatus(Rig rig, TokenPair pair) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(rig.withings().url() + "/v2/user"))
                    .header("Authorization", "Bearer " + pair.accessToken())
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("action=getdevice"));
            return JSON.readTree(client.send(request.build(), BodyHandlers.ofString())
                            .body())
                    .path("status")
                    .asInt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_launcher_knows_its_version_and_every_command_its_help(Rig rig, @TempDir Path folder) {
        try (var version = Launched.launcher(folder, rig.environment(), "--version");
                var help = Launched.launcher(folder, rig.environment(), "--help")) {
            assertThat(done(version)).matches("withings-postgres \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
            assertThat(done(help)).contains("demo", "serve", "Exit codes");
        }
        for (var command : SecretsIT.commands()) {
            var help = rig.run((command + " --help").split(" ", -1));
            assertThat(help.exitCode()).as(command).isZero();
            assertThat(help.out())
                    .as(command)
                    .startsWith("Usage: withings " + command)
                    .hasLineCount(help.out().split("\n", -1).length - 1);
            assertThat(help.err()).isEmpty();
            assertThat(rig.run((command + " -h").split(" ", -1)).out()).isEqualTo(help.out());
        }
    }

    @Test
    void an_empty_database_is_migrated(Rig rig, @TempDir Path folder) {
        var empty = Server.createEmpty();
        rig.set("DATABASE_URL", empty);
        try (var migrate = Launched.jar(folder, rig.environment(), "migrate")) {
            assertThat(done(migrate)).matches("\\d+ migrations ran; the schema is up to date\\.\n");
        } finally {
            Server.drop(empty);
        }
    }

    @Test
    void somebody_enrols_is_synced_and_shown(Rig rig, @TempDir Path folder) throws IOException {
        var ada = rig.person(1);
        try (var enrol = Launched.jar(folder, rig.environment(), "enrol", "--ref", "ada")) {
            var answer = Rig.get(allowed(link(enrol), ada.id()));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(done(enrol)).contains("Enrolled ada", "withings sync");
        }
        try (var sync = Launched.jar(folder, rig.environment(), "sync")) {
            assertThat(done(sync))
                    .contains("resource", "measures", "fetched", "rows/s")
                    .doesNotContain("failed");
        }
        assertThat(rig.count("SELECT count(*) FROM withings.sleep_summary"))
                .isEqualTo(ada.nights().size());
        try (var text = Launched.jar(folder, rig.environment(), "status");
                var json = Launched.jar(folder, rig.environment(), "status", "--json");
                var users = Launched.jar(folder, rig.environment(), "users")) {
            assertThat(done(text)).contains("1 person", "ada", "active", "measures", "newest row", "rejected");
            var person = JSON.readTree(done(json)).path("users").path(0);
            assertThat(person.path("user_id").asLong()).isEqualTo(ada.id());
            assertThat(person.path("resources").size()).isEqualTo(Resources.ALL.size());
            assertThat(person.path("rows").asLong()).isPositive();
            assertThat(done(users)).contains(Long.toString(ada.id()), "ada", "active");
        }
    }

    @Test
    void a_consent_given_elsewhere_is_finished_by_hand(Rig rig, @TempDir Path folder) {
        String back;
        try (var service = rig.service()) {
            back = allowed(
                    service.consents().begin("ada").url().toString(),
                    rig.person(1).id());
        }
        var code = back.replaceFirst(".*[?&]code=([^&]*).*", "$1");
        var state = back.replaceFirst(".*[?&]state=([^&]*).*", "$1");

        try (var enrol = Launched.jar(folder, rig.environment(), "enrol", "--code", code, "--state", state)) {
            assertThat(done(enrol))
                    .startsWith("Enrolled Withings user " + rig.person(1).id() + " as ada");
        }
        var again = rig.run("enrol", "--code", code, "--state", state);
        assertThat(again.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(again.err()).contains("used");
    }

    @Test
    void authorisations_are_imported_bounded_and_revoked(Rig rig, @TempDir Path folder) throws IOException {
        var pair = rig.person(1).tokens();
        var id = Long.toString(pair.user());
        var file = Files.writeString(
                folder.resolve("users.jsonl"),
                "{\"userid\":\"%s\",\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_at\":%d,\"scope\":\"%s\"}\n"
                        .formatted(
                                id,
                                pair.accessToken(),
                                pair.refreshToken(),
                                pair.expiresAt().getEpochSecond(),
                                String.join(",", pair.scopes())));
        try (var users = Launched.jar(folder, rig.environment(), "users", "import", file.toString())) {
            assertThat(done(users)).isEqualTo("Imported 1 people.\n");
        }
        try (var set = Launched.jar(
                folder,
                rig.environment(),
                "users",
                "set",
                id,
                "--ref",
                "ada",
                "--from",
                "2026-01-01",
                "--until",
                "2030-01-01")) {
            assertThat(done(set)).contains("ada", "from 2026-01-01 until 2030-01-01");
        }
        assertThat(rig.run("sync", "--user", id, "--resource", "devices").exitCode())
                .isZero();
        assertThat(JSON.readTree(rig.run("users", "--json").out())
                        .path(0)
                        .path("fetch_from")
                        .asText())
                .isEqualTo("2026-01-01");
        assertThat(devicesStatus(rig, pair)).isZero();

        try (var remove = Launched.jar(folder, rig.environment(), "users", "remove", id)) {
            assertThat(done(remove)).contains("no longer synced", "revoked", "The data stays");
        }
        assertThat(devicesStatus(rig, pair)).as("the token is dead").isEqualTo(401);
        assertThat(rig.count("SELECT count(*) FROM withings.device")).isPositive();
        assertThat(rig.count("SELECT count(*) FROM sync.token")).isZero();
        assertThat(rig.run("status").out()).contains("unlinked");
        var calls = rig.withings().calls();
        assertThat(rig.run("sync", "--resource", "devices").exitCode()).isIn(ExitCode.DONE, ExitCode.SOME_FAILED);
        assertThat(rig.withings().calls())
                .as("nothing is asked for anybody removed")
                .isEqualTo(calls);
    }

    @Test
    void the_service_serves_beside_other_commands_and_stops_when_asked(Rig rig, @TempDir Path folder) {
        rig.set("SCHEDULE_DUE", "0 0 0 1 1 ? 2099");
        try (var serve = Launched.jar(folder, rig.environment(), "serve")) {
            Launched.await(() -> serve.err().contains("Ctrl-C stops.") || !serve.running());
            assertThat(serve.err()).contains("Console:  " + rig.url() + "/", "Enrol:    " + rig.url() + "/authorize");
            assertThat(Rig.get(rig.url() + "/").body()).contains("Nobody is enrolled yet");
            assertThat(Rig.get(rig.url() + "/observe/health").statusCode()).isEqualTo(200);
            assertThat(Rig.get(rig.url() + "/authorize").statusCode()).isEqualTo(302);

            try (var enrol = Launched.jar(folder, rig.environment(), "enrol", "--ref", "ada");
                    var health = Launched.jar(folder, rig.environment(), "healthcheck")) {
                assertThat(done(health)).contains("\"status\":\"UP\"");
                assertThat(Rig.get(allowed(link(enrol), rig.person(1).id())).statusCode())
                        .isEqualTo(200);
                assertThat(done(enrol)).contains("Enrolled ada");
            }
            assertThat(rig.consent(rig.person(2), "grace").statusCode()).isEqualTo(200);
            Await.until(
                    "the history of both came without a schedule",
                    () -> List.of(1, 2).stream()
                            .allMatch(number -> Cursor.outcomes(rig, rig.person(number))
                                    .equals(Cursor.allDoneBut("measures", "done"))));
            assertThat(rig.count("SELECT count(DISTINCT user_id) FROM withings.measure"))
                    .isEqualTo(2);
            assertThat(Rig.get(rig.url() + "/").body()).contains("ada", "grace");
            assertThat(Rig.get(rig.url() + "/observe/metrics").body()).contains("withings_sync_");

            stopsWhenAsked(serve);
            assertThat(serve.out()).as("the service has no results").isEmpty();
        }
        assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
        var health = rig.run("healthcheck");
        assertThat(health.exitCode()).isEqualTo(1);
        assertThat(health.err()).contains("is withings serve running?");
    }

    @Test
    void the_service_stops_in_the_middle_of_a_backfill_and_goes_on_later(Rig rig, @TempDir Path folder) {
        rig.enrolAll();
        rig.withings().on("getsummary").always().answer(io.withingspg.simulator.Fault.delay(Duration.ofSeconds(2)));
        rig.set("SCHEDULE_DUE", "* * * * * ?");
        try (var serve = Launched.jar(folder, rig.environment(), "serve")) {
            Launched.await(() -> rig.count("SELECT count(*) FROM sync.run") == 3
                    && rig.count("SELECT count(*) FROM withings.measure") > 0);
            stopsWhenAsked(serve);
        }
        rig.withings().mend();

        assertThat(rig.run("sync").exitCode()).isZero();
        for (var person : rig.withings().people()) {
            assertThat(rig.count("SELECT count(*) FROM withings.sleep_summary WHERE user_id = ?", person.id()))
                    .isEqualTo(person.nights().size());
        }
    }

    @Test
    void the_simulated_Withings_says_how_to_be_used_and_stops_when_asked(Rig rig, @TempDir Path folder) {
        try (var simulate =
                Launched.jar(folder, rig.environment(), "simulate", "--port", "0", "--users", "2", "--days", "3")) {
            var out = simulate.awaitOut(text -> text.contains("Ctrl-C stops."));
            var page = out.replaceFirst("(?s).*export WITHINGS_AUTHORIZE_URL=(\\S+).*", "$1");
            assertThat(Rig.get(page + "?response_type=code&client_id=demo&state=s&scope=user.metrics"
                                    + "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback")
                            .statusCode())
                    .isEqualTo(200);
            stopsWhenAsked(simulate);
            assertThat(simulate.err()).isEmpty();
        }
    }
}
