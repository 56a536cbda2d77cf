package io.withingspg.command;

import io.withingspg.token.AccessTokens;
import io.withingspg.withings.CallFailure.TokenRefused;
import io.withingspg.withings.CallRoute;
import io.withingspg.withings.Request;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** One data call for somebody who looks at the answer and stores nothing; the quota and the spacing are everybody's. */
final class ProbeRoute extends RouteBuilder {
    static final String PROBE = "direct:probe";
    /** The exchange property with the {@link Request}: the body becomes the answer. */
    static final String REQUEST = "probe.request";

    private static final String AUTHORISED = "direct:authorised-probe";

    private final AccessTokens tokens;

    ProbeRoute(AccessTokens tokens) {
        this.tokens = tokens;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        from(PROBE).routeId("probe").errorHandler(noErrorHandler())
            .doTry()
                .to(AUTHORISED).id("probe-once")
            .doCatch(TokenRefused.class)
                .process(tokens::distrust).id("distrust-probed")
                .to(AUTHORISED).id("probe-once-more")
            .end();

        from(AUTHORISED).routeId("authorised-probe").errorHandler(noErrorHandler())
            .process(ProbeRoute::ask).id("ask-probe")
            .process(tokens::authorise).id("token-for-probe")
            .to(CallRoute.CALL).id("call-for-probe")
            .process(tokens::worked).id("token-worked-for-probe");
    }
    // spotless:on

    private static void ask(Exchange exchange) {
        exchange.getMessage().setBody(exchange.getProperty(REQUEST, Request.class));
    }
}
