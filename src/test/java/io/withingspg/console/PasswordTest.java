package io.withingspg.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.console.Password.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PasswordTest {
    @Test
    void only_the_password_is_right() {
        var password = new Password("correct horse battery é");
        assertThat(password.compare("correct horse battery é")).isEqualTo(Verdict.RIGHT);
        for (var wrong :
                List.of("correct horse battery e", "correct horse battery é ", "Correct horse battery é", "\0", "x")) {
            assertThat(password.compare(wrong)).as(wrong).isEqualTo(Verdict.WRONG);
        }
    }

    @Test
    void what_comes_after_72_bytes_counts_as_well() {
        var same = "0123456789".repeat(8);
        var password = new Password(same + "a");
        assertThat(password.compare(same + "a")).isEqualTo(Verdict.RIGHT);
        assertThat(password.compare(same + "b")).isEqualTo(Verdict.WRONG);
        assertThat(password.compare(same)).isEqualTo(Verdict.WRONG);
        assertThat(password.compare("x".repeat(8000))).isEqualTo(Verdict.WRONG);
    }

    @Test
    void of_a_hundred_guesses_at_once_most_are_sent_away() {
        var password = new Password("correct horse battery");
        var verdicts = new ArrayList<Future<Verdict>>();
        try (var threads = Executors.newFixedThreadPool(100)) {
            IntStream.range(0, 100)
                    .forEach(guess -> verdicts.add(threads.submit(() -> password.compare("guess " + guess))));
        }
        assertThat(verdicts.stream().map(Future::resultNow))
                .filteredOn(Verdict.BUSY::equals)
                .hasSizeGreaterThan(70);
    }
}
