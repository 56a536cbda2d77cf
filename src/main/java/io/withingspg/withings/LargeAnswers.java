package io.withingspg.withings;

import io.withingspg.withings.Answer.Packing;
import io.withingspg.withings.CallFailure.Refused;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.apache.camel.Message;
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
 * would have to be encrypted and removed. Ordinary answers pass.
 */
final class LargeAnswers implements ExecChainHandler {
    /** Tells, of a packed answer, how long it is. */
    private static final String LENGTH = "Withings-Packed-Length";
    /** More than this, packed, is no page: some 300 MB of JSON. */
    private static final int PACKED_MAX = 32 << 20;

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        var response = chain.proceed(request, scope);
        response.removeHeaders(LENGTH); // only we may say so
        var entity = response.getEntity();
        if (entity == null || (entity.getContentLength() >= 0 && entity.getContentLength() <= Answer.LARGE_BYTES)) {
            return response;
        }
        try {
            response.setEntity(read(entity, response));
            return response;
        } catch (IOException | RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private static HttpEntity read(HttpEntity entity, ClassicHttpResponse response) throws IOException {
        var type = ContentType.parseLenient(entity.getContentType());
        try (var in = entity.getContent()) {
            var start = in.readNBytes(Answer.LARGE_BYTES + 1);
            if (start.length <= Answer.LARGE_BYTES) {
                return new ByteArrayEntity(start, type);
            }
            var packed = new ByteArrayOutputStream(Answer.LARGE_BYTES / 4);
            long length = 0;
            try (var out = new Packing(packed)) {
                length = copy(new SequenceInputStream(new ByteArrayInputStream(start), in), out, packed);
            }
            response.setHeader(LENGTH, length);
            return new ByteArrayEntity(packed.toByteArray(), type);
        }
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

    /** The answer in a message that came from here; null where there is none. */
    static @Nullable Answer answer(Message message) {
        var content = message.getBody(byte[].class);
        var length = message.getHeader(LENGTH, Long.class);
        return content == null ? null : length == null ? Answer.of(content) : Answer.packed(content, length);
    }
}
