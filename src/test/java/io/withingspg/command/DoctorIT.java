package io.withingspg.command;

import static io.withingspg.schema.withings.Tables.HEART_RECORD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.command.Service.Part;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.Fault;
import io.withingspg.store.Examination;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The doctor finds what is wrong, says what to do, and leaves everything as it was. */
@ExtendWith(Rig.Provider.class)
final class DoctorIT {
    private static final String EVERYTHING = "user.info,user.metrics,user.activity";

    private static JsonNode json(Rig.Ran ran) {
        try {
            return new ObjectMapper().readTree(ran.out());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(ran.out() + ran.err(), e);
        }
    }

    /** Check → its state. */
    private static Map<String, String> states(JsonNode told) {
        return told.path("checks")
                .valueStream()
                .collect(Collectors.toMap(
                        check -> check.path("check").asText(),
                        check -> check.path("state").asText()));
    }

    private static Map<String, String> states(Rig rig) {
        return states(json(rig.run("doctor", "--json")));
    }

    /** All that is said, without the line breaks that a terminal wants. */
    private static String text(Rig.Ran ran) {
        return ran.out().replaceAll("\\s+", " ");
    }

    private static JsonNode resource(JsonNode told, String name) {
        return told.path("probe")
                .valueStream()
                .filter(one -> one.path("resource").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Quantity → came or empty. */
    private static Map<String, String> quantities(JsonNode resource, String table) {
        return resource.path("quantities")
                .valueStream()
                .filter(one -> one.path("table").asText().equals(table))
                .collect(Collectors.toMap(
                        one -> one.path("quantity").asText(),
                        one -> one.path("state").asText()));
    }

    private static Rig.Ran probe(Rig rig, String... more) {
        var arguments = new java.util.ArrayList<>(
                List.of("doctor", "--probe", Long.toString(rig.person(1).id())));
        arguments.addAll(List.of(more));
        return rig.run(arguments.toArray(String[]::new));
    }

    /** Everything that is stored, but for what a call itself leaves: the quota, and a renewed token. */
    private static String everything(Rig rig) {
        var dump = new StringBuilder(rig.dump());
        var tables = rig.column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sync'"
                + " AND table_type = 'BASE TABLE' AND table_name NOT IN ('quota', 'token') ORDER BY 1");
        for (var table : tables) {
            dump.append(table);
            rig.column("SELECT t::text FROM sync." + table + " t ORDER BY 1").forEach(dump::append);
        }
        return dump.toString();
    }

    private static String tokens(Rig rig) {
        return rig.column("SELECT t::text FROM sync.token t ORDER BY 1").toString();
    }

    @Test
    void where_all_is_well_each_thing_is_told_and_nothing_is_called_or_written(Rig rig) {
        rig.enrolAll();
        assertThat(rig.run("sync").exitCode()).isZero();
        var calls = rig.withings().calls();
        var stored = everything(rig) + tokens(rig) + rig.column("SELECT t::text FROM sync.quota t");

        var ran = rig.run("doctor");

        assertThat(ran.exitCode()).as(ran.out()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(text(ran))
                .contains("PostgreSQL 18", "opens the tokens of 3 people", "withings serve does not run")
                .contains("of 10 without a public HTTPS callback", "Nothing is wrong, 1 warning.");
        var told = json(rig.run("doctor", "--json"));
        assertThat(states(told))
                .isEqualTo(new TreeMap<>(Map.of(
                        "configuration", "ok",
                        "database", "ok",
                        "schema", "ok",
                        "rights", "ok",
                        "key", "ok",
                        "withings", "ok",
                        "callback", "warning",
                        "port", "ok",
                        "plan", "ok",
                        "quota", "ok")));
        assertThat(told.path("users")
                        .valueStream()
                        .map(user -> user.path("state").asText()))
                .hasSize(3)
                .containsOnly("ok");
        assertThat(rig.withings().calls()).isEqualTo(calls);
        assertThat(everything(rig) + tokens(rig) + rig.column("SELECT t::text FROM sync.quota t"))
                .isEqualTo(stored);
        assertThat(rig.set("WITHINGS_CALLBACK_URL", "https://health.example.org/callback")
                        .run("doctor")
                        .out())
                .contains("Nothing is wrong.");
    }

    @Test
    void without_any_configuration_it_says_what_to_set_and_makes_nothing(Rig rig, @TempDir Path folder)
            throws IOException {
        var data = folder.resolve("data");
        rig.environment().keySet().forEach(variable -> rig.set(variable, ""));
        rig.set("DATA_DIR", data.toString())
                .set("WITHINGS_API_URL", rig.withings().url());

        var ran = rig.run("doctor");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(text(ran))
                .contains("→ set WITHINGS_CLIENT_ID, WITHINGS_CLIENT_SECRET and WITHINGS_CALLBACK_URL")
                .contains("holds no embedded PostgreSQL → withings serve makes one there");
        assertThat(Files.exists(data)).isFalse();
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
        assertThat(rig.run("doctor", "--probe", "ada").exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(Files.exists(data)).isFalse();
    }

    @Test
    void a_setting_that_cannot_be_read_is_a_finding_of_its_own(Rig rig) {
        var told = json(rig.set("API_CALLS_PER_MINUTE", "many").run("doctor", "--json"));

        assertThat(told.path("exit_code").asInt()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(told.path("checks")).hasSize(1);
        assertThat(told.path("checks").path(0).path("found").asText())
                .isEqualTo("API_CALLS_PER_MINUTE=many is not valid");
        assertThat(told.path("checks").path(0).path("next").asText()).startsWith("expected a whole number");
    }

    @Test
    void a_wrong_key_is_told_with_the_one_that_is_needed(Rig rig) {
        rig.enrol(rig.person(1));
        var needed = json(rig.run("doctor", "--json"));
        var key = needed.path("checks")
                .valueStream()
                .filter(check -> check.path("check").asText().equals("key"))
                .map(check -> check.path("found").asText().substring(0, 8))
                .findFirst()
                .orElseThrow();
        var other = "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktb3Q=";
        assertThat(Base64.getDecoder().decode(other)).hasSize(32);

        var ran = rig.set("TOKEN_KEY", other).run("doctor");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(text(ran)).contains("the stored tokens need the key " + key).contains("→ add the key");
        assertThat(rig.set("TOKEN_KEY", "").run("doctor").exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(rig.set("TOKEN_KEY", "short").run("doctor").exitCode()).isEqualTo(ExitCode.WRONG_USE);
    }

    @Test
    void tokens_that_were_damaged_are_that_persons_problem(Rig rig) {
        rig.enrol(rig.person(1), rig.person(2));
        rig.sql()
                .execute(
                        "UPDATE sync.token SET access_token = overlay(access_token PLACING '\\x00' FROM 20) WHERE user_id = "
                                + rig.person(1).id());

        var ran = rig.run("doctor");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(text(ran)).contains("the stored tokens do not open → withings enrol");
        assertThat(ran.out().lines().filter(line -> line.contains("problem "))).hasSize(1);
    }

    @Test
    void a_database_that_is_gone_ends_with_3_whatever_else_is(Rig rig) {
        rig.set("DATABASE_WAIT", "1s").set("DATABASE_URL", "postgres://nobody:secret-word@127.0.0.1:1/x");

        var ran = rig.run("doctor");
        assertThat(ran.exitCode()).isEqualTo(ExitCode.DATABASE_UNREACHABLE);
        assertThat(text(ran)).contains("PostgreSQL cannot be reached", "→ check DATABASE_URL", "can be reached");
        assertThat(ran.out()).doesNotContain("secret-word");

        try (var line = new Line(rig.withings().url())) {
            line.cut();
            rig.set("WITHINGS_API_URL", line.url());
            assertThat(rig.run("doctor").exitCode()).isEqualTo(ExitCode.DATABASE_UNREACHABLE);
            assertThat(rig.run("doctor", "--probe", "ada").exitCode()).isEqualTo(ExitCode.DATABASE_UNREACHABLE);
        }
        assertThat(rig.set("WITHINGS_CLIENT_ID", "").run("doctor").exitCode()).isEqualTo(ExitCode.WRONG_USE);
    }

    @Test
    void a_database_without_tables_is_told_and_left_without(Rig rig) {
        var url = Server.createEmpty();
        try {
            rig.set("DATABASE_URL", url);
            assertThat(rig.run("doctor").exitCode()).isZero();
            assertThat(states(rig)).containsEntry("schema", "warning");
            assertThat(DSL.using(url).fetchValue("SELECT count(*) FROM pg_namespace WHERE nspname = 'sync'"))
                    .isEqualTo(0L);
        } finally {
            Server.drop(url);
        }
    }

    @Test
    void a_schema_that_is_behind_is_told_and_left_behind(Rig rig) {
        rig.sql().execute("UPDATE sync.flyway_schema_history SET checksum = 0 WHERE script = 'R__analytics_user.sql'");

        var ran = rig.run("doctor");

        assertThat(ran.exitCode()).as(ran.out()).isZero();
        assertThat(text(ran)).contains("1 migration has not run → withings migrate");
        assertThat(rig.query("SELECT checksum FROM sync.flyway_schema_history WHERE script = 'R__analytics_user.sql'"))
                .isEqualTo(0);
    }

    @Test
    void a_schema_made_by_a_newer_program_is_told(Rig rig) {
        rig.sql()
                .execute("INSERT INTO sync.flyway_schema_history"
                        + " SELECT max(installed_rank) + 1, '9999', 'later', 'SQL', 'V9999__later.sql', 0, 'x', now(), 1, true"
                        + " FROM sync.flyway_schema_history");
        rig.enrol(rig.person(1));

        var ran = probe(rig);

        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        assertThat(text(ran)).contains("made by a newer withings-postgres").containsPattern("measures +came");
    }

    @Test
    void a_role_without_rights_is_told_where_they_are_missing(Rig rig) {
        var admin = DSL.using(Server.adminUrl());
        admin.execute("CREATE ROLE doctor_it LOGIN");
        try {
            rig.set(
                    "DATABASE_URL",
                    rig.environment().getOrDefault("DATABASE_URL", "").replace("user=postgres", "user=doctor_it"));

            var ran = rig.run("doctor");

            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(text(ran))
                    .contains(
                            "role doctor_it may not read or write",
                            "more tables",
                            "→ make it a member of withings_service");
        } finally {
            admin.execute("DROP ROLE doctor_it");
        }
    }

    @Test
    void withings_that_cannot_be_reached_ends_with_4(Rig rig) {
        rig.enrol(rig.person(1));
        try (var line = new Line(rig.withings().url())) {
            line.cut();
            var ran = rig.set("WITHINGS_API_URL", line.url()).run("doctor");
            assertThat(ran.exitCode()).isEqualTo(ExitCode.WITHINGS_UNREACHABLE);
            assertThat(text(ran)).contains("Connection refused", "→ check this machine's network");
        }
        var nowhere = rig.set("WITHINGS_API_URL", "https://withings.invalid").run("doctor");
        assertThat(nowhere.exitCode()).isEqualTo(ExitCode.WITHINGS_UNREACHABLE);
        var plain = rig.set("WITHINGS_API_URL", rig.withings().url().replace("http:", "https:"))
                .set("HTTP_CONNECT_TIMEOUT", "2s")
                .run("doctor");
        assertThat(plain.exitCode()).as("no TLS there").isEqualTo(ExitCode.WITHINGS_UNREACHABLE);
    }

    @Test
    void callback_and_port_are_compared_with_what_serve_does(Rig rig) throws IOException {
        var port = rig.environment().getOrDefault("HTTP_PORT", "");
        assertThat(states(rig)).containsEntry("callback", "warning").containsEntry("port", "ok");
        try (var _ = new ServerSocket(Integer.parseInt(port), 1, InetAddress.getLoopbackAddress())) {
            var ran = rig.run("doctor");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(text(ran)).contains("no withings serve answers there → stop what uses it");
        }
        try (var _ = rig.service(Part.CONSOLE)) {
            assertThat(text(rig.run("doctor"))).contains("withings serve answers on port " + port);
        }
        rig.set("WITHINGS_CALLBACK_URL", "http://127.0.0.1:1/callback");
        assertThat(states(rig)).containsEntry("callback", "problem");
        rig.set("WITHINGS_CALLBACK_URL", "https://health.example.org/back");
        assertThat(states(rig)).containsEntry("callback", "problem");
        for (var guarded : List.of(
                "https://192.0.2.1/callback", "https://nas.local/callback", "https://a.example.org:8443/callback")) {
            rig.set("WITHINGS_CALLBACK_URL", guarded);
            assertThat(states(rig)).as(guarded).containsEntry("callback", "warning");
        }
    }

    @Test
    void the_limits_of_the_plan_and_the_quota_are_told_before_they_hurt(Rig rig) {
        rig.sql()
                .execute("INSERT INTO sync.enrolment (user_id, status, scopes)"
                        + " SELECT n, 'active', string_to_array('" + EVERYTHING
                        + "', ',') FROM generate_series(1, 10) n");
        assertThat(states(rig)).containsEntry("plan", "warning").containsEntry("quota", "ok");
        rig.set("WITHINGS_CALLBACK_URL", "https://health.example.org/callback");
        assertThat(states(rig)).containsEntry("plan", "ok");

        var ran = rig.set("API_CALLS_PER_MINUTE", "1").run("doctor");

        assertThat(text(ran))
                .contains("a round over everybody takes 100 calls", "→ ask less often, such as SYNC_EVERY=");
        assertThat(states(rig)).containsEntry("quota", "problem");
        assertThat(text(rig.run("doctor"))).contains("active, but has no tokens → withings enrol");
    }

    @Test
    void a_person_who_must_consent_again_is_a_problem_with_a_way_out(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada, rig.person(2));
        assertThat(rig.run("users", "set", Long.toString(ada.id()), "--ref", "Ada L.")
                        .exitCode())
                .isZero();
        ada.withdraws();
        assertThat(rig.run("sync").exitCode()).isEqualTo(1);
        var calls = rig.withings().calls();

        var ran = rig.run("doctor");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(text(ran)).contains("must consent again", "→ withings enrol --ref 'Ada L.'");
        var probed = rig.run("doctor", "--probe", "Ada L.");
        assertThat(probed.exitCode()).isEqualTo(1);
        assertThat(text(probed)).contains("probe", "not made");
        assertThat(rig.withings().calls()).as("nobody is asked for").isEqualTo(calls);
    }

    @Test
    void the_age_of_tokens_is_held_against_their_year(Rig rig) {
        rig.enrolAll();
        var age =
                "UPDATE sync.token SET refreshed_at = now() - interval '%d days', expires_at = now() - interval '%d days' WHERE user_id = %d";
        rig.sql().execute(age.formatted(400, 400, rig.person(1).id()));
        rig.sql().execute(age.formatted(300, 300, rig.person(2).id()));
        rig.run("users", "remove", Long.toString(rig.person(3).id()));

        var users = json(rig.run("doctor", "--json")).path("users");

        assertThat(users.valueStream().map(user -> user.path("state").asText()))
                .containsExactly("problem", "warning", "ok");
        assertThat(users.path(0).path("found").asText()).contains("a refresh token lives a year");
        assertThat(users.path(1).path("found").asText()).contains("ends for good in 65 days");
        assertThat(users.path(2).path("found").asText()).contains("unlinked");
    }

    @Test
    void a_probe_tells_each_quantity_and_stores_and_moves_nothing(Rig rig) {
        var secrets = ConcurrentHashMap.<String>newKeySet();
        rig.withings().on("requesttoken").always().answer(Fault.rewritten(body -> {
            secrets.add(body.path("access_token").asText());
            secrets.add(body.path("refresh_token").asText());
            return body;
        }));
        rig.enrol(rig.person(1));
        rig.person(1).tokensExpire();
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        rig.withings().on("getworkouts").answer(Fault.rewritten(body -> {
            body.putArray("series");
            return body.put("more", false);
        }));
        var before = everything(rig);
        var token = tokens(rig);
        var calls = rig.withings().calls();

        var ran = probe(rig);

        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        assertThat(rig.withings().calls() - calls)
                .as("a refresh, and one for each resource; no ECG is named here yet")
                .isEqualTo(10);
        assertThat(everything(rig)).isEqualTo(before);
        assertThat(tokens(rig)).as("renewed").isNotEqualTo(token);
        assertThat(rig.count("SELECT count(*) FROM withings.measure")).isZero();
        assertThat(ran.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(ran.out().substring(ran.out().indexOf("\nresource ")))
                .contains("weight", "time_in_bed_s")
                .containsPattern("workouts +empty")
                .doesNotContainPattern("[0-9][.,][0-9]");
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(4);
        assertThat(secrets).noneMatch((ran.out() + ran.err())::contains);

        var told = json(probe(rig, "--json"));
        assertThat(told.path("probe")).hasSize(Resources.ALL.size());
        assertThat(told.path("users")).hasSize(1);
        assertThat(quantities(resource(told, "measures"), "measure")).containsEntry("weight", "came");
        assertThat(quantities(resource(told, "activity"), "activity_day"))
                .containsEntry("steps", "came")
                .doesNotContainKeys("user_id", "synced_at", "extra");
        assertThat(everything(rig)).isEqualTo(before);
    }

    @Test
    void a_probe_of_empty_lists_says_that_everything_is_empty(Rig rig) {
        rig.enrol(rig.person(1));
        for (var action : List.of(
                "getmeas",
                "getsummary",
                "/v2/sleep get",
                "getactivity",
                "getintradayactivity",
                "getworkouts",
                "/v2/heart list",
                "getdevice",
                "getgoals")) {
            rig.withings()
                    .on(action)
                    .always()
                    .answer(Fault.raw(
                            action.equals("getgoals")
                                    ? "{\"status\":0,\"body\":{\"goals\":[]}}"
                                    : "{\"status\":0,\"body\":{\"more\":false}}"));
        }

        var ran = probe(rig, "--json");

        assertThat(ran.exitCode()).isZero();
        assertThat(json(ran)
                        .path("probe")
                        .valueStream()
                        .map(one -> one.path("state").asText()))
                .hasSize(10)
                .containsOnly("empty", "nothing_to_ask_for");
        assertThat(quantities(resource(json(ran), "measures"), "measure").values())
                .containsOnly("empty");
    }

    @Test
    void a_probe_reads_large_answers_too_and_says_which_are_too_large(Rig rig) {
        rig.enrol(rig.person(1));
        var large = "{\"status\":0,\"body\":{\"devices\":[],\"more\":\"%s\"}}";
        rig.withings().on("getdevice").answer(Fault.raw(large.formatted("x".repeat(5 << 20))));
        rig.withings().on("getgoals").answer(Fault.raw(large.formatted("x".repeat(9 << 20))));

        var told = json(probe(rig, "--json"));

        assertThat(resource(told, "devices").path("state").asText()).isEqualTo("empty");
        assertThat(resource(told, "goals").path("state").asText()).isEqualTo("failed");
        assertThat(resource(told, "goals").path("told").asText())
                .startsWith("the answer has 9 MB, too much for a look at it: withings sync --user ")
                .endsWith("--resource goals tells what comes of it");
    }

    @Test
    void a_probe_tells_what_was_not_granted_and_does_not_ask_for_it(Rig rig) {
        rig.person(1).grantsOnly(Set.of("user.metrics", "user.info"));
        rig.enrol(rig.person(1));

        var ran = probe(rig);

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).containsPattern("sleep +refused +the person did not grant user.activity");
        assertThat(text(ran)).contains("did not grant user.activity, so no sleep, activity, workouts");
        assertThat(rig.withings().calls("getsummary")).isZero();

        rig.person(1).grantsOnly(Set.of("user.metrics")); // taken back at Withings, which we cannot know
        var told = json(probe(rig, "--json"));
        assertThat(resource(told, "devices").path("state").asText()).isEqualTo("refused");
        assertThat(resource(told, "devices").path("told").asText()).startsWith("status ");
        assertThat(resource(told, "measures").path("state").asText()).isEqualTo("came");
    }

    @Test
    void a_probe_of_fields_beyond_the_plan_falls_back_to_the_basic_ones_and_says_so(Rig rig) {
        rig.person(1).hasNoPlanFor(Set.of("apnea_hypopnea_index"));
        rig.enrol(rig.person(1));

        var told = json(probe(rig, "--json"));

        assertThat(resource(told, "sleep").path("told").asText()).contains("all fields: refused, status");
        assertThat(resource(told, "sleep").path("state").asText()).isEqualTo("came");
    }

    @Test
    void a_probe_whose_person_is_unknown_asks_nobody(Rig rig) {
        rig.enrol(rig.person(1));
        var calls = rig.withings().calls();
        for (var unknown : List.of("4711", "nobody", "")) {
            var ran = rig.run("doctor", "--probe", unknown);
            assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err().lines()).hasSize(1);
            assertThat(ran.err()).contains("withings users");
            assertThat(ran.out()).isEmpty();
        }
        assertThat(rig.withings().calls()).isEqualTo(calls);
    }

    @Test
    void a_probe_that_loses_its_way_stops_there(Rig rig) {
        rig.enrol(rig.person(1));
        try (var line = new Line(rig.withings().url())) {
            rig.set("WITHINGS_API_URL", line.url());
            rig.withings().on("getmeas").answer(Fault.then(line::cut));

            var ran = probe(rig, "--json");

            assertThat(ran.exitCode()).isEqualTo(ExitCode.WITHINGS_UNREACHABLE);
            assertThat(resource(json(ran), "goals").path("state").asText()).isEqualTo("not_asked");
        }
    }

    @Test
    void a_probe_whose_person_withdrew_says_so_and_parks_nobody(Rig rig) {
        rig.enrol(rig.person(1));
        rig.person(1).withdraws();

        var ran = probe(rig);

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(text(ran)).contains("the person must consent again");
        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("active");
    }

    @Test
    void a_probe_asks_for_a_day_of_samples_and_for_the_newest_of_what_is_named(Rig rig) {
        rig.enrol(rig.person(1));
        var samples = new Resource(
                "samples",
                Scope.USER_ACTIVITY,
                new Call("/v2/measure", "getintradayactivity"),
                Map.of(),
                Resource.Paging.SINGLE,
                new Movement.Windows(),
                List.of(),
                page -> new Normalised(List.of(), List.of(), List.of()));
        var curves = new Resource(
                "curves",
                Scope.USER_METRICS,
                new Call("/v2/heart", "get"),
                Map.of(),
                Resource.Paging.SINGLE,
                new Movement.Each("signalid", HEART_RECORD.ECG_SIGNAL_ID, HEART_RECORD.ECG_SIGNAL_ID),
                List.of(),
                page -> new Normalised(List.of(), List.of(), List.of()));
        try (var service = rig.service()) {
            var person = service.people().find(rig.person(1).id()).orElseThrow();
            var examination = new Examination(service.database());
            var now = Instant.parse("2026-11-25T18:30:00Z");
            var called = rig.withings().calls();

            assertThat(Probe.run(service, person, examination, List.of(curves), now))
                    .extracting(Asked::ending)
                    .containsExactly(Asked.Ending.NOTHING_TO_ASK_FOR);
            assertThat(rig.withings().calls()).isEqualTo(called);

            rig.run("sync", "--resource", "heart");
            rig.withings().on("getintradayactivity").answer(Fault.raw("{\"status\":0,\"body\":{\"series\":{}}}"));
            rig.withings().on("/v2/heart get").answer(Fault.raw("{\"status\":0,\"body\":{}}"));
            assertThat(Probe.run(service, person, examination, List.of(samples, curves), now))
                    .extracting(Asked::ending)
                    .containsOnly(Asked.Ending.EMPTY);
        }
        var seen = rig.withings().seen();
        assertThat(seen.get(seen.size() - 2).arguments())
                .containsEntry(
                        "startdate",
                        Long.toString(Instant.parse("2026-11-24T18:30:00Z").getEpochSecond()))
                .containsEntry(
                        "enddate",
                        Long.toString(Instant.parse("2026-11-25T18:30:00Z").getEpochSecond()));
        assertThat(seen.getLast().arguments())
                .containsEntry(
                        "signalid",
                        rig.query("SELECT max(ecg_signal_id) FROM withings.heart_record")
                                .toString());
    }
}
