package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

            var ran = demo.terminate(Duration.ofSeconds(30));

            assertThat(ran.exitCode()).isIn(0, 130, 143);
            assertThat(Launched.hasStackTrace(ran.err())).as(ran.err()).isFalse();
        }
        assertThat(leftBehind(folder)).isEmpty();
    }
}
