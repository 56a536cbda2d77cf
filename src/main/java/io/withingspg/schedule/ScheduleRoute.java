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
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.quartz.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks for due work every minute and keeps tokens fresh. What is due stands in {@code sync.cursor}, so a restart loses
 * nothing; {@code stateful}: a look that takes long is not overtaken by the next. Of all nodes on one database one serves
 * each due time of a schedule, and people are shared out by their leases.
 */
public final class ScheduleRoute extends RouteBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleRoute.class);

    /** {@link Order}s wait here until one of a bounded number of workers is free. */
    public static final String WAITING = "seda:waiting";

    /** Visits do that for whom they reach; this is for the others, and for histories that take hours to come. */
    private static final String SUMMARISE_CRON = "0+3/10+*+*+*+?";
    /** Due work is looked for by as many schedules, so that as many nodes find some at the same due time. */
    private static final int LOOKS = 4;
    /** All there are: as many threads, and no schedule waits for another. */
    public static final int SCHEDULES = LOOKS + 3;

    private static final String DUE = "direct:due";
    private static final String OVERTAKE = "direct:overtake";
    private static final String WAIT = "direct:wait";
    private static final String TAKE_OVER = "take-over";

    private final Scheduler scheduler;
    private final Settings.Sync settings;
    private final int usersAtMost;
    private final Leases leases;
    private final Runs runs;
    private final RawPages rawPages;
    private final RowChanges rowChanges;
    private final DaySummaries summaries;
    private final AccessTokens tokens;
    private final Clock clock;
    private volatile @Nullable Look last;

    /**
     * The last look for due work in this process.
     *
     * @param taken since then: nobody is visited twice between two looks, whatever came of it
     */
    private record Look(Instant at, Set<Long> taken) {}

    /**
     * @param scheduler of all nodes; whoever made it closes it
     * @param usersAtMost as many are visited at once where people of the dead come on top of those who are due
     */
    public ScheduleRoute(
            Scheduler scheduler,
            Settings.Sync settings,
            int usersAtMost,
            Leases leases,
            Runs runs,
            RawPages rawPages,
            RowChanges rowChanges,
            DaySummaries summaries,
            AccessTokens tokens,
            Clock clock) {
        this.scheduler = scheduler;
        this.settings = settings;
        this.usersAtMost = usersAtMost;
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
        var quartz = new QuartzComponent();
        quartz.setScheduler(scheduler);
        getContext().getRegistry().bind("quartz", quartz);
        onException(DataAccessException.class).handled(true).process(ScheduleRoute::later);
        onException(Erased.class).handled(true); // while waiting for a worker: there is nobody left to visit

        for (var look = 1; look <= LOOKS; look++) {
            from("quartz:withings/due-" + look + "?stateful=true&cron=" + cron(settings.dueCron())).routeId("look-" + look)
                .to(DUE).id("look-for-due-" + look);
        }

        from(DUE).routeId("due")
            .to(OVERTAKE).id("overtake-first")
            .process(this::takeDue).id("take-due")
            .to(WAIT).id("send-to-due");

        from("timer:" + TAKE_OVER + "?period=" + Leases.HEARTBEAT.toMillis()).routeId(TAKE_OVER)
            .to(OVERTAKE).id("overtake-now");

        from(OVERTAKE).routeId("overtake") // whom it took is sent for before anything else may fail
            .process(this::takeOver).id("take-from-the-dead")
            .to(WAIT).id("send-to-those-of-the-dead");

        from(WAIT).routeId("wait")
            .split(body()).id("each-taken")
                .to(WAITING).id("wait-for-worker");

        from(WAITING + "?pollTimeout=200&concurrentConsumers=" + usersAtMost).routeId("waiting")
            .to(Pipeline.SYNC_USER).id("visit-due")
            .to(OVERTAKE).id("overtake-next")
            .process(this::takeNext).id("take-next")
            .to(WAIT).id("send-to-next");

        from("quartz:withings/refresh?stateful=true&cron=" + cron(settings.refreshCron())).routeId("refresh")
            .process(exchange -> tokens.refreshEnding()).id("refresh-ending");

        from("quartz:withings/summarise?stateful=true&cron=" + SUMMARISE_CRON).routeId("summarise")
            .process(exchange -> summaries.bringEverybodyUpToDate()).id("bring-up-to-date");

        from("quartz:withings/tidy?stateful=true&cron=0+17+3+*+*+?").routeId("tidy")
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
        LOG.atLevel(exchange.getFromRouteId().equals(TAKE_OVER) ? Level.DEBUG : Level.ERROR) // every few seconds
                .log("{}: {}; tried again at the next turn", exchange.getFromRouteId(), Database.reason(failure));
    }

    /** As many as there are free workers; the others stay due, for other processes and for people at a terminal as well. */
    private void takeDue(Exchange exchange) {
        var look = new Look(clock.instant(), ConcurrentHashMap.newKeySet());
        last = look;
        send(exchange, leases.takeDue(settings.resources(), look.at(), settings.usersAtOnce(), List.of()), look);
    }

    /** Whoever is through with one person takes the next, until nobody is left of those who were due at the last look. */
    private void takeNext(Exchange exchange) {
        var look = last;
        send(
                exchange,
                look == null || exchange.getContext().isStopping()
                        ? List.of()
                        : leases.takeDue(settings.resources(), look.at(), settings.usersAtOnce(), look.taken()),
                look);
    }

    /**
     * Those whom another process was visiting when it died are to wait neither for the next look nor for a worker: where
     * much is due, all of them are at visits that may last for hours.
     */
    private void takeOver(Exchange exchange) {
        var left = exchange.getContext().isStopping() ? List.<Long>of() : leases.takeOver(clock.instant(), usersAtMost);
        if (!left.isEmpty()) {
            LOG.warn("a process died or stood still: {} of its people are visited from here", left.size());
        }
        send(exchange, left, last);
    }

    private void send(Exchange exchange, List<Long> taken, @Nullable Look look) {
        if (look != null) {
            look.taken().addAll(taken);
        }
        exchange.getMessage()
                .setBody(taken.stream()
                        .map(userId ->
                                new Order(userId, Cause.SCHEDULE, What.due(settings.resources()), Progress.unwatched()))
                        .toList());
    }
}
