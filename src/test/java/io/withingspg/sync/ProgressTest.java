package io.withingspg.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is not due takes no turn, and nobody waits for it. */
final class ProgressTest {
    private static long expected(Progress progress, String lane) {
        return Objects.requireNonNull(progress.lane(lane)).expected();
    }

    @Test
    void what_somebody_skips_is_expected_no_longer_of_them_nor_of_all() {
        var progress = new Progress(List.of("Ada", "Ben"), 10);

        progress.skipped("Ada", List.of("devices", "goals"));

        assertThat(progress.expected()).isEqualTo(18);
        assertThat(expected(progress, "Ada")).isEqualTo(8);
        assertThat(expected(progress, "Ben")).isEqualTo(10);
    }

    @Test
    void nor_of_the_resource_where_resources_are_watched() {
        var progress = new Progress(List.of("devices", "sleep"), 1000);

        progress.skipped("Ada", List.of("devices"));
        progress.skipped(null, List.of("devices", "sleep"));

        assertThat(progress.expected()).isEqualTo(1997);
        assertThat(expected(progress, "devices")).isEqualTo(998);
        assertThat(expected(progress, "sleep")).isEqualTo(999);
    }
}
