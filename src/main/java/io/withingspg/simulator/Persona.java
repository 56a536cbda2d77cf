package io.withingspg.simulator;

import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Who a simulated person is; what they measure follows.
 *
 * @param number from 1
 * @param bedtime in hours after noon's midnight: 23.0 is 11 pm, 24.5 half past midnight
 */
record Persona(
        int number,
        String name,
        ZoneId home,
        int age,
        int heightCm,
        int weightG,
        double fat,
        int restingHr,
        int systolic,
        int diastolic,
        double bedtime,
        int inBedMin,
        int steps,
        Set<Trait> traits) {
    private static final int FIRST_ID = 10_000_000;

    private static final List<Persona> CAST = List.of(
            new Persona(
                    1,
                    "Ada",
                    zone("Europe/Paris"),
                    34,
                    168,
                    71_800,
                    0.29,
                    54,
                    117,
                    75,
                    22.75,
                    470,
                    8900,
                    EnumSet.of(Trait.SLIMMING, Trait.RUNNER, Trait.BODY_SCAN, Trait.TWO_WATCHES)),
            new Persona(
                    2,
                    "Ben",
                    zone("America/New_York"),
                    58,
                    181,
                    93_400,
                    0.27,
                    68,
                    150,
                    95,
                    22.5,
                    450,
                    5200,
                    EnumSet.of(Trait.HYPERTENSIVE, Trait.FIBRILLATING, Trait.PHONE_ONLY, Trait.SLEEP_MAT)),
            new Persona(
                    3,
                    "Chidi",
                    zone("Africa/Lagos"),
                    29,
                    178,
                    74_200,
                    0.16,
                    51,
                    114,
                    72,
                    22.25,
                    505,
                    10_400,
                    EnumSet.of(Trait.SWIMMER, Trait.SLEEP_MAT, Trait.NO_GOALS)),
            new Persona(
                    4,
                    "Dana",
                    zone("Europe/Berlin"),
                    47,
                    170,
                    84_600,
                    0.36,
                    66,
                    131,
                    84,
                    24.1,
                    365,
                    6100,
                    EnumSet.of(Trait.APNEA, Trait.SLEEP_MAT)),
            new Persona(
                    5,
                    "Emi",
                    zone("Asia/Tokyo"),
                    41,
                    160,
                    54_300,
                    0.24,
                    58,
                    109,
                    69,
                    23.2,
                    415,
                    9700,
                    EnumSet.of(Trait.TRAVELLER, Trait.BODY_SCAN)));

    private static final List<String> NAMES = List.of(
            "Finn", "Gita", "Hugo", "Ines", "Jonas", "Kaia", "Liam", "Mina", "Noor", "Otis", "Pia", "Quin", "Rosa",
            "Sami", "Tuva", "Uri", "Vera", "Wim", "Xenia", "Yara", "Zeno");

    private static final List<String> ZONES = List.of(
            "Europe/London",
            "Asia/Kolkata",
            "America/Sao_Paulo",
            "Europe/Madrid",
            "Europe/Stockholm",
            "Pacific/Auckland",
            "America/Chicago",
            "Asia/Seoul",
            "Africa/Cairo",
            "America/Toronto");

    static Persona of(long seed, int number) {
        return number <= CAST.size() ? CAST.get(number - 1) : variant(Dice.of(seed, number, 0, "persona"), number);
    }

    private static Persona variant(Dice dice, int number) {
        int place = number - CAST.size() - 1;
        int round = place / NAMES.size();
        var traits = EnumSet.noneOf(Trait.class);
        for (var trait : Trait.values()) {
            if (dice.chance(0.25)) {
                traits.add(trait);
            }
        }
        int systolic = dice.between(104, 126) + (traits.contains(Trait.HYPERTENSIVE) ? 26 : 0);
        return new Persona(
                number,
                NAMES.get(place % NAMES.size()) + (round == 0 ? "" : " " + (round + 1)),
                zone(ZONES.get(place % ZONES.size())),
                dice.between(21, 76),
                dice.between(156, 192),
                dice.between(54, 104) * 1000,
                dice.between(0.14, 0.38),
                dice.between(49, 74),
                systolic,
                systolic * dice.between(62, 66) / 100,
                dice.between(22.0, 24.3),
                dice.between(380, 500),
                dice.between(4000, 11_500),
                traits);
    }

    long id() {
        return FIRST_ID + (long) number;
    }

    /** The second after midnight (UTC) at which this person's devices deliver the day. */
    int second() {
        return number * 17 % 60;
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    private static ZoneId zone(String name) {
        return ZoneId.of(name);
    }
}
