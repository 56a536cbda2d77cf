package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.withingspg.withings.CallFailure.OverQuota;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vendor counts calls in any 60 s, so no 60 s may hold more than the quota, wherever they begin. */
final class QuotaTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /** A clock that stands until it is told to go on. */
    private static final class Clock implements TimeMeter {
        private long now = 1_000_000_000L;

        @Override
        public long currentTimeNanos() {
            return now;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    private final Clock clock = new Clock();

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 11, 12, 13, 60, 119, 120, 500, 1000})
    void no_window_of_a_minute_holds_more_calls_than_the_quota_however_they_come(int perMinute) {
        for (var seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var bucket = bucket(perMinute);
            var made = new ArrayDeque<Long>();
            for (var step = 0; step < 600; step++) {
                // Long pauses let the bucket fill up, short ones keep it drained.
                clock.now +=
                        random.nextInt(10) == 0 ? random.nextLong(3 * MINUTE) : random.nextLong(1 + MINUTE / perMinute);
                var wanted = random.nextInt(4) == 0 ? perMinute : 1;
                for (var call = 0; call < wanted && bucket.tryConsume(1); call++) {
                    made.addLast(clock.now);
                }
                while (!made.isEmpty() && made.getFirst() <= clock.now - MINUTE) {
                    made.removeFirst();
                }
                assertThat(made).as("seed %d", seed).hasSizeLessThanOrEqualTo(perMinute);
            }
        }
    }

    @Test
    void a_steady_caller_gets_nearly_all_of_the_quota() {
        var bucket = bucket(120);
        var made = 0;
        for (var second = 0; second < 600; second++) {
            clock.now += Duration.ofSeconds(1).toNanos();
            while (bucket.tryConsume(1)) {
                made++;
            }
        }
        assertThat(made).isBetween(1100, 1200);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 60, 188})
    void a_pause_lasts_as_long_as_it_was_told_for_everybody_on_the_bucket(int seconds) throws InterruptedException {
        var bucket = bucket(120);
        quota(bucket).pauseEveryone(new OverQuota("601", Duration.ofSeconds(seconds)));

        var wait = Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
        assertThat(wait).isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 2));
    }

    @Test
    void calls_that_are_refused_together_pause_once() throws InterruptedException {
        var bucket = bucket(120);
        var quota = quota(bucket);
        for (var call = 0; call < 8; call++) {
            quota.pauseEveryone(new OverQuota("601", Duration.ofSeconds(60)));
        }

        assertThat(Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill()))
                .isLessThan(Duration.ofSeconds(62));
    }

    @Test
    void nobody_waits_longer_than_its_patience() throws InterruptedException {
        var bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(1).refillGreedy(1, Duration.ofMinutes(10)))
                .build();
        var quota = quota(bucket);
        quota.permit(Duration.ofMillis(10));

        assertThatThrownBy(() -> quota.permit(Duration.ofMillis(10)))
                .isInstanceOf(CallFailure.Unavailable.class)
                .hasMessageContaining("quota is used up");
    }

    @Test
    void a_permit_is_taken_from_the_bucket() throws InterruptedException {
        var bucket = bucket(120);
        var before = bucket.getAvailableTokens();

        quota(bucket).permit(Duration.ofSeconds(1));

        assertThat(bucket.getAvailableTokens()).isEqualTo(before - 1);
    }

    private Bucket bucket(int perMinute) {
        var builder = Bucket.builder().withCustomTimePrecision(clock);
        for (Bandwidth bandwidth : Quota.configuration(perMinute).getBandwidths()) {
            builder.addLimit(bandwidth);
        }
        return builder.build();
    }

    private static Quota quota(Bucket bucket) {
        return new Quota(bucket, 120, new SimpleMeterRegistry());
    }
}
