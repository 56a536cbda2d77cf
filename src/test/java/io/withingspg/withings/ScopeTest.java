package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ScopeTest {
    @Test
    void what_a_grant_does_not_name_is_missing_and_of_one_that_names_nothing_nothing_is() {
        assertThat(Scope.missing(List.of("user.metrics", "user.sport"))).containsExactly("user.info", "user.activity");
        assertThat(Scope.USER_METRICS.isGranted(List.of("user.metrics"))).isTrue();
        assertThat(Scope.USER_INFO.isGranted(List.of("user.metrics"))).isFalse();

        assertThat(Scope.missing(List.of())).isEmpty();
        assertThat(Scope.USER_INFO.isGranted(List.of())).isTrue();
    }
}
