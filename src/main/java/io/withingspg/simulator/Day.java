package io.withingspg.simulator;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** One UTC day of one person: everything that is generated is generated from this. */
record Day(long seed, Persona persona, LocalDate date) {
    private static final ZoneId HONOLULU = ZoneId.of("Pacific/Honolulu");
    private static final int LAST_SYNC_S = 600;

    Dice dice(String purpose) {
        return Dice.of(seed, persona.number(), date.toEpochDay(), purpose);
    }

    /** Where the person is that day: at home, or with {@link Trait#TRAVELLER} on days 20 to 27 of every 80. */
    ZoneId zone() {
        int turn = Math.floorMod(date.toEpochDay(), 80);
        return persona.is(Trait.TRAVELLER) && turn >= 20 && turn < 28 ? HONOLULU : persona.home();
    }

    /** The first midnight (UTC) after the day; everything the day holds lies before. */
    long end() {
        return date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
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
        long midnight = date.atStartOfDay(zone()).toEpochSecond();
        long at = midnight + Math.round(hour * 60) * 60;
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

    /** An id that no other row of this kind has: the person, the day, and up to 1,000 slots. Beyond 32 bits on purpose. */
    long id(int slot) {
        return persona.number() * 1_000_000_000L + date.toEpochDay() * 1000 + slot;
    }
}
