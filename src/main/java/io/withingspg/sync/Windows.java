package io.withingspg.sync;

import io.withingspg.resource.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A stretch of time in windows of at most 24 hours, as the API cuts longer ones off. Pure. */
final class Windows {
    private static final Duration LENGTH = Duration.ofDays(1);

    private Windows() {}

    /** Newest first, cut at midnight UTC, so that whoever goes on later asks for the same windows. */
    static List<Span.Window> back(Instant from, Instant to) {
        var windows = new ArrayList<Span.Window>();
        for (var end = to; end.isAfter(from); ) {
            var start = later(from, end.minusNanos(1).truncatedTo(ChronoUnit.DAYS));
            windows.add(new Span.Window(start, end));
            end = start;
        }
        return windows;
    }

    /** Oldest first, from where the last reading ended: as few calls as can be. */
    static List<Span.Window> forward(Instant from, Instant to) {
        var windows = new ArrayList<Span.Window>();
        for (var start = from; start.isBefore(to); ) {
            var end = earlier(to, start.plus(LENGTH));
            windows.add(new Span.Window(start, end));
            start = end;
        }
        return windows;
    }

    static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
