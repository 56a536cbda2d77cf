package io.withingspg.sync;

import io.withingspg.store.Database;
import io.withingspg.store.Erased;
import io.withingspg.store.Leases;
import io.withingspg.sync.Pipeline.Ended;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.jooq.exception.DataAccessException;
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
                    .process(SyncUserRoute::tellEnd).id("tell-end")
                .doCatch(Exception.class) // one person's failure must not end the others' visits
                    .process(SyncUserRoute::tellFailure).id("tell-failure")
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

        from("timer:renew-leases?period=" + Leases.HEARTBEAT.toMillis()).routeId("renew-leases")
            .onException(DataAccessException.class).handled(true).process(SyncUserRoute::tellNotRenewed).end()
            .process(exchange -> visits.renew()).id("renew");
    }
    // spotless:on

    /** Every few seconds while the database is away; whoever visits somebody finds out by itself, and says so. */
    private static void tellNotRenewed(Exchange exchange) {
        LOG.debug("leases are not renewed", exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }

    private static void tellEnd(Exchange exchange) {
        tell(exchange, new Ended.Visited(exchange.getMessage().getBody(Visit.class)));
    }

    private static void tellFailure(Exchange exchange) {
        var failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        switch (exchange.getMessage().getBody()) {
            case Visit visit -> {
                tell(exchange, new Ended.Visited(visit)); // what it brought before it failed
                tell(exchange, notVisited(visit.order(), failure));
            }
            case Order order -> {
                order.progress().skipped(null, order.what().resources());
                tell(exchange, notVisited(order, failure));
            }
            default -> throw new IllegalStateException("neither an order nor a visit", failure);
        }
    }

    private static Ended notVisited(Order order, Throwable failure) {
        return switch (failure) {
            case Erased erased -> new Ended.NotVisited(order, String.valueOf(erased.getMessage()), false);
            case Visits.Busy busy -> new Ended.NotVisited(order, String.valueOf(busy.getMessage()), false);
            case DataAccessException refused ->
                new Ended.NotVisited(order, Database.reason(refused), Database.isGone(refused));
            default -> {
                LOG.error("user {}: unforeseen failure", order.userId(), failure);
                yield new Ended.NotVisited(
                        order, "unforeseen: " + failure.getClass().getSimpleName(), false);
            }
        };
    }

    @SuppressWarnings("unchecked") // set by Pipeline.run
    private static void tell(Exchange exchange, Ended ended) {
        ((Consumer<Ended>) exchange.getProperty(ENDED, Consumer.class)).accept(ended);
    }
}
