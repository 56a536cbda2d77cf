package io.withingspg.sync;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a piece of work has done so far, for whoever watches. Safe for many threads. */
public final class Progress {
    private final AtomicLong expected;
    private final LongAdder turns = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private final LongAdder rejects = new LongAdder();
    private final Map<String, Lane> lanes;

    /** One person's or one resource's part of the work. */
    public static final class Lane {
        private final AtomicLong expected;
        private final LongAdder turns = new LongAdder();
        private final LongAdder rows = new LongAdder();

        private Lane(long expected) {
            this.expected = new AtomicLong(expected);
        }

        public long expected() {
            return Math.max(0, expected.get());
        }

        public long turns() {
            return turns.sum();
        }

        public long rows() {
            return rows.sum();
        }
    }

    /**
     * @param lanes labels of people or names of resources that are watched one by one
     * @param perLane turns (a person's resource) that each of them consists of
     */
    public Progress(Collection<String> lanes, long perLane) {
        this.expected = new AtomicLong(lanes.size() * perLane);
        this.lanes = lanes.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), _ -> new Lane(perLane)));
    }

    /** For work that nobody watches. */
    public static Progress unwatched() {
        return new Progress(java.util.List.of(), 0);
    }

    void page(String person, String resource, long fetched, long rejected) {
        rows.add(fetched - rejected);
        rejects.add(rejected);
        for (var name : new String[] {person, resource}) {
            var lane = lane(name);
            if (lane != null) {
                lane.rows.add(fetched - rejected);
            }
        }
    }

    void turn(String person, Visit.Turn turn) {
        turns.increment();
        calls.add(turn.calls());
        for (var name : new String[] {person, turn.resource()}) {
            var lane = lane(name);
            if (lane != null) {
                lane.turns.increment();
            }
        }
    }

    /**
     * These take no turn, which was expected of them: they are not due, or the visit ended before.
     *
     * @param person null for somebody who could not be visited at all
     */
    void skipped(@Nullable String person, Collection<String> resources) {
        expected.addAndGet(-resources.size());
        var lane = person == null ? null : lane(person);
        if (lane != null) {
            lane.expected.addAndGet(-resources.size());
        }
        resources.stream().map(this::lane).filter(Objects::nonNull).forEach(one -> one.expected.decrementAndGet());
    }

    /** Null for one that is not watched. */
    public @Nullable Lane lane(String name) {
        return lanes.get(name);
    }

    public long expected() {
        return Math.max(0, expected.get());
    }

    public long turns() {
        return turns.sum();
    }

    public long rows() {
        return rows.sum();
    }

    public long calls() {
        return calls.sum();
    }

    public long rejects() {
        return rejects.sum();
    }
}
