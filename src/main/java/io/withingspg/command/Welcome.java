package io.withingspg.command;

import io.withingspg.enrol.Devices;
import io.withingspg.store.Leases;
import io.withingspg.store.OwnedDevices;
import io.withingspg.sync.Order;
import io.withingspg.sync.Outcome;
import io.withingspg.sync.Pipeline;
import io.withingspg.sync.Progress;
import io.withingspg.sync.Visit;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.camel.ProducerTemplate;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the devices of somebody who has just consented, while the person waits to be told whose account was linked. It
 * is the same visit that would come anyway, only earlier: the next one finds the devices done.
 */
final class Welcome {
    private static final Logger LOG = LoggerFactory.getLogger(Welcome.class);
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String DEVICES = "devices";

    private final Supplier<ProducerTemplate> template;
    private final Leases leases;
    private final OwnedDevices devices;
    private final List<String> resources;
    private final Clock clock;

    Welcome(
            Supplier<ProducerTemplate> template,
            Leases leases,
            OwnedDevices devices,
            List<String> resources,
            Clock clock) {
        this.template = template;
        this.leases = leases;
        this.devices = devices;
        this.resources = resources;
        this.clock = clock;
    }

    /**
     * @param rest is told the user id once the devices are through, however late: it sees to all the others
     * @return after 10 s at the latest
     */
    Devices of(long userId, LongConsumer rest) {
        try {
            if (!resources.contains(DEVICES) || !leases.take(userId, clock.instant())) {
                rest.accept(userId);
                return known(userId); // of an earlier consent; somebody is with this person already
            }
            return CompletableFuture.supplyAsync(() -> visit(userId), Thread::startVirtualThread)
                    .whenComplete((_, _) -> rest.accept(userId))
                    .thenApply(visit -> seen(userId, visit))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Devices.Later();
        } catch (ExecutionException | DataAccessException e) {
            LOG.warn("user {}: the devices are fetched later", userId, e);
            return new Devices.Later();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Devices.Later();
        }
    }

    private Visit visit(long userId) {
        var order = new Order(userId, Order.Cause.WELCOME, Order.What.due(List.of(DEVICES)), Progress.unwatched());
        return template.get().requestBody(Pipeline.SYNC_USER, order, Visit.class);
    }

    private Devices seen(long userId, Visit visit) {
        return visit.turns().stream()
                .map(Visit.Turn::outcome)
                .map(outcome -> seen(userId, outcome))
                .findFirst()
                .orElseGet(() -> known(userId));
    }

    private Devices seen(long userId, Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            return new Devices.Listed(devices.names(userId));
        }
        return outcome instanceof Outcome.NotPermitted ? new Devices.NotGranted() : new Devices.Later();
    }

    private Devices known(long userId) {
        var names = devices.names(userId);
        return names.isEmpty() ? new Devices.Later() : new Devices.Listed(names);
    }
}
