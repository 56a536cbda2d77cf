package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Long work says how far it has come. */
final class ProgressDisplayTest {
    @Test
    void where_nothing_is_a_terminal_the_log_says_it_without_being_asked_to() {
        assertThat(ProgressDisplay.LOG.isInfoEnabled()).isTrue();
    }
}
