package io.withingspg.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An encrypted token; never clear text. */
public final class Ciphertext {
    private final byte[] bytes;

    public Ciphertext(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** The same token encrypted twice is two. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ciphertext ciphertext && Arrays.equals(bytes, ciphertext.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
