package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a person gets wrong is told in one line that says what to do, and nothing is done. */
@ExtendWith(Rig.Provider.class)
final class BadInputIT {
    /** One line on standard error, nothing on standard output. */
    private static String refused(int exitCode, Rig.Ran ran) {
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isEqualTo(exitCode);
        assertThat(ran.err().lines()).as(ran.err()).hasSize(1);
        assertThat(ran.err()).startsWith("withings: ").doesNotContain("unforeseen", "Exception");
        assertThat(ran.out()).isEmpty();
        return ran.err().strip();
    }

    private static String wrongUse(Rig rig, String... arguments) {
        return refused(ExitCode.WRONG_USE, rig.run(arguments));
    }

    @Test
    void unknown_commands_options_and_values_are_named(Rig rig) {
        assertThat(wrongUse(rig, "snyc")).contains("snyc").contains("--help");
        assertThat(wrongUse(rig, "sync", "--everything"))
                .contains("--everything")
                .contains("withings sync --help");
        assertThat(wrongUse(rig, "sync", "--resource", "steps")).contains("--resource steps", "measures", "sleep");
        assertThat(wrongUse(rig, "sync", "--from", "2026-03-01", "--to", "2026-02-01"))
                .contains("--from 2026-03-01 is after --to 2026-02-01: swap them");
        assertThat(wrongUse(rig, "sync", "--from", "01.02.2026")).contains("--from", "01.02.2026");
        assertThat(wrongUse(rig, "sync", "--from", "2026-02-30")).contains("--from", "2026-02-30");
        assertThat(wrongUse(rig, "sync", "--to", "2026-02-01")).contains("--to needs --from");
        assertThat(wrongUse(rig, "sync", "--full", "--from", "2026-02-01")).contains("--full");
        assertThat(wrongUse(rig, "sync", "--user", "ada")).contains("--user", "'ada' is not", "withings users");
        assertThat(wrongUse(rig, "demo", "--days", "many")).contains("--days", "'many' is not a whole number");
        assertThat(wrongUse(rig, "sync", "--from", "2999-01-01")).contains("--from 2999-01-01 is in the future");
        assertThat(wrongUse(rig, "sync", "--user", "4711")).contains("4711", "withings users");
        assertThat(wrongUse(rig, "status", "--user", "4711")).contains("4711", "withings users");
        assertThat(wrongUse(rig, "users", "set", "4711", "--ref", "ada")).contains("4711", "withings users");
        assertThat(wrongUse(rig, "users", "set", "4711")).contains("nothing to set");
        assertThat(wrongUse(rig, "users", "remove", "4711")).contains("4711", "withings users");
        assertThat(wrongUse(rig, "users", "import")).contains("FILE");
        assertThat(wrongUse(rig, "users", "import", "/nowhere/users.jsonl"))
                .contains("/nowhere/users.jsonl cannot be read");
        assertThat(wrongUse(rig, "enrol", "--code", "c")).contains("--code and --state belong together");
        assertThat(wrongUse(rig, "enrol", "--code", "c", "--state", "made-up")).contains("state is unknown");
        assertThat(wrongUse(rig, "simulate", "--users", "-1")).contains("--users");
        assertThat(wrongUse(rig, "simulate", "--latency", "-1")).contains("--latency");
        assertThat(wrongUse(rig, "simulate", "--port", "70000")).contains("70000");
        assertThat(wrongUse(rig, "demo", "--users", "0")).contains("--users");
        assertThat(wrongUse(rig, "prune", "--drop")).contains("--samples-older-than");
        assertThat(wrongUse(rig, "prune", "--samples-older-than", "3y")).contains("--detach", "--drop");
        assertThat(wrongUse(rig, "prune", "--samples-older-than", "3y", "--detach", "--drop"))
                .contains("--detach", "--drop");
        assertThat(wrongUse(rig, "prune", "--samples-older-than", "90d", "--drop"))
                .contains("'90d' is not a number of years such as 3y");
        assertThat(wrongUse(rig, "demo", "--once", "--port", "70000")).contains("--port");
        assertThat(rig.withings().calls()).isZero();
    }

    @Test
    void no_command_at_all_shows_what_there_is(Rig rig) {
        var ran = rig.run();
        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(ran.err()).contains("withings").contains("--help");
    }

    @Test
    void bounds_that_cross_are_refused(Rig rig) {
        rig.enrol(rig.person(1));
        var id = Long.toString(rig.person(1).id());

        assertThat(wrongUse(rig, "users", "set", id, "--from", "2026-03-01", "--until", "2026-02-01"))
                .contains("swap them");
        assertThat(rig.run("users", "set", id, "--until", "2026-02-01").exitCode())
                .isZero();
        assertThat(wrongUse(rig, "users", "set", id, "--from", "2026-03-01")).contains("swap them");
    }

    @Test
    void a_reference_that_is_taken_is_refused(Rig rig) {
        rig.enrol(rig.person(1), rig.person(2));
        assertThat(rig.run("users", "set", Long.toString(rig.person(1).id()), "--ref", "ada")
                        .exitCode())
                .isZero();

        assertThat(wrongUse(rig, "users", "set", Long.toString(rig.person(2).id()), "--ref", "ada"))
                .contains(
                        "ada already belongs to Withings user " + rig.person(1).id());
    }

    @Test
    void a_file_with_broken_lines_is_imported_but_for_them(Rig rig, @TempDir Path folder) throws IOException {
        var good = rig.person(1).tokens();
        var file = Files.write(
                folder.resolve("users.jsonl"),
                Stream.of(
                                "{\"userid\":%d,\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":10800,\"scope\":\"user.info,user.metrics,user.activity\",\"ref\":\"ada\"}"
                                        .formatted(good.user(), good.accessToken(), good.refreshToken()),
                                "",
                                "{\"userid\":2,\"access_token\":\"hidden-access\",\"refresh_token\":\"hidden-refresh",
                                "[\"hidden\"]",
                                "{\"userid\":\"hidden\",\"access_token\":\"hidden\",\"refresh_token\":\"hidden\",\"expires_in\":1,\"scope\":\"x\"}",
                                "{\"userid\":3,\"access_token\":\"hidden\",\"expires_in\":1,\"scope\":\"x\"}",
                                "{\"userid\":4,\"access_token\":\"hidden\",\"refresh_token\":\"hidden\",\"scope\":\"x\"}",
                                "{\"userid\":5,\"access_token\":\"hidden\",\"refresh_token\":\"hidden\",\"expires_at\":\"hidden\",\"scope\":\"x\"}",
                                "{\"userid\":6,\"access_token\":\"hidden\",\"refresh_token\":\"hidden\",\"expires_in\":1,\"scope\":\"x\",\"ref\":\"ada\"}",
                                "{\"userid\":7,\"access_token\":\"fine\",\"refresh_token\":\"fine\",\"expires_at\":1,\"scope\":\"user.info\"}")
                        .toList());

        var ran = rig.run("users", "import", file.toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(ran.out()).isEqualTo("Imported 2 people.\n");
        assertThat(ran.err().lines().map(line -> line.replaceFirst("(withings: line \\d+:).*", "$1")))
                .containsExactly(
                        "withings: line 3:",
                        "withings: line 4:",
                        "withings: line 5:",
                        "withings: line 6:",
                        "withings: line 7:",
                        "withings: line 8:",
                        "withings: line 9:");
        assertThat(ran.err()).doesNotContain("hidden", good.accessToken(), good.refreshToken());
        assertThat(rig.column("SELECT user_id::text FROM sync.enrolment ORDER BY sync.enrolment.user_id"))
                .containsExactly("7", Long.toString(good.user()));
        assertThat(rig.run("sync", "--user", Long.toString(good.user())).exitCode())
                .as("imported tokens work")
                .isZero();
    }

    @Test
    void a_database_that_is_not_there_is_3_and_one_that_refuses_is_2(Rig rig) throws IOException {
        var url = rig.environment().getOrDefault("DATABASE_URL", "");
        var name = url.replaceFirst(".*/([a-z0-9_]+)\\?.*", "$1");
        var address = url.replaceFirst("jdbc:postgresql://([^/]*)/.*", "$1");
        rig.set("DATABASE_WAIT", "1s");

        rig.set("DATABASE_URL", "postgres://u:hidden@127.0.0.1:" + Rig.freePort() + "/d");
        for (var command : new String[] {"migrate", "serve"}) {
            assertThat(refused(ExitCode.DATABASE_UNREACHABLE, rig.run(command)))
                    .contains("PostgreSQL cannot be reached", "DATABASE_URL")
                    .doesNotContain("hidden");
        }
        rig.set("DATABASE_URL", "postgres://u:hidden@no-such-host.invalid/d");
        assertThat(refused(ExitCode.DATABASE_UNREACHABLE, rig.run("migrate")))
                .contains("the host no-such-host.invalid is not known")
                .doesNotContain("hidden");
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            rig.set("DATABASE_URL", "postgres://u:hidden@127.0.0.1:" + silent.getLocalPort() + "/d");
            assertThat(refused(ExitCode.DATABASE_UNREACHABLE, rig.run("migrate")))
                    .contains("PostgreSQL cannot be reached (Connection attempt timed out)")
                    .doesNotContain("hidden");
        }

        rig.set("DATABASE_URL", "postgres://postgres@" + address + "/no_such_database");
        assertThat(wrongUse(rig, "migrate")).contains("no_such_database", "PostgreSQL refuses DATABASE_URL");
        rig.set("DATABASE_URL", "postgres://no_such_role@" + address + "/" + name);
        assertThat(wrongUse(rig, "migrate")).contains("no_such_role", "PostgreSQL refuses DATABASE_URL");
        for (var malformed : new String[] {"mysql://u:hidden@h/d", "postgres://u:hidden word@h/d", "nonsense-hidden"}) {
            rig.set("DATABASE_URL", malformed);
            assertThat(wrongUse(rig, "migrate"))
                    .contains("DATABASE_URL is not valid", "postgres://user:password@host:port/database")
                    .doesNotContain("hidden");
        }
        rig.set("DATABASE_URL", "jdbc:postgresql://" + address + "/" + name + "?user=postgres&socketTimeout=soon");
        assertThat(wrongUse(rig, "migrate")).contains("DATABASE_URL");
    }

    @Test
    void a_wrong_password_is_told_and_the_right_one_works(Rig rig) throws IOException {
        var url = rig.environment().getOrDefault("DATABASE_URL", "");
        var role = "guarded_" + url.replaceFirst(".*/([a-z0-9_]+)\\?.*", "$1");
        var hba = Path.of(String.valueOf(rig.query("SHOW hba_file")));
        rig.set("DATABASE_WAIT", "1s");
        rig.sql().execute("CREATE ROLE " + role + " SUPERUSER LOGIN PASSWORD 'p@ss/w%rd&+='");
        // Its own line only: other tests of this server stay trusted.
        Files.writeString(hba, "host all " + role + " 127.0.0.1/32 scram-sha-256\n" + Files.readString(hba));
        rig.query("SELECT pg_reload_conf()");
        try {
            var guarded = url.replaceFirst("jdbc:postgresql://([^/]*)/([a-z0-9_]+)\\?.*", "postgres://%s@$1/$2");
            rig.set("DATABASE_URL", guarded.formatted(role + ":p%40ss%2Fw%25rd%26%2B%3D"));
            Launched.await(() -> rig.run("migrate").exitCode() == 0);
            assertThat(rig.run("migrate").exitCode()).isZero();
            for (var wrong : new String[] {":hidden", ":", ""}) {
                rig.set("DATABASE_URL", guarded.formatted(role + wrong));
                assertThat(wrongUse(rig, "migrate"))
                        .contains("correct the user, password, database name or options")
                        .doesNotContain("hidden");
            }
        } finally {
            var left = Files.readAllLines(hba).stream()
                    .filter(line -> !line.contains(role + " "))
                    .toList();
            Files.write(hba, left);
            rig.sql().execute("DROP ROLE " + role);
        }
    }

    @Test
    void a_port_in_use_is_told_before_anything_starts(Rig rig) throws IOException {
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());
            rig.set("HTTP_PORT", port);
            assertThat(wrongUse(rig, "serve")).contains("port " + port, "HTTP_PORT");
            assertThat(wrongUse(rig, "simulate", "--port", port)).contains("port " + port, "--port");
            assertThat(wrongUse(rig, "demo", "--once", "--port", port)).contains("port " + port, "--port");
        }
    }

    @Test
    void Withings_out_of_reach_is_4_and_leaves_the_cursors(Rig rig) {
        rig.enrol(rig.person(1));
        rig.set("WITHINGS_API_URL", "http://127.0.0.1:" + Rig.freePort());

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.out()).isEqualTo(ExitCode.WITHINGS_UNREACHABLE);
        assertThat(ran.out() + ran.err()).contains("be reached").doesNotContain("Exception");
        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE reached_at IS NOT NULL"))
                .isZero();
        var removed = rig.run("users", "remove", Long.toString(rig.person(1).id()));
        assertThat(refused(ExitCode.WITHINGS_UNREACHABLE, removed)).contains("did not revoke");
    }

    @Test
    void credentials_belong_together_and_are_needed_by_all_that_calls(Rig rig) {
        rig.set("WITHINGS_CLIENT_SECRET", "");
        assertThat(wrongUse(rig, "sync")).contains("set the missing WITHINGS_CLIENT_SECRET");
        rig.set("WITHINGS_CLIENT_ID", "").set("WITHINGS_CALLBACK_URL", "");
        for (var command : new String[] {"sync", "serve", "enrol"}) {
            assertThat(wrongUse(rig, command))
                    .contains("WITHINGS_CLIENT_ID", "WITHINGS_CLIENT_SECRET", "WITHINGS_CALLBACK_URL", "withings demo");
        }
        assertThat(rig.run("status").exitCode()).isZero();
        assertThat(rig.run("migrate").exitCode()).isZero();
    }

    @Test
    void settings_that_cannot_hold_are_named(Rig rig, @TempDir Path folder) throws IOException {
        rig.set("HTTP_PORT", "eighty");
        assertThat(wrongUse(rig, "status")).contains("HTTP_PORT=eighty");
        rig.set("HTTP_PORT", "8080").set("HTTP_HOST", "0.0.0.0");
        assertThat(wrongUse(rig, "serve")).contains("CONSOLE_PASSWORD", "HTTP_HOST");
        rig.set("CONSOLE_PASSWORD", "hidden");
        assertThat(wrongUse(rig, "serve")).contains("CONSOLE_PASSWORD", "12").doesNotContain("hidden");
        rig.set("HTTP_HOST", "127.0.0.1").set("CONSOLE_PASSWORD", "");

        rig.set("WITHINGS_CLIENT_SECRET_FILE", folder.resolve("none").toString());
        assertThat(wrongUse(rig, "status"))
                .contains("WITHINGS_CLIENT_SECRET and WITHINGS_CLIENT_SECRET_FILE are both set");
        rig.set("WITHINGS_CLIENT_SECRET", "");
        assertThat(wrongUse(rig, "status")).contains("WITHINGS_CLIENT_SECRET_FILE=" + folder.resolve("none"));
        rig.set("WITHINGS_CLIENT_SECRET_FILE", folder.toString());
        assertThat(wrongUse(rig, "status")).contains("WITHINGS_CLIENT_SECRET_FILE=" + folder);
    }

    @Test
    void a_token_key_that_is_missing_malformed_or_another_is_told(Rig rig) {
        rig.enrol(rig.person(1));
        var key = rig.environment().getOrDefault("TOKEN_KEY", "");

        rig.set("TOKEN_KEY", "");
        assertThat(wrongUse(rig, "sync")).contains("TOKEN_KEY is not set", "openssl rand -base64 32");
        rig.set("TOKEN_KEY", "hidden!");
        assertThat(wrongUse(rig, "sync")).contains("TOKEN_KEY is not base64").doesNotContain("hidden");
        rig.set("TOKEN_KEY", Base64.getEncoder().encodeToString(new byte[31]));
        assertThat(wrongUse(rig, "sync")).contains("TOKEN_KEY has the wrong length", "32 bytes");
        var other = new byte[32];
        other[0] = 1;
        rig.set("TOKEN_KEY", Base64.getEncoder().encodeToString(other));
        for (var command : new String[] {"sync", "serve", "enrol"}) {
            assertThat(wrongUse(rig, command)).matches(".*need the key [0-9a-f]{8}, but TOKEN_KEY holds [0-9a-f]{8}.*");
        }
        rig.set("TOKEN_KEY", key);
        assertThat(rig.run("sync", "--resource", "goals").exitCode()).isZero();
    }

    @Test
    void a_file_of_settings_is_checked_too(Rig rig, @TempDir Path folder) throws IOException {
        var work = folder.resolve("work");
        Files.createDirectories(work.resolve("config"));
        Files.writeString(work.resolve("config/application.properties"), "http.prot=8080\n");
        try (var unknown = Launched.in(work, rig.environment(), "status")) {
            assertThat(refused(ExitCode.WRONG_USE, unknown.ended())).contains("http.prot", "application.properties");
        }
        Files.writeString(work.resolve("config/application.properties"), "sync.users-at-once=many\n");
        try (var bad = Launched.in(work, rig.environment(), "status")) {
            assertThat(refused(ExitCode.WRONG_USE, bad.ended())).contains("sync.users-at-once=many");
        }
    }

    /** In a process of its own, so that log lines and what libraries print count as well. */
    @Test
    void neither_logs_nor_libraries_add_a_word(Rig rig, @TempDir Path folder) {
        rig.set("DATABASE_WAIT", "1s");
        var reachable = rig.environment();
        rig.set("DATABASE_URL", "postgres://u:hidden@127.0.0.1:" + Rig.freePort() + "/d");
        try (var unreachable = Launched.jar(folder, rig.environment(), "sync");
                var unknown = Launched.jar(folder, reachable, "sync", "--user", "4711")) {
            assertThat(refused(ExitCode.DATABASE_UNREACHABLE, unreachable.ended()))
                    .doesNotContain("hidden");
            assertThat(refused(ExitCode.WRONG_USE, unknown.ended())).contains("4711");
        }
    }
}
