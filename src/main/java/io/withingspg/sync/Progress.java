package io.withingspg.sync;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What a piece of work has done so far, for whoever watches. Safe for many threads. */
public final class Progress {
    private final long expected;
    private final AtomicLong skipped = new AtomicLong();
    private final LongAdder turns = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder pages = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private final LongAdder rejects = new LongAdder();
    private final Map<String, LongAdder> turnsOf = new ConcurrentHashMap<>();

    /** @param expected turns (a person's resource) this work consists of */
    public Progress(long expected) {
        this.expected = expected;
    }

    void page(long fetched, long rejected) {
        pages.increment();
        rows.add(fetched - rejected);
        rejects.add(rejected);
    }

    void turn(Visit.Turn turn) {
        turns.increment();
        calls.add(turn.calls());
        turnsOf.computeIfAbsent(turn.resource(), _ -> new LongAdder()).increment();
    }

    /** A visit ended with fewer turns than were expected. */
    void skipped(long count) {
        skipped.addAndGet(count);
    }

    public long expected() {
        return Math.max(0, expected - skipped.get());
    }

    public long turns() {
        return turns.sum();
    }

    /** Turns of one resource that have ended. */
    public long turnsOf(String resource) {
        var count = turnsOf.get(resource);
        return count == null ? 0 : count.sum();
    }

    public long rows() {
        return rows.sum();
    }

    public long pages() {
        return pages.sum();
    }

    public long calls() {
        return calls.sum();
    }

    public long rejects() {
        return rejects.sum();
    }

    /** Names of resources with turns that have ended. */
    public List<String> resources() {
        return turnsOf.keySet().stream().sorted().toList();
    }
}
