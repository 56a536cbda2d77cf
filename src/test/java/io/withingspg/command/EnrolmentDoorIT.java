package io.withingspg.command;

import static io.withingspg.command.Rig.get;
import static io.withingspg.command.Rig.location;
import static io.withingspg.command.Rig.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.Fault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who comes through the enrolment door, and what those are told who do not. */
@ExtendWith(Rig.Provider.class)
final class EnrolmentDoorIT {
    private static Service open(Rig rig) {
        return rig.service(Part.ENROLMENT, Part.CONSOLE);
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("Set-Cookie").orElse("");
    }

    @Test
    void a_consent_counts_only_in_the_browser_it_began_in(Rig rig) {
        try (var _ = open(rig);
                var own = new Browser();
                var other = new Browser()) {
            var back = rig.allowed(own, rig.person(1), "?ref=ada");
            other.get(rig.url() + "/authorize"); // so that it has a cookie of its own

            for (var elsewhere : List.of(get(back), other.get(back))) {
                assertThat(elsewhere.statusCode()).isEqualTo(403);
                assertThat(elsewhere.body()).contains("Finish in the browser you began in");
            }
            assertThat(rig.withings().calls("requesttoken")).isZero();

            assertThat(own.get(back).statusCode()).as("nothing was lost").isEqualTo(200);
        }
    }

    @Test
    void the_cookie_is_for_this_door_alone_and_two_tabs_share_it(Rig rig) {
        try (var _ = open(rig);
                var browser = new Browser()) {
            var first = browser.get(rig.url() + "/authorize?ref=ada");
            assertThat(cookie(first))
                    .matches("withings-browser=[A-Za-z0-9_-]{43}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax");
            var value = parameter(cookie(first).replace("withings-browser", "?withings-browser"), "withings-browser")
                    .replaceFirst(";.*", "");
            assertThat(rig.column("SELECT encode(browser_hash, 'escape') || encode(browser_hash, 'base64')"
                            + " FROM sync.oauth_state"))
                    .hasSize(1)
                    .noneMatch(stored -> stored.contains(value));

            var ada = location(browser.get(
                    location(first) + "&auto=1&user=" + rig.person(1).id()));
            var second = browser.get(rig.url() + "/authorize?ref=ben");
            assertThat(cookie(second)).contains(value);
            var ben = location(browser.get(
                    location(second) + "&auto=1&user=" + rig.person(2).id()));
            assertThat(browser.get(ben).statusCode()).isEqualTo(200);
            assertThat(browser.get(ada).statusCode()).isEqualTo(200);

            for (var odd :
                    List.of("withings-browser=short", "withings-browser=" + "%".repeat(43), "withings-browser")) {
                assertThat(cookie(get(rig.url() + "/authorize", "Cookie", odd)))
                        .startsWith("withings-browser=")
                        .doesNotContain(odd + ";");
            }
        }
    }

    @Test
    void behind_https_the_cookie_never_travels_in_clear(Rig rig) {
        rig.set("WITHINGS_CALLBACK_URL", rig.url().replace("http:", "https:") + "/callback");
        try (var _ = open(rig)) {
            assertThat(cookie(get(rig.url() + "/authorize")))
                    .startsWith("__Host-withings-browser=")
                    .endsWith("; HttpOnly; SameSite=Lax; Secure");
        }
    }

    @Test
    void a_consent_begun_under_another_name_is_sent_once_to_the_name_it_will_end_under(Rig rig) {
        var byName = rig.url().replace("127.0.0.1", "localhost");
        try (var _ = open(rig)) {
            var sent = get(byName + "/authorize?ref=ada%20l");
            assertThat(location(sent)).isEqualTo(rig.url() + "/authorize?ref=ada%20l&sent=1");
            assertThat(cookie(sent)).isEmpty();

            assertThat(location(get(location(sent)))).startsWith(rig.withings().authorizeUrl());
            assertThat(location(get(byName + "/authorize?sent=1")))
                    .as("a proxy that renames us")
                    .startsWith(rig.withings().authorizeUrl());
        }
    }

    @Test
    void at_the_terminal_any_browser_may_come_back_and_a_code_is_finished_by_hand(Rig rig) {
        try (var service = open(rig)) {
            var page = service.consents().begin("ada").url();
            var back = location(get(page + "&auto=1&user=" + rig.person(1).id()));
            assertThat(get(back).statusCode()).isEqualTo(200);
            assertThat(get(back).statusCode()).as("loaded again").isEqualTo(403);
            var state = parameter(back, "state");
            assertThat(service.consents().returnedHere(state)).isTrue();
            assertThat(service.consents().failedHere(state)).isFalse();

            var declined = service.consents().begin("eve").state();
            assertThat(service.consents().returnedHere(declined)).isFalse();
            get(rig.url() + "/callback?error=access_denied&state=" + declined);
            get(rig.url() + "/callback?error=access_denied&state=" + declined); // loaded again
            assertThat(service.consents().failedHere(declined))
                    .as("so enrol need not wait")
                    .isTrue();

            var broken = service.consents().begin("eve").state();
            rig.withings().on("requesttoken").answer(Fault.http(503));
            get(rig.url() + "/callback?code=c&state=" + broken);
            assertThat(service.consents().failedHere(broken)).isTrue();
        }
        String back;
        try (var _ = open(rig)) {
            back = rig.allowed(2, "?ref=ben");
        }
        var ran = rig.run("enrol", "--code", parameter(back, "code"), "--state", parameter(back, "state"));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.column("SELECT ref FROM sync.enrolment ORDER BY 1")).containsExactly("ada", "ben");
    }

    @Test
    void what_Withings_sends_instead_of_a_code_is_told_and_stores_nothing(Rig rig) {
        try (var _ = open(rig)) {
            for (var error : List.of("invalid_scope", "server_error", "x%22%3E%3Cscript%3E", "e".repeat(3000))) {
                var state = parameter(location(rig.browse(rig.url() + "/authorize")), "state");
                var answer = rig.browse(rig.url() + "/callback?error=" + error + "&state=" + state);
                assertThat(answer.statusCode()).as(error).isEqualTo(502);
                assertThat(answer.body())
                        .contains(
                                "nothing was stored",
                                error.startsWith("x") ? "x&quot;&gt;&lt;script" : error.substring(0, 9))
                        .doesNotContain("<script")
                        .hasSizeLessThan(6_000);
                assertThat(rig.browse(rig.url() + "/callback?error=access_denied&state=" + state)
                                .statusCode())
                        .as("used up")
                        .isEqualTo(403);
            }
            var pending = rig.browse(rig.url() + "/authorize");
            var state = parameter(location(pending), "state");
            assertThat(rig.browse(rig.url() + "/callback?error=" + "e".repeat(5000) + "&state=" + state)
                            .statusCode())
                    .as("longer than any address may be")
                    .isEqualTo(414);
            assertThat(rig.browse(rig.url() + "/callback?error=access_denied&state=" + state)
                            .statusCode())
                    .as("what was not read uses nothing up")
                    .isEqualTo(200);
            for (var error : List.of("access_denied", "server_error")) {
                assertThat(rig.browse(rig.url() + "/callback?error=" + error).statusCode())
                        .isEqualTo(403);
            }
            assertThat(rig.withings().calls("requesttoken")).isZero();
        }
    }

    @Test
    void a_refused_consent_keeps_the_account_alive_and_explains_the_shared_browser(Rig rig) {
        try (var _ = open(rig)) {
            rig.browse(rig.allowed(1, "?ref=ada"));
            rig.withings().person(1).grantsOnly(Set.of("user.info", "user.metrics"));

            var refused = rig.browse(rig.allowed(1, "?ref=grace"));
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body())
                    .contains("still logged in", "Log out of Withings", "Open the enrolment link again")
                    .doesNotContain("ada", Long.toString(rig.person(1).id()));
            assertThat(rig.withings().calls("revoke")).isZero();
        }
        assertThat(rig.column("SELECT ref || ' ' || status || ' ' || array_to_string(scopes, ' ') FROM sync.enrolment"))
                .containsExactly("ada active user.info user.metrics");
        var refreshes = rig.withings().calls("requesttoken");
        assertThat(rig.run("sync", "--resource", "measures").exitCode())
                .as("the new pair works")
                .isZero();
        rig.person(1).tokensExpire();
        assertThat(rig.run("sync", "--resource", "measures").exitCode())
                .as("and can be refreshed")
                .isZero();
        assertThat(rig.withings().calls("requesttoken")).isEqualTo(refreshes + 1);
        assertThat(rig.column("SELECT act FROM sync.event ORDER BY event_id")).containsExactly("enrolled", "refused");
    }

    @Test
    void somebody_who_is_synced_without_a_name_gets_none_from_a_link_and_the_page_shows_the_one_that_stands(Rig rig) {
        var ada = Long.toString(rig.person(1).id());
        try (var _ = open(rig)) {
            assertThat(rig.browse(rig.allowed(1, "")).body()).doesNotContain("<th>Reference");

            var refused = rig.browse(rig.allowed(1, "?ref=ada"));
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("still logged in").doesNotContain(ada);
            assertThat(rig.query("SELECT ref FROM sync.enrolment")).isNull();

            assertThat(rig.run("users", "set", ada, "--ref", "ada").exitCode()).isZero();
            var again = rig.browse(rig.allowed(1, ""));
            assertThat(again.statusCode()).isEqualTo(200);
            assertThat(again.body()).contains("<th>Reference<td>ada<");
        }
    }

    @Test
    void a_strangers_refused_consent_is_revoked_at_Withings_and_a_failure_of_that_changes_nothing(Rig rig) {
        try (var _ = open(rig)) {
            rig.browse(rig.allowed(1, "?ref=ada"));

            assertThat(rig.browse(rig.allowed(2, "?ref=ada")).statusCode()).isEqualTo(409);
            assertThat(rig.withings().calls("revoke")).isEqualTo(1);

            rig.withings().on("revoke").answer(Fault.http(500));
            assertThat(rig.browse(rig.allowed(3, "?ref=ada")).statusCode()).isEqualTo(409);

            assertThat(rig.column("SELECT user_id FROM sync.enrolment"))
                    .containsExactly(Long.toString(rig.person(1).id()));
            assertThat(rig.column("SELECT user_id FROM sync.event WHERE act = 'refused' ORDER BY 1"))
                    .containsExactly(
                            Long.toString(rig.person(2).id()),
                            Long.toString(rig.person(3).id()));
        }
    }

    @Test
    void two_consents_of_one_account_at_once_link_it_once_and_the_living_pair_stays(Rig rig) throws Exception {
        try (var _ = open(rig);
                var one = new Browser();
                var other = new Browser();
                var both = Executors.newVirtualThreadPerTaskExecutor()) {
            var asAda = rig.allowed(one, rig.person(1), "?ref=ada");
            var asGrace = rig.allowed(other, rig.person(1), "?ref=grace");
            rig.withings().on("requesttoken").answer(Fault.delay(Duration.ofMillis(400)));

            var answers = List.of(both.submit(() -> one.get(asAda)), both.submit(() -> other.get(asGrace)));
            assertThat(List.of(
                            answers.getFirst().get().statusCode(),
                            answers.getLast().get().statusCode()))
                    .containsExactlyInAnyOrder(200, 409);
        }
        assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isEqualTo(1);
        rig.person(1).tokensExpire();
        var ran = rig.run("sync", "--resource", "measures");
        assertThat(ran.exitCode())
                .as("the pair that stands can be refreshed: " + ran.out())
                .isZero();
        assertThat(rig.column("SELECT status FROM sync.enrolment")).containsExactly("active");
    }

    @Test
    void the_page_says_whose_account_was_linked_by_its_devices_and_they_are_asked_for_once(Rig rig) {
        rig.set("SCHEDULE_DUE", "0 0 0 1 1 ? 2099").set("SCHEDULE_REFRESH", "0 0 0 1 1 ? 2099");
        try (var _ = rig.service(Part.ENROLMENT, Part.SCHEDULES)) {
            var page = rig.browse(rig.allowed(1, "?ref=ada"));

            assertThat(page.body()).contains("ada", Long.toString(rig.person(1).id()));
            var models = rig.column("SELECT model FROM withings.device");
            assertThat(models)
                    .isNotEmpty()
                    .allSatisfy(model -> assertThat(page.body()).contains(model));
            Await.until(
                    "everything is synced",
                    () -> Cursor.outcomes(rig, rig.person(1)).equals(Cursor.allDoneBut("devices", "done")));
            assertThat(rig.withings().calls("getdevice")).isEqualTo(1);
        }
    }

    @Test
    void devices_that_are_late_or_not_permitted_hold_nobody_up_and_are_not_asked_for_twice(Rig rig) {
        rig.set("SCHEDULE_DUE", "0 0 0 1 1 ? 2099").set("SCHEDULE_REFRESH", "0 0 0 1 1 ? 2099");
        rig.person(2).grantsOnly(Set.of("user.metrics", "user.activity"));
        try (var _ = rig.service(Part.ENROLMENT, Part.SCHEDULES)) {
            var pageIsHere = new CompletableFuture<Void>();
            rig.withings()
                    .on("getdevice")
                    .answer(Fault.then(
                            () -> pageIsHere.orTimeout(1, TimeUnit.MINUTES).join()));
            var late = rig.browse(rig.allowed(1, "?ref=ada"));
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.body()).contains("they come with the history");
            assertThat(pageIsHere.complete(null))
                    .as("the devices are still on their way")
                    .isTrue();

            var without = rig.browse(rig.allowed(2, "?ref=ben"));
            assertThat(without.body()).contains("as user.info was not granted");

            for (var number : List.of(1, 2)) {
                Await.until(
                        "everything had its turn",
                        () -> Cursor.outcomes(rig, rig.person(number)).size() == Resources.ALL.size());
            }
            assertThat(rig.withings().calls("getdevice")).isEqualTo(1);
            assertThat(rig.count("SELECT count(*) FROM withings.device")).isPositive();
        }
    }

    @Test
    void fewer_scopes_than_asked_for_are_told_on_the_page_in_status_and_in_the_console(Rig rig) {
        rig.person(1).grantsOnly(Set.of("user.info", "user.metrics"));
        try (var _ = open(rig)) {
            assertThat(rig.browse(rig.allowed(1, "?ref=ada")).body())
                    .contains("Not granted: user.activity", "open the enrolment link again");
            assertThat(get(rig.url() + "/").body()).contains("not granted: user.activity");
            assertThat(get(rig.url() + "/api/status").body()).contains("\"missing_scopes\" : [ \"user.activity\" ]");
        }
        assertThat(rig.run("status").out()).contains("not granted: user.activity");
        assertThat(rig.run("status", "--json").out()).contains("\"missing_scopes\" : [ \"user.activity\" ]");
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(rig.withings().calls("getactivity")).as("not worth a call").isZero();

        rig.person(1).grantsOnly(Set.of("user.info", "user.metrics", "user.activity"));
        rig.enrol(rig.person(1));
        assertThat(rig.run("status").out()).doesNotContain("not granted");
    }

    @Test
    void a_grant_that_does_not_say_what_was_granted_counts_as_all_everywhere(Rig rig) {
        var pair = rig.person(1).tokens();
        rig.withings().on("requesttoken").answer(Fault.raw("""
                {"status":0,"body":{"userid":"%s","access_token":"%s","refresh_token":"%s","expires_in":10800}}
                """.formatted(
                        rig.person(1).id(), pair.accessToken(), pair.refreshToken())));
        try (var _ = open(rig)) {
            var answer = rig.browse(rig.allowed(1, "?ref=ada"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain("Not granted");
            assertThat(get(rig.url() + "/").body()).doesNotContain("not granted");
            assertThat(get(rig.url() + "/api/status").body()).contains("\"missing_scopes\" : [ ]");
        }
        assertThat(rig.run("status").out()).doesNotContain("not granted");
    }

    @Test
    void ten_thousand_made_up_callbacks_store_nothing_and_a_real_consent_works_meanwhile(Rig rig)
            throws InterruptedException {
        var random = new Random(7);
        var atOnce = new Semaphore(64);
        try (var _ = open(rig);
                var flood = HttpClient.newHttpClient()) {
            var began = System.nanoTime();
            var answers = new ArrayList<CompletableFuture<Integer>>();
            for (var i = 0; i < 10_000; i++) {
                var bytes = new byte[32];
                random.nextBytes(bytes);
                // Of every other it can be told at once that it is none of ours.
                var state = i % 2 == 0
                        ? HexFormat.of().formatHex(bytes)
                        : Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
                atOnce.acquire();
                answers.add(flood.sendAsync(
                                HttpRequest.newBuilder(URI.create(rig.url() + "/callback?code=c&state=" + state))
                                        .build(),
                                BodyHandlers.discarding())
                        .whenComplete((_, _) -> atOnce.release())
                        .thenApply(HttpResponse::statusCode));
                if (i == 5_000) {
                    assertThat(rig.browse(rig.allowed(1, "?ref=ada")).statusCode())
                            .isEqualTo(200);
                }
            }
            assertThat(answers)
                    .extracting(CompletableFuture::join)
                    .containsOnly(403)
                    .hasSize(10_000);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(2));
        }
        assertThat(rig.count("SELECT count(*) FROM sync.oauth_state")).isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.enrolment")).isEqualTo(1);
        assertThat(rig.withings().calls("requesttoken")).isEqualTo(1);
    }

    @Test
    void consents_under_way_are_bounded_and_old_ones_make_room(Rig rig) {
        try (var service = open(rig)) {
            rig.sql()
                    .execute("INSERT INTO sync.oauth_state (state_hash, browser_hash, expires_at)"
                            + " SELECT sha256(n::text::bytea), sha256('b'), now() + interval '1 minute'"
                            + " FROM generate_series(1, 10000) n");
            var full = get(rig.url() + "/authorize");
            assertThat(full.statusCode()).isEqualTo(503);
            assertThat(full.body()).contains("again in a few minutes");
            assertThat(full.headers().firstValue("Retry-After")).isPresent();
            assertThat(service.consents().begin("ada").state()).as("the owner").isNotEmpty();

            rig.sql().execute("UPDATE sync.oauth_state SET expires_at = now() - interval '1 second'");
            assertThat(get(rig.url() + "/authorize").statusCode()).isEqualTo(302);
            assertThat(rig.count("SELECT count(*) FROM sync.oauth_state")).isEqualTo(1);
        }
    }

    @Test
    void a_clock_that_steps_back_an_hour_stops_nobody_and_asks_nobody_to_consent_again(Rig rig) {
        rig.enrol(rig.person(1));
        assertThat(rig.run("sync").exitCode()).isZero();
        try (var _ = open(rig)) {
            var underWay = rig.allowed(2, "?ref=ben");
            rig.sql()
                    .execute(
                            "INSERT INTO sync.lease VALUES (?, 'somebody who died', now())",
                            rig.person(1).id());
            // As if all of it had been written an hour later than it is now.
            rig.column(
                            "SELECT format('UPDATE sync.%1$I SET %2$I = %2$I + %3$L::interval', table_name, column_name, '1 hour')"
                                    + " FROM information_schema.columns WHERE table_schema = 'sync' AND data_type LIKE '%with time zone'"
                                    + " AND table_name IN ('enrolment', 'token', 'oauth_state', 'cursor', 'lease')")
                    .forEach(rig.sql()::execute);
            assertThat(rig.browse(underWay).statusCode()).as("under way").isEqualTo(200);
            assertThat(rig.browse(rig.allowed(3, "?ref=chi")).statusCode())
                    .as("begun now")
                    .isEqualTo(200);
            assertThat(rig.browse(rig.allowed(1, "")).statusCode())
                    .as("consents again")
                    .isEqualTo(200);
        }
        rig.sql()
                .execute(
                        "UPDATE sync.token SET expires_at = expires_at + interval '1 hour', attempted_at = now() + interval '1 hour'");
        Stream.of(1, 2, 3).forEach(number -> rig.person(number).tokensExpire());
        var before = rig.withings().calls("requesttoken");
        var began = System.nanoTime();

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.out()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
        assertThat(rig.withings().calls("requesttoken") - before)
                .as("one refresh each")
                .isEqualTo(3);
        assertThat(rig.column("SELECT status FROM sync.enrolment"))
                .containsOnly("active")
                .hasSize(3);
        assertThat(rig.column("SELECT last_outcome FROM sync.cursor")).containsOnly("done");
        assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
    }

    @Test
    void without_a_database_nobody_is_told_that_they_are_enrolled(Rig rig) {
        rig.set("DATABASE_WAIT", "1s");
        try (var _ = open(rig)) {
            var back = rig.allowed(1, "?ref=ada");
            Server.drop(rig.environment().getOrDefault("DATABASE_URL", ""));

            for (var url : List.of(back, rig.url() + "/authorize")) {
                var answer = rig.browse(url);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("does not answer").doesNotContain("Exception", "\tat ");
            }
            assertThat(rig.withings().calls("requesttoken")).isZero();
        }
    }
}
