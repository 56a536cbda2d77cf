package io.withingspg.withings;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.withingspg.withings.CallFailure.Closed;
import io.withingspg.withings.CallFailure.Unreachable;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/** The way to Withings: writes the request into the exchange, and remembers when the way is closed. */
final class Calls {
    private static final String REQUEST = "withings.request";
    private static final String STARTED = "withings.started";
    private static final String REPEATS = "withings.repeats";
    private static final int UNREACHABLE_MAX = 3;

    private final MeterRegistry metrics;
    private final Spacing spacing;
    private final long closedFor;
    private final AtomicInteger unreachableInARow = new AtomicInteger();
    private volatile long closedUntil = System.nanoTime();
    private volatile String closedBecause = "";

    Calls(Duration identicalSpacing, Duration closedFor, MeterRegistry metrics) {
        this.metrics = metrics;
        this.spacing = new Spacing(identicalSpacing);
        this.closedFor = closedFor.toNanos();
    }

    void space(Request request) throws InterruptedException {
        if (closedUntil - System.nanoTime() > 0) {
            throw new Closed(closedBecause);
        }
        spacing.await(request);
    }

    void request(Exchange exchange) {
        var request = exchange.getMessage().getBody(Request.class);
        var message = exchange.getMessage();
        exchange.setProperty(REQUEST, request);
        exchange.setProperty(STARTED, System.nanoTime());
        exchange.removeProperty(Exchange.EXCEPTION_CAUGHT); // of an earlier call on this exchange
        // Camel counts repeats in a header, which neither the cleaning here nor the answer's own headers may lose:
        // without it every failure looks like the first, and repeating never ends.
        exchange.setProperty(REPEATS, message.getHeader(Exchange.REDELIVERY_COUNTER));
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, HttpMethods.POST);
        message.setHeader(Exchange.HTTP_PATH, request.call().path().substring(1));
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
        if (request.bearer() != null) {
            message.setHeader("Authorization", "Bearer " + request.bearer());
        }
        message.setBody(request.body());
    }

    /** Counts the call, whichever way it ended, once it really left. */
    void count(Exchange exchange) {
        var started = exchange.getProperty(STARTED, Long.class);
        var request = exchange.getProperty(REQUEST, Request.class);
        if (started == null || request == null) {
            return;
        }
        exchange.setProperty(CallRoute.CALLS, 1 + exchange.getProperty(CallRoute.CALLS, 0, Integer.class));
        exchange.removeProperty(STARTED);
        var caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        var failure = caught != null ? caught : exchange.getException();
        if (failure != null) { // a success begins the count anew
            exchange.getMessage().setHeader(Exchange.REDELIVERY_COUNTER, exchange.getProperty(REPEATS));
        }
        Timer.builder("withings.sync.call")
                .tag("path", request.call().path()) // some paths have actions of one name
                .tag("action", request.call().action())
                .tag("outcome", outcome(failure))
                .register(metrics)
                .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
    }

    private static String outcome(@Nullable Throwable failure) {
        return failure == null
                ? "ok"
                : failure.getClass()
                        .getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toLowerCase(Locale.ROOT);
    }

    void reached() {
        unreachableInARow.set(0);
    }

    /** No connection, again: for a while nobody tries, so that a dead network ends a run in seconds, not hours. */
    void unreachable(Exchange exchange) {
        var cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        var reason = "Withings cannot be reached" + (cause == null ? "" : ": " + cause.getMessage());
        if (unreachableInARow.incrementAndGet() >= UNREACHABLE_MAX) {
            unreachableInARow.set(0);
            closedBecause = reason;
            closedUntil = System.nanoTime() + closedFor;
        }
        throw new Unreachable(reason);
    }
}
