package io.withingspg.enrol;

import java.util.List;

/** By which people recognise whose account they have just linked. */
public sealed interface Devices {
    /** @param names for people; empty where the account has none */
    record Listed(List<String> names) implements Devices {}

    /** The person did not grant what it takes to see them. */
    record NotGranted() implements Devices {}

    /** Withings did not tell them while the person waited: they come with the rest. */
    record Later() implements Devices {}
}
