package io.withingspg.withings;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What came for one call, byte for byte. A large one is held packed, in a tenth of its size, and read as a stream. */
public final class Answer {
    /** Beyond this it is large: ten times a long page. Its tree takes ten times as much, and many people's may come at once. */
    static final int LARGE_BYTES = 1 << 20;

    private final byte[] content;
    private final boolean isPacked;
    private final long length;

    private Answer(byte[] content, boolean isPacked, long length) {
        this.content = content;
        this.isPacked = isPacked;
        this.length = length;
    }

    public static Answer of(byte[] content) {
        return new Answer(content, false, content.length);
    }

    /**
     * @param content as {@link #packed} gave it
     * @param length in bytes, unpacked
     */
    public static Answer packed(byte[] content, long length) {
        return new Answer(content, true, length);
    }

    /** In bytes, unpacked. */
    public long length() {
        return length;
    }

    boolean isLarge() {
        return length > LARGE_BYTES;
    }

    /** Whether all of it is in memory as it came. */
    boolean isPlain() {
        return !isPacked;
    }

    /** As it is held. */
    byte[] content() {
        return content;
    }

    public InputStream stream() {
        var bytes = new ByteArrayInputStream(content);
        try {
            return isPacked ? new GZIPInputStream(bytes, 1 << 14) : bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("an answer that was packed is broken", e);
        }
    }

    /** For the database; not to be changed. */
    public byte[] packed() {
        if (isPacked) {
            return content;
        }
        var bytes = new ByteArrayOutputStream(content.length / 8 + 64);
        try (var out = new Packing(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Without its content. */
    @Override
    public String toString() {
        return "Answer[" + length + " bytes]";
    }

    /** Nearly no page is ever read again: packed in a third of the time, and a third larger. */
    static final class Packing extends GZIPOutputStream {
        Packing(OutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
