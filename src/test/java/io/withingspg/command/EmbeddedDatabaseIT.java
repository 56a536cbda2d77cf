package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PostgreSQL beside the service lets in whoever may read the data folder, and no other account of the machine. */
final class EmbeddedDatabaseIT {
    private static Database open(Path data) {
        return Database.open(Settings.of(Map.of("DATA_DIR", data.toString()), Resources.names())
                .database());
    }

    private static String url(Database database) {
        return Objects.requireNonNull(database.embeddedUrl());
    }

    private static String jdbcUrl(Database database) {
        return "jdbc:postgresql://127.0.0.1:" + URI.create(url(database)).getPort() + "/postgres";
    }

    private static void assertNobodyGetsInUnasked(Database database) {
        for (var password : List.of("", "&password=postgres", "&password=wrong")) {
            assertThatThrownBy(() -> DriverManager.getConnection(jdbcUrl(database) + "?user=postgres" + password))
                    .as(password)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isIn("08004", "28P01"));
        }
    }

    private static String password(Path data) throws IOException {
        return Files.readAllLines(data.resolve("pgpass")).getFirst().split(":", -1)[4];
    }

    private static void assertItsOwnerGetsIn(Database database, Path data) throws IOException, SQLException {
        try (var connection = DriverManager.getConnection(jdbcUrl(database), "postgres", password(data))) {
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    /** A start in a process of its own: this one would keep the library's lock on the folder for good. */
    private static Rig.Ran started(Path scratch, Path data) {
        try (var users = Launched.jar(scratch, Map.of("DATA_DIR", data.toString()), "users")) {
            return users.ended();
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** As earlier versions made them. */
    private static EmbeddedPostgres trusting(Path data) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("encoding", "UTF8")
                .start();
    }

    @Test
    void a_new_one_asks_for_the_password_in_a_file_that_only_its_owner_reads(@TempDir Path folder) throws Exception {
        var data = folder.resolve("made/by us");
        assertThat(started(folder, data).exitCode()).isZero();
        var password = password(data);
        try (var database = open(data)) { // and the second start keeps it
            assertThat(password(data)).isEqualTo(password);
            assertNobodyGetsInUnasked(database);
            assertItsOwnerGetsIn(database, data);
            assertThat(mode(data)).isEqualTo("rwx------");
            assertThat(mode(data.resolve("pgpass"))).isEqualTo("rw-------");
            assertThat(url(database)).doesNotContain(password(data)).contains("/by%20us/pgpass");
            try (var files = Files.list(data)) {
                assertThat(files.map(Path::getFileName).map(Path::toString))
                        .contains("pgpass", "postgres")
                        .noneMatch(name -> name.matches("pgpass.+"));
            }
            assertThat(Files.readString(data.resolve("postgres/pg_hba.conf")).lines())
                    .noneMatch(line -> line.matches("\\s*[a-z].*trust.*"));
        }
    }

    @Test
    void the_printed_line_works_when_it_is_pasted_into_a_shell(@TempDir Path data) throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v psql").start().waitFor() == 0,
                "SKIPPED: the printed psql line was not tried, because there is no psql on the PATH");
        try (var database = open(data)) {
            var psql = new ProcessBuilder("sh", "-c", "psql '" + url(database) + "' -Atc 'SELECT 6 * 7'");
            psql.environment().keySet().removeIf(name -> name.startsWith("PG"));
            var process = psql.start();
            assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("42\n");
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void a_folder_of_an_earlier_version_is_closed_at_the_next_start(@TempDir Path folder) throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        try (var earlier = trusting(data)) {
            try (var connection = earlier.getPostgresDatabase().getConnection()) {
                connection.createStatement().execute("CREATE TABLE kept AS SELECT 42 AS answer");
            }
        }
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(started(folder, data).exitCode()).isZero();
        try (var database = open(data)) {
            assertNobodyGetsInUnasked(database);
            assertItsOwnerGetsIn(database, data);
            assertThat(mode(data)).isEqualTo("rwx------");
            assertThat(database.sql().fetchValue("SELECT answer FROM kept")).isEqualTo(42);
        }
    }

    @Test
    void a_server_of_an_earlier_version_is_closed_while_it_runs(@TempDir Path data) throws Exception {
        var earlier = trusting(data);
        try (var database = open(data)) { // the last one out stops it
            assertThat(url(database)).contains(":" + earlier.getPort() + "/");
            assertNobodyGetsInUnasked(database);
            assertItsOwnerGetsIn(database, data);
        }
    }

    @Test
    void a_folder_with_other_things_in_it_stays_as_open_as_it_is(@TempDir Path data) throws Exception {
        Files.createFile(data.resolve("somebody's"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var database = open(data)) {
            assertNobodyGetsInUnasked(database);
            assertThat(mode(data)).isEqualTo("rwxr-xr-x");
            assertThat(mode(data.resolve("pgpass"))).isEqualTo("rw-------");
        }
    }

    @Test
    void a_lost_password_is_told_and_can_be_made_anew(@TempDir Path folder) throws Exception {
        var data = folder.resolve("data");
        var rules = data.resolve("postgres/pg_hba.conf");
        assertThat(started(folder, data).exitCode()).isZero();
        Files.delete(data.resolve("pgpass"));

        var ran = started(folder, data);

        assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(ran.err())
                .hasLineCount(1)
                .contains("is gone: restore it", "write trust for scram-sha-256 in " + rules);
        Files.writeString(rules, Files.readString(rules).replace("scram-sha-256", "trust"));
        try (var database = open(data)) {
            assertNobodyGetsInUnasked(database);
            assertItsOwnerGetsIn(database, data);
        }
    }

    @Test
    void commands_that_start_at_once_on_a_new_folder_share_one_server(@TempDir Path folder) {
        var environment = Map.of("DATA_DIR", folder.resolve("data").toString());
        try (var one = Launched.jar(folder, environment, "status");
                var two = Launched.jar(folder, environment, "users");
                var three = Launched.jar(folder, environment, "migrate")) {
            for (var command : List.of(one, two, three)) {
                var ran = command.ended();
                assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
                if (command == one) {
                    assertThat(ran.out())
                            .as("whoever started it knows that it ends")
                            .containsAnyOf(
                                    "The embedded database runs while serve or demo does",
                                    "its port changes with each start");
                }
            }
        }
        assertThat(folder.resolve("data/postgres/postmaster.pid")).doesNotExist();
    }
}
