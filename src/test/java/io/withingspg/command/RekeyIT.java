package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Service.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tokens move from one key to the next without anybody losing a token, or even noticing. */
@ExtendWith(Rig.Provider.class)
final class RekeyIT {
    private static final String OLD = key(1);
    private static final String NEW = key(2);

    private static String key(int fill) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static List<String> keysInUse(Rig rig) {
        return rig.column("SELECT DISTINCT to_hex(key_id) FROM sync.token");
    }

    @Test
    void every_token_moves_to_the_new_key_and_the_old_one_can_go(Rig rig) {
        rig.set("TOKEN_KEY", OLD).enrolAll();
        var before = keysInUse(rig);
        rig.set("TOKEN_KEY", NEW + "," + OLD);
        assertThat(rig.run("sync", "--resource", "goals").exitCode())
                .as("both keys open")
                .isZero();

        var ran = rig.run("rekey");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("The tokens of 3 people were encrypted anew")
                .contains("Opening nothing any more: " + before.getFirst() + "; take it out of TOKEN_KEY.");
        assertThat(keysInUse(rig)).hasSize(1).doesNotContainAnyElementsOf(before);
        rig.set("TOKEN_KEY", NEW);
        var synced = rig.run("sync");
        assertThat(synced.exitCode()).as(synced.err() + synced.out()).isZero();
        assertThat(rig.withings().calls("requesttoken"))
                .as("nobody was refreshed")
                .isEqualTo(3);
    }

    @Test
    void the_old_key_alone_is_told_which_key_is_missing_and_overwrites_nothing(Rig rig) {
        rig.set("TOKEN_KEY", OLD).enrolAll();
        rig.set("TOKEN_KEY", NEW + "," + OLD).run("rekey");
        var tokens = rig.column("SELECT t::text FROM sync.token t ORDER BY user_id");
        rig.set("TOKEN_KEY", OLD);

        for (var command : List.of("sync", "serve", "rekey", "enrol")) {
            var ran = rig.run(command);
            assertThat(ran.exitCode()).as(command).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err())
                    .contains("the stored tokens need the key " + keysInUse(rig).getFirst())
                    .hasLineCount(1);
        }

        assertThat(rig.column("SELECT t::text FROM sync.token t ORDER BY user_id"))
                .isEqualTo(tokens);
    }

    @Test
    void without_a_new_key_it_says_where_to_put_one(Rig rig) {
        rig.enrol(rig.person(1));

        var ran = rig.run("rekey");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(ran.err())
                .contains("put a new one in front of it, TOKEN_KEY=new,old")
                .hasLineCount(1);
    }

    @Test
    void a_running_service_takes_up_the_new_key_from_its_file(Rig rig, @TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("key"), OLD + "\n");
        rig.set("TOKEN_KEY", "").set("TOKEN_KEY_FILE", file.toString());
        rig.enrol(rig.person(1));
        try (var service = rig.service(Part.ENROLMENT)) {
            Files.writeString(file, NEW + "\n" + OLD + "\n");
            assertThat(rig.run("rekey").out()).contains("The tokens of 1 person were encrypted anew");
            Files.writeString(file, NEW + "\n");

            rig.person(1).tokensExpire();
            var summary = service.sync(List.of(), LeasesIT.EVERYTHING, null);
            assertThat(summary.exitCode()).isZero();
            assertThat(rig.consent(rig.person(2), null).statusCode()).isEqualTo(200);
        }
        assertThat(keysInUse(rig))
                .as("what it wrote since is under the new key")
                .hasSize(1);
        assertThat(rig.run("sync").exitCode()).isZero();
    }

    @Test
    void killed_in_the_middle_it_goes_on_where_it_was(Rig rig, @TempDir Path folder) {
        rig.set("TOKEN_KEY", OLD).enrolAll();
        rig.set("TOKEN_KEY", NEW + "," + OLD);
        try (var brake = new Brake(rig)) {
            brake.beforeUpdate("OLD.user_id = " + rig.person(2).id());
            try (var doomed = Launched.jar(folder, rig.environment(), "rekey")) {
                Await.until("one is done, and the next is not", brake::holds);
                doomed.kill();
            }
        }
        assertThat(keysInUse(rig)).hasSize(2);
        assertThat(rig.run("sync", "--resource", "goals").exitCode())
                .as("both keys are there")
                .isZero();

        var ran = rig.run("rekey");

        assertThat(ran.out()).contains("The tokens of 2 people were encrypted anew");
        assertThat(keysInUse(rig)).hasSize(1);
        assertThat(rig.set("TOKEN_KEY", NEW).run("sync").exitCode()).isZero();
    }

    @Test
    void a_refresh_under_way_is_waited_for(Rig rig) throws Exception {
        rig.set("TOKEN_KEY", OLD).enrol(rig.person(1));
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        try (var brake = new Brake(rig);
                var service = rig.service()) {
            rig.withings().on("requesttoken").answer(brake.answering());
            var sync = Thread.ofVirtual().start(() -> service.sync(List.of(), LeasesIT.EVERYTHING, null));
            Await.until("refreshing", brake::holds);
            rig.set("TOKEN_KEY", NEW + "," + OLD);
            var rekey = Thread.ofVirtual().start(() -> rig.run("rekey"));
            Await.until(
                    "rekeying waits",
                    () -> rig.count(
                                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                            > 0);
            brake.release();
            rekey.join();
            sync.join();
        }
        assertThat(keysInUse(rig)).hasSize(1);
        assertThat(rig.set("TOKEN_KEY", NEW).run("sync").exitCode()).isZero();
        assertThat(rig.withings().calls("requesttoken")).isEqualTo(2);
    }

    @Test
    void a_ciphertext_of_another_row_opens_nothing_and_the_others_go_on(Rig rig) {
        rig.enrol(rig.person(1), rig.person(2));
        rig.sql()
                .execute(
                        "UPDATE sync.token SET access_token = (SELECT access_token FROM sync.token WHERE user_id = ?)"
                                + " WHERE user_id = ?",
                        rig.person(2).id(),
                        rig.person(1).id());

        var ran = rig.run("sync", "--resource", "goals");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(ran.out()).contains("was damaged, or made for another row");
        assertThat(ran.err()).doesNotContain("unforeseen");
        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE last_success_at IS NOT NULL"))
                .isEqualTo(1);
    }

    @Test
    void beside_the_embedded_database_the_new_key_is_made_here(Rig rig, @TempDir Path folder) throws IOException {
        rig.set("DATABASE_URL", "").set("TOKEN_KEY", "").set("DATA_DIR", folder.toString());
        var tokens = rig.person(1).tokens();
        var file = Files.writeString(
                folder.resolve("users.jsonl"),
                "{\"userid\":%d,\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":10800,\"scope\":\"user.info\"}"
                        .formatted(tokens.user(), tokens.accessToken(), tokens.refreshToken()));
        assertThat(own(rig, folder, "users", "import", file.toString())).contains("Imported 1");
        var keys = folder.resolve("token.key");
        var first = Files.readAllLines(keys).getFirst();

        assertThat(own(rig, folder, "rekey")).contains("The tokens of 1 person were encrypted anew");

        var second = Files.readAllLines(keys);
        assertThat(second).hasSize(2).endsWith(first);
        assertThat(Files.getPosixFilePermissions(keys)).isEqualTo(PosixFilePermissions.fromString("rw-------"));

        own(rig, folder, "rekey");

        assertThat(Files.readAllLines(keys))
                .as("the first key opens nothing any more")
                .hasSize(2)
                .endsWith(second.getFirst());
        own(rig, folder, "sync", "--resource", "goals");
    }

    @Test
    void a_key_file_that_was_lost_is_asked_for_and_not_replaced_by_another(Rig rig, @TempDir Path folder)
            throws IOException {
        rig.set("DATABASE_URL", "").set("TOKEN_KEY", "").set("DATA_DIR", folder.toString());
        var file = Files.writeString(
                folder.resolve("users.jsonl"),
                "{\"userid\":7,\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":10800,\"scope\":\"user.info\"}");
        own(rig, folder, "users", "import", file.toString());
        var keys = folder.resolve("token.key");
        var kept = Files.readString(keys);
        Files.delete(keys);

        try (var process = Launched.jar(folder, rig.environment(), "sync")) {
            var ran = process.ended();
            assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err())
                    .containsPattern(
                            "the stored tokens need the key [0-9a-f]{8}, and .*token.key, which held it, is gone")
                    .hasLineCount(1);
        }
        assertThat(keys).doesNotExist();

        Files.writeString(keys, kept);
        assertThat(own(rig, folder, "status")).contains("7  active");
    }

    /** As a process of its own: one that has started an embedded server cannot start it again. */
    private static String own(Rig rig, Path folder, String... command) {
        try (var process = Launched.jar(folder, rig.environment(), command)) {
            var ran = process.ended();
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            return ran.out();
        }
    }
}
