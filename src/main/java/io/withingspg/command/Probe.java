package io.withingspg.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.command.Asked.Ending;
import io.withingspg.config.Settings;
import io.withingspg.resource.Bounds;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Page;
import io.withingspg.resource.Reading;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.store.Examination;
import io.withingspg.store.Person;
import io.withingspg.token.ConsentGone;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallFailure.NotPermitted;
import io.withingspg.withings.CallFailure.OverQuota;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.SameArguments;
import io.withingspg.withings.CallFailure.TokenRefused;
import io.withingspg.withings.CallFailure.Unreachable;
import io.withingspg.withings.LargeBody;
import io.withingspg.withings.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/** What Withings gives of one person right now: a call for each resource, whose rows are counted and forgotten. */
final class Probe {
    /** Not the days that sync reads again: an identical call within 10 s would be refused, to us or to sync. */
    private static final int DAYS = 28;

    private static final class TooLarge extends RuntimeException {
        TooLarge(long bytes) {
            super("the answer has %d MB, too much for a look at it".formatted(bytes / 1_000_000));
        }
    }

    private static final Duration WINDOW = Duration.ofHours(24);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(60);

    private final Person person;
    private final Bounds bounds;
    private final Examination examination;
    private final ProducerTemplate template;
    private final Map<Integer, String> measureTypes;
    private final Instant now;
    private boolean over;

    private Probe(Settings settings, Person person, Examination examination, ProducerTemplate template, Instant now) {
        this.person = person;
        this.bounds = person.bounds(settings.backfillFrom());
        this.examination = examination;
        this.template = template;
        this.measureTypes = examination.measureTypes();
        this.now = now;
    }

    /** Why no call may be made for this person; empty where one may. */
    static Optional<String> refusal(Person person, Instant now) {
        if (!person.active()) {
            return Optional.of(
                    person.unlinked() ? "unlinked: there are no tokens to ask with" : "the person must consent again");
        }
        return person.isOver(now)
                ? Optional.of("fetched until " + person.bounds().until() + " only: no call is made after that")
                : Optional.empty();
    }

    /** @param service whose way to Withings is gone; nothing of it syncs */
    static List<Asked> run(
            Service service, Person person, Examination examination, List<Resource> resources, Instant now) {
        try {
            service.template().getCamelContext().addRoutes(new ProbeRoute(service.tokens()));
        } catch (Exception e) {
            throw new IllegalStateException("the probe cannot start", e);
        }
        var probe = new Probe(service.settings(), person, examination, service.template(), now);
        return resources.stream().map(probe::ask).toList();
    }

    private Asked ask(Resource resource) {
        if (over) {
            return new Asked(resource.name(), Ending.NOT_ASKED, "after what happened above");
        }
        if (!resource.scope().isGranted(person.scopes())) { // the answer is known, and a call is not free
            return new Asked(
                    resource.name(),
                    Ending.REFUSED,
                    "the person did not grant " + resource.scope().id());
        }
        return span(resource)
                .map(span -> ask(resource, span))
                .orElseGet(() -> new Asked(
                        resource.name(), Ending.NOTHING_TO_ASK_FOR, "nothing to ask for: no stored row names any yet"));
    }

    private Optional<Span> span(Resource resource) {
        var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return switch (resource.movement()) {
            case Movement.Whole _ -> Optional.of(new Span.Everything());
            case Movement.Changes _, Movement.Trailing _ ->
                Optional.of(new Span.Days(later(today.minusDays(DAYS), bounds.from()), today.plusDays(1)));
            case Movement.Windows _ -> Optional.of(new Span.Window(now.minus(WINDOW), now));
            case Movement.Each(var _, var named, var _) ->
                examination.newestNamed(person.userId(), named).map(Span.One::new);
        };
    }

    private static LocalDate later(LocalDate day, @Nullable LocalDate other) {
        return other != null && other.isAfter(day) ? other : day;
    }

    private Asked ask(Resource resource, Span span) {
        try {
            return answered(resource, span, Fields.ALL, "");
        } catch (Refused refused) {
            if (!resource.namesFields()) {
                return refused(resource, refused);
            }
            try { // one field that the plan lacks makes the whole call invalid
                return answered(
                        resource,
                        span,
                        Fields.BASIC,
                        "; all fields: refused, " + refused.getMessage() + ", so these are the basic ones");
            } catch (RuntimeException e) {
                return failed(resource, e);
            }
        } catch (RuntimeException e) {
            return failed(resource, e);
        }
    }

    private static Asked refused(Resource resource, CallFailure e) {
        return new Asked(resource.name(), Ending.REFUSED, String.valueOf(e.getMessage()));
    }

    private Asked failed(Resource resource, RuntimeException failure) {
        return switch (failure) {
            case NotPermitted e -> refused(resource, e);
            case Refused e -> refused(resource, e);
            case TokenRefused e when !e.sure() -> refused(resource, e);
            case TokenRefused e ->
                stop(resource, "the person must consent again: " + e.getMessage(), ExitCode.SOME_FAILED);
            case ConsentGone e ->
                stop(resource, "the person must consent again: " + e.getMessage(), ExitCode.SOME_FAILED);
            case Unreachable e -> stop(resource, String.valueOf(e.getMessage()), ExitCode.WITHINGS_UNREACHABLE);
            case OverQuota e ->
                stop(resource, "over the quota, " + e.getMessage() + ": try again in a minute", ExitCode.SOME_FAILED);
            case CallFailure e ->
                new Asked(
                        resource.name(),
                        Ending.FAILED,
                        e.getMessage() + ": try again later",
                        List.of(),
                        ExitCode.SOME_FAILED);
            case TooLarge e ->
                new Asked(
                        resource.name(),
                        Ending.FAILED,
                        e.getMessage() + ": withings sync --user " + person.userId() + " --resource " + resource.name()
                                + " tells what comes of it",
                        List.of(),
                        ExitCode.SOME_FAILED);
            default -> throw failure;
        };
    }

    /** What this resource met, the others would meet as well. */
    private Asked stop(Resource resource, String told, int exitCode) {
        over = true;
        return new Asked(resource.name(), Ending.FAILED, told, List.of(), exitCode);
    }

    private Asked answered(Resource resource, Span span, Fields fields, String note) {
        var form = resource.form(new Reading(span, 0), fields);
        var body = call(new Request(person.userId(), resource.call(), form));
        var page = resource.normalise(body, span, bounds);
        var rows = page.rows();
        var more = Page.continuation(body).more() && resource.paging() == Resource.Paging.OFFSET;
        return new Asked(
                resource.name(),
                rows.isEmpty() ? Ending.EMPTY : Ending.CAME,
                asked(span) + ": " + count(page.records().size(), "record") + (more ? ", the first page of more" : "")
                        + rejects(page) + note,
                resource.targets().stream()
                        .flatMap(target -> Quantity.of(target, rows, measureTypes))
                        .toList(),
                ExitCode.DONE);
    }

    private static String asked(Span span) {
        return switch (span) {
            case Span.Days(var from, var to) -> from + " to " + to.minusDays(1);
            case Span.Window _ -> "the last 24 h";
            case Span.One _ -> "the newest one";
            case Span.Everything _, Span.ChangedSince _ -> "the whole list";
        };
    }

    private static String count(long count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    private static String rejects(Normalised page) {
        return page.rejects().isEmpty()
                ? ""
                : ", " + page.rejects().size() + " not readable ("
                        + page.rejects().stream()
                                .map(Rejected::reason)
                                .distinct()
                                .limit(3)
                                .collect(Collectors.joining("; "))
                        + ")";
    }

    private ObjectNode call(Request request) {
        try {
            return once(request);
        } catch (SameArguments e) {
            if (e.pause().compareTo(PAUSE_MAX) > 0) {
                throw e;
            }
            try { // serve asked the same a moment ago
                Thread.sleep(e.pause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw e;
            }
            return once(request);
        }
    }

    private ObjectNode once(Request request) {
        var exchange = template.send(ProbeRoute.PROBE, sent -> sent.setProperty(ProbeRoute.REQUEST, request));
        switch (exchange.getException()) {
            case null -> {}
            case RuntimeException failure -> throw failure;
            case Exception other -> throw new IllegalStateException("a call failed in an unforeseen way", other);
        }
        return switch (exchange.getMessage().getBody()) {
            case ObjectNode body -> body;
            case LargeBody large when large.fitsWhole() -> large.whole();
            case LargeBody large -> throw new TooLarge(large.length());
            default -> throw new IllegalStateException("a call gave no body");
        };
    }
}
