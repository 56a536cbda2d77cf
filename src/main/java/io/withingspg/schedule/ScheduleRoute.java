package io.withingspg.schedule;

import io.withingspg.config.Settings;
import io.withingspg.store.Database;
import io.withingspg.store.DaySummaries;
import io.withingspg.store.Erased;
import io.withingspg.store.Leases;
import io.withingspg.store.RawPages;
import io.withingspg.store.RowChanges;
import io.withingspg.store.Runs;
import io.withingspg.sync.Order;
import io.withingspg.sync.Order.Cause;
import io.withingspg.sync.Order.What;
import io.withingspg.sync.Pipeline;
import io.withingspg.sync.Progress;
import io.withingspg.token.AccessTokens;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.seda.SedaEndpoint;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for due work every minute and keeps tokens fresh. What is due stands in {@code sync.cursor}, so a restart loses
 * nothing; {@code stateful}: a look that takes long is not overtaken by the next.
 */
public final class ScheduleRoute extends RouteBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleRoute.class);

    /** {@link Order}s wait here until one of a bounded number of workers is free. */
    public static final String WAITING = "seda:waiting";

    /** Visits do that for whom they reach; this is for the others, and for histories that take hours to come. */
    private static final String SUMMARISE_CRON = "0+3/10+*+*+*+?";

    private final Settings.Sync settings;
    private final Leases leases;
    private final Runs runs;
    private final RawPages rawPages;
    private final RowChanges rowChanges;
    private final DaySummaries summaries;
    private final AccessTokens tokens;
    private final Clock clock;

    public ScheduleRoute(
            Settings.Sync settings,
            Leases leases,
            Runs runs,
            RawPages rawPages,
            RowChanges rowChanges,
            DaySummaries summaries,
            AccessTokens tokens,
            Clock clock) {
        this.settings = settings;
        this.leases = leases;
        this.runs = runs;
        this.rawPages = rawPages;
        this.rowChanges = rowChanges;
        this.summaries = summaries;
        this.tokens = tokens;
        this.clock = clock;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        onException(DataAccessException.class).handled(true).process(ScheduleRoute::later);
        onException(Erased.class).handled(true); // while waiting for a worker: there is nobody left to visit

        from("quartz:due?stateful=true&cron=" + cron(settings.dueCron())).routeId("due")
            .process(this::takeDue).id("take-due")
            .split(body()).id("each-due-user")
                .to(WAITING).id("wait-for-worker");

        from(WAITING + "?pollTimeout=200&concurrentConsumers=" + settings.usersAtOnce()).routeId("waiting")
            .to(Pipeline.SYNC_USER).id("visit-due");

        from("quartz:refresh?stateful=true&cron=" + cron(settings.refreshCron())).routeId("refresh")
            .process(exchange -> tokens.refreshEnding()).id("refresh-ending");

        from("quartz:summarise?stateful=true&cron=" + SUMMARISE_CRON).routeId("summarise")
            .process(exchange -> exchange.getMessage().setBody(summaries.duePeople())).id("find-due-days")
            .split(body()).id("each-due-summary")
                .process(exchange -> summaries.bringUpToDate(exchange.getMessage().getBody(Long.class))).id("bring-up-to-date");

        from("quartz:tidy?stateful=true&cron=0+17+3+*+*+?").routeId("tidy")
            .process(exchange -> runs.forget(clock.instant().minus(settings.keepRuns()))).id("forget-runs")
            .process(exchange -> rawPages.forget(clock.instant().minus(settings.keepRawPages()))).id("forget-raw-pages")
            .filter(exchange -> !settings.keepHistory().isZero())
                .process(exchange -> rowChanges.forget(clock.instant().minus(settings.keepHistory()))).id("forget-versions");
    }
    // spotless:on

    private static String cron(String expression) {
        return expression.strip().replace(' ', '+');
    }

    /** What was due stays due: nothing is lost while the database is away, so a line is enough. */
    private static void later(Exchange exchange) {
        var failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, DataAccessException.class);
        LOG.error("{}: {}; tried again at the next turn", exchange.getFromRouteId(), Database.reason(failure));
    }

    /** As many as there are workers; the others stay due, for other processes and for people at a terminal as well. */
    private void takeDue(Exchange exchange) {
        var waiting =
                exchange.getContext().getEndpoint(WAITING, SedaEndpoint.class).getCurrentQueueSize();
        var taken =
                leases.takeDue(settings.resources(), clock.instant(), Math.max(0, settings.usersAtOnce() - waiting));
        exchange.getMessage()
                .setBody(taken.stream()
                        .map(userId ->
                                new Order(userId, Cause.SCHEDULE, What.due(settings.resources()), Progress.unwatched()))
                        .toList());
    }
}
