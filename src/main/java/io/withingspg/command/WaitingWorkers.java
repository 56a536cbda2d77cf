package io.withingspg.command;

import io.withingspg.console.Workers;
import io.withingspg.schedule.ScheduleRoute;
import io.withingspg.store.Leases;
import io.withingspg.store.People;
import io.withingspg.sync.Order;
import io.withingspg.sync.Progress;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of the schedules, sent to somebody ahead of time. */
final class WaitingWorkers implements Workers {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingWorkers.class);

    private final People people;
    private final Leases leases;
    private final List<String> resources;
    private final Clock clock;
    private final BooleanSupplier scheduled;
    private final Supplier<ProducerTemplate> template;

    /** @param scheduled whether the schedules, and with them the workers, have begun */
    WaitingWorkers(
            People people,
            Leases leases,
            List<String> resources,
            Clock clock,
            BooleanSupplier scheduled,
            Supplier<ProducerTemplate> template) {
        this.people = people;
        this.leases = leases;
        this.resources = resources;
        this.clock = clock;
        this.scheduled = scheduled;
        this.template = template;
    }

    @Override
    public boolean areHere() {
        return scheduled.getAsBoolean();
    }

    @Override
    public Set<Long> areWith() {
        return leases.heldByAnybody();
    }

    @Override
    public Asked sendTo(long userId) {
        var person = people.find(userId);
        if (person.isEmpty()) {
            return Asked.NO_SUCH_PERSON;
        }
        if (!person.get().active() || person.get().isOver(clock.instant())) {
            return Asked.NOT_ACTIVE;
        }
        return send(userId, Order.Cause.REQUEST, Order.What.now(resources));
    }

    /** Somebody who has just consented is looking: no reason to wait for the next minute. */
    void welcome(long userId) {
        send(userId, Order.Cause.ENROLMENT, Order.What.due(resources));
    }

    private Asked send(long userId, Order.Cause cause, Order.What what) {
        if (!areHere()) {
            return Asked.NO_WORKER;
        }
        if (!leases.take(userId, clock.instant())) {
            return Asked.BUSY;
        }
        try {
            template.get().sendBody(ScheduleRoute.WAITING, new Order(userId, cause, what, Progress.unwatched()));
            return Asked.ACCEPTED;
        } catch (CamelExecutionException e) { // too many are waiting, or the process is stopping
            LOG.warn("user {} cannot be synced right now: {}", userId, String.valueOf(e.getCause()));
            leases.release(userId);
            return Asked.NO_WORKER;
        }
    }
}
