package io.withingspg.command;

import static io.withingspg.command.ConsoleIT.basic;
import static io.withingspg.command.Wire.authority;
import static io.withingspg.command.Wire.get;
import static io.withingspg.command.Wire.post;
import static io.withingspg.command.Wire.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import io.withingspg.command.Wire.Reply;
import io.withingspg.resource.Resources;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Who is let in, on whose behalf, and what a stranger can do to the door. */
@ExtendWith(Rig.Provider.class)
final class WebDoorIT {
    private static final String PASSWORD = "correct horse battery";
    private static final String API_TOKEN = "a token for programs";
    private static final String NEVER = "0 0 0 1 1 ? 2099";

    private static Service open(Rig rig) {
        return rig.service(Part.ENROLMENT, Part.CONSOLE);
    }

    private static Service openWithPassword(Rig rig) {
        return open(rig.set("CONSOLE_PASSWORD", PASSWORD).set("API_TOKEN", API_TOKEN));
    }

    /** With workers, and nothing that comes due by itself. */
    private static Service openWithWorkers(Rig rig) {
        rig.set("SCHEDULE_DUE", NEVER).set("SCHEDULE_REFRESH", NEVER);
        return rig.service(Part.ENROLMENT, Part.CONSOLE, Part.SCHEDULES);
    }

    private static Reply logIn(Rig rig, String password, String... headers) {
        return post(rig, "/login", "password=" + URLEncoder.encode(password, StandardCharsets.UTF_8), headers);
    }

    private static String session(Rig rig) {
        return "Cookie: " + logIn(rig, PASSWORD, origin(rig)).cookie();
    }

    private static String origin(Rig rig) {
        return "Origin: " + rig.url();
    }

    // --- Logging in

    @Test
    void the_password_opens_a_session_in_a_cookie_that_no_script_and_no_other_site_gets(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var asked = get(rig, "/");
            assertThat(asked.status()).isEqualTo(401);
            assertThat(asked.body()).contains("<form method=post action=\"/login\">", "type=password");
            assertThat(asked.header("WWW-Authenticate").orElse("")).doesNotContain("Basic");

            var in = logIn(rig, PASSWORD, origin(rig));
            assertThat(in.status()).isEqualTo(303);
            assertThat(in.header("Location")).contains("/");
            assertThat(in.header("Set-Cookie").orElse(""))
                    .matches("withings_session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax");

            var cookie = "Cookie: " + in.cookie();
            for (var path : List.of("/", "/api/status")) {
                assertThat(get(rig, path, cookie).status()).as(path).isEqualTo(200);
            }
            assertThat(get(rig, "/", cookie).body()).contains("Log out").doesNotContain(PASSWORD);

            var out = post(rig, "/logout", "", cookie, origin(rig));
            assertThat(out.status()).isEqualTo(303);
            assertThat(out.header("Set-Cookie").orElse(""))
                    .startsWith("withings_session=;")
                    .contains("Max-Age=0");
            assertThat(get(rig, "/", cookie).status())
                    .as("the session itself has ended")
                    .isEqualTo(401);
        }
    }

    @Test
    void logging_in_again_ends_the_session_before(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var first = session(rig);
            var second = "Cookie: " + logIn(rig, PASSWORD, origin(rig), first).cookie();
            assertThat(second).isNotEqualTo(first);
            assertThat(get(rig, "/", first).status()).isEqualTo(401);
            assertThat(get(rig, "/", second).status()).isEqualTo(200);
        }
    }

    @Test
    void behind_https_the_cookie_is_secure_and_the_browser_stays_with_https(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            assertThat(get(rig, "/").header("Strict-Transport-Security")).isEmpty();
            var passedOn = logIn(rig, PASSWORD, origin(rig), "X-Forwarded-Proto: https");
            assertThat(passedOn.header("Set-Cookie").orElse("")).endsWith("; Secure");
            assertThat(passedOn.header("Strict-Transport-Security")).isPresent();
        }
        rig.set("WITHINGS_CALLBACK_URL", "https://health.example/callback");
        try (var _ = openWithPassword(rig)) {
            var in = send(
                    rig,
                    "POST",
                    "/login",
                    "health.example",
                    "password=correct+horse+battery",
                    "Origin: https://health.example");
            assertThat(in.header("Set-Cookie").orElse("")).endsWith("; Secure");
            assertThat(in.header("Strict-Transport-Security")).isPresent();
        }
    }

    @Test
    void what_is_no_password_and_no_session_opens_nothing(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var wrong = logIn(rig, "correct horse batterY", origin(rig));
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(wrong.body())
                    .contains("This is not the password", "type=password")
                    .doesNotContain("batterY");
            assertThat(wrong.header("Set-Cookie")).isEmpty();
            assertThat(post(rig, "/login", "", origin(rig)).status())
                    .as("no field")
                    .isEqualTo(401);
            assertThat(post(rig, "/login?password=" + PASSWORD.replace(" ", "+"), "", origin(rig))
                            .status())
                    .as("in the address")
                    .isEqualTo(401);
            assertThat(post(rig, "/login", "password=correct+horse+battery&password=x", origin(rig))
                            .status())
                    .as("twice")
                    .isEqualTo(401);
            var good = session(rig);
            for (var cookie : List.of(
                    "withings_session=",
                    "withings_session=x",
                    "withings_session=" + "A".repeat(43),
                    "withings_session=\"; DROP",
                    "WITHINGS_SESSION" + good.substring(good.indexOf('=')),
                    "=;;;,",
                    "\u0001\u0002",
                    "x=" + "y".repeat(4000))) {
                assertThat(get(rig, "/", "Cookie: " + cookie).status())
                        .as(cookie)
                        .isIn(400, 401);
            }
            assertThat(get(rig, "/", "Cookie: withings_session=planted; " + good.substring("Cookie: ".length()))
                            .status())
                    .as("planted beside the true one")
                    .isEqualTo(200);
        }
    }

    @Test
    void what_the_address_says_of_headers_is_not_believed(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var credentials = URLEncoder.encode(basic("withings", PASSWORD), StandardCharsets.UTF_8);
            assertThat(get(rig, "/?Authorization=" + credentials).status()).isEqualTo(401);
            var cookie = session(rig).substring("Cookie: ".length());
            assertThat(get(rig, "/?Cookie=" + URLEncoder.encode(cookie, StandardCharsets.UTF_8))
                            .status())
                    .isEqualTo(401);
            assertThat(send(rig, "GET", "/?Host=localhost", "evil.example", "").status())
                    .isEqualTo(421);
        }
    }

    @Test
    void without_a_password_only_who_sits_here_gets_in_and_no_proxy(Rig rig) {
        try (var _ = open(rig)) {
            assertThat(get(rig, "/").status()).isEqualTo(200);
            for (var header : List.of(
                    "X-Forwarded-For: 127.0.0.1",
                    "X-Forwarded-Proto: https",
                    "Forwarded: for=127.0.0.1",
                    "Via: 1.1 proxy")) {
                assertThat(get(rig, "/", header).status()).as(header).isEqualTo(403);
                assertThat(get(rig, "/api/status", header).status()).as(header).isEqualTo(401);
            }
            assertThat(send(rig, "GET", "/", "192.0.2.7", "").status())
                    .as("an address that is not of this machine alone")
                    .isEqualTo(403);
            assertThat(logIn(rig, "", origin(rig)).header("Set-Cookie")).isEmpty();
        }
    }

    // --- Guessing

    @Test
    void a_thousand_wrong_passwords_are_stopped_and_cost_nearly_nothing_and_lock_out_no_session(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var cookie = session(rig);
            var began = System.nanoTime();
            var statuses = new ArrayList<Integer>();
            for (var guess = 0; guess < 1000; guess++) {
                var reply = guess % 2 == 0
                        ? logIn(rig, "guess " + guess, origin(rig))
                        : get(rig, "/", "Authorization: " + basic("withings", "guess " + guess));
                statuses.add(reply.status());
            }
            assertThat(statuses.subList(0, 5)).containsOnly(401);
            assertThat(statuses.stream().filter(status -> status == 429).count())
                    .isGreaterThan(980);
            assertThat((System.nanoTime() - began) / 1_000_000_000)
                    .as("seconds; a thousand slow hashes would take minutes")
                    .isLessThan(60);

            var limited = logIn(rig, PASSWORD, origin(rig));
            assertThat(limited.status()).as("the right one has to wait as well").isEqualTo(429);
            assertThat(Integer.parseInt(limited.header("Retry-After").orElseThrow()))
                    .isBetween(1, 12);
            assertThat(limited.body()).contains("Too many wrong passwords");
            var program = get(rig, "/api/status", "Authorization: Bearer wrong");
            assertThat(program.status()).isEqualTo(429);
            assertThat(program.body()).startsWith("{\"error\":\"Too many");
            assertThat(get(rig, "/", cookie).status()).as("who is in stays in").isEqualTo(200);
            assertThat(get(rig, "/observe/health").status()).isEqualTo(200);
        }
    }

    @Test
    void behind_a_proxy_a_stranger_does_not_use_up_the_owners_attempts_and_cannot_make_up_addresses(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            for (var guess = 0; guess < 8; guess++) {
                logIn(rig, "wrong", origin(rig), "X-Forwarded-For: 10.0.0.1, 203.0.113.9");
            }
            assertThat(logIn(rig, PASSWORD, origin(rig), "X-Forwarded-For: 203.0.113.9")
                            .status())
                    .as("only the nearest proxy's word counts")
                    .isEqualTo(429);
            assertThat(logIn(rig, PASSWORD, origin(rig), "X-Forwarded-For: 198.51.100.4")
                            .status())
                    .as("the owner")
                    .isEqualTo(303);
            var last = 0;
            for (var guess = 0; guess < 30; guess++) {
                last = logIn(rig, "wrong", origin(rig), "X-Forwarded-For: 198.51.100." + (10 + guess))
                        .status();
            }
            assertThat(last).as("a new address for each guess").isEqualTo(429);
        }
    }

    // --- Requests another site makes with the owner's browser

    @Test
    void what_another_sites_page_sends_is_refused_whatever_the_browser_brings_along(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var cookie = session(rig);
            var credentials = "Authorization: " + basic("withings", PASSWORD);
            var own = rig.url();
            for (var path : List.of("/logout", "/login", "/users/1/runs", "/api/users/1/runs")) {
                for (var foreign : List.of(
                        "Origin: http://evil.example",
                        "Origin: null",
                        "Origin: " + own + ".evil.example",
                        "Origin: http://evil.example/" + authority(rig),
                        "Origin: " + own.replaceFirst(":[0-9]+$", ":1"),
                        "Origin: ",
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Site: same-site",
                        "X-Nothing: but a cookie")) {
                    assertThat(post(rig, path, "", cookie, foreign).status())
                            .as(path + " " + foreign)
                            .isEqualTo(403);
                }
                assertThat(post(rig, path, "", credentials, "Origin: http://evil.example")
                                .status())
                        .as("Basic")
                        .isEqualTo(403);
            }
            assertThat(get(rig, "/", cookie).status())
                    .as("not logged out by any of it")
                    .isEqualTo(200);
            assertThat(logIn(rig, PASSWORD, "Origin: http://evil.example").header("Set-Cookie"))
                    .as("nor into somebody else's session")
                    .isEmpty();
        }
    }

    @Test
    void without_a_password_another_sites_page_cannot_use_that_the_browser_is_here(Rig rig) {
        rig.enrol(rig.person(1));
        try (var _ = openWithWorkers(rig)) {
            var runs = "/users/" + rig.person(1).id() + "/runs";
            assertThat(post(rig, runs, "", "Origin: http://evil.example").status())
                    .isEqualTo(403);
            assertThat(post(rig, runs, "", "Sec-Fetch-Site: cross-site").status())
                    .isEqualTo(403);
            assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
            assertThat(post(rig, runs, "", "Sec-Fetch-Site: same-origin", "Origin: null")
                            .status())
                    .isEqualTo(303);
        }
    }

    // --- Sync now

    @Test
    void sync_now_is_a_button_for_each_person_and_fetches_everything_due_or_not(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("CONSOLE_PASSWORD", PASSWORD);
        rig.sql().execute("UPDATE sync.cursor SET next_due_at = now() + interval '1 day'");
        try (var _ = openWithWorkers(rig)) {
            var cookie = session(rig);
            var runs = "/users/" + ada.id() + "/runs";
            assertThat(get(rig, "/", cookie).body()).contains("<form method=post action=\"" + runs + "\">", "Sync now");

            var sent = post(rig, runs, "", cookie, origin(rig));

            assertThat(sent.status()).isEqualTo(303);
            assertThat(sent.header("Location")).contains("/");
            Await.until(
                    "everything was fetched",
                    () -> rig.count("SELECT count(*) FROM sync.run WHERE cause = 'request' AND outcome = 'done'") == 1);
            assertThat(rig.count("SELECT count(*) FROM sync.run_resource")).isEqualTo(Resources.ALL.size());
            Await.until("and nobody is with her", () -> rig.count("SELECT count(*) FROM sync.lease") == 0);
        }
    }

    @Test
    void a_program_asks_for_a_sync_and_is_told_what_becomes_of_it(Rig rig) {
        var ada = rig.person(1);
        var ben = rig.person(2);
        rig.enrol(ada, ben).set("CONSOLE_PASSWORD", PASSWORD).set("API_TOKEN", API_TOKEN);
        rig.sql().execute("UPDATE sync.enrolment SET status = 'reconsent' WHERE user_id = ?", ben.id());
        try (var _ = openWithWorkers(rig)) {
            var token = "Authorization: Bearer " + API_TOKEN;
            var runs = "/api/users/" + ada.id() + "/runs";
            rig.sql()
                    .execute(
                            "INSERT INTO sync.lease VALUES (?, 'another process', now() + interval '1 minute')",
                            ada.id());
            assertThat(post(rig, runs, "", token).status())
                    .as("another is with her")
                    .isEqualTo(409);
            assertThat(get(rig, "/", "Authorization: " + basic("withings", PASSWORD))
                            .body())
                    .contains("syncing now");
            rig.sql().execute("DELETE FROM sync.lease");

            var accepted = post(rig, runs, "", token);
            assertThat(accepted.status()).isEqualTo(202);
            assertThat(accepted.header("Content-Type")).contains("application/json");
            assertThat(accepted.body()).isEqualTo("{\"user_id\":" + ada.id() + ",\"status\":\"accepted\"}");
            Await.until("it was", () -> rig.count("SELECT count(*) FROM sync.run WHERE outcome = 'done'") == 1);

            assertThat(post(rig, "/api/users/" + ben.id() + "/runs", "", token).status())
                    .as("has to consent again")
                    .isEqualTo(409);
            for (var nobody : List.of("1", "0", "x", "-1", "9999999999999999999999", "1%20OR%201=1", "%00")) {
                var refused = post(rig, "/api/users/" + nobody + "/runs", "", token);
                assertThat(refused.status()).as(nobody).isEqualTo(404);
                assertThat(refused.body()).as(nobody).startsWith("{\"error\":\"");
            }
            assertThat(post(rig, runs, "").status()).as("a stranger").isEqualTo(401);
            assertThat(post(rig, runs, "", "Authorization: " + basic("withings", PASSWORD))
                            .status())
                    .as("the owner with curl")
                    .isIn(202, 409);
        }
    }

    @Test
    void where_no_schedules_run_there_is_no_button_and_asking_says_so(Rig rig) {
        rig.enrol(rig.person(1));
        try (var _ = open(rig)) {
            assertThat(get(rig, "/").body()).doesNotContain("Sync now");
            var refused = post(rig, "/api/users/" + rig.person(1).id() + "/runs", "");
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.body()).contains("withings sync");
            assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
        }
    }

    // --- Under which name

    @Test
    void only_our_own_names_are_answered_and_health_under_any(Rig rig) {
        rig.set("WITHINGS_CALLBACK_URL", "https://health.example/callback").set("HTTP_NAMES", "nas, Door.Example");
        try (var _ = openWithPassword(rig)) {
            for (var own : List.of(
                    "127.0.0.1",
                    "localhost:8080",
                    "LOCALHOST",
                    "[::1]:8080",
                    "192.168.1.20:8080",
                    "health.example",
                    "HEALTH.example:443",
                    "health.example.",
                    "nas:8080",
                    "door.example")) {
                assertThat(send(rig, "GET", "/", own, "").status()).as(own).isEqualTo(401);
            }
            for (var foreign : List.of(
                    "evil.example",
                    "127.0.0.1.evil.example",
                    "health.example.evil.example",
                    "xhealth.example",
                    "localhost.evil.example:8080",
                    "2130706433",
                    "127.1",
                    "0x7f.1",
                    "256.1.1.1",
                    "a".repeat(3000),
                    "<script>",
                    "localhost@evil.example",
                    "")) {
                var refused = send(rig, "GET", "/", foreign, "");
                assertThat(refused.status()).as(foreign).isIn(400, 421);
                assertThat(refused.body()).as(foreign).doesNotContain("type=password", "<script");
                assertThat(send(rig, "GET", "/authorize", foreign, "").status())
                        .as(foreign)
                        .isIn(400, 421);
                assertThat(send(rig, "GET", "/observe/../", foreign, "").status())
                        .as(foreign)
                        .isIn(400, 421);
            }
            var refused = send(rig, "GET", "/api/status", "evil.example", "");
            assertThat(refused.status()).isEqualTo(421);
            assertThat(refused.body()).contains("evil.example", "HTTP_NAMES").hasLineCount(1);
            assertThat(send(rig, "GET", "/observe/health", "evil.example", "").status())
                    .isEqualTo(200);
            assertThat(send(rig, "GET", "/observe/metrics", "10-0-0-7.pods.example", "")
                            .status())
                    .isEqualTo(200);
            assertThat(Wire.raw(rig, "GET / HTTP/1.0\r\n\r\n").status())
                    .as("none")
                    .isEqualTo(421);
            assertThat(Wire.raw(
                                    rig,
                                    "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .status())
                    .isEqualTo(421);
            assertThat(Wire.raw(
                                    rig,
                                    "GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .status())
                    .as("two")
                    .isIn(400, 421);
        }
    }

    // --- Bounds

    @Test
    void what_is_too_large_is_refused(Rig rig) {
        var began = System.nanoTime();
        try (var _ = openWithPassword(rig)) {
            assertThat(post(rig, "/login", "password=" + "x".repeat(64 * 1024), origin(rig))
                            .status())
                    .isEqualTo(413);
            assertThat(Wire.raw(rig, "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nx")
                            .status())
                    .as("only said to be large")
                    .isEqualTo(413);
            var chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
            assertThat(Wire.raw(
                                    rig,
                                    "POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + chunk.repeat(10) + "0\r\n\r\n")
                            .status())
                    .as("in pieces")
                    .isEqualTo(413);
            assertThat(get(rig, "/", "X-Large: " + "x".repeat(9000)).status()).isIn(400, 431);
            assertThat(get(rig, "/?" + "x".repeat(5000)).status()).isIn(400, 414);
            assertThat(Wire.raw(rig, "BROKEN\r\n\r\n").status()).isIn(0, 400);
            assertThat(Wire.raw(
                                    rig,
                                    "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")
                            .status())
                    .as("two lengths")
                    .isEqualTo(400);
            assertThat(get(rig, "/observe/health").status()).isEqualTo(200);
            assertThat((System.nanoTime() - began) / 1_000_000_000)
                    .as("seconds; what was refused is not waited for")
                    .isLessThan(25);
        }
    }

    @Test
    void a_posted_file_is_not_kept_anywhere(Rig rig) {
        try (var _ = openWithPassword(rig)) {
            var body = String.join(
                    "\r\n",
                    "--b",
                    "Content-Disposition: form-data; name=\"password\"; filename=\"x\"",
                    "",
                    PASSWORD,
                    "--b--",
                    "");
            var reply = Wire.raw(
                    rig,
                    "POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length()
                            + "\r\n\r\n" + body);
            assertThat(reply.status()).isEqualTo(401);
            assertThat(java.nio.file.Path.of("file-uploads")).doesNotExist();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void half_requests_are_ended_after_half_a_minute_and_keep_nobody_else_waiting(Rig rig) throws Exception {
        try (var _ = openWithPassword(rig)) {
            var halves = new ArrayList<Socket>();
            try {
                for (var number = 0; number < 300; number++) {
                    var half = Wire.connect(rig);
                    half.getOutputStream()
                            .write((number % 3 == 0
                                            ? "GET / HTTP/1.1\r\nHost: local"
                                            : number % 3 == 1
                                                    ? "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\npass"
                                                    : "")
                                    .getBytes(StandardCharsets.US_ASCII));
                    halves.add(half);
                }
                var began = System.nanoTime();
                for (var ask = 0; ask < 50; ask++) {
                    assertThat(get(rig, "/observe/health").status()).isEqualTo(200);
                }
                assertThat(get(rig, "/", session(rig)).status()).isEqualTo(200);
                assertThat((System.nanoTime() - began) / 1_000_000_000)
                        .as("seconds for the others")
                        .isLessThan(20);

                var dripping = halves.getFirst();
                for (var half : halves.subList(1, halves.size())) {
                    drip(dripping);
                    assertThat(Wire.read(half).status())
                            .as("ended without an answer")
                            .isZero();
                }
                drip(dripping);
                assertThat(Wire.read(dripping).status())
                        .as("bytes now and then do not help")
                        .isZero();
                assertThat((System.nanoTime() - began) / 1_000_000_000).isBetween(25L, 50L);
            } finally {
                for (var half : halves) {
                    half.close();
                }
            }
        }
    }

    private static void drip(Socket socket) {
        try {
            socket.getOutputStream().write('x');
        } catch (IOException e) {
            // It has been ended.
        }
    }

    @Test
    void more_connections_than_there_is_room_for_end_those_that_wait_longest(Rig rig) throws Exception {
        try (var _ = openWithPassword(rig)) {
            var idle = new ArrayList<Socket>();
            try {
                for (var number = 0; number < 1_100; number++) {
                    idle.add(Wire.connect(rig));
                }
                assertThat(get(rig, "/observe/health").status()).isEqualTo(200);
                assertThat(Wire.read(idle.getFirst()).status()).isZero();
            } finally {
                for (var socket : idle) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void a_connection_serves_one_request_after_the_other(Rig rig) throws Exception {
        try (var _ = open(rig);
                var socket = Wire.connect(rig)) {
            var ask = "GET /observe/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream()
                    .write((ask.repeat(5) + ask.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(Pattern.compile("HTTP/1.1 200")
                            .matcher(Wire.readAll(socket))
                            .results()
                            .count())
                    .isEqualTo(6);
        }
    }

    // --- What pages say

    @Test
    void every_page_forbids_what_it_does_not_need_and_refers_to_nothing_elsewhere(Rig rig) throws Exception {
        rig.enrol(rig.person(1));
        rig.set("CONSOLE_PASSWORD", PASSWORD);
        try (var _ = openWithWorkers(rig)) {
            var cookie = session(rig);
            var pages = List.of(
                    get(rig, "/"),
                    get(rig, "/", cookie),
                    logIn(rig, "wrong password", origin(rig)),
                    get(rig, "/nothing"),
                    get(rig, "/callback"),
                    get(rig, "/authorize?ref=" + "x".repeat(201), cookie),
                    send(rig, "GET", "/", "evil.example", ""),
                    post(rig, "/logout", "", cookie, "Origin: http://evil.example"),
                    post(rig, "/users/1/runs", "", cookie, origin(rig)),
                    send(rig, "DELETE", "/", authority(rig), ""));
            assertThat(pages)
                    .extracting(Reply::status)
                    .containsExactly(401, 200, 401, 404, 403, 400, 421, 403, 404, 405);
            for (var page : pages) {
                var policy = page.header("Content-Security-Policy").orElse("");
                assertThat(policy)
                        .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
                        .doesNotContain("unsafe", "http", "*");
                assertThat(policy)
                        .contains(page.body().contains("<form") ? "form-action 'self'" : "form-action 'none'");
                var style = page.body()
                        .substring(
                                page.body().indexOf("<style>") + 7, page.body().indexOf("</style>"));
                assertThat(policy)
                        .as("the page's own style is allowed")
                        .contains("'sha256-"
                                + Base64.getEncoder()
                                        .encodeToString(MessageDigest.getInstance("SHA-256")
                                                .digest(style.getBytes(StandardCharsets.UTF_8)))
                                + "'");
                assertThat(page.header("Cross-Origin-Opener-Policy")).contains("same-origin");
                assertThat(page.header("Cross-Origin-Resource-Policy")).contains("same-origin");
                assertThat(page.header("X-Content-Type-Options")).contains("nosniff");
                assertThat(page.header("Cache-Control")).contains("no-store");
                assertThat(page.header("Referrer-Policy").orElse("")).isIn("no-referrer", "same-origin");
                assertThat(page.headers().toString()).doesNotContain("Server:", "X-Powered-By");
                assertThat(page.body())
                        .doesNotContain("http:", "https:", "url(", "@import", "<script", "<img", "<link", " style=")
                        .doesNotContainPattern("(src|href|action)=[\"']?+(?!/[a-z]|/[\"' >])")
                        .doesNotContainPattern(" on[a-z]+=");
            }
        }
    }

    @Test
    void health_and_metrics_reveal_nobody(Rig rig) {
        rig.set("CONSOLE_PASSWORD", PASSWORD).set("OPEN_ENROLMENT", "true");
        try (var _ = openWithWorkers(rig)) {
            for (var number = 1; number <= 3; number++) {
                assertThat(rig.browse(rig.allowed(number, "?ref=refname" + number))
                                .statusCode())
                        .isEqualTo(200);
            }
            Await.until(
                    "all were synced",
                    () -> rig.withings().people().stream()
                            .allMatch(
                                    person -> Cursor.outcomes(rig, person).equals(Cursor.allDoneBut("goals", "done"))));
            var told = get(rig, "/observe/health").body()
                    + get(rig, "/observe/metrics").body();
            assertThat(told)
                    .contains("withings_sync_rows_total", "\"status\":\"UP\"")
                    .doesNotContain("refname");
            for (var person : rig.withings().people()) {
                assertThat(told).doesNotContain(Long.toString(person.id()), person.name());
            }
            assertThat(Pattern.compile("[{,]([a-z_]+)=\"")
                            .matcher(told)
                            .results()
                            .map(match -> match.group(1)))
                    .as("labels")
                    .isNotEmpty()
                    .doesNotContain("user", "user_id", "userid", "ref", "run", "person");
        }
    }
}
