package io.withingspg.withings;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Withings refuses an identical call within 10 s, so the second one waits here. Knows this process's calls only: before it
 * asks for what another process has just asked for, a visit waits at its turn's beginning.
 */
final class Spacing {
    private record Identity(
            @org.jspecify.annotations.Nullable Long userId, Call call, Map<String, String> form) {}

    private final long apart;
    /** When each call may next be made, oldest first; what has passed is dropped, so the map stays small. */
    private final Map<Identity, Long> next = new LinkedHashMap<>();

    Spacing(Duration apart) {
        this.apart = apart.toNanos();
    }

    void await(Request request) throws InterruptedException {
        var pause = reserve(new Identity(request.userId(), request.call(), request.form()), System.nanoTime());
        if (pause > 0) {
            Thread.sleep(Duration.ofNanos(pause));
        }
    }

    private synchronized long reserve(Identity identity, long now) {
        var passed = next.values().iterator();
        while (passed.hasNext() && passed.next() <= now) {
            passed.remove();
        }
        var earliest = next.remove(identity);
        var at = earliest == null ? now : Math.max(now, earliest);
        next.put(identity, at + apart);
        return at - now;
    }
}
