package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whoever leaves is let go: here, at Withings and, where that is wanted, without a row left behind. */
@ExtendWith(Rig.Provider.class)
final class LeavingIT {
    /** Every table, of whatever schema, that names a person; partitions are reached through their tables. */
    private static final String NAMES_A_PERSON = """
            SELECT n.nspname || '.' || c.relname FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                AND a.attname IN ('user_id', 'used_by'))
            ORDER BY 1
            """;

    private static String id(Person person) {
        return Long.toString(person.id());
    }

    /** Table → how many of this person's rows are in it; tables without any are left out. */
    private static Map<String, Long> rowsOf(Rig rig, Person person) {
        var rows = new TreeMap<String, Long>();
        for (var table : rig.column(NAMES_A_PERSON)) {
            var column = rig.count("""
                            SELECT count(*) FROM information_schema.columns
                            WHERE table_schema || '.' || table_name = ? AND column_name = 'user_id'
                            """, table) > 0 ? "user_id" : "used_by";
            var count = rig.count("SELECT count(*) FROM " + table + " WHERE " + column + " = ?", person.id());
            if (count > 0) {
                rows.put(table, count);
            }
        }
        return rows;
    }

    private static Rig filled(Rig rig) {
        rig.enrolAll().set("SAMPLES_BACKFILL_DAYS", "2"); // soon after midnight, a single day holds none
        assertThat(rig.run("sync").exitCode()).isZero();
        return rig;
    }

    private static List<String> acts(Rig rig, Person person) {
        return rig.column(
                "SELECT act || ' by ' || command FROM sync.event WHERE user_id = ? ORDER BY event_id", person.id());
    }

    @Test
    void removing_stops_everything_revokes_and_keeps_the_data(Rig rig) {
        filled(rig);
        var ada = rig.person(1);
        var before = rig.dump();

        var ran = rig.run("users", "remove", id(ada));

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("no longer synced; the authorisation is revoked. The data stays.");
        assertThat(rig.dump()).isEqualTo(before);
        assertThat(rig.withings().calls("/v2/oauth2 revoke")).isEqualTo(1);
        assertThat(rig.count("SELECT count(*) FROM sync.token WHERE user_id = ?", ada.id()))
                .isZero();
        var calls = rig.withings().calls();
        rig.run("sync", "--user", id(ada));
        assertThat(rig.withings().calls()).as("no call for Ada").isEqualTo(calls);
        assertThat(acts(rig, ada)).containsExactly("enrolled by enrol", "removed by users remove");
    }

    @Test
    void removing_takes_back_every_link_that_would_undo_it(Rig rig) {
        var ada = rig.person(1);
        try (var _ = rig.service(Service.Part.ENROLMENT)) {
            assertThat(rig.consent(ada, "ada").statusCode()).isEqualTo(200);
            var link = rig.run("invite", "--ref", "ada").out().strip().replaceFirst(".*[?]", "?");
            var others = rig.run("invite", "--ref", "ben").out().strip().replaceFirst(".*[?]", "?");
            var begun = rig.allowed(1, link);
            var begunWithout = rig.allowed(1, "?ref=ada");

            assertThat(rig.run("users", "remove", id(ada)).exitCode()).isZero();

            assertThat(rig.browse(begun).statusCode()).isEqualTo(403);
            assertThat(rig.browse(begunWithout).statusCode()).isEqualTo(403);
            assertThat(rig.browse(rig.url() + "/authorize" + link).statusCode()).isEqualTo(403);
            assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("unlinked");
            assertThat(rig.browse(rig.allowed(2, others)).statusCode())
                    .as("another's link")
                    .isEqualTo(200);
        }
    }

    @Test
    void a_revocation_that_failed_is_made_up_for_by_removing_again(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("revoke").answer(Fault.status(2551, "later"));

        var failed = rig.run("users", "remove", id(ada));
        var again = rig.run("users", "remove", id(ada));

        assertThat(failed.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(failed.err()).contains("no longer synced", "did not revoke", "run this again later");
        assertThat(failed.err().strip()).hasLineCount(1);
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(rig.withings().calls("revoke")).isEqualTo(2);
        assertThat(acts(rig, ada)).containsExactly("enrolled by enrol", "removed by users remove");
    }

    @Test
    void somebody_Withings_does_not_know_any_more_counts_as_revoked(Rig rig, @TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("tokens.jsonl"), """
                {"userid": 4711, "access_token": "a", "refresh_token": "r", "expires_in": 10800, "scope": "user.info"}
                """);
        assertThat(rig.run("users", "import", file.toString()).exitCode()).isZero();

        var ran = rig.run("users", "remove", "4711");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.withings().calls("revoke")).isEqualTo(1);
    }

    @Test
    void a_wrong_client_secret_does_not_count_as_revoked() {
        try (var rig = new Rig(Rig.world().withClient("test-client", "test-secret"))) {
            var ada = rig.person(1);
            rig.enrol(ada);
            rig.set("WITHINGS_CLIENT_SECRET", "mistyped");

            var ran = rig.run("users", "remove", id(ada));

            assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
            assertThat(ran.err()).contains("signature", "run this again later");
        }
    }

    @Test
    void erasing_without_yes_says_what_it_would_do_and_does_nothing(Rig rig) {
        filled(rig);
        var ada = rig.person(1);
        var before = rowsOf(rig, ada);

        var ran = rig.run("users", "erase", id(ada));

        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(ran.err().strip()).hasLineCount(1).contains("everything of " + ada.id(), "revoke", "--yes");
        assertThat(rowsOf(rig, ada)).isEqualTo(before);
        assertThat(rig.withings().calls("revoke")).isZero();
        assertThat(rig.run("users", "erase", "4711", "--yes").err()).contains("4711", "not enrolled");
    }

    @Test
    void erasing_leaves_nothing_but_the_record_of_it_and_the_receipt_is_true(Rig rig) throws IOException {
        rig.set("SYNC_RESOURCES", "");
        var ada = rig.person(1);
        ada.adds("getmeas", new ObjectMapper().createObjectNode().put("grpid", "unreadable"));
        ada.adds(
                "getmeas",
                new ObjectMapper()
                        .createObjectNode()
                        .put("grpid", 4711)
                        .put("date", 1767225600)
                        .put("mood", "sunny"));
        filled(rig);
        rig.sql().execute("UPDATE withings.device SET battery = 'low'");
        assertThat(rig.run("sync", "--resource", "devices").exitCode()).isZero();
        rig.run("users", "set", id(ada), "--ref", "ada-17");
        rig.sql().execute("""
                INSERT INTO sync.oauth_state (state_hash, ref, expires_at) VALUES
                ('\\x01', 'ada-17', now() + interval '1 hour'), ('\\x02', 'ben-18', now() + interval '1 hour'),
                ('\\x03', NULL, now() + interval '1 hour')
                """);
        var before = rowsOf(rig, ada);
        var others = rowsOf(rig, rig.person(2));
        assertThat(before)
                .containsKeys("withings.measure", "withings.sleep_event", "sync.rejected_record", "sync.run")
                .containsKeys("withings.activity_sample", "withings.sleep_sample", "withings.sleep_stage")
                .containsKeys("withings.ecg_signal", "sync.row_change", "sync.raw_page", "sync.coverage", "sync.drift");

        var ran = rig.run("users", "erase", id(ada), "--yes", "--json");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event").containsEntry("sync.event", 4L);
        assertThat(rowsOf(rig, rig.person(2))).isEqualTo(others);
        assertThat(rig.column("SELECT coalesce(ref, '-') FROM sync.oauth_state ORDER BY 1"))
                .containsExactly("-", "ben-18");
        assertThat(acts(rig, ada))
                .containsExactly(
                        "enrolled by enrol", "named by users set", "removed by users erase", "erased by users erase");
        var receipt = new ObjectMapper().readTree(ran.out());
        assertThat(ran.out()).doesNotContain("ada-17");
        before.remove("sync.event");
        before.remove("sync.token"); // went first, when the person was removed
        before.put("sync.oauth_state", 1L);
        before.put("sync.lease", 1L); // of the erasure itself
        var removed = new TreeMap<String, Long>();
        receipt.path("tables").properties().forEach(table -> {
            if (table.getValue().asLong() > 0) {
                removed.put(table.getKey(), table.getValue().asLong());
            }
        });
        assertThat(removed).isEqualTo(before);
        assertThat(receipt.path("total").asLong())
                .isEqualTo(before.values().stream().mapToLong(Long::longValue).sum());
        assertThat(receipt.path("events_kept").asLong()).isEqualTo(4);
        assertThat(receipt.path("user_id").asLong()).isEqualTo(ada.id());
        assertThat(rig.run("users", "erase", id(ada), "--yes").exitCode()).isEqualTo(ExitCode.WRONG_USE);
    }

    @Test
    void the_receipt_reads_well(Rig rig) {
        filled(rig);

        var ran = rig.run("users", "erase", id(rig.person(1)), "--yes");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("Erased: Withings user " + rig.person(1).id())
                .contains("withings.measure ", "sync.enrolment ", "total ", "is revoked")
                .contains("3 rows stay in sync.event");
    }

    @Test
    void every_table_that_names_a_person_is_emptied_one_that_a_later_migration_adds_too(Rig rig) {
        rig.sql().execute("""
                CREATE TABLE withings.later (user_id bigint NOT NULL, day date NOT NULL, PRIMARY KEY (user_id, day));
                CREATE TABLE withings.a_part_of_later (user_id bigint NOT NULL, day date NOT NULL, part text,
                    PRIMARY KEY (user_id, day, part), FOREIGN KEY (user_id, day) REFERENCES withings.later);
                CREATE TABLE sync.later_invitation (code text PRIMARY KEY, ref text, used_by bigint);
                """);
        var ada = rig.person(1);
        rig.enrol(ada).run("users", "set", id(ada), "--ref", "ada");
        rig.sql().execute("""
                INSERT INTO withings.later VALUES ({0}, '2026-01-01'), (4711, '2026-01-01');
                INSERT INTO withings.a_part_of_later VALUES ({0}, '2026-01-01', 'a');
                INSERT INTO sync.later_invitation VALUES ('by ref', 'ada', NULL), ('by id', NULL, {0}), ('of others', 'ben', 4711);
                INSERT INTO sync.row_change (user_id, table_name, act, written_at, changed_at, row)
                    VALUES ({0}, 'later', 'changed', now(), now(), '{}')
                """, DSL.inline(ada.id()));

        var ran = rig.run("users", "erase", id(ada), "--yes", "--json");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
        assertThat(rig.column("SELECT code FROM sync.later_invitation")).containsExactly("of others");
        assertThat(rig.count("SELECT count(*) FROM withings.later")).isEqualTo(1);
        for (var table : rig.column(NAMES_A_PERSON)) {
            if (!table.equals("sync.event")) {
                assertThat(ran.out()).as(table).contains('"' + table + '"');
            }
        }
    }

    @Test
    void while_Withings_cannot_be_reached_nothing_is_erased_unless_that_is_wanted(Rig rig) {
        filled(rig);
        var ada = rig.person(1);
        var measures = rowsOf(rig, ada).get("withings.measure");
        rig.set("WITHINGS_API_URL", "http://127.0.0.1:" + Rig.freePort());

        var failed = rig.run("users", "erase", id(ada), "--yes");

        assertThat(failed.exitCode()).isEqualTo(ExitCode.WITHINGS_UNREACHABLE);
        assertThat(failed.err().strip()).hasLineCount(1).contains("nothing is erased yet", "again", "--no-revoke");
        assertThat(rowsOf(rig, ada)).containsEntry("withings.measure", measures).doesNotContainKey("sync.token");

        for (var name : List.of("WITHINGS_CLIENT_ID", "WITHINGS_CLIENT_SECRET", "WITHINGS_CALLBACK_URL", "TOKEN_KEY")) {
            rig.set(name, "");
        }
        assertThat(rig.run("users", "erase", id(ada), "--yes").err())
                .contains("no Withings application", "--no-revoke");
        var ran = rig.run("users", "erase", id(ada), "--yes", "--no-revoke");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("was not revoked");
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
    }

    @Test
    void a_sync_that_is_in_the_middle_of_paging_ends_before_its_person_is_erased(Rig rig) throws Exception {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").page(2).answer(Fault.delay(Duration.ofSeconds(4)));
        var sync = CompletableFuture.supplyAsync(() -> rig.run("sync"));
        Await.until("the first page is there", () -> rig.count("SELECT count(*) FROM withings.measure") > 0);

        var ran = rig.run("users", "erase", id(ada), "--yes");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("waiting");
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
        assertThat(sync.get().exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
    }

    @Test
    void a_sync_that_was_paused_and_wakes_up_after_the_erasure_writes_nothing(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var erased = new CompletableFuture<Rig.Ran>();
        rig.withings().on("getmeas").page(2).answer(Fault.then(() -> {
            // For the process that is paused, more time passes than its lease lasts; and it does not renew it, as it
            // would here.
            rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second', holder = 'paused'");
            erased.complete(rig.run("users", "erase", id(ada), "--yes"));
        }));

        var ran = rig.run("sync");

        assertThat(erased.join().exitCode()).as(erased.join().err()).isZero();
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
        assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(ran.out())
                .as("by the next page, or by a heartbeat before it")
                .containsPattern("erased meanwhile|another one went on");
        assertThat(ran.err()).doesNotContain("unforeseen");
        assertThat(acts(rig, ada)).endsWith("erased by users erase");
    }

    @Test
    void a_page_that_is_just_being_written_is_waited_for_and_removed_with_the_rest(Rig rig) throws Exception {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("users", "remove", id(ada));
        var url = String.valueOf(rig.environment().get("DATABASE_URL"));
        try (var connection = java.sql.DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            var page = DSL.using(connection);
            page.execute("SELECT FROM sync.cursor WHERE user_id = ? AND resource = 'goals' FOR UPDATE", ada.id());
            page.execute(
                    "INSERT INTO withings.goal (user_id, goal, value, valid_from) VALUES (?, 'steps', 1, now())",
                    ada.id());

            var erase = CompletableFuture.supplyAsync(() -> rig.run("users", "erase", id(ada), "--yes"));
            Await.until(
                    "the erasure waits",
                    () -> rig.count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND datname = current_database()")
                            > 0);
            page.execute("UPDATE sync.cursor SET row_count = 1 WHERE user_id = ? AND resource = 'goals'", ada.id());
            connection.commit();

            assertThat(erase.get().exitCode()).as(erase.get().err()).isZero();
            assertThat(erase.get().out()).containsPattern("withings\\.goal +1\n");
        }
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
    }

    @Test
    void a_queued_visit_to_somebody_erased_leaves_no_lease_and_no_run(Rig rig) throws Exception {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.sql()
                .execute(
                        "INSERT INTO sync.lease VALUES (?, 'another process', now() + interval '3 seconds')", ada.id());
        var sync = CompletableFuture.supplyAsync(() -> rig.run("sync")); // waits for the other process
        Await.until(
                "the sync waits",
                () -> rig.count("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'withings-postgres'"
                                + " AND datname = current_database() AND query LIKE 'update %\"lease\"%'")
                        > 0);

        var ran = rig.run("users", "erase", id(ada), "--yes", "--no-revoke");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(sync.get().exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(rowsOf(rig, ada)).containsOnlyKeys("sync.event");
    }

    @Test
    void rows_left_without_an_enrolment_can_be_erased_too(Rig rig) {
        rig.sql()
                .execute(
                        "INSERT INTO withings.goal (user_id, goal, value, valid_from) VALUES (4711, 'steps', 1, now())");

        var ran = rig.run("users", "erase", "4711", "--yes");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.count("SELECT count(*) FROM withings.goal")).isZero();
    }
}
