package io.withingspg.sync;

import io.withingspg.store.Runs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Withings refuses an identical call within some seconds. A process knows its own calls one by one; of another process it
 * knows when that last asked for a resource of a person, and does not ask for it sooner after that. It need not know of
 * calls under way: a person's are one process's at a time, and a dead one's lease lasts for longer than Withings remembers.
 */
final class Twins {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Runs runs;
    private final Duration apart;
    private final Clock clock;
    /** Visits of this process and when they ended, the earliest first; not for longer than it matters. */
    private final Map<UUID, Instant> own = new LinkedHashMap<>();

    Twins(Runs runs, Duration apart, Clock clock) {
        this.runs = runs;
        this.apart = apart;
        this.clock = clock;
    }

    /** By resource, when another process has just asked for it. */
    Map<String, Instant> elsewhere(long userId, Instant now) {
        return apart.isZero() ? Map.of() : runs.lastAsked(userId, now.minus(apart), own(now));
    }

    private synchronized List<UUID> own(Instant now) {
        own.values().removeIf(at -> at.isBefore(now.minus(apart)));
        return List.copyOf(own.keySet());
    }

    synchronized void ended(UUID run, Instant now) {
        own(now);
        own.put(run, now);
    }

    /**
     * Until a call may be made.
     *
     * @param asked when another process last asked for this; null where none has just done so
     */
    void await(@Nullable Instant asked, BooleanSupplier isStopping) throws InterruptedException {
        if (asked == null) {
            return;
        }
        var now = clock.instant();
        var until = (asked.isAfter(now) ? now : asked).plus(apart); // where that one's clock is ahead of ours
        while (clock.instant().isBefore(until) && !isStopping.getAsBoolean()) {
            var left = Duration.between(clock.instant(), until);
            Thread.sleep(left.compareTo(LOOK_AGAIN) < 0 ? left.plusMillis(1) : LOOK_AGAIN);
        }
    }
}
