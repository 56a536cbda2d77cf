package io.withingspg.simulator;

/** What makes one simulated person differ from the next; the generators ask for it. */
enum Trait {
    /** Weighs a little less every week. */
    SLIMMING,
    RUNNER,
    SWIMMER,
    /** High blood pressure, taken twice a day; therapy in courses, see {@link BloodPressure}. */
    HYPERTENSIVE,
    /** Atrial fibrillation in some recordings. */
    FIBRILLATING,
    /** Snores, stops breathing, wakes often. */
    APNEA,
    /** Eight days of every eighty in Honolulu. */
    TRAVELLER,
    /** A scale that tells segments, nerves and vessels. */
    BODY_SCAN,
    /** A mat under the mattress instead of the watch. */
    SLEEP_MAT,
    /** No watch: the phone counts steps. */
    PHONE_ONLY,
    /** An old watch for Sundays: two activity rows for one date. */
    TWO_WATCHES,
    NO_GOALS
}
