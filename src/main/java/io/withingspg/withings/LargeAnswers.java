package io.withingspg.withings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.withings.Answer.Packing;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Packs a large answer while it comes in, so that it is never in memory as a whole, nor on a disk, where people's data
 * would have to be encrypted and removed. One at a time in the whole process. Ordinary answers pass.
 */
final class LargeAnswers implements ExecChainHandler {
    /** More than this, packed, is no page: some 300 MB of JSON. A little less than 32 MB, where the buffer would double. */
    private static final int PACKED_MAX = (32 << 20) - (1 << 16);

    /** The HTTP client knows nothing of exchanges, and calls back on the thread of the call. */
    private static final ThreadLocal<Exchange> CALL = new ThreadLocal<>();

    private final Room room;
    private final Duration longest;

    /** @param longest for which an answer may come in altogether: each read of its own is bounded by the client */
    LargeAnswers(Room room, Duration longest) {
        this.room = room;
        this.longest = longest;
    }

    /** Whoever asks for something is through with what came before, and so never waits for itself. */
    void begin(Exchange call) {
        letGo(call);
        CALL.set(call);
    }

    /** An answer that could not be opened is not kept while the call is repeated. */
    void end(Exchange call) {
        CALL.remove();
        var body = call.getMessage().getBody();
        if (!(body instanceof LargeBody || body instanceof ObjectNode)) {
            letGo(call);
        }
    }

    static void letGo(Exchange call) {
        call.removeProperty(CallRoute.ANSWER);
        Room.leave(call);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        var response = chain.proceed(request, scope);
        var entity = response.getEntity();
        if (entity == null) {
            return response;
        }
        try {
            response.setEntity(read(entity, request));
            return response;
        } catch (IOException | RuntimeException | Error e) {
            scope.execRuntime.discardEndpoint(); // to close the answer would be to read the rest of it first
            throw e;
        }
    }

    private HttpEntity read(HttpEntity entity, ClassicHttpRequest request) throws IOException {
        var type = ContentType.parseLenient(entity.getContentType());
        var in = new Bounded(entity.getContent(), longest);
        var start = in.readNBytes(Answer.LARGE_BYTES + 1);
        if (start.length > Answer.LARGE_BYTES) {
            pack(new SequenceInputStream(new ByteArrayInputStream(start), in), request);
            start = new byte[0]; // so that nothing copies it on the way
        }
        in.close();
        return new ByteArrayEntity(start, type);
    }

    private void pack(InputStream in, ClassicHttpRequest request) throws IOException {
        if (!request.containsHeader("Authorization")) {
            // A call for tokens holds the person's row, and with it a connection that the one in the room may need.
            throw new Unavailable("the answer is longer than any with tokens");
        }
        var call = Objects.requireNonNull(CALL.get());
        take(call);
        try {
            call.setProperty(CallRoute.ANSWER, packed(in));
        } catch (IOException | RuntimeException | Error e) {
            Room.leave(call); // here, as after an Error Camel runs no step, not even a last one
            throw e;
        }
    }

    /** Somebody may send a byte now and then, and so for ever. What is spent on anything but reading does not count. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, Duration longest) {
            super(in);
            this.left = longest.toNanos();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            var began = System.nanoTime();
            var read = super.read(buffer, offset, length);
            left -= System.nanoTime() - began;
            if (left < 0) {
                throw new SocketTimeoutException("the answer takes too long to come in");
            }
            return read;
        }
    }

    private void take(Exchange call) {
        try {
            room.take(call);
        } catch (InterruptedException e) {
            throw new Unavailable("the call was interrupted"); // a repeat asks whether the process is stopping
        }
    }

    private static Answer packed(InputStream in) throws IOException {
        var packed = new ByteArrayOutputStream(Answer.LARGE_BYTES);
        long length = 0;
        try (var out = new Packing(packed)) {
            length = copy(in, out, packed);
        }
        return Answer.packed(packed.toByteArray(), length);
    }

    private static long copy(InputStream in, Packing out, ByteArrayOutputStream packed) throws IOException {
        var buffer = new byte[1 << 14];
        var length = 0L;
        for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            length += read;
            if (packed.size() > PACKED_MAX) {
                throw new Refused("the answer is longer than " + length / 1_000_000 + " MB");
            }
        }
        return length;
    }

    /** What came for a call; null where nothing did. */
    static @Nullable Answer answer(Exchange call) {
        var large = call.getProperty(CallRoute.ANSWER, Answer.class);
        if (large != null) {
            return large;
        }
        var content = call.getMessage().getBody(byte[].class);
        return content == null ? null : Answer.of(content);
    }
}
