package io.withingspg.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.withingspg.config.ConfigurationException;
import io.withingspg.resource.Page;
import io.withingspg.resource.Page.Continuation;
import io.withingspg.resource.Resource.Paging;
import io.withingspg.store.Counts;
import io.withingspg.store.Cursors;
import io.withingspg.store.Database;
import io.withingspg.store.Erased;
import io.withingspg.token.AccessTokens;
import io.withingspg.token.ConsentGone;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallRoute;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a resource's turn. The {@link Job} travels as an exchange property, so that it survives a failed step. */
final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final String JOB = "job";
    /** A server clock this far ahead of ours is wrong, and believing it would skip what is still to come. */
    private static final Duration AHEAD_MAX = Duration.ofHours(1);

    private final Cursors cursors;
    private final AccessTokens tokens;
    private final Plan plan;
    private final Clock clock;
    private final MeterRegistry metrics;

    Turns(Cursors cursors, AccessTokens tokens, Plan plan, Clock clock, MeterRegistry metrics) {
        this.cursors = cursors;
        this.tokens = tokens;
        this.plan = plan;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** What the person did not grant is not asked for: the answer is known, and a call is not free. */
    void begin(Exchange exchange) {
        var job = exchange.getMessage().getBody(Job.class);
        exchange.setProperty(JOB, job);
        cursors.beginTurn(job.userId(), job.ofVisit().run(), job.resource().name(), clock.instant());
        var scope = job.resource().scope().id();
        var granted = job.ofVisit().person().scopes();
        if (!granted.isEmpty() && !granted.contains(scope)) {
            throw new CallFailure.NotPermitted("the person did not grant " + scope);
        }
    }

    static boolean morePages(Exchange exchange) {
        return job(exchange).morePages();
    }

    private static Job job(Exchange exchange) {
        return exchange.getProperty(JOB, Job.class);
    }

    /** A process that is told to stop finishes its page and asks for no other. */
    void ask(Exchange exchange) {
        if (exchange.getContext().isStopping()) {
            throw new Stopping();
        }
        exchange.getMessage().setBody(job(exchange).request());
    }

    /** The answer becomes rows and rejects, and the job knows how it goes on. */
    void normalise(Exchange exchange) {
        var job = job(exchange);
        var body = exchange.getMessage().getBody(ObjectNode.class);
        var normalised = job.resource()
                .normalise(body, job.reading().span(), job.ofVisit().bounds());
        exchange.setProperty(JOB, next(job, Page.continuation(body)));
        exchange.getMessage().setBody(normalised);
    }

    private Job next(Job job, Continuation page) {
        var reaching = job.reachesAt() != null ? job : job.reaching(reachesAt(job, page.updatedAt()));
        if (!page.more() || job.resource().paging() == Paging.SINGLE) {
            return reaching.ended(true);
        }
        // Without a new offset there is no next page to ask for; asking for the same one again would never end.
        return page.offset() != null && page.offset() > job.reading().offset()
                ? reaching.goingOn(page.offset())
                : reaching.ended(false);
    }

    private Instant reachesAt(Job job, @Nullable Instant serverTime) {
        return serverTime == null || serverTime.isAfter(clock.instant().plus(AHEAD_MAX)) ? job.startedAt() : serverTime;
    }

    /** One transaction: rows, rejects, and where a crash would go on. */
    void upsert(Exchange exchange) {
        var job = job(exchange);
        var page = exchange.getMessage().getBody(io.withingspg.resource.Normalised.class);
        var counts = cursors.write(
                job.userId(), job.ofVisit().run(), job.resource(), page, job.resumption(), clock.instant());
        exchange.setProperty(JOB, job.plus(counts));
        count(job, counts);
    }

    private void count(Job job, Counts counts) {
        var resource = job.resource().name();
        job.ofVisit()
                .order()
                .progress()
                .page(job.ofVisit().person().label(), resource, counts.fetched(), counts.rejected());
        metrics.counter("withings.sync.pages", "resource", resource).increment();
        rows(resource, "inserted", counts.inserted());
        rows(resource, "changed", counts.changed());
        rows(resource, "unchanged", counts.unchanged());
        rows(resource, "removed", counts.removed());
        rows(resource, "rejected", counts.rejected());
        if (counts.rejected() > 0) {
            LOG.warn(
                    "run {} user {} {}: {} records rejected, see sync.rejected_record",
                    job.ofVisit().run(),
                    job.userId(),
                    resource,
                    counts.rejected());
        }
    }

    private void rows(String resource, String became, long count) {
        metrics.counter("withings.sync.rows", "resource", resource, "became", became)
                .increment((double) count);
    }

    private static final class Stopping extends RuntimeException {
        Stopping() {
            super("the process is stopping", null, false, false);
        }
    }

    /** The last page is stored: only now does the cursor move. */
    void checkpoint(Exchange exchange) {
        settle(exchange, new Outcome.Done(job(exchange).complete()));
    }

    /** A turn that failed leaves the cursor where it stood. */
    void settleFailure(Exchange exchange) {
        settle(exchange, outcome(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), exchange));
    }

    private static Outcome outcome(Throwable failure, Exchange exchange) {
        var reason = String.valueOf(failure.getMessage());
        return switch (failure) {
            case Stopping _ -> new Outcome.Stopped();
            case Erased _ -> new Outcome.PersonErased(reason);
            case ConsentGone gone -> new Outcome.ConsentGone(reason, gone.pairStoredAt());
            case CallFailure.TokenRefused refused ->
                refused.sure()
                        ? new Outcome.ConsentGone(reason, AccessTokens.pairInUse(exchange))
                        : new Outcome.Refused(reason);
            case CallFailure.NotPermitted _ -> new Outcome.NotPermitted(reason);
            case CallFailure.Refused _ -> new Outcome.Refused(reason);
            case CallFailure.Unreachable _ -> new Outcome.Unreachable(reason);
            case CallFailure _ -> new Outcome.GaveUp(reason);
            case DataAccessException refused -> new Outcome.GaveUp(Database.reason(refused));
            case ConfigurationException _ -> new Outcome.GaveUp(reason); // a key that is not here
            default -> {
                LOG.error(
                        "user {} {}: unforeseen failure",
                        job(exchange).userId(),
                        job(exchange).resource(),
                        failure);
                yield new Outcome.GaveUp("unforeseen: " + failure.getClass().getSimpleName());
            }
        };
    }

    private void settle(Exchange exchange, Outcome outcome) {
        var job = job(exchange);
        var now = clock.instant();
        var visit = job.ofVisit();
        var done = outcome instanceof Outcome.Done(var complete) && complete;
        var calls = exchange.getProperty(CallRoute.CALLS, 0, Integer.class);
        var move = new Cursors.Move(
                job.movesCursor(),
                /* dueBefore= */ job.cursor().nextDueAt(),
                done ? job.reachesAt() : null,
                outcome instanceof Outcome.Done,
                !outcome.succeeded() && !(outcome instanceof Outcome.Stopped),
                /* nextDueAt= */ plan.due(job, outcome, now),
                outcome.label(),
                outcome.reason());
        var written = write(job, outcome, move, calls, now);
        metrics.counter("withings.sync.turns", "resource", job.resource().name(), "outcome", written.label())
                .increment();
        visit.ended(new Visit.Turn(job.resource().name(), written, job.counts(), job.pages(), calls));
        log(job, written, calls);
    }

    /** Another outcome where the database fails: it still has the cursor of before, so nothing is lost. */
    private Outcome write(Job job, Outcome outcome, Cursors.Move move, int calls, Instant now) {
        try {
            cursors.endTurn(job.userId(), job.ofVisit().run(), job.resource().name(), move, calls, now);
            if (outcome instanceof Outcome.ConsentGone(var reason, var pairStoredAt)) {
                tokens.awaitConsent(job.userId(), reason, pairStoredAt);
            }
            return outcome;
        } catch (DataAccessException e) {
            return Database.isGone(e) ? new Outcome.DatabaseGone() : new Outcome.GaveUp(Database.reason(e));
        }
    }

    private static void log(Job job, Outcome outcome, int calls) {
        var toldAnyway = job.ofVisit().order().cause() == Order.Cause.COMMAND; // in the summary
        var level = outcome.succeeded() || toldAnyway ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.WARN;
        LOG.atLevel(level)
                .log(
                        "run {} user {} {}: {}{}, {} calls, {} fetched, {} inserted, {} changed, {} rejected",
                        job.ofVisit().run(),
                        job.userId(),
                        job.resource(),
                        outcome.label(),
                        outcome.reason() == null ? "" : " (" + outcome.reason() + ")",
                        calls,
                        job.counts().fetched(),
                        job.counts().inserted(),
                        job.counts().changed(),
                        job.counts().rejected());
    }
}
