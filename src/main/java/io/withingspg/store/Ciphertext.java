package io.withingspg.store;

/** An encrypted token; never clear text. */
public final class Ciphertext {
    private final byte[] bytes;

    public Ciphertext(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    public byte[] bytes() {
        return bytes.clone();
    }
}
