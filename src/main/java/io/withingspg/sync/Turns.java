package io.withingspg.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.withingspg.config.ConfigurationException;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Page;
import io.withingspg.resource.Page.Continuation;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.store.Counts;
import io.withingspg.store.Coverage;
import io.withingspg.store.Cursor;
import io.withingspg.store.Cursors;
import io.withingspg.store.Database;
import io.withingspg.store.Erased;
import io.withingspg.store.Leases;
import io.withingspg.store.Overtaken;
import io.withingspg.store.Pages;
import io.withingspg.store.RawPages;
import io.withingspg.token.AccessTokens;
import io.withingspg.token.ConsentGone;
import io.withingspg.withings.Answer;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallRoute;
import io.withingspg.withings.LargeBody;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a resource's turn. The {@link Job} travels as an exchange property, so that it survives a failed step. */
final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final String JOB = "job";
    private static final String CONTINUATION = "continuation";
    private static final Continuation NOTHING_MORE = new Continuation(false, null, null);
    /** A server clock this far ahead of ours is wrong, and believing it would skip what is still to come. */
    private static final Duration AHEAD_MAX = Duration.ofHours(1);

    private final Leases leases;
    private final Cursors cursors;
    private final Pages pages;
    private final AccessTokens tokens;
    private final Reconciliation reconciliation;
    private final Twins twins;
    private final Plan plan;
    private final Clock clock;
    private final boolean keepsAnswers;
    private final MeterRegistry metrics;

    Turns(
            Leases leases,
            Cursors cursors,
            Pages pages,
            Reconciliation reconciliation,
            AccessTokens tokens,
            Twins twins,
            Plan plan,
            boolean keepsAnswers,
            Clock clock,
            MeterRegistry metrics) {
        this.leases = leases;
        this.cursors = cursors;
        this.pages = pages;
        this.reconciliation = reconciliation;
        this.tokens = tokens;
        this.twins = twins;
        this.plan = plan;
        this.keepsAnswers = keepsAnswers;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** What the person did not grant is not asked for: the answer is known, and a call is not free. */
    void begin(Exchange exchange) throws InterruptedException {
        var job = exchange.getMessage().getBody(Job.class);
        exchange.setProperty(JOB, job);
        var now = clock.instant();
        cursors.beginTurn(job.userId(), job.visit().run(), job.resource().name(), now);
        var scope = job.resource().scope();
        if (!scope.isGranted(job.visit().person().scopes())) {
            throw new CallFailure.NotPermitted("the person did not grant " + scope.id());
        }
        twins.await(job.visit().askedElsewhere(job.resource()), exchange.getContext()::isStopping);
        var items = job.resource().movement() instanceof Movement.Each each
                ? cursors.pending(job.userId(), job.resource().name(), each, now)
                : List.<Long>of();
        job.begin(
                plan.course(job.resource(), job.cursor(), job.how(), job.visit().bounds(), items, now),
                plan.fields(job.cursor(), job.how(), now));
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
        requireOwn(job(exchange));
        exchange.getMessage().setBody(job(exchange).request());
    }

    /** Before each call and each write: two at once would each move the cursor by what the other one has not read. */
    private void requireOwn(Job job) {
        if (!leases.holds(job.userId(), clock.instant())) {
            throw new Overtaken();
        }
    }

    /** Whether a refusal of the call itself is not the end: one of many things, or fields that need not be named. */
    static boolean mayGoOn(Exchange exchange) {
        var refusal = exchange.getException();
        var ofTheToken = refusal instanceof CallFailure.TokenRefused token && token.sure();
        return !ofTheToken && (isOneOfMany(exchange) || job(exchange).mayAskForFewerFields());
    }

    /** An account without the plan for one field may be refused the whole call: those that come unnamed are asked for. */
    void askForFewerFields(Exchange exchange) {
        job(exchange).askForFewerFields();
    }

    /** It was the fields: the next time they are not even asked for. */
    void rememberFields(Exchange exchange) {
        var job = job(exchange);
        cursors.rememberFields(job.userId(), job.resource().name(), clock.instant());
    }

    /** Of things that are fetched one by one, one that is refused must not keep the others from coming. */
    static boolean isOneOfMany(Exchange exchange) {
        return job(exchange).leg().reading().span() instanceof Span.One;
    }

    /** The page becomes what is known of it: that it did not come. */
    void skip(Exchange exchange) {
        var refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, CallFailure.class);
        CallRoute.letGo(exchange);
        exchange.getMessage().setBody(Parts.one(nothing(job(exchange), String.valueOf(refusal.getMessage()))));
    }

    private static Normalised nothing(Job job, String reason) {
        return new Normalised(List.of(), List.of(missing(job, reason)), List.of());
    }

    private static Rejected missing(Job job, String reason) {
        if (job.resource().movement() instanceof Movement.Each each
                && job.leg().reading().span() instanceof Span.One(var id)) {
            return new Rejected(reason, Cursors.item(each, id));
        }
        throw new IllegalStateException(job.resource() + " is not fetched one by one");
    }

    /** The answer becomes rows and rejects. */
    void normalise(Exchange exchange) {
        var job = job(exchange);
        switch (exchange.getMessage().getBody()) {
            case ObjectNode body -> {
                exchange.setProperty(CONTINUATION, Page.continuation(body));
                exchange.getMessage().setBody(Parts.one(normalised(job, body)));
            }
            case LargeBody body -> {
                exchange.setProperty(CONTINUATION, Page.continuation(body.scalars()));
                exchange.getMessage().setBody(parts(job, body));
            }
            case Parts _ -> {} // it did not come
            default -> throw new IllegalStateException("a call gave no body");
        }
    }

    private static Parts parts(Job job, LargeBody body) {
        if (job.resource().isReadInParts()) {
            return Parts.of(body.parts(), part -> normalised(job, part));
        }
        if (body.fitsWhole()) {
            return Parts.one(normalised(job, body.whole()));
        }
        var reason = "the answer has %d MB, and cannot be read in parts".formatted(body.length() / 1_000_000);
        if (job.leg().reading().span() instanceof Span.One) {
            return Parts.one(nothing(job, reason));
        }
        throw new CallFailure.Refused(reason);
    }

    private static Normalised normalised(Job job, ObjectNode body) {
        var span = job.leg().reading().span();
        var page = job.resource().normalise(body, span, job.visit().bounds());
        return span instanceof Span.One
                        && page.records().isEmpty()
                        && !page.rejects().isEmpty()
                ? page.and(missing(job, "it came and cannot be read"))
                : page;
    }

    private Instant reachesAt(Leg leg, @Nullable Instant serverTime) {
        if (leg.reachesAt() != null) {
            return leg.reachesAt();
        }
        return serverTime == null || serverTime.isAfter(clock.instant().plus(AHEAD_MAX)) ? leg.startedAt() : serverTime;
    }

    /**
     * One transaction: rows, rejects, and where a crash would go on. A large page takes one for each part, of which the last
     * makes it a page: where this breaks off before, all of it is asked for again, and what is stored already is not changed.
     */
    void upsert(Exchange exchange) {
        try {
            store(exchange);
        } finally {
            exchange.getMessage().setBody(null); // nothing holds a large answer any more when the next one may come in
            CallRoute.letGo(exchange);
        }
    }

    private void store(Exchange exchange) {
        var job = job(exchange);
        var leg = job.leg();
        var parts = exchange.getMessage().getBody(Parts.class);
        var answer = keepsAnswers ? exchange.getProperty(CallRoute.ANSWER, Answer.class) : null;
        var continuation = exchange.getProperty(CONTINUATION, NOTHING_MORE, Continuation.class);
        exchange.removeProperty(CONTINUATION);
        var next = job.next(continuation);
        var last = next == null && job.isLast(continuation);
        var reachesAt = reachesAt(leg, continuation.updatedAt());
        var covered = covered(job, leg);
        var now = clock.instant(); // of the whole page
        var told = false;
        do {
            var part = parts.next();
            requireOwn(job);
            if (part.outside() > 0) {
                answer = null; // it holds what may not be kept
            }
            var came = new Pages.Came(
                    part,
                    leg.reading().span(),
                    job.fields(),
                    answer == null || parts.goesOn() ? null : asked(job, answer, told),
                    covered,
                    last && !parts.goesOn(),
                    job.thoughtNew());
            var step = parts.goesOn() ? new Cursor.Step.Await() : job.step(next, reachesAt);
            var counts = pages.write(job.userId(), job.visit().run(), job.resource(), came, step, now);
            job.stored(part, counts);
            count(job, counts);
            told |= !part.records().isEmpty() || !part.rejects().isEmpty();
        } while (parts.goesOn());
        job.turned(next, last, reachesAt);
        metrics.counter("withings.sync.pages", "resource", job.resource().name())
                .increment();
    }

    private static RawPages.Asked asked(Job job, Answer answer, boolean told) {
        return new RawPages.Asked(job.leg().reading().span(), job.request().form(), answer, told);
    }

    private static List<Pages.Covered> covered(Job job, Leg leg) {
        var asked = leg.startedAt();
        var last = Coverage.lastBegun(asked);
        return switch (leg.reading().span()) {
            case Span.Everything() when job.resource().movement().dates() == Movement.Dates.NONE -> List.of();
            case Span.Everything() ->
                List.of(new Pages.Covered(job.visit().bounds().from(), last, asked));
            case Span.ChangedSince(var since) -> List.of(new Pages.Covered(Coverage.firstOpen(since), last, asked));
            case Span.Days(var from, var to) -> List.of(new Pages.Covered(from, to.isAfter(last) ? last : to, asked));
            case Span.Window(var from, var to) -> covered(from, to, asked);
            case Span.One _ -> List.of();
        };
    }

    /** The day in which a window ends was asked for until then, and is not over before the next window. */
    private static List<Pages.Covered> covered(Instant from, Instant to, Instant asked) {
        var first = LocalDate.ofInstant(from, ZoneOffset.UTC);
        var last = LocalDate.ofInstant(to, ZoneOffset.UTC);
        var rest = to.equals(last.atStartOfDay(ZoneOffset.UTC).toInstant())
                ? Stream.<Pages.Covered>empty()
                : Stream.of(new Pages.Covered(last, last, Windows.earlier(asked, to)));
        var whole = first.isBefore(last)
                ? Stream.of(new Pages.Covered(first, last.minusDays(1), asked))
                : Stream.<Pages.Covered>empty();
        return Stream.concat(whole, rest).toList();
    }

    /** Rows of a stretch that was read whole, and that the API no longer gives, are deleted there. */
    void compare(Exchange exchange) {
        var job = job(exchange);
        var leg = job.takeCompared();
        if (leg != null) {
            requireOwn(job); // else what another process brought meanwhile would seem to be gone
            reconciliation.settle(job, leg, job.takeComparison(), clock.instant());
        }
    }

    private void count(Job job, Counts counts) {
        var resource = job.resource().name();
        job.visit()
                .order()
                .progress()
                .page(job.visit().person().label(), resource, counts.fetched(), counts.rejected());
        rows(resource, "inserted", counts.inserted());
        rows(resource, "changed", counts.changed());
        rows(resource, "unchanged", counts.unchanged());
        rows(resource, "removed", counts.removed());
        rows(resource, "rejected", counts.rejected());
        if (counts.rejected() > 0) {
            LOG.warn(
                    "run {} user {} {}: {} records rejected, see sync.rejected_record",
                    job.visit().run(),
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
        var job = job(exchange);
        requireOwn(job);
        var kept = job.kept();
        settle(exchange, kept == null ? new Outcome.Done(job.complete()) : new Outcome.Kept(kept));
    }

    /** A turn that failed leaves the cursor where it stood. */
    void settleFailure(Exchange exchange) {
        settle(exchange, outcome(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), exchange));
    }

    private static Outcome outcome(Throwable failure, Exchange exchange) {
        var reason = String.valueOf(failure.getMessage());
        return switch (failure) {
            case Stopping _ -> new Outcome.Stopped();
            case Overtaken _ -> new Outcome.Overtaken();
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
        var visit = job.visit();
        if (outcome.ended()
                && job.pages() > 0
                && job.fields() == Fields.ALL
                && job.cursor().basicFieldsSince() != null) {
            cursors.rememberFields(job.userId(), job.resource().name(), null);
        }
        var calls = exchange.getProperty(CallRoute.CALLS, 0, Integer.class);
        var move = new Cursors.Move(
                job.course().movesCursor(),
                /* dueBefore= */ job.cursor().nextDueAt(),
                job.reachedAt(),
                job.reconciled()
                                || job.kept() != null
                                || (outcome.ended() && job.course().reconciles())
                        ? new Cursors.Comparison(job.kept())
                        : null,
                outcome.ended(),
                !outcome.succeeded() && !outcome.ended() && !(outcome instanceof Outcome.Stopped),
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
            if (outcome instanceof Outcome.Overtaken) {
                return leave(job, calls, now);
            }
            cursors.endTurn(job.userId(), job.visit().run(), job.resource().name(), move, calls, now);
            if (outcome instanceof Outcome.ConsentGone(var reason, var pairStoredAt)) {
                tokens.awaitConsent(job.userId(), reason, pairStoredAt);
            }
            return outcome;
        } catch (Overtaken e) {
            return leave(job, calls, now);
        } catch (Erased e) {
            return new Outcome.PersonErased(String.valueOf(e.getMessage()));
        } catch (DataAccessException e) {
            return Database.isGone(e) ? new Outcome.DatabaseGone() : new Outcome.GaveUp(Database.reason(e));
        }
    }

    private Outcome leave(Job job, int calls, Instant now) {
        var outcome = new Outcome.Overtaken();
        try {
            cursors.leaveTurn(
                    job.userId(),
                    job.visit().run(),
                    job.resource().name(),
                    outcome.label(),
                    outcome.reason(),
                    calls,
                    now);
        } catch (DataAccessException e) {
            LOG.debug("nobody will read that this turn was overtaken", e);
        }
        return outcome;
    }

    private static void log(Job job, Outcome outcome, int calls) {
        var toldAnyway = job.visit().order().cause() == Order.Cause.COMMAND; // in the summary
        var level = outcome.succeeded() || toldAnyway ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.WARN;
        LOG.atLevel(level)
                .log(
                        "run {} user {} {}: {}{}, {} calls, {} fetched, {} inserted, {} changed, {} rejected",
                        job.visit().run(),
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
