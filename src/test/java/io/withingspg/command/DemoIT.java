package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing a newcomer runs, with nothing configured. */
final class DemoIT {
    /** But for the programs of PostgreSQL, unpacked once for all runs of a machine. */
    private static List<String> leftBehind(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.map(folder::relativize)
                    .map(Path::toString)
                    .filter(file -> file.matches("withings-demo[^/]*|process[^/]*/.+")
                            && !file.matches("process[^/]*/(out|err)"))
                    .toList();
        }
    }

    /** With what another command sees the database of a demo, as that says itself. */
    private static Map<String, String> beside(String told) {
        var data = Pattern.compile("DATA_DIR='([^']+)' ./withings status").matcher(told);
        assertThat(data.find()).as(told).isTrue();
        return Map.of("DATA_DIR", data.group(1));
    }

    @Test
    void a_second_one_in_the_same_folder_is_refused(@TempDir Path folder) throws IOException {
        var data = folder.resolve("data");
        try (var _ = DemoLock.take(data);
                var second = Launched.jar(folder, Map.of(), "demo", "--once", "--data", data.toString())) {
            var ran = second.ended();

            assertThat(ran.exitCode()).isEqualTo(ExitCode.WRONG_USE);
            assertThat(ran.err()).contains("another demo runs in " + data);
        }
        assertThat(data.resolve("postgres")).doesNotExist();
    }

    @Test
    void once_it_enrols_fetches_asks_and_leaves_nothing_behind(@TempDir Path folder) throws IOException {
        var port = Integer.toString(Rig.freePort());
        try (var demo =
                Launched.jar(folder, Map.of(), "demo", "--once", "--users", "1", "--days", "3", "--port", port)) {
            var ran = demo.ended();
            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .contains("1. A simulated Withings", "Ada", "measures", "SELECT", "analytics.weight")
                    .doesNotContain("failed:");
            assertThat(Launched.hasStackTrace(ran.err())).as(ran.err()).isFalse();
        }
        assertThat(leftBehind(folder)).isEmpty();
    }

    @Test
    void it_goes_on_until_it_is_stopped_and_then_removes_everything(@TempDir Path folder) throws IOException {
        var port = Integer.toString(Rig.freePort());
        try (var demo = Launched.jar(folder, Map.of(), "demo", "--users", "1", "--days", "3", "--port", port)) {
            demo.awaitOut(out -> out.contains("Ctrl-C stops and removes everything."));
            assertThat(Rig.get("http://127.0.0.1:" + port + "/").body()).contains("Ada");
            var beside = beside(demo.out());
            try (var users = Launched.jar(folder, beside, "users");
                    var status = Launched.jar(folder, beside, "status")) {
                assertThat(users.ended().out())
                        .as("the days of a study are those of the history")
                        .contains(LocalDate.now(ZoneOffset.UTC).minusDays(3).toString());
                assertThat(status.ended().out())
                        .containsPattern("postgres://withings_reader@127\\.0\\.0\\.1:\\d+/postgres\n")
                        .contains("its port changes with each start");
            }

            var ran = demo.terminate(Duration.ofSeconds(30));

            assertThat(ran.exitCode()).isIn(0, 130, 143);
            assertThat(Launched.hasStackTrace(ran.err())).as(ran.err()).isFalse();
        }
        assertThat(leftBehind(folder)).isEmpty();
    }
}
