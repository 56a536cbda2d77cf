package io.withingspg.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** A span of epoch seconds that a call of samples asks for, both ends included; never longer than 24 h. */
record Window(long from, long to) {
    static final long LONGEST_S = Duration.ofDays(1).toSeconds();

    static Window of(Instant from, Instant until) {
        return new Window(from.getEpochSecond(), until.getEpochSecond() - 1);
    }

    /** Both dates are needed; what lies beyond 24 h is cut without a word. */
    static Window required(Ask ask) {
        return between(present(ask, "startdate"), present(ask, "enddate"));
    }

    /** As above; one date alone gives the 24 h beside it, none the 24 h before {@code latest}. */
    static Window orLatest(Ask ask, long latest) {
        var from = ask.numberOrNull("startdate");
        var to = ask.numberOrNull("enddate");
        if (from == null) {
            long end = to == null ? latest : bounded(to);
            return between(end - LONGEST_S, end);
        }
        return between(from, to == null ? bounded(from) + LONGEST_S : to);
    }

    boolean holds(long at) {
        return at >= from && at <= to;
    }

    /** Whether any part of what begins and ends then lies in it. */
    boolean touches(long begins, long ends) {
        return begins <= to && ends > from;
    }

    LocalDate firstDay() {
        return day(from);
    }

    LocalDate lastDay() {
        return day(to);
    }

    private static LocalDate day(long epoch) {
        return LocalDate.ofInstant(Instant.ofEpochSecond(epoch), ZoneOffset.UTC);
    }

    private static long present(Ask ask, String name) {
        @Nullable Long value = ask.numberOrNull(name);
        if (value == null) {
            throw Refused.invalid("missing " + name);
        }
        return value;
    }

    private static Window between(long from, long to) {
        if (bounded(from) > bounded(to)) {
            throw Refused.invalid("startdate after enddate");
        }
        return new Window(from, Math.min(to, from + LONGEST_S));
    }

    /** Years 1970 to 9999: beyond them there is nothing, and dates cannot be counted. */
    private static long bounded(long epoch) {
        if (epoch < 0 || epoch > 253_402_300_799L) {
            throw Refused.invalid("date out of range");
        }
        return epoch;
    }
}
