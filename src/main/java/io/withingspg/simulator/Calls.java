package io.withingspg.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts of all calls, and the last of them. */
final class Calls {
    private static final int KEPT_MAX = 10_000;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final LongAdder total = new LongAdder();
    private final Deque<Call> last = new ArrayDeque<>();

    void saw(Call call) {
        total.increment();
        count(call.action());
        count(call.path() + " " + call.action());
        synchronized (last) {
            last.addLast(call);
            if (last.size() > KEPT_MAX) {
                last.removeFirst();
            }
        }
    }

    private void count(String name) {
        counts.computeIfAbsent(name, _ -> new LongAdder()).increment();
    }

    long of(String action) {
        var count = counts.get(action);
        return count == null ? 0 : count.sum();
    }

    long total() {
        return total.sum();
    }

    List<Call> last() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }
}
