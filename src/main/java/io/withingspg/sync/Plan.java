package io.withingspg.sync;

import io.withingspg.config.Settings;
import io.withingspg.resource.Bounds;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Reading;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Span;
import io.withingspg.store.Cursor;
import io.withingspg.store.Person;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** What to ask for next, from where a cursor stands; and when to ask again, from how a turn ended. Pure. */
final class Plan {
    /** An offset is a place in a live list: after this long, a reading begins anew rather than at its offset. */
    private static final Duration RESUME_MAX = Duration.ofHours(1);

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
        var own = person.bounds().from();
        var from = own == null || (backfillFrom != null && backfillFrom.isAfter(own)) ? backfillFrom : own;
        return new Bounds(from, person.bounds().until());
    }

    Job job(Resource resource, Cursor cursor, Order.What what, Bounds bounds, Instant now) {
        if (what.from() != null && what.to() != null && resource.movement().dates() != Movement.Dates.NONE) {
            return Job.first(resource, cursor, new Reading(new Span.Days(what.from(), what.to()), 0), false, now);
        }
        var interrupted = cursor.interrupted();
        if (interrupted != null && !what.full() && interrupted.startedAt().isAfter(now.minus(RESUME_MAX))) {
            return Job.first(
                            resource,
                            cursor,
                            new Reading(interrupted.span(), interrupted.offset()),
                            true,
                            interrupted.startedAt())
                    .reaching(interrupted.reachesAt());
        }
        var reached = what.full() ? null : cursor.reachedAt();
        return Job.first(resource, cursor, new Reading(span(resource.movement(), reached, bounds, now), 0), true, now);
    }

    private Span span(Movement movement, @Nullable Instant reached, Bounds bounds, Instant now) {
        var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return switch (movement) {
            case Movement.Whole _ -> new Span.Everything();
            case Movement.Changes _ when reached != null -> new Span.ChangedSince(reached.minus(settings.overlap()));
            case Movement.Trailing _
            when reached != null -> {
                // From where the last reading ended, should that be longer ago than the usual stretch.
                var start = today.minus(java.time.Period.ofDays(
                        Math.toIntExact(settings.trailing().toDays())));
                var last = LocalDate.ofInstant(reached, ZoneOffset.UTC).minusDays(1);
                yield new Span.Days(later(last.isBefore(start) ? last : start, bounds.from()), today.plusDays(1));
            }
            case Movement.Changes _, Movement.Trailing _ ->
                bounds.from() == null ? new Span.Everything() : new Span.Days(bounds.from(), today.plusDays(1));
            case Movement.Windows _, Movement.Each _ -> throw new IllegalStateException("not one span");
        };
    }

    private static LocalDate later(LocalDate day, @Nullable LocalDate other) {
        return other != null && other.isAfter(day) ? other : day;
    }

    Instant due(Job job, Outcome outcome, Instant now) {
        if (!job.movesCursor()) {
            return job.cursor().nextDueAt();
        }
        return switch (outcome) {
            case Outcome.Done _ ->
                now.plus(settings.every().getOrDefault(job.resource().name(), DAILY));
            case Outcome.NotPermitted _, Outcome.Refused _ -> now.plus(DAILY);
            // Never looked at before the person consents again, which makes everything due.
            case Outcome.ConsentGone _ -> now.plus(DAILY);
            case Outcome.Stopped(), Outcome.DatabaseGone(), Outcome.PersonErased _ -> now;
            case Outcome.GaveUp _, Outcome.Unreachable _ ->
                now.plus(RETRY.multipliedBy(1L << Math.min(job.cursor().failures(), DOUBLINGS_MAX)));
        };
    }
}
