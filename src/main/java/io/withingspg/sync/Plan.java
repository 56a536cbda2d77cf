package io.withingspg.sync;

import static io.withingspg.sync.Windows.earlier;
import static io.withingspg.sync.Windows.later;

import io.withingspg.config.Settings;
import io.withingspg.resource.Bounds;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Reading;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Span;
import io.withingspg.store.Cursor;
import io.withingspg.store.Person;
import io.withingspg.sync.Leg.Aim;
import io.withingspg.sync.Order.How;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What to ask for next, from where a cursor stands; and when to ask again, from how a turn ended. Pure. */
final class Plan {
    /** An offset is a place in a live list: after this long, a reading begins anew rather than at its offset. */
    private static final Duration RESUME_MAX = Duration.ofHours(1);

    /** A watch may upload hours later: what was empty so recently is asked for again. */
    private static final Duration LATE = Duration.ofHours(4);

    private static final Duration RETRY = Duration.ofMinutes(5);
    private static final int DOUBLINGS_MAX = 6;
    private static final Duration DAILY = Duration.ofDays(1);

    private final Settings.Sync settings;
    private final @Nullable LocalDate backfillFrom;

    Plan(Settings settings) {
        this.settings = settings.sync();
        this.backfillFrom = settings.backfillFrom();
    }

    Bounds bounds(Person person) {
        return person.bounds(backfillFrom);
    }

    /** Plans change: what an account was refused is asked for again now and then. */
    Resource.Fields fields(Cursor cursor, How how, Instant now) {
        var refusedAt = cursor.basicFieldsSince();
        return refusedAt == null || how instanceof How.Full || refusedAt.isBefore(now.minus(settings.reconcileEvery()))
                ? Resource.Fields.ALL
                : Resource.Fields.BASIC;
    }

    /** @param items what is named and not here yet, for a resource that is fetched one by one */
    Course course(Resource resource, Cursor cursor, How how, Bounds bounds, List<Long> items, Instant now) {
        return switch (resource.movement()) {
            case Movement.Windows _ -> windows(cursor, how, bounds, now);
            case Movement.Each _ ->
                Course.usual(
                        items.stream()
                                .map(id -> Leg.of(new Span.One(id), Aim.BESIDE, now))
                                .toList(),
                        false);
            case Movement.Whole _ -> list(resource, cursor, how instanceof How.Days ? new How.New() : how, bounds, now);
            case Movement.Changes _, Movement.Trailing _ -> list(resource, cursor, how, bounds, now);
        };
    }

    private Course list(Resource resource, Cursor cursor, How how, Bounds bounds, Instant now) {
        var nothingStands = cursor.lastRowAt() == null;
        return switch (how) {
            case How.Days days -> {
                var span = within(bounds, days);
                yield Course.beside(
                        span.from().isAfter(span.to()) ? List.of() : List.of(Leg.of(span, Aim.BESIDE, now)));
            }
            case How.Reconcile(var days, var _) -> {
                // One day more on each side: where a day begins is not the same to everybody.
                var span = days == null
                        ? trailing(settings.reconcileDays(), bounds, now)
                        : within(
                                bounds,
                                new How.Days(days.from().minusDays(1), days.to().plusDays(1)));
                yield Course.beside(
                        resource.compared() == null || span.from().isAfter(span.to())
                                ? List.of()
                                : List.of(reconciling(span, now)));
            }
            case How.Full() ->
                Course.usual(List.of(Leg.of(fromTheStart(resource, bounds, now), Aim.ADVANCE, now)), nothingStands);
            case How.New()
            when cursor.reachedAt() == null ->
                Course.usual(
                        List.of(resumedFromTheStart(cursor, now, fromTheStart(resource, bounds, now))), nothingStands);
            case How.New() -> {
                var news = resumed(cursor, now, span(resource.movement(), cursor.reachedAt(), bounds, now));
                yield resource.compared() == null
                        ? Course.usual(List.of(news), false)
                        // Whole days are read anyway: what they lack can be told for nothing.
                        : news.reading().span() instanceof Span.Days
                                        && news.reading().offset() == 0
                                ? Course.usual(List.of(news.comparing()), false)
                                : Course.usual(
                                        isReconcileDue(cursor, now)
                                                ? List.of(
                                                        news,
                                                        reconciling(
                                                                trailing(settings.reconcileDays(), bounds, now), now))
                                                : List.of(news),
                                        false);
            }
        };
    }

    private static Leg resumed(Cursor cursor, Instant now, Span otherwise) {
        var interrupted = cursor.interrupted();
        return interrupted != null && interrupted.startedAt().isAfter(now.minus(RESUME_MAX))
                ? new Leg(
                        new Reading(interrupted.span(), interrupted.offset()),
                        Aim.ADVANCE,
                        false,
                        null,
                        interrupted.startedAt(),
                        interrupted.reachesAt())
                : Leg.of(otherwise, Aim.ADVANCE, now);
    }

    /** Bounds that were changed meanwhile make it another reading. */
    private static Leg resumedFromTheStart(Cursor cursor, Instant now, Span start) {
        var interrupted = cursor.interrupted();
        return interrupted != null && begins(interrupted.span()).equals(begins(start))
                ? resumed(cursor, now, start)
                : Leg.of(start, Aim.ADVANCE, now);
    }

    private static Optional<LocalDate> begins(Span span) {
        return span instanceof Span.Days(var from, var _) ? Optional.of(from) : Optional.empty();
    }

    private boolean isReconcileDue(Cursor cursor, Instant now) {
        var reconciled = cursor.reconciledAt();
        return reconciled == null || reconciled.isBefore(now.minus(settings.reconcileEvery()));
    }

    private static Leg reconciling(Span days, Instant now) {
        return Leg.of(days, Aim.BESIDE, now).comparing();
    }

    /** What is out of bounds is dropped as it comes, and must not be missed for that. */
    private static Span.Days within(Bounds bounds, How.Days days) {
        var until = bounds.until();
        return new Span.Days(
                notBefore(days.from(), bounds.from()), until != null && until.isBefore(days.to()) ? until : days.to());
    }

    private static Span.Days trailing(int days, Bounds bounds, Instant now) {
        var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return new Span.Days(notBefore(today.minusDays(days), bounds.from()), today.plusDays(1));
    }

    private static Span fromTheStart(Resource resource, Bounds bounds, Instant now) {
        return bounds.from() == null || resource.movement() instanceof Movement.Whole
                ? new Span.Everything()
                : new Span.Days(
                        bounds.from(), LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1));
    }

    private Span span(Movement movement, Instant reached, Bounds bounds, Instant now) {
        return switch (movement) {
            case Movement.Changes _ -> new Span.ChangedSince(reached.minus(settings.overlap()));
            case Movement.Trailing _ -> {
                // From where the last reading ended, should that be longer ago than the usual stretch.
                var usual = trailing(Math.toIntExact(settings.trailing().toDays()), bounds, now);
                var last = LocalDate.ofInstant(reached, ZoneOffset.UTC).minusDays(1);
                yield last.isBefore(usual.from()) ? new Span.Days(notBefore(last, bounds.from()), usual.to()) : usual;
            }
            case Movement.Whole _, Movement.Windows _, Movement.Each _ -> new Span.Everything();
        };
    }

    private Course windows(Cursor cursor, How how, Bounds bounds, Instant now) {
        var present = now.truncatedTo(ChronoUnit.SECONDS);
        var end = bounds.until() == null
                ? present
                : earlier(present, midnight(bounds.until().plusDays(1)));
        var first = bounds.from() == null ? Instant.EPOCH : midnight(bounds.from());
        var floor = later(
                first, midnight(LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(settings.samplesBackfillDays())));
        var reached = cursor.reachedAt();
        return switch (how) {
            case How.Days(var from, var to) ->
                Course.beside(legs(
                        Windows.back(later(first, midnight(from)), earlier(end, midnight(to.plusDays(1)))),
                        Aim.BESIDE,
                        now));
            case How.Reconcile(var days, var _) when days != null -> windows(cursor, days, bounds, now);
            case How.Reconcile _ -> Course.beside(legs(Windows.back(lately(floor, now), end), Aim.BESIDE, now));
            case How.Full() -> {
                // Up to the present before back from there: the stretch that was read must have no hole if this breaks
                // off.
                var earliest = earliest(floor, cursor.backfilledTo());
                var from = reached == null ? end : later(earliest, earlier(reached, end));
                yield Course.usual(
                        Stream.of(Windows.forward(from, end), Windows.back(earliest, from))
                                .flatMap(List::stream)
                                .map(window -> Leg.of(window, Aim.EXTEND, now))
                                .toList(),
                        true);
            }
            case How.New() when reached == null -> Course.usual(legs(Windows.back(floor, end), Aim.EXTEND, now), true);
            case How.New() -> {
                // How far back a backfill goes bounds how far back samples are looked for, not what was never asked
                // for.
                var lastRow = cursor.lastRowAt() == null ? reached : later(floor, cursor.lastRowAt());
                var start = later(first, earlier(earlier(reached, now.minus(LATE)), lastRow));
                var forward = Windows.forward(start.truncatedTo(ChronoUnit.SECONDS), end);
                var backfilledTo = cursor.backfilledTo();
                var back = Windows.back(floor, backfilledTo == null ? reached : backfilledTo);
                var late = back.isEmpty() && isReconcileDue(cursor, now)
                        ? Windows.back(lately(floor, now), start)
                        : List.<Span.Window>of();
                yield new Course(
                        Stream.of(
                                        legs(forward, Aim.EXTEND, now),
                                        legs(late, Aim.BESIDE, now),
                                        legs(back, Aim.EXTEND, now))
                                .flatMap(List::stream)
                                .toList(),
                        true,
                        !late.isEmpty() || !back.isEmpty(),
                        Math.max(1, forward.size()));
            }
        };
    }

    /** A second device's night, or a night that was computed anew, is not before the last sample but after older ones. */
    private Instant lately(Instant floor, Instant now) {
        return later(
                floor, midnight(LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(settings.reconcileSamplesDays())));
    }

    private static List<Leg> legs(List<Span.Window> windows, Aim aim, Instant now) {
        return windows.stream().map(window -> Leg.of(window, aim, now)).toList();
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Instant earliest(Instant one, @Nullable Instant other) {
        return other == null ? one : earlier(one, other);
    }

    private static LocalDate notBefore(LocalDate day, @Nullable LocalDate other) {
        return other != null && other.isAfter(day) ? other : day;
    }

    Instant due(Job job, Outcome outcome, Instant now) {
        if (!job.course().movesCursor()) {
            return job.cursor().nextDueAt();
        }
        return switch (outcome) {
            case Outcome.Done _, Outcome.Kept _ -> now.plus(interval(job));
            case Outcome.NotPermitted _, Outcome.Refused _ -> now.plus(DAILY);
            // Never looked at before the person consents again, which makes everything due.
            case Outcome.ConsentGone _ -> now.plus(DAILY);
            case Outcome.Stopped(), Outcome.Overtaken(), Outcome.DatabaseGone(), Outcome.PersonErased _ -> now;
            case Outcome.GaveUp _, Outcome.Unreachable _ ->
                now.plus(RETRY.multipliedBy(1L << Math.min(job.cursor().failures(), DOUBLINGS_MAX)));
        };
    }

    /** Whoever wears nothing for weeks costs a call for each day at each reading, so the readings become rarer. */
    private Duration interval(Job job) {
        var usual = settings.every().getOrDefault(job.resource().name(), DAILY);
        var stretched = usual.multipliedBy(job.course().windowsForward());
        return stretched.compareTo(DAILY) > 0 && usual.compareTo(DAILY) < 0 ? DAILY : stretched;
    }
}
