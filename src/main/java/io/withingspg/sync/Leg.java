package io.withingspg.sync;

import io.withingspg.resource.Reading;
import io.withingspg.resource.Span;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One span of a turn, to be read page by page.
 *
 * @param reading where it stands
 * @param aim what its end means for the cursor
 * @param compares whether rows of its days that the API no longer gives are deleted here
 * @param suspects rows that a first reading missed; null where there was none
 * @param startedAt when its first page was asked for, also where that was before a crash
 * @param reachesAt what the cursor becomes at its end; null until the first page came
 */
record Leg(
        Reading reading,
        Aim aim,
        boolean compares,
        @Nullable Suspects suspects,
        Instant startedAt,
        @Nullable Instant reachesAt) {

    enum Aim {
        /** All changes until its beginning are here, once it ends. */
        ADVANCE,
        /** A window next to those that were read: the read stretch becomes longer at one end. */
        EXTEND,
        /** Beside the usual order of things: the cursor stays. */
        BESIDE
    }

    /**
     * Rows move between pages while a list is read, so that one that is there can be missed: only what is missed twice is
     * gone.
     *
     * @param standing how many rows there were to be missed
     */
    record Suspects(Set<List<Object>> keys, int standing) {}

    static Leg of(Span span, Aim aim, Instant now) {
        return new Leg(new Reading(span, 0), aim, false, null, now, null);
    }

    Leg comparing() {
        return new Leg(reading, aim, true, suspects, startedAt, reachesAt);
    }

    Leg again(Suspects missed, Span narrower, Instant now) {
        return new Leg(new Reading(narrower, 0), Aim.BESIDE, true, missed, now, null);
    }

    Leg reaching(Instant at) {
        return new Leg(reading, aim, compares, suspects, startedAt, at);
    }

    Leg at(long offset) {
        return new Leg(reading.at(offset), aim, compares, suspects, startedAt, reachesAt);
    }
}
