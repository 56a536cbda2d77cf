package io.withingspg.sync;

import io.withingspg.config.Settings;
import io.withingspg.token.AccessTokens;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallFailure.Closed;
import io.withingspg.withings.CallFailure.OverQuota;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.SameArguments;
import io.withingspg.withings.CallFailure.TokenRefused;
import io.withingspg.withings.CallFailure.Unavailable;
import io.withingspg.withings.CallFailure.Unreachable;
import io.withingspg.withings.CallRoute;
import io.withingspg.withings.Quota;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.OnExceptionDefinition;

/** One resource of one person: a {@link Job} in, an {@link Outcome} in its visit. A repeat repeats the failed call only. */
final class SyncResourceRoute extends RouteBuilder {
    static final String SYNC_RESOURCE = "direct:sync-resource";
    private static final String FETCH = "direct:fetch-page";
    private static final String TRUSTED_CALL = "direct:trusted-call";
    private static final String AUTHORISED_CALL = "direct:authorised-call";

    private final Turns turns;
    private final AccessTokens tokens;
    private final Quota quota;
    private final Settings.Calls settings;

    SyncResourceRoute(Turns turns, AccessTokens tokens, Quota quota, Settings.Calls settings) {
        this.turns = turns;
        this.tokens = tokens;
        this.quota = quota;
        this.settings = settings;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        var delay = settings.retryDelay().toMillis();
        on(OverQuota.class).maximumRedeliveries(10).redeliveryDelay(0).onRedelivery(this::pauseEveryone);
        on(SameArguments.class).maximumRedeliveries(3).redeliveryDelay(0).onRedelivery(this::pauseThisCall);
        on(Unavailable.class).maximumRedeliveries(settings.retries()).redeliveryDelay(delay).useExponentialBackOff().useCollisionAvoidance();
        on(Unreachable.class).maximumRedeliveries(Math.min(2, settings.retries())).redeliveryDelay(delay).useExponentialBackOff();
        on(Closed.class);
        on(RuntimeException.class); // nothing a repeat would mend; a bug too, as a turn left unsettled would come back every minute

        from(SYNC_RESOURCE).routeId("sync-resource")
            .process(turns::begin).id("begin")
            .loopDoWhile(Turns::morePages).id("pages")
                .to(FETCH).id("fetch")
                .process(turns::normalise).id("normalise")
                .process(turns::upsert).id("upsert")
                .process(turns::compare).id("compare")
            .end()
            .process(turns::checkpoint).id("checkpoint");

        from(FETCH).routeId("fetch-page").errorHandler(noErrorHandler())
            .doTry()
                .to(TRUSTED_CALL).id("all-fields")
            .doCatch(Refused.class, TokenRefused.class).onWhen(Turns::mayGoOn) // onWhen counts for all doCatch of a doTry
                .choice()
                    .when(Turns::isOneOfMany)
                        .process(turns::skip).id("skip")
                    .otherwise()
                        .process(turns::askForFewerFields).id("fewer-fields")
                        .to(TRUSTED_CALL).id("basic-fields")
                        .process(turns::rememberFields).id("remember-fields")
                .end()
            .end();

        from(TRUSTED_CALL).routeId("trusted-call").errorHandler(noErrorHandler())
            .doTry()
                .to(AUTHORISED_CALL).id("try")
            .doCatch(TokenRefused.class)
                .process(tokens::distrust).id("distrust")
                .to(AUTHORISED_CALL).id("try-once-more")
            .end();

        from(AUTHORISED_CALL).routeId("authorised-call").errorHandler(noErrorHandler())
            .process(turns::ask).id("ask")
            .process(tokens::authorise).id("token")
            .to(CallRoute.CALL).id("call-withings")
            .process(tokens::worked).id("token-worked");
    }
    // spotless:on

    private OnExceptionDefinition on(Class<? extends RuntimeException> failure) {
        return onException(failure).handled(true).process(turns::settleFailure);
    }

    private void pauseEveryone(Exchange exchange) throws InterruptedException {
        quota.pauseEveryone(failure(exchange, OverQuota.class));
    }

    private void pauseThisCall(Exchange exchange) throws InterruptedException {
        Thread.sleep(failure(exchange, SameArguments.class).pause());
    }

    private static <T extends CallFailure> T failure(Exchange exchange, Class<T> type) {
        return type.cast(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }
}
