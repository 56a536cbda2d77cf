package io.withingspg.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.config.Settings;
import io.withingspg.resource.Bounds;
import io.withingspg.resource.Reading;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resources;
import io.withingspg.resource.Span;
import io.withingspg.store.Cursor;
import io.withingspg.store.Cursor.Interrupted;
import io.withingspg.store.Person;
import io.withingspg.sync.Order.How;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What to ask for next, and when to ask again. */
final class PlanTest {
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-03-10");
    private static final Resource MEASURES = Resources.named("measures").orElseThrow();
    private static final Resource HEART = Resources.named("heart").orElseThrow();
    private static final Resource INTRADAY = Resources.named("intraday").orElseThrow();
    private static final Resource ECG = Resources.named("ecg").orElseThrow();
    private static final Resource DEVICES = Resources.named("devices").orElseThrow();
    private static final How NEW = new How.New();
    private static final How FULL = new How.Full();

    private final Plan plan = plan(Map.of());

    @Test
    void the_first_reading_asks_for_everything() {
        assertThat(reading(MEASURES, cursor(null, null, 0), NEW, Bounds.NONE))
                .isEqualTo(new Reading(new Span.Everything(), 0));
        assertThat(reading(DEVICES, cursor(null, null, 0), NEW, new Bounds(TODAY, null)))
                .isEqualTo(new Reading(new Span.Everything(), 0));
    }

    @Test
    void the_first_reading_of_a_bounded_person_asks_by_days() {
        assertThat(reading(MEASURES, cursor(null, null, 0), NEW, new Bounds(TODAY.minusDays(9), null)))
                .isEqualTo(new Reading(new Span.Days(TODAY.minusDays(9), TODAY.plusDays(1)), 0));
    }

    @Test
    void the_next_reading_asks_for_changes_with_an_overlap() {
        var reached = NOW.minus(Duration.ofMinutes(30));

        assertThat(reading(MEASURES, cursor(reached, null, 0), NEW, Bounds.NONE).span())
                .isEqualTo(new Span.ChangedSince(reached.minus(Duration.ofMinutes(5))));
        assertThat(reading(MEASURES, cursor(reached, null, 0), FULL, Bounds.NONE)
                        .span())
                .isEqualTo(new Span.Everything());
    }

    @Test
    void what_knows_no_changes_is_read_again_a_stretch_of_days_back() {
        assertThat(reading(HEART, cursor(NOW.minusSeconds(60), null, 0), NEW, Bounds.NONE)
                        .span())
                .isEqualTo(new Span.Days(TODAY.minusDays(30), TODAY.plusDays(1)));
        assertThat(reading(HEART, cursor(NOW.minusSeconds(60), null, 0), NEW, new Bounds(TODAY.minusDays(3), null))
                        .span())
                .isEqualTo(new Span.Days(TODAY.minusDays(3), TODAY.plusDays(1)));
    }

    @Test
    void after_a_long_silence_the_stretch_reaches_back_to_the_last_reading() {
        assertThat(reading(HEART, cursor(Instant.parse("2025-12-24T08:00:00Z"), null, 0), NEW, Bounds.NONE)
                        .span())
                .isEqualTo(new Span.Days(LocalDate.parse("2025-12-23"), TODAY.plusDays(1)));
    }

    @Test
    void an_interrupted_reading_goes_on_within_the_hour_and_begins_anew_after_it() {
        var span = new Span.ChangedSince(NOW.minusSeconds(9000));
        var fresh = new Interrupted(span, 300, NOW.minusSeconds(3000), NOW.minusSeconds(3599));
        var stale = new Interrupted(span, 300, NOW.minusSeconds(3700), NOW.minusSeconds(3600));

        var resumed = first(MEASURES, cursor(null, fresh, 1), NEW, Bounds.NONE);
        assertThat(resumed.reading()).isEqualTo(new Reading(span, 300));
        assertThat(resumed.startedAt()).isEqualTo(fresh.startedAt());
        assertThat(resumed.reachesAt()).isEqualTo(fresh.reachesAt());

        var anew = first(MEASURES, cursor(null, stale, 1), NEW, Bounds.NONE);
        assertThat(anew.reading()).isEqualTo(new Reading(new Span.Everything(), 0));
        assertThat(anew.startedAt()).isEqualTo(NOW);
        assertThat(anew.reachesAt()).isNull();
        assertThat(reading(MEASURES, cursor(null, fresh, 1), FULL, Bounds.NONE).offset())
                .isZero();
    }

    @Test
    void days_that_are_asked_for_move_no_cursor_and_disturb_no_interrupted_reading() {
        var days = new How.Days(TODAY.minusDays(5), TODAY.minusDays(3));
        var fresh = new Interrupted(new Span.Everything(), 300, null, NOW);

        var course = course(MEASURES, cursor(NOW, fresh, 0), days, Bounds.NONE);

        assertThat(course.movesCursor()).isFalse();
        assertThat(course.legs()).singleElement().satisfies(leg -> {
            assertThat(leg.reading()).isEqualTo(new Reading(new Span.Days(TODAY.minusDays(5), TODAY.minusDays(3)), 0));
            assertThat(leg.aim()).isEqualTo(Leg.Aim.BESIDE);
            assertThat(leg.compares()).isFalse();
        });
        assertThat(course(DEVICES, cursor(NOW, null, 0), days, Bounds.NONE).movesCursor())
                .as("what knows no days is read as ever")
                .isTrue();
    }

    @Test
    void once_a_week_the_last_weeks_are_held_against_what_Withings_still_has() {
        var lately = cursor(NOW.minusSeconds(60), null, 0, NOW.minus(Duration.ofDays(6)));
        var longAgo = cursor(NOW.minusSeconds(60), null, 0, NOW.minus(Duration.ofDays(8)));

        assertThat(course(MEASURES, lately, NEW, Bounds.NONE).legs()).hasSize(1);
        var legs = course(MEASURES, longAgo, NEW, Bounds.NONE).legs();
        assertThat(legs).hasSize(2);
        assertThat(legs.getLast().compares()).isTrue();
        assertThat(legs.getLast().aim()).isEqualTo(Leg.Aim.BESIDE);
        assertThat(legs.getLast().reading().span()).isEqualTo(new Span.Days(TODAY.minusDays(90), TODAY.plusDays(1)));
        assertThat(course(DEVICES, longAgo, NEW, Bounds.NONE).legs())
                .as("what is no record of a day cannot be missing")
                .hasSize(1);
        assertThat(course(MEASURES, longAgo, FULL, Bounds.NONE).legs())
                .as("--full deletes nothing")
                .noneMatch(Leg::compares);
    }

    @Test
    void days_out_of_bounds_are_not_missed_for_being_left_out() {
        var days = new How.Reconcile(new How.Days(TODAY.minusDays(40), TODAY.minusDays(10)), false);
        var cursor = cursor(NOW.minusSeconds(60), null, 0);

        assertThat(reading(MEASURES, cursor, days, new Bounds(TODAY.minusDays(30), TODAY.minusDays(20)))
                        .span())
                .isEqualTo(new Span.Days(TODAY.minusDays(30), TODAY.minusDays(20)));
        assertThat(course(MEASURES, cursor, days, new Bounds(TODAY, null)).legs())
                .isEmpty();
    }

    @Test
    void what_is_read_by_days_anyway_is_compared_each_time() {
        assertThat(first(HEART, cursor(NOW.minusSeconds(60), null, 0), NEW, Bounds.NONE)
                        .compares())
                .isTrue();
    }

    @Test
    void the_first_samples_are_asked_for_newest_first_in_days_of_UTC() {
        var legs = course(INTRADAY, cursor(null, null, 0), NEW, Bounds.NONE).legs();

        assertThat(legs).hasSize(31);
        assertThat(legs.getFirst().reading().span())
                .isEqualTo(new Span.Window(Instant.parse("2026-03-10T00:00:00Z"), NOW));
        assertThat(legs.get(1).reading().span())
                .isEqualTo(
                        new Span.Window(Instant.parse("2026-03-09T00:00:00Z"), Instant.parse("2026-03-10T00:00:00Z")));
        assertThat(legs.getLast().reading().span())
                .isEqualTo(
                        new Span.Window(Instant.parse("2026-02-08T00:00:00Z"), Instant.parse("2026-02-09T00:00:00Z")));
        assertThat(course(INTRADAY, cursor(null, null, 0), NEW, new Bounds(TODAY.minusDays(2), null))
                        .legs())
                .hasSize(3);
    }

    @Test
    void a_backfill_goes_on_where_it_stood_after_what_is_new() {
        var cursor = samples(NOW.minusSeconds(600), Instant.parse("2026-03-01T00:00:00Z"), NOW.minusSeconds(900));

        var legs = course(INTRADAY, cursor, NEW, Bounds.NONE).legs();

        assertThat(legs.getFirst().reading().span())
                .as("a watch may upload hours later")
                .isEqualTo(new Span.Window(NOW.minus(Duration.ofHours(4)), NOW));
        assertThat(legs.get(1).reading().span())
                .isEqualTo(
                        new Span.Window(Instant.parse("2026-02-28T00:00:00Z"), Instant.parse("2026-03-01T00:00:00Z")));
        assertThat(legs).hasSize(1 + 21);
    }

    @Test
    void samples_go_on_from_the_last_real_one_however_much_emptiness_was_read_since() {
        var floor = Instant.parse("2026-02-08T00:00:00Z");
        var last = NOW.minus(Duration.ofHours(61));

        var course = course(INTRADAY, samples(NOW.minusSeconds(600), floor, last), NEW, Bounds.NONE);

        assertThat(course.legs())
                .extracting(leg -> leg.reading().span())
                .containsExactly(
                        new Span.Window(last, last.plus(Duration.ofDays(1))),
                        new Span.Window(last.plus(Duration.ofDays(1)), last.plus(Duration.ofDays(2))),
                        new Span.Window(last.plus(Duration.ofDays(2)), NOW));
        assertThat(course.windowsForward()).isEqualTo(3);
        assertThat(course(INTRADAY, samples(NOW, floor, NOW.minus(Duration.ofDays(400))), NEW, Bounds.NONE)
                        .legs())
                .as("and never further back than a backfill")
                .hasSize(31);
    }

    @Test
    void samples_of_days_that_are_asked_for_come_in_days_of_UTC() {
        var days = new How.Days(TODAY.minusDays(400), TODAY.minusDays(399));

        var course = course(INTRADAY, samples(NOW, NOW, NOW), days, Bounds.NONE);

        assertThat(course.movesCursor()).isFalse();
        assertThat(course.legs())
                .extracting(leg -> leg.reading().span())
                .containsExactly(
                        new Span.Window(Instant.parse("2025-02-04T00:00:00Z"), Instant.parse("2025-02-05T00:00:00Z")),
                        new Span.Window(Instant.parse("2025-02-03T00:00:00Z"), Instant.parse("2025-02-04T00:00:00Z")));
        assertThat(course(INTRADAY, samples(NOW, NOW, NOW), days, new Bounds(TODAY, null))
                        .legs())
                .isEmpty();
    }

    @Test
    void curves_are_asked_for_one_by_one() {
        var course = plan.course(ECG, cursor(NOW, null, 0), NEW, Bounds.NONE, List.of(9L, 7L), NOW);

        assertThat(course.movesCursor()).isTrue();
        assertThat(course.legs())
                .extracting(leg -> leg.reading().span())
                .containsExactly(new Span.One(9), new Span.One(7));
    }

    @Test
    void the_later_of_two_earliest_days_counts() {
        var bounded = plan(Map.of("BACKFILL_FROM", "2026-02-01"));

        assertThat(bounded.bounds(person(null, null)).from()).isEqualTo(LocalDate.parse("2026-02-01"));
        assertThat(bounded.bounds(person("2026-01-01", null)).from()).isEqualTo(LocalDate.parse("2026-02-01"));
        assertThat(bounded.bounds(person("2026-03-01", "2026-03-05")))
                .isEqualTo(new Bounds(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-05")));
        assertThat(plan.bounds(person(null, null))).isEqualTo(Bounds.NONE);
    }

    @Test
    void a_success_is_followed_after_the_resource_s_own_interval() {
        assertThat(List.of(MEASURES, HEART, DEVICES).stream()
                        .map(resource -> due(resource, 0, new Outcome.Done(true)))
                        .toList())
                .containsExactly(Duration.ofMinutes(30), Duration.ofHours(6), Duration.ofDays(1));
        assertThat(due(MEASURES, 0, new Outcome.Done(false))).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void what_will_not_be_right_in_an_hour_is_left_for_a_day() {
        assertThat(due(MEASURES, 0, new Outcome.NotPermitted("x"))).isEqualTo(Duration.ofDays(1));
        assertThat(due(MEASURES, 5, new Outcome.Refused("x"))).isEqualTo(Duration.ofDays(1));
        assertThat(due(MEASURES, 5, new Outcome.ConsentGone("x", Instant.EPOCH)))
                .isEqualTo(Duration.ofDays(1));
    }

    @Test
    void what_failed_is_tried_again_ever_more_seldom_but_several_times_a_day() {
        assertThat(IntStream.of(0, 1, 2, 3, 4, 5, 6, 7, 1000)
                        .mapToLong(failures ->
                                due(MEASURES, failures, new Outcome.GaveUp("x")).toMinutes()))
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 320L, 320L);
        assertThat(due(MEASURES, 1, new Outcome.Unreachable("x"))).isEqualTo(Duration.ofMinutes(10));
    }

    private Duration due(Resource resource, int failures, Outcome outcome) {
        var cursor = cursor(null, null, failures);
        var order = new Order(1, Order.Cause.SCHEDULE, Order.What.due(Resources.names()), Progress.unwatched());
        var visit = new Visit(
                order,
                person(null, null),
                Bounds.NONE,
                UUID.randomUUID(),
                List.of(new Cursor(resource.name(), null, null, null, NOW, failures, null, null, null)),
                Map.of());
        var job = visit.jobs().getFirst();
        job.begin(course(resource, cursor, NEW, Bounds.NONE), Resource.Fields.ALL);
        return Duration.between(NOW, plan.due(job, outcome, NOW));
    }

    private Course course(Resource resource, Cursor cursor, How how, Bounds bounds) {
        return plan.course(resource, cursor, how, bounds, List.of(), NOW);
    }

    private Leg first(Resource resource, Cursor cursor, How how, Bounds bounds) {
        return course(resource, cursor, how, bounds).legs().getFirst();
    }

    private Reading reading(Resource resource, Cursor cursor, How how, Bounds bounds) {
        return first(resource, cursor, how, bounds).reading();
    }

    private static Cursor cursor(@Nullable Instant reached, @Nullable Interrupted interrupted, int failures) {
        return cursor(reached, interrupted, failures, NOW);
    }

    private static Cursor cursor(
            @Nullable Instant reached, @Nullable Interrupted interrupted, int failures, Instant reconciled) {
        return new Cursor("any", reached, null, interrupted, NOW.plusSeconds(77), failures, null, null, reconciled);
    }

    private static Cursor samples(Instant reached, Instant backfilledTo, Instant lastRow) {
        return new Cursor("any", reached, backfilledTo, null, NOW.plusSeconds(77), 0, lastRow, null, NOW);
    }

    private static Person person(@Nullable String from, @Nullable String until) {
        return new Person(
                1,
                null,
                "active",
                null,
                List.of(),
                new Bounds(from == null ? null : LocalDate.parse(from), until == null ? null : LocalDate.parse(until)),
                NOW);
    }

    private static Plan plan(Map<String, String> variables) {
        return new Plan(Settings.of(variables, Resources.names()));
    }
}
