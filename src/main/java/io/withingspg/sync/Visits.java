package io.withingspg.sync;

import io.withingspg.store.Cursors;
import io.withingspg.store.DaySummaries;
import io.withingspg.store.Erased;
import io.withingspg.store.Leases;
import io.withingspg.store.People;
import io.withingspg.store.Runs;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a visit: the person is held for as long as it lasts, and by one visit at a time. */
final class Visits {
    private static final Logger LOG = LoggerFactory.getLogger(Visits.class);
    private static final String TAKEN = "taken";
    private static final String VISIT = "visit";

    private final People people;
    private final Leases leases;
    private final Cursors cursors;
    private final Runs runs;
    private final DaySummaries summaries;
    private final Twins twins;
    private final Plan plan;
    private final Clock clock;

    Visits(
            People people,
            Leases leases,
            Cursors cursors,
            Runs runs,
            DaySummaries summaries,
            Twins twins,
            Plan plan,
            Clock clock) {
        this.people = people;
        this.leases = leases;
        this.cursors = cursors;
        this.runs = runs;
        this.summaries = summaries;
        this.twins = twins;
        this.plan = plan;
        this.clock = clock;
    }

    /** Whoever waits in a queue was taken before that; somebody at a terminal waits here until the person is free. */
    void take(Exchange exchange) throws InterruptedException {
        var order = exchange.getMessage().getBody(Order.class);
        if (order.cause() == Order.Cause.COMMAND
                && !leases.await(
                        order.userId(),
                        clock,
                        () -> LOG.info("user {}: waiting, as another process is at it", order.userId()),
                        exchange.getContext()::isStopping)) {
            throw new Busy();
        }
        exchange.setProperty(TAKEN, order);
    }

    /** Another process is with this person. */
    static final class Busy extends RuntimeException {
        Busy() {
            super("another process is syncing this person: try again when it is through");
        }
    }

    /** The body becomes the {@link Visit}. */
    void open(Exchange exchange) {
        var order = exchange.getMessage().getBody(Order.class);
        var visit = visit(order);
        var due = visit.jobs().stream().map(job -> job.resource().name()).toList();
        skipped(visit, without(order.what().resources(), due));
        if (!visit.jobs().isEmpty()) {
            runs.begin(order.userId(), visit.run(), order.cause().label(), clock.instant());
        }
        exchange.setProperty(VISIT, visit);
        exchange.getMessage().setBody(visit);
    }

    private Visit visit(Order order) {
        var now = clock.instant();
        var person = people.find(order.userId()).orElseThrow(Erased::new);
        if (!person.active()) {
            return Visit.refused(
                    order,
                    person,
                    person.status().equals("reconsent")
                            ? "must consent again (" + person.statusReason() + "): withings enrol"
                            : "is " + person.status() + ": withings enrol takes the person back");
        }
        if (person.isOver(now)) {
            return Visit.refused(
                    order, person, "is fetched until " + person.bounds().until() + " only");
        }
        var bounds = plan.bounds(person);
        var due = cursors.read(order.userId(), order.what().resources(), now).stream()
                .filter(cursor -> !order.what().dueOnly() || !cursor.nextDueAt().isAfter(now))
                .toList();
        var elsewhere = due.isEmpty() ? Map.<String, Instant>of() : twins.elsewhere(order.userId(), now);
        return new Visit(order, person, bounds, UUID.randomUUID(), due, elsewhere);
    }

    static List<Job> jobs(Exchange exchange) {
        return exchange.getMessage().getBody(Visit.class).jobs();
    }

    static boolean goesOn(Exchange exchange) {
        return exchange.getMessage().getBody(Job.class).visit().goesOn();
    }

    /** Runs however the visit ended. */
    void close(Exchange exchange) {
        var taken = exchange.getProperty(TAKEN, Order.class);
        try {
            var visit = exchange.getProperty(VISIT, Visit.class);
            if (visit != null) {
                end(visit);
                exchange.getMessage().setBody(visit);
            }
        } finally {
            if (taken != null) {
                leases.release(taken.userId());
            }
        }
    }

    private void end(Visit visit) {
        var order = visit.order();
        var due = visit.jobs().stream().map(job -> job.resource().name()).toList();
        skipped(
                visit,
                without(due, visit.turns().stream().map(Visit.Turn::resource).toList()));
        if (!visit.jobs().isEmpty()) {
            summaries.bringUpToDate(visit.person().userId());
            twins.ended(visit.run(), clock.instant());
            runs.end(visit.person().userId(), visit.run(), visit.label(), clock.instant());
        }
        switch (order.cause()) {
            case COMMAND, WELCOME -> {} // somebody reads what came of it
            case SCHEDULE, ENROLMENT, REQUEST ->
                LOG.info("run {} user {}: {}", visit.run(), visit.person().userId(), visit.told());
        }
    }

    private static void skipped(Visit visit, List<String> resources) {
        visit.order().progress().skipped(visit.person().label(), resources);
    }

    private static List<String> without(List<String> all, List<String> some) {
        return all.stream().filter(one -> !some.contains(one)).toList();
    }

    void renew() {
        leases.renew(clock.instant());
    }
}
