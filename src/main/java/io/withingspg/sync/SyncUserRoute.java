package io.withingspg.sync;

import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One person after the other, or some at a time: an {@link Order} in, the {@link Visit} it led to out. */
final class SyncUserRoute extends RouteBuilder {
    /** Many orders at once; ends when the last visit has ended. */
    static final String SYNC_USERS = "direct:sync-users";
    /** The exchange property with whom to tell of each order's end. */
    static final String ENDED = "ended";

    private static final Logger LOG = LoggerFactory.getLogger(SyncUserRoute.class);

    private final Visits visits;
    private final ExecutorService workers;

    /** @param workers as many threads as people may be synced at once */
    SyncUserRoute(Visits visits, ExecutorService workers) {
        this.visits = visits;
        this.workers = workers;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        from(SYNC_USERS).routeId("sync-users")
            .split(body()).streaming().parallelProcessing().executorService(workers).id("each-user")
                .doTry()
                    .to(Pipeline.SYNC_USER).id("visit")
                .doFinally()
                    .process(SyncUserRoute::tell).id("tell")
                .end()
            .end();

        from(Pipeline.SYNC_USER).routeId("sync-user").errorHandler(noErrorHandler())
            .doTry()
                .process(visits::take).id("take")
                .process(visits::open).id("open")
                .split().exchange(Visits::jobs).id("each-resource")
                    .filter(Visits::goesOn)
                        .to(SyncResourceRoute.SYNC_RESOURCE).id("turn")
                    .end()
                .end()
            .endDoTry()
            .doFinally()
                .process(visits::close).id("close")
            .end();

        from("timer:renew-leases?period=30000").routeId("renew-leases")
            .process(exchange -> visits.renew()).id("renew");
    }
    // spotless:on

    @SuppressWarnings("unchecked") // set by Pipeline.run
    private static void tell(Exchange exchange) {
        var failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        var body = exchange.getMessage().getBody();
        var listener = (Consumer<Pipeline.Ended>) exchange.getProperty(ENDED, Consumer.class);
        if (body instanceof Visit visit) {
            listener.accept(new Pipeline.Ended.Visited(visit));
        } else if (body instanceof Order order) {
            if (!(failure instanceof Visits.Busy)) {
                LOG.error("user {}: unforeseen failure", order.userId(), failure);
            }
            order.progress().skipped(order.what().resources().size());
            listener.accept(new Pipeline.Ended.NotVisited(
                    order, failure == null ? "unforeseen" : String.valueOf(failure.getMessage())));
        }
        exchange.setException(null);
    }
}
