package io.withingspg.simulator;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * One UTC day of one person: everything that is generated is generated from this.
 *
 * @param flights from which date on the person is in which zone, if it was said; else {@link Trait#TRAVELLER} decides
 */
record Day(long seed, Persona persona, LocalDate date, NavigableMap<LocalDate, ZoneId> flights) {
    private static final ZoneId HONOLULU = ZoneId.of("Pacific/Honolulu");
    static final long IDS_OF_A_PERSON = 1_000_000_000;
    static final long ACTS_FROM = 900_000_000;

    private static final int LAST_SYNC_S = 600;

    Day(long seed, Persona persona, LocalDate date) {
        this(seed, persona, date, Collections.emptyNavigableMap());
    }

    Day plus(int days) {
        return new Day(seed, persona, date.plusDays(days), flights);
    }

    Dice dice(String purpose) {
        return Dice.of(seed, persona.number(), date.toEpochDay(), purpose);
    }

    /** Where the person is that day: at home, or with {@link Trait#TRAVELLER} on days 20 to 27 of every 80. */
    ZoneId zone() {
        var flight = flights.floorEntry(date);
        if (flight != null) {
            return flight.getValue();
        }
        int turn = Math.floorMod(date.toEpochDay(), 80);
        return persona.is(Trait.TRAVELLER) && turn >= 20 && turn < 28 ? HONOLULU : persona.home();
    }

    /** The first midnight (UTC) after the day; everything the day holds lies before. */
    long end() {
        return date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    }

    /** The first day in another zone: no night on the plane, no sport after it. */
    boolean landed() {
        return !zone().equals(plus(-1).zone());
    }

    /**
     * Where the samples of this date begin; they end where the next date's begin. That is local midnight, so a day has
     * 23 or 25 hours where clocks change. After a flight it is not before the UTC day, as all that the day before holds
     * lies before that.
     */
    long begins() {
        long midnight = date.atStartOfDay(zone()).toEpochSecond();
        return landed() ? Math.max(midnight, plus(-1).end()) : midnight;
    }

    /** When the day's rows become known, all at once: shortly after midnight, later than any cursor before it. */
    long modified() {
        return end() + persona.second();
    }

    /**
     * The epoch second of a local wall time of this date. Where the zone is so far west that it would fall after the
     * end of the UTC day, it is pulled before it: no row may be younger than its {@code modified}.
     *
     * @param hour hours since local midnight; may be negative (the evening before)
     * @param lasting seconds that must also lie before the end
     */
    long at(double hour, long lasting) {
        long at = date.atStartOfDay()
                .plusMinutes(Math.round(hour * 60))
                .atZone(zone())
                .toEpochSecond();
        long last = end() - LAST_SYNC_S - lasting;
        return at <= last ? at : last - at % 900;
    }

    /** True on one day in {@code period}; {@code phase} says on which, and people differ. */
    boolean every(int period, int phase) {
        return turn(period) == phase;
    }

    int turn(int period) {
        return (int) Math.floorMod(date.toEpochDay() + persona.number() * 5L, (long) period);
    }

    boolean weekend() {
        return date.getDayOfWeek().getValue() >= 6;
    }

    /** The day of an id that {@link #id} made; empty for those of a {@link Person}'s acts. */
    static Optional<LocalDate> ofId(long id) {
        long within = id % IDS_OF_A_PERSON;
        return within >= ACTS_FROM ? Optional.empty() : Optional.of(LocalDate.ofEpochDay(within / 1000));
    }

    /** An id that no other row of this kind has: the person, the day, and up to 1,000 slots. Beyond 32 bits on purpose. */
    long id(int slot) {
        return persona.number() * IDS_OF_A_PERSON + date.toEpochDay() * 1000 + slot;
    }
}
