package io.withingspg.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SessionsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // as System.nanoTime may, it will pass the end
    private final Sessions sessions = new Sessions(nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void a_session_ends_when_nobody_used_it_for_twelve_hours() {
        var id = sessions.open();
        pass(Sessions.IDLE_MAX);
        assertThat(sessions.isOpen(id)).as("just in time").isTrue();
        pass(Sessions.IDLE_MAX);
        assertThat(sessions.isOpen(id)).as("using it keeps it").isTrue();
        pass(Sessions.IDLE_MAX.plusNanos(1));
        assertThat(sessions.isOpen(id)).isFalse();
        assertThat(sessions.isOpen(id)).isFalse();
    }

    @Test
    void a_session_ends_after_seven_days_however_much_it_is_used() {
        var id = sessions.open();
        for (var hour = 0; hour < 7 * 24; hour++) {
            assertThat(sessions.isOpen(id)).as("hour " + hour).isTrue();
            pass(Duration.ofHours(1));
        }
        pass(Duration.ofNanos(1));
        assertThat(sessions.isOpen(id)).isFalse();
    }

    @Test
    void ids_are_long_and_never_the_same_and_what_is_no_id_opens_nothing() {
        var first = sessions.open();
        assertThat(first).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(sessions.open());
        assertThat(sessions.isOpen("")).isFalse();
        assertThat(sessions.isOpen(first.substring(1))).isFalse();
        assertThat(sessions.isOpen(Secret.of(first).sha256()))
                .as("what is kept does not open")
                .isFalse();
        sessions.close(first);
        assertThat(sessions.isOpen(first)).isFalse();
    }

    @Test
    void there_are_at_most_a_thousand_and_who_was_away_longest_makes_room() {
        var owner = sessions.open();
        var first = sessions.open();
        IntStream.range(0, Sessions.SESSIONS_MAX - 2).forEach(_ -> sessions.open());
        assertThat(sessions.isOpen(owner)).isTrue();
        sessions.open();
        assertThat(sessions.isOpen(first)).isFalse();
        assertThat(sessions.isOpen(owner)).isTrue();
    }
}
