package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.simulator.Person;
import io.withingspg.store.Export;
import io.withingspg.store.ExportFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Everything about a person, in files, and back. */
@ExtendWith(Rig.Provider.class)
final class ExportIT {
    /** No part of an export: secrets, what is true of one installation at one moment, and what follows from the rest. */
    private static final List<String> WITHHELD = List.of(
            "sync.token", "sync.lease", "sync.oauth_state", "sync.invitation", "sync.day_summary", "sync.summary_due");

    private static String id(Person person) {
        return Long.toString(person.id());
    }

    private static List<String> tables(Rig rig) {
        return rig.column("""
                SELECT n.nspname || '.' || c.relname FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
                """).stream()
                .filter(table -> !WITHHELD.contains(table))
                .toList();
    }

    /** Table → the person's rows but for what the database counts up by itself. */
    private static Map<String, List<String>> rows(DSLContext sql, List<String> tables, long userId) {
        var rows = new TreeMap<String, List<String>>();
        for (var table : tables) {
            rows.put(
                    table,
                    sql.fetch(
                                    "SELECT (to_jsonb(t) - '{event_id, change_id, page_id}'::text[])::text FROM "
                                            + table + " t WHERE user_id = ? ORDER BY 1",
                                    userId)
                            .getValues(0, String.class));
        }
        return rows;
    }

    private static String psql(Path folder, String jdbcUrl, String file) throws Exception {
        var url = jdbcUrl.replaceFirst("jdbc:postgresql:", "postgresql:");
        var process = new ProcessBuilder("psql", "-X", "-q", "-d", url, "-f", file)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said + (process.exitValue() == 0 ? "" : "\nexit code " + process.exitValue());
    }

    private static boolean hasPsql() {
        return List.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "psql")));
    }

    /** Ada with all there is of her and, in her texts, what breaks careless CSV. */
    private static Person filled(Rig rig) {
        var ada = rig.person(1);
        ada.adds("getmeas", new ObjectMapper().createObjectNode().put("grpid", "a \"quoted\", unreadable\none"));
        rig.enrolAll().set("SAMPLES_BACKFILL_DAYS", "2"); // soon after midnight, a single day holds none
        assertThat(rig.run("sync").exitCode()).isZero();
        rig.run("users", "set", id(ada), "--ref", "=1+\"1\", 'Ada' \\.");
        rig.sql()
                .execute(
                        "UPDATE withings.device SET model = '', timezone = E'a\\nb\\\\N', extra = '{\"a\": \"x\\\\ny\"}'"
                                + " WHERE user_id = ?",
                        ada.id());
        rig.sql().execute("UPDATE withings.workout SET pause_s = 4711, modified_at = NULL");
        assertThat(rig.run("sync", "--resource", "workouts", "--full").exitCode())
                .isZero(); // so that something changed
        return ada;
    }

    @Test
    void an_export_loaded_into_another_database_gives_the_same_rows(Rig rig, @TempDir Path folder) throws Exception {
        assumeTrue(hasPsql(), "psql is not on the PATH");
        var ada = filled(rig);
        var to = folder.resolve("new/ada");

        var ran = rig.run("users", "export", id(ada), "--to", to.toString(), "--json");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        var other = Server.create();
        try {
            assertThat(psql(to, other, "load.sql")).isBlank();
            var loaded = rows(DSL.using(other), tables(rig), ada.id());
            assertThat(loaded).isEqualTo(rows(rig.sql(), tables(rig), ada.id()));
            assertThat(loaded.get("withings.measure")).hasSizeGreaterThan(50);
            assertThat(loaded.get("sync.rejected_record")).hasSize(1);
            for (var table : List.of("activity_sample", "sleep_sample", "sleep_stage", "ecg_signal")) {
                assertThat(loaded.get("withings." + table)).as(table).isNotEmpty();
            }
            for (var table : List.of("row_change", "raw_page", "coverage")) {
                assertThat(loaded.get("sync." + table)).as(table).isNotEmpty();
            }
            assertThat(DSL.using(other).fetchCount(DSL.table("withings.measure")))
                    .as("nobody else's")
                    .isEqualTo(
                            loaded.getOrDefault("withings.measure", List.of()).size());
            assertThat(psql(to, other, "load.sql")).as("a second time").contains("duplicate key", "exit code");
        } finally {
            Server.drop(other);
        }
        var told = new ObjectMapper().readTree(ran.out());
        for (var table : tables(rig)) {
            assertThat(told.path("files").path(table + ".csv").asLong(-1))
                    .as(table)
                    .isEqualTo(rig.count("SELECT count(*) FROM " + table + " WHERE user_id = ?", ada.id()));
        }
    }

    @Test
    void every_table_with_a_person_is_a_file_and_every_column_is_explained(Rig rig, @TempDir Path folder)
            throws IOException {
        var ada = rig.person(1);
        rig.enrol(ada);

        var ran = rig.run("users", "export", id(ada), "--to", folder.toString());

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Exported: Withings user " + ada.id(), "sync.enrolment.csv ", "load.sql");
        var expected = new TreeSet<>(List.of("codes", "dictionary.csv", "load.sql"));
        tables(rig).forEach(table -> expected.add(table + ".csv"));
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(Files.readString(folder.resolve("withings.goal.csv")))
                .as("empty, but for the header")
                .isEqualTo(String.join(
                                ",",
                                rig.column(
                                        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'withings'"
                                                + " AND table_name = 'goal' ORDER BY ordinal_position"))
                        + "\n");
        assertThat(Files.readString(folder.resolve("codes/withings.measure_type.csv")))
                .contains("\n1,", "kg");
        var dictionary = Files.readString(folder.resolve("dictionary.csv"));
        for (var table : tables(rig)) {
            var header = Files.readString(folder.resolve(table + ".csv"))
                    .lines()
                    .findFirst()
                    .orElse("");
            for (var column : header.split(",", -1)) {
                assertThat(dictionary)
                        .containsPattern(table.replace('.', ',') + ",[0-9]+," + column + ",[^\n]+,[tf],[^,\n]");
            }
        }
        assertThat(rig.column("SELECT act || ' by ' || command FROM sync.event ORDER BY event_id"))
                .containsExactly("enrolled by enrol", "exported by users export");
        assertThat(Files.readString(folder.resolve("sync.event.csv"))).contains("exported,users export");
    }

    @Test
    void rows_come_in_the_order_of_their_key_and_nobody_but_the_owner_may_read_them(Rig rig, @TempDir Path folder)
            throws IOException {
        var ada = filled(rig);
        var to = Files.createDirectory(folder.resolve("empty"));

        assertThat(rig.run("users", "export", id(ada), "--to", to.toString()).exitCode())
                .isZero();

        var days = Files.readString(to.resolve("withings.activity_day.csv"))
                .lines()
                .skip(1)
                .map(line -> line.split(",", -1)[1])
                .toList();
        assertThat(days).hasSizeGreaterThan(10).isSorted();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to)))
                .isEqualTo("rwx------");
        try (var all = Files.walk(to)) {
            assertThat(all.filter(Files::isRegularFile).toList())
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void no_token_and_no_secret_is_exported(Rig rig, @TempDir Path folder) throws IOException {
        var ada = rig.person(1);
        rig.enrol(ada);
        var tokens = rig.column("SELECT encode(access_token, 'hex') FROM sync.token UNION ALL"
                + " SELECT encode(refresh_token, 'hex') FROM sync.token");

        rig.run("users", "export", id(ada), "--to", folder.toString());

        try (var all = Files.walk(folder)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain(tokens);
            }
        }
    }

    @Test
    void a_folder_that_holds_something_is_not_touched(Rig rig, @TempDir Path folder) throws IOException {
        var ada = rig.person(1);
        rig.enrol(ada);
        var mine = Files.writeString(folder.resolve("mine"), "precious");

        for (var to : List.of(folder, mine)) {
            var ran = rig.run("users", "export", id(ada), "--to", to.toString());

            assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err().strip()).hasLineCount(1).contains(to.toString(), "name a new one");
        }
        assertThat(rig.run(
                                "users",
                                "export",
                                "4711",
                                "--to",
                                folder.resolve("new").toString())
                        .exitCode())
                .isEqualTo(ExitCode.WRONG_USE);
        try (var files = Files.list(folder)) {
            assertThat(files.toList()).containsExactly(mine);
        }
        assertThat(rig.count("SELECT count(*) FROM sync.event WHERE act = 'exported'"))
                .isZero();
    }

    @Test
    void whoever_was_removed_can_still_have_the_data_and_no_application_is_needed(Rig rig, @TempDir Path folder)
            throws IOException {
        var ada = filled(rig);
        rig.run("users", "remove", id(ada));
        for (var name : List.of("WITHINGS_CLIENT_ID", "WITHINGS_CLIENT_SECRET", "WITHINGS_CALLBACK_URL", "TOKEN_KEY")) {
            rig.set(name, "");
        }

        var ran = rig.run("users", "export", id(ada), "--to", folder.toString());

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Files.readString(folder.resolve("sync.enrolment.csv"))).contains("unlinked");
        assertThat(Files.readString(folder.resolve("withings.measure.csv"))).contains(id(ada));
    }

    @Test
    void an_export_that_breaks_off_takes_away_what_it_wrote(Rig rig, @TempDir Path folder) throws IOException {
        var ada = filled(rig);
        var to = folder.resolve("ada");
        var into = ExportFolder.make(to);
        var others = Files.writeString(to.resolve("withings.workout.csv"), "in the way");

        assertThatThrownBy(() -> new Export(rig.sql()).write(ada.id(), into, Instant.now()))
                .isInstanceOf(UncheckedIOException.class);

        try (var left = Files.list(to)) {
            assertThat(left.toList()).containsExactly(others);
        }
    }
}
