package io.withingspg.withings;

import io.micrometer.core.instrument.MeterRegistry;
import io.withingspg.config.Settings;
import io.withingspg.withings.CallFailure.Unavailable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpException;

/**
 * One call: a {@link Request} in, the answer's {@code body} out as an {@code ObjectNode} or a {@link LargeBody}, or a {@link
 * CallFailure}. Whoever repeats a call repeats all of this, so a repeat is spaced and pays quota too.
 */
public final class CallRoute extends RouteBuilder {
    public static final String CALL = "direct:call";
    /** The exchange property that counts the calls made on an exchange, repeats included. */
    public static final String CALLS = "withings.calls";

    /** The exchange property with the {@link Answer}. A large one bars the others' until it is {@link #letGo}. */
    public static final String ANSWER = "withings.answer";

    private static final Duration CLOSED_FOR = Duration.ofSeconds(15);
    /** Withings asks for pauses of a quarter of an hour at most. */
    private static final Duration QUOTA_PATIENCE = Duration.ofHours(1);
    /** While a token is asked for, the person's row is held; while a consent is revoked, somebody waits. */
    private static final Duration QUOTA_PATIENCE_OF_TOKENS = Duration.ofMinutes(2);
    /** Sixteen people with 50 MB each take four minutes. */
    private static final Duration ROOM_PATIENCE = Duration.ofMinutes(10);
    /** Largest ones come in half a minute on a slow line. */
    private static final Duration ANSWER_MAX = Duration.ofMinutes(2);

    private final URI apiUrl;
    private final Settings.Calls settings;
    private final int connections;
    private final Quota quota;
    private final Calls calls;
    private final LargeAnswers large = new LargeAnswers(new Room(ROOM_PATIENCE), ANSWER_MAX);
    private final Envelope envelope = new Envelope();

    /** @param connections kept open to Withings at most */
    public CallRoute(URI apiUrl, Settings.Calls settings, int connections, Quota quota, MeterRegistry metrics) {
        this.apiUrl = apiUrl;
        this.settings = settings;
        this.connections = connections;
        this.quota = quota;
        this.calls = new Calls(settings.identicalSpacing(), CLOSED_FOR, metrics);
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        configureHttp();

        from(CALL).routeId("call").errorHandler(noErrorHandler())
            .process(exchange -> calls.space(exchange.getMessage().getBody(Request.class))).id("space")
            .process(exchange -> quota.permit(patience(exchange.getMessage().getBody(Request.class)))).id("permit")
            .process(calls::request).id("request")
            .doTry()
                .process(large::begin).id("begin-answer")
                .to(apiUrl + "?throwExceptionOnFailure=false&copyHeaders=false").id("post")
                .process(exchange -> calls.reached())
                .process(envelope::open).id("envelope")
            .doCatch(ConnectException.class, ConnectTimeoutException.class, UnknownHostException.class, NoRouteToHostException.class)
                .process(calls::unreachable)
            .doCatch(IOException.class, HttpException.class)
                .process(exchange -> { throw new Unavailable("the call broke off or took too long"); })
            .doFinally()
                .process(calls::count).id("count")
                .process(large::end).id("end-answer")
            .end();
    }
    // spotless:on

    /** What came for the last call on this exchange is stored, or not wanted. */
    public static void letGo(Exchange exchange) {
        LargeAnswers.letGo(exchange);
    }

    static Duration patience(Request request) {
        if (request.bearer() != null) {
            return QUOTA_PATIENCE;
        }
        return request.userId() == null ? Settings.Calls.CODE_PATIENCE : QUOTA_PATIENCE_OF_TOKENS;
    }

    private void configureHttp() {
        var http = getContext().getComponent(apiUrl.getScheme(), HttpComponent.class);
        http.setConnectTimeout(settings.connectTimeout().toMillis());
        http.setSoTimeout(settings.answerTimeout().toMillis());
        http.setResponseTimeout(settings.answerTimeout().toMillis());
        http.setConnectionRequestTimeout(settings.answerTimeout().toMillis());
        http.setCookieManagementDisabled(true);
        http.setResponsePayloadStreamingThreshold(Answer.LARGE_BYTES); // read at once, without a copy in between
        http.setMaxTotalConnections(connections);
        http.setConnectionsPerRoute(connections);
        http.setHttpClientConfigurer(this::configureClient);
    }

    private void configureClient(HttpClientBuilder client) {
        // The client would repeat after 429 and 503 by itself, unseen by quota, spacing and metrics.
        client.disableAutomaticRetries();
        client.addExecInterceptorFirst("large-answers", large); // first: after it was decompressed
    }
}
