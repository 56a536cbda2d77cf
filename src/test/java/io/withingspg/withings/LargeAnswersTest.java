package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.withingspg.withings.CallFailure.Refused;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.junit.jupiter.api.Test;

/** Large answers are packed while they come in. */
final class LargeAnswersTest {
    private static ClassicHttpResponse response(InputStream content) {
        var response = new BasicClassicHttpResponse(200);
        response.setEntity(new InputStreamEntity(content, ContentType.APPLICATION_JSON));
        return response;
    }

    @SuppressWarnings("NullAway") // the scope is not looked at
    private static ClassicHttpResponse received(ClassicHttpResponse response) throws IOException, HttpException {
        ExecChain chain = (_, _) -> response;
        return new LargeAnswers()
                .execute(ClassicRequestBuilder.post("http://withings").build(), null, chain);
    }

    /** As Camel hands it on. */
    private static Answer answer(ClassicHttpResponse response) throws IOException {
        Message message = new DefaultMessage(new DefaultCamelContext());
        message.setBody(EntityUtils.toByteArray(response.getEntity()));
        for (var header : response.getHeaders()) {
            message.setHeader(header.getName(), header.getValue());
        }
        return Objects.requireNonNull(LargeAnswers.answer(message));
    }

    @Test
    void an_answer_of_any_length_comes_as_it_was_sent() throws Exception {
        for (var length : new int[] {0, 1, Answer.LARGE_BYTES, Answer.LARGE_BYTES + 1, 3 * Answer.LARGE_BYTES}) {
            var content = new byte[length];
            for (var at = 0; at < length; at++) {
                content[at] = (byte) (at % 251);
            }

            var received = received(response(new ByteArrayInputStream(content)));

            var answer = answer(received);
            assertThat(answer.stream().readAllBytes()).isEqualTo(content);
            assertThat(answer.length()).isEqualTo(length);
            assertThat(answer.isPlain()).isEqualTo(length <= Answer.LARGE_BYTES);
            assertThat(received.getEntity().getContentType()).startsWith("application/json");
        }
    }

    @Test
    void what_says_that_it_is_short_passes() throws Exception {
        var response = new BasicClassicHttpResponse(200);
        var entity = new ByteArrayEntity(new byte[100], ContentType.APPLICATION_JSON);
        response.setEntity(entity);

        assertThat(received(response).getEntity()).isSameAs(entity);
        assertThat(received(new BasicClassicHttpResponse(204)).getEntity()).isNull();
    }

    @Test
    void nobody_else_can_say_that_an_answer_is_packed() throws Exception {
        var response = response(new ByteArrayInputStream(new byte[3]));
        response.setHeader("withings-packed-length", "5000000");

        assertThat(answer(received(response)).length()).isEqualTo(3);
    }

    @Test
    void an_answer_without_end_is_refused_and_one_that_breaks_off_has_broken_off() {
        var random = new Random(1);
        var closed = new AtomicBoolean();
        var endless = new InputStream() {
            @Override
            public int read() {
                return random.nextInt(256);
            }

            @Override
            public int read(byte[] into, int from, int length) {
                random.nextBytes(into); // overwrites more than asked for, which nobody minds
                return length;
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };

        assertThatThrownBy(() -> received(response(endless)))
                .isInstanceOf(Refused.class)
                .hasMessageMatching("the answer is longer than 3[0-9] MB");
        assertThat(closed).isTrue();

        var breaking = new FilterInputStream(endless) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                throw new IOException("reset");
            }
        };
        assertThatThrownBy(() -> received(response(breaking))).isInstanceOf(IOException.class);
    }
}
