package io.withingspg.withings;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The application's quota: one token bucket for all users, calls, repeats and processes. Permits are taken from the
 * bucket a few at a time, as each taking is a round trip to the database.
 */
public final class Quota {
    private final Bucket bucket;
    private final int perMinute;
    private final int batch;
    private final MeterRegistry metrics;
    private final ReentrantLock turn = new ReentrantLock(true);
    private int taken;

    /**
     * @param bucket shared by every process of the application, configured by {@link #configuration}
     * @param perMinute as in the bucket's configuration
     */
    public Quota(Bucket bucket, int perMinute, MeterRegistry metrics) {
        this.bucket = bucket;
        this.perMinute = perMinute;
        this.batch = Math.max(1, perMinute / 600);
        this.metrics = metrics;
    }

    /** Bursts come out of the minute's allowance, so that no 60 s window ever holds more than {@code perMinute} calls. */
    public static BucketConfiguration configuration(int perMinute) {
        var burst = burst(perMinute);
        return BucketConfiguration.builder()
                .addLimit(limit ->
                        limit.capacity(burst).refillGreedy(Math.max(1, perMinute - burst), Duration.ofMinutes(1)))
                .build();
    }

    private static int burst(int perMinute) {
        return Math.max(1, perMinute / 12);
    }

    /**
     * Waits for its turn, first come first served.
     *
     * @throws CallFailure.Unavailable where that would take longer than {@code patience}
     */
    void permit(Duration patience) throws InterruptedException {
        var waiting = io.micrometer.core.instrument.Timer.start(metrics);
        var until = System.nanoTime() + patience.toNanos();
        try {
            if (!turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw usedUp();
            }
            try {
                if (taken == 0) {
                    if (!take(Duration.ofNanos(Math.max(1, until - System.nanoTime())))) {
                        throw usedUp();
                    }
                    taken = batch;
                }
                taken--;
            } finally {
                turn.unlock();
            }
        } finally {
            waiting.stop(metrics.timer("withings.sync.quota.wait"));
        }
    }

    private boolean take(Duration patience) throws InterruptedException {
        try {
            return bucket.asBlocking().tryConsume(batch, patience);
        } catch (BucketExecutionException e) {
            throw unknown();
        }
    }

    /** Tried again, as a call is that did not come through: a database that was started anew answers soon. */
    private static CallFailure unknown() {
        return new CallFailure.Unavailable("the database does not tell what is left of the quota");
    }

    private static CallFailure usedUp() {
        return new CallFailure.Unavailable("the quota is used up for longer than this call can wait");
    }

    /**
     * Everybody pauses, other processes as well: the bucket goes into debt for as long as the pause lasts. Calls that
     * were under way together are all refused together, so a debt that is already there is only filled up.
     */
    public void pauseEveryone(CallFailure.OverQuota failure) throws InterruptedException {
        metrics.counter("withings.sync.quota.exceeded").increment();
        turn.lockInterruptibly();
        try {
            taken = 0;
            var debt =
                    Math.max(1, (perMinute - burst(perMinute)) * failure.pause().toMillis() / 60_000);
            var missing = debt + bucket.getAvailableTokens();
            if (missing > 0) {
                bucket.consumeIgnoringRateLimits(missing);
            }
        } catch (BucketExecutionException e) {
            throw unknown();
        } finally {
            turn.unlock();
        }
    }
}
