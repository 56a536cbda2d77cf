package io.withingspg.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A secret that is random, so that its plain hash tells nothing: kept and compared as that hash. */
record Secret(String sha256) {
    static Secret of(String clear) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(clear.getBytes(StandardCharsets.UTF_8));
            return new Secret(java.util.HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Takes equally long wherever they differ. */
    boolean is(String given) {
        return MessageDigest.isEqual(
                sha256.getBytes(StandardCharsets.US_ASCII), of(given).sha256().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "Secret";
    }
}
