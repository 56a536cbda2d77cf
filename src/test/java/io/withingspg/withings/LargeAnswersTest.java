package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Large answers are packed while they come in. */
@Timeout(60)
final class LargeAnswersTest {
    private static ClassicHttpResponse response(InputStream content) {
        var response = new BasicClassicHttpResponse(200);
        response.setEntity(new InputStreamEntity(content, ContentType.APPLICATION_JSON));
        return response;
    }

    private final LargeAnswers answers = new LargeAnswers(new Room(Duration.ofMinutes(10)), Duration.ofSeconds(30));

    private static Exchange call() {
        return new DefaultExchange(new DefaultCamelContext());
    }

    private final AtomicBoolean cutOff = new AtomicBoolean();
    private final ExecChain.Scope scope = new ExecChain.Scope(
            "test",
            new HttpRoute(new HttpHost("withings", 80)),
            ClassicRequestBuilder.post("http://withings").build(),
            (ExecRuntime) Proxy.newProxyInstance(
                    ExecRuntime.class.getClassLoader(), new Class<?>[] {ExecRuntime.class}, this::connection),
            HttpClientContext.create());

    @SuppressWarnings("unused") // the proxy's
    private @Nullable Object connection(Object proxy, Method method, @Nullable Object[] arguments) {
        cutOff.set(cutOff.get() || method.getName().equals("discardEndpoint"));
        return null;
    }

    private ClassicHttpResponse received(Exchange call, ClassicHttpResponse response, String... headers)
            throws IOException, HttpException {
        ExecChain chain = (_, _) -> response;
        var request = ClassicRequestBuilder.post("http://withings");
        for (var header : headers) {
            request.addHeader(header, "x");
        }
        answers.begin(call);
        return answers.execute(request.build(), scope, chain);
    }

    /** As Camel hands it on. */
    private Answer answer(Exchange call, ClassicHttpResponse response) throws IOException, HttpException {
        var received = received(call, response, "Authorization");
        assertThat(received.getEntity().getContentType()).startsWith("application/json");
        call.getMessage().setBody(EntityUtils.toByteArray(received.getEntity()));
        return Objects.requireNonNull(LargeAnswers.answer(call));
    }

    @Test
    void an_answer_of_any_length_comes_as_it_was_sent() throws Exception {
        for (var length : new int[] {0, 1, Answer.LARGE_BYTES, Answer.LARGE_BYTES + 1, 3 * Answer.LARGE_BYTES}) {
            var content = new byte[length];
            for (var at = 0; at < length; at++) {
                content[at] = (byte) (at % 251);
            }

            var call = call();
            var answer = answer(call, response(new ByteArrayInputStream(content)));

            assertThat(answer.stream().readAllBytes()).isEqualTo(content);
            assertThat(answer.length()).isEqualTo(length);
            assertThat(answer.isPlain()).isEqualTo(length <= Answer.LARGE_BYTES);
            LargeAnswers.letGo(call);
        }
    }

    @Test
    void what_has_no_content_passes() throws Exception {
        assertThat(received(call(), new BasicClassicHttpResponse(204)).getEntity())
                .isNull();
    }

    @Test
    void an_answer_that_trickles_in_is_not_waited_for_without_end() throws Exception {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", LargeAnswersTest::trickle);
        server.start();
        var impatient = new LargeAnswers(new Room(Duration.ofMinutes(10)), Duration.ofMillis(100));
        try (var client = HttpClients.custom()
                .addExecInterceptorFirst("large", impatient)
                .disableAutomaticRetries()
                .build()) {
            var get = new HttpGet("http:/" + server.getAddress());

            assertThatThrownBy(() -> client.execute(get, ClassicHttpResponse::getCode))
                    .isInstanceOf(SocketTimeoutException.class);
        } finally {
            server.stop(0);
        }
    }

    private static void trickle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (var body = exchange.getResponseBody()) {
            while (true) { // until nobody listens
                body.write(' ');
                body.flush();
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void a_second_large_answer_is_not_read_before_the_first_is_let_go_of() throws Exception {
        var large = new byte[3 * Answer.LARGE_BYTES];
        var first = call();
        answer(first, response(new ByteArrayInputStream(large)));
        var second = new ByteArrayInputStream(large);
        var waiting = new FutureTask<>(() -> answer(call(), response(second)));
        var thread = Thread.ofPlatform().start(waiting);
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.sleep(1);
        }

        assertThat(second.available()).isGreaterThan(Answer.LARGE_BYTES);
        assertThat(answer(call(), response(new ByteArrayInputStream(new byte[3])))
                        .length())
                .as("ordinary ones go on")
                .isEqualTo(3);

        LargeAnswers.letGo(first);
        assertThat(waiting.get().length()).isEqualTo(large.length);
    }

    @Test
    void whoever_asks_again_is_through_with_what_came_before() throws Exception {
        var call = call();
        for (var times = 0; times < 2; times++) {
            assertThat(answer(call, response(new ByteArrayInputStream(new byte[2 * Answer.LARGE_BYTES])))
                            .isPlain())
                    .isFalse();
        }
        assertThat(answer(call, response(new ByteArrayInputStream(new byte[3]))).length())
                .isEqualTo(3);
    }

    @Test
    void a_call_for_tokens_waits_for_no_room_as_it_holds_a_connection() throws Exception {
        answer(call(), response(new ByteArrayInputStream(new byte[2 * Answer.LARGE_BYTES])));

        assertThatThrownBy(() -> received(call(), response(new ByteArrayInputStream(new byte[2 * Answer.LARGE_BYTES]))))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("tokens");
    }

    @Test
    void an_answer_without_end_is_refused_and_one_that_breaks_off_has_broken_off_and_both_leave_room()
            throws Exception {
        var random = new Random(1);
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
        };

        var refused = call();
        assertThatThrownBy(() -> received(refused, response(endless), "Authorization"))
                .isInstanceOf(Refused.class)
                .hasMessageMatching("the answer is longer than 3[0-9] MB");
        assertThat(cutOff).isTrue();
        answers.end(refused);

        var broken = call();
        var breaking =
                new SequenceInputStream(new ByteArrayInputStream(new byte[2 * Answer.LARGE_BYTES]), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("reset");
                    }

                    @Override
                    public int read(byte[] into, int from, int length) throws IOException {
                        throw new IOException("reset");
                    }
                });
        assertThatThrownBy(() -> received(broken, response(breaking), "Authorization"))
                .isInstanceOf(IOException.class);
        answers.end(broken);

        answer(call(), response(new ByteArrayInputStream(new byte[2 * Answer.LARGE_BYTES])));
    }
}
