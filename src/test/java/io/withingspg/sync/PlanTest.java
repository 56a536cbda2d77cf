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
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What to ask for next, and when to ask again. */
final class PlanTest {
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-03-10");
    private static final Resource MEASURES = Resources.named("measures").orElseThrow();
    private static final Resource HEART = Resources.named("heart").orElseThrow();
    private static final Resource DEVICES = Resources.named("devices").orElseThrow();
    private static final Order.What NEW = Order.What.due(Resources.names());
    private static final Order.What FULL = new Order.What(Resources.names(), false, true, null, null);

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

        var resumed = plan.job(MEASURES, cursor(null, fresh, 1), NEW, Bounds.NONE, NOW);
        assertThat(resumed.reading()).isEqualTo(new Reading(span, 300));
        assertThat(resumed.startedAt()).isEqualTo(fresh.startedAt());
        assertThat(resumed.reachesAt()).isEqualTo(fresh.reachesAt());

        var anew = plan.job(MEASURES, cursor(null, stale, 1), NEW, Bounds.NONE, NOW);
        assertThat(anew.reading()).isEqualTo(new Reading(new Span.Everything(), 0));
        assertThat(anew.startedAt()).isEqualTo(NOW);
        assertThat(anew.reachesAt()).isNull();
        assertThat(reading(MEASURES, cursor(null, fresh, 1), FULL, Bounds.NONE).offset())
                .isZero();
    }

    @Test
    void days_that_are_asked_for_move_no_cursor_and_disturb_no_interrupted_reading() {
        var what = new Order.What(Resources.names(), false, false, TODAY.minusDays(5), TODAY.minusDays(3));
        var fresh = new Interrupted(new Span.Everything(), 300, null, NOW);

        var job = plan.job(MEASURES, cursor(NOW, fresh, 0), what, Bounds.NONE, NOW);

        assertThat(job.movesCursor()).isFalse();
        assertThat(job.reading()).isEqualTo(new Reading(new Span.Days(TODAY.minusDays(5), TODAY.minusDays(3)), 0));
        assertThat(job.resumption()).isNull();
        assertThat(plan.due(job, new Outcome.GaveUp("x"), NOW)).isEqualTo(NOW.plusSeconds(77));
        assertThat(plan.job(DEVICES, cursor(NOW, null, 0), what, Bounds.NONE, NOW)
                        .movesCursor())
                .as("what knows no days is read as ever")
                .isTrue();
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
        var job = plan.job(resource, cursor(null, null, failures), NEW, Bounds.NONE, NOW);
        return Duration.between(NOW, plan.due(job, outcome, NOW));
    }

    private Reading reading(Resource resource, Cursor cursor, Order.What what, Bounds bounds) {
        return plan.job(resource, cursor, what, bounds, NOW).reading();
    }

    private static Cursor cursor(@Nullable Instant reached, @Nullable Interrupted interrupted, int failures) {
        return new Cursor("any", reached, interrupted, NOW.plusSeconds(77), failures);
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
