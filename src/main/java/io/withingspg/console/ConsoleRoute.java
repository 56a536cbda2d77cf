package io.withingspg.console;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** The console and its JSON, for the owner; health and metrics, which tell of no person, for whoever watches. */
public final class ConsoleRoute extends RouteBuilder {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Door door;
    private final Status status;
    private final PrometheusMeterRegistry metrics;
    private final BooleanSupplier schedulerRuns;

    public ConsoleRoute(Door door, Status status, PrometheusMeterRegistry metrics, BooleanSupplier schedulerRuns) {
        this.door = door;
        this.status = status;
        this.metrics = metrics;
        this.schedulerRuns = schedulerRuns;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        SentHeaders.configure(getContext());

        from("platform-http:/?httpMethodRestrict=GET").routeId("console")
            .choice()
                .when(exchange -> door.opensFor(exchange.getMessage())).process(this::page)
                .otherwise().process(Door::refuse);

        from("platform-http:/api/status?httpMethodRestrict=GET").routeId("api-status")
            .choice()
                .when(exchange -> door.opensApiFor(exchange.getMessage())).process(this::json)
                .otherwise().process(Door::refuse);

        from("platform-http:/observe/health?httpMethodRestrict=GET").routeId("health").process(this::health);
        from("platform-http:/observe/metrics?httpMethodRestrict=GET").routeId("metrics").process(this::metrics);
    }
    // spotless:on

    private void page(Exchange exchange) {
        StatusPage.of(status.people(List.of()), status.now()).answer(exchange);
    }

    private void json(Exchange exchange) {
        answer(exchange, 200, "application/json", status.json(List.of()));
    }

    private void health(Exchange exchange) {
        var database = status.databaseAnswers();
        var scheduler = schedulerRuns.getAsBoolean();
        var body = "{\"status\":\"%s\",\"database\":\"%s\",\"scheduler\":\"%s\"}"
                .formatted(upOrDown(database && scheduler), upOrDown(database), upOrDown(scheduler));
        answer(exchange, database && scheduler ? 200 : 503, "application/json", body);
    }

    private static String upOrDown(boolean up) {
        return up ? "UP" : "DOWN";
    }

    private void metrics(Exchange exchange) {
        answer(exchange, 200, OPEN_METRICS, metrics.scrape(OPEN_METRICS));
    }

    private static void answer(Exchange exchange, int code, String type, String body) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, code);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setBody(body);
    }
}
