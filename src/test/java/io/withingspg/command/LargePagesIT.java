package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.withingspg.simulator.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Answers too large to be held as a whole: they are stored part by part, and are one page all the same. */
@ExtendWith(Rig.Provider.class)
final class LargePagesIT {
    private static final int GROUPS = 2_000;
    private static final int BROKEN = GROUPS / 2;
    private static final long FIRST = 90_000_000;
    private static final long MEASURED = 1_700_000_000;

    /** Some 5 MB: one weighing every hour, the one in the middle without its time, and the first once more at the end. */
    private static ObjectNode large(ObjectNode body) {
        var groups = body.putArray("measuregrps");
        for (var n = 0; n <= GROUPS; n++) {
            var at = MEASURED + n % GROUPS * 3600L;
            var group = groups.addObject()
                    .put("grpid", FIRST + n % GROUPS)
                    .put("attrib", 0)
                    .put("category", 1)
                    .put("created", at)
                    .put("modified", at)
                    .put("comment", "x".repeat(2_400));
            if (n == BROKEN) {
                group.put("date", "yesterday");
            } else {
                group.put("date", at);
            }
            group.putArray("measures")
                    .addObject()
                    .put("value", 70_000 + n % GROUPS)
                    .put("type", 1)
                    .put("unit", -3);
        }
        return body.put("more", 0).put("offset", 0);
    }

    private static void assertAllStand(Rig rig) {
        assertThat(rig.query("SELECT count(*) || ' ' || sum(group_id - ?) FROM withings.measure_group", FIRST))
                .isEqualTo(GROUPS - 1 + " " + ((long) GROUPS * (GROUPS - 1) / 2 - BROKEN));
        assertThat(rig.count(
                        "SELECT count(*) FROM withings.measure m JOIN withings.measure_group g USING (user_id, group_id)"
                                + " WHERE m.value * 1000 = 70000 + group_id - ? AND m.measured_at = to_timestamp(? + 3600 * (group_id - ?))"
                                + " AND g.measured_at = m.measured_at AND g.attribution = 0 AND g.extra IS NULL",
                        FIRST,
                        MEASURED,
                        FIRST))
                .isEqualTo(GROUPS - 1);
    }

    @Test
    @Timeout(240) // a quarter of a million records, on a machine that is busy with other tests
    void a_page_of_50_megabytes_lands_in_a_process_with_a_heap_of_256(Rig rig, @TempDir Path folder) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").answer(Fault.huge(50_000_000));

        try (var sync = Launched.jar(folder, rig.environment(), "sync", "--resource", "measures")) {
            var ran = sync.ended(Duration.ofMinutes(3));
            assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        }

        assertThat(rig.withings().calls("getmeas"))
                .as("the large page is one of many")
                .isEqualTo(Math.ceilDiv(ada.groups().size(), 20));
        assertThat(Told.differences(List.of(ada), rig.sql(), "measure_group", "measure"))
                .isEmpty();
        assertThat(rig.count("SELECT max(content_bytes) FROM sync.raw_page WHERE resource = 'measures'"))
                .isGreaterThanOrEqualTo(49_000_000);
        assertThat(rig.count("SELECT sum(row_count) FROM sync.cursor WHERE resource = 'measures'"))
                .isEqualTo(rig.count("SELECT (SELECT count(*) FROM withings.measure)"
                        + " + (SELECT count(*) FROM withings.measure_group)"));
        assertThat(rig.count("SELECT pages FROM sync.run_resource"))
                .isEqualTo(rig.withings().calls("getmeas"));
    }

    @Test
    void a_large_page_is_counted_rejected_kept_and_read_again_like_any_other(Rig rig) {
        rig.enrol(rig.person(1));
        rig.withings().on("getmeas").always().answer(Fault.rewritten(LargePagesIT::large));

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertAllStand(rig);
        assertThat(rig.column("SELECT pages || ' ' || fetched || ' ' || inserted || ' ' || unchanged || ' ' || rejected"
                        + " FROM sync.run_resource"))
                .containsExactly("1 %d %d 2 1".formatted(2 * GROUPS + 1, 2 * (GROUPS - 1)));
        assertThat(rig.column(
                        "SELECT reason || ' ' || (record->>'grpid') || ' ' || occurrences FROM sync.rejected_record"))
                .singleElement()
                .asString()
                .startsWith("date: ")
                .endsWith(" " + (FIRST + BROKEN) + " 1");
        assertThat(rig.count("SELECT sum(row_count) FROM sync.coverage")).isEqualTo(GROUPS - 1);
        assertThat(rig.count("SELECT content_bytes / 1000000 FROM sync.raw_page"))
                .isEqualTo(5);
        assertThat(Cursor.of(rig, rig.person(1), "measures").reached()).isTrue();

        var again = rig.run("sync", "--resource", "measures");
        assertThat(again.exitCode()).isZero();
        assertThat(rig.count("SELECT inserted + changed FROM sync.run_resource ORDER BY started_at DESC LIMIT 1"))
                .isZero();
        assertThat(rig.count("SELECT occurrences FROM sync.rejected_record")).isEqualTo(2);

        rig.sql().execute("UPDATE withings.measure_group SET attribution = NULL, extra = '{\"attrib\": 0}'");
        var replayed = rig.run("replay");
        assertThat(replayed.exitCode()).as(replayed.err()).isZero();
        assertAllStand(rig);
        assertThat(rig.column("SELECT occurrences || ' ' || (last_seen_at > first_seen_at) FROM sync.rejected_record"))
                .containsExactly("2 true");
    }

    @Test
    void a_large_answer_that_is_cut_off_stores_nothing_and_the_next_sync_lands_it(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("API_RETRIES", "0");
        var whole = JsonNodeFactory.instance
                .objectNode()
                .put("status", 0)
                .set("body", large(JsonNodeFactory.instance.objectNode()))
                .toString();
        rig.withings().on("getmeas").answer(Fault.raw(whole.substring(0, whole.length() - 1000)));

        var ran = rig.run("sync", "--resource", "measures");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains("cut off or garbled after " + (whole.length() - 1000) + " bytes");
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group")).isZero();
        assertThat(Cursor.of(rig, ada, "measures").reached()).isFalse();

        rig.withings().on("getmeas").answer(Fault.raw(whole));
        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();
        assertAllStand(rig);
    }

    @Test
    void a_large_page_that_breaks_off_between_its_parts_is_read_again(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").always().answer(Fault.rewritten(LargePagesIT::large));
        rig.sql()
                .execute("ALTER TABLE withings.measure_group ADD CONSTRAINT breaks_off CHECK (group_id < "
                        + (FIRST + GROUPS - 10) + ")");

        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isEqualTo(1);

        assertThat(rig.count("SELECT count(*) FROM withings.measure_group")).isBetween(GROUPS / 2L, GROUPS - 11L);
        assertThat(Cursor.of(rig, ada, "measures").reached()).isFalse();
        assertThat(rig.count("SELECT pages FROM sync.run_resource")).isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.raw_page")).isZero();

        rig.sql().execute("ALTER TABLE withings.measure_group DROP CONSTRAINT breaks_off");
        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();
        assertAllStand(rig);
        assertThat(rig.count("SELECT sum(row_count) FROM sync.coverage")).isEqualTo(GROUPS - 1);
        assertThat(rig.count("SELECT count(*) FROM sync.row_change")).isZero();
    }

    @Test
    void days_out_of_bounds_are_dropped_from_every_part_and_the_answer_is_not_kept(Rig rig) {
        rig.enrol(rig.person(1));
        var from = Instant.ofEpochSecond(MEASURED + (GROUPS - 24) * 3600L)
                .toString()
                .substring(0, 10);
        rig.set("BACKFILL_FROM", from);
        rig.withings().on("getmeas").answer(Fault.rewritten(LargePagesIT::large));

        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();

        assertThat(rig.count("SELECT count(*) FROM withings.measure_group")).isBetween(24L, 48L);
        assertThat(rig.query("SELECT min(day)::text FROM withings.measure_group"))
                .isEqualTo(from);
        assertThat(rig.count("SELECT count(*) FROM sync.raw_page")).isZero();
    }

    @Test
    void what_cannot_be_read_in_parts_is_refused_when_it_is_too_large_and_the_others_go_on(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getgoals").answer(Fault.huge(9_000_000));
        rig.withings().on("getdevice").answer(Fault.huge(5_000_000));

        var ran = rig.run("sync", "--resource", "goals", "--resource", "devices", "--resource", "heart");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(Cursor.of(rig, ada, "goals").error()).isEqualTo("the answer has 9 MB, and cannot be read in parts");
        assertThat(Cursor.of(rig, ada, "goals").outcome()).isEqualTo("refused");
        assertThat(Told.differences(List.of(ada), rig.sql(), "device", "heart_record"))
                .isEmpty();
    }

    /** A Withings that holds its answer once, however many ask for it at a time. */
    private static HttpServer serving(byte[] answer) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/measure", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        return server;
    }

    /** Of one weighing, and of fields nobody knows, of random text. */
    private static byte[] hardlyPacked(int megabytes) {
        var random = new Random(1);
        var noise = new byte[750_000];
        var fields = IntStream.range(0, megabytes)
                .mapToObj(n -> {
                    random.nextBytes(noise);
                    return "\"noise%d\":\"%s\","
                            .formatted(n, Base64.getEncoder().encodeToString(noise));
                })
                .collect(Collectors.joining());
        return ("{\"status\":0,\"body\":{" + fields + "\"measuregrps\":["
                        + "{\"grpid\":1,\"attrib\":0,\"category\":1,\"date\":1700000000,\"measures\":[]}]}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Timeout(240)
    void large_answers_of_eight_people_at_once_land_in_a_process_with_a_heap_of_256(@TempDir Path folder)
            throws IOException {
        try (var rig = new Rig(Rig.world().withUsers(8))) {
            rig.enrolAll();
            var withings = serving(hardlyPacked(36));
            rig.set(
                            "WITHINGS_API_URL",
                            "http://127.0.0.1:" + withings.getAddress().getPort())
                    .set("RAW_PAGES_KEEP", "0d"); // for the time it takes

            try (var sync = Launched.jar(folder, rig.environment(), "sync", "--resource", "measures")) {
                var ran = sync.ended(Duration.ofMinutes(3));
                assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
            } finally {
                withings.stop(0);
            }

            assertThat(rig.count("SELECT count(*) FROM withings.measure_group")).isEqualTo(8);
        }
    }
}
