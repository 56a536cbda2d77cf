package io.withingspg.simulator;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Tokens, codes and nonces: the only things here that differ from run to run. */
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    static String token() {
        var bytes = new byte[20];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
