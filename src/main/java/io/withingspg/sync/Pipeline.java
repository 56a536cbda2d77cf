package io.withingspg.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.withingspg.config.Settings;
import io.withingspg.store.Cursors;
import io.withingspg.store.DaySummaries;
import io.withingspg.store.Leases;
import io.withingspg.store.Pages;
import io.withingspg.store.People;
import io.withingspg.store.Runs;
import io.withingspg.store.Standing;
import io.withingspg.token.AccessTokens;
import io.withingspg.withings.Quota;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.jooq.DSLContext;

/** The way in for everybody who wants somebody's data fetched. */
public final class Pipeline implements AutoCloseable {
    /** One {@link Order} in, the {@link Visit} it led to out. */
    public static final String SYNC_USER = "direct:sync-user";

    private final ExecutorService workers;
    private final List<RouteBuilder> routes;

    public Pipeline(
            Settings settings,
            DSLContext sql,
            Leases leases,
            AccessTokens tokens,
            Quota quota,
            Clock clock,
            MeterRegistry metrics) {
        var usersAtOnce = settings.sync().usersAtOnce();
        var plan = new Plan(settings);
        var people = new People(sql);
        var cursors = new Cursors(sql, leases);
        var pages = new Pages(sql, leases);
        var runs = new Runs(sql);
        var twins = new Twins(runs, settings.calls().identicalSpacing(), clock);
        // Not virtual ones: so few gain nothing by it, and to park and wake them at each answer took a tenth of our
        // CPU.
        this.workers = Executors.newFixedThreadPool(
                usersAtOnce, Thread.ofPlatform().daemon().name("sync-", 1).factory());
        this.routes = List.of(
                new SyncUserRoute(
                        new Visits(people, leases, cursors, runs, new DaySummaries(sql), twins, plan, clock), workers),
                new SyncResourceRoute(
                        new Turns(
                                leases,
                                cursors,
                                pages,
                                new Reconciliation(pages, new Standing(sql)),
                                tokens,
                                twins,
                                plan,
                                !settings.sync().keepRawPages().isZero(),
                                clock,
                                metrics),
                        tokens,
                        quota,
                        settings.calls()));
    }

    public List<RouteBuilder> routes() {
        return routes;
    }

    /**
     * Carries out all orders, some people at a time, and comes back when the last one has ended.
     *
     * @param ended gets each order's visit, or why there was none; called from several threads
     */
    public static void run(ProducerTemplate template, Collection<Order> orders, Consumer<Ended> ended) {
        var exchange = template.send(SyncUserRoute.SYNC_USERS, sent -> {
            sent.getMessage().setBody(orders);
            sent.setProperty(SyncUserRoute.ENDED, ended);
        });
        if (exchange.getException() != null) {
            throw new IllegalStateException("the pipeline stopped", exchange.getException());
        }
    }

    /** How an order ended. */
    public sealed interface Ended {
        record Visited(Visit visit) implements Ended {}

        record NotVisited(Order order, String reason, boolean databaseGone) implements Ended {}
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
