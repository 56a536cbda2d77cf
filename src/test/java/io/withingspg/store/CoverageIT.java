package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.ACTIVITY_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Resources;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import io.withingspg.schema.withings.tables.records.ActivityDayRecord;
import io.withingspg.store.Coverage.Gap;
import io.withingspg.store.Coverage.Wanted;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** That nothing came is a fact of its own, and not the same as that nobody asked. */
@ExtendWith(Rig.Provider.class)
final class CoverageIT {
    private static final Instant NOW = Instant.parse("2026-02-10T15:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-02-10");

    private static LocalDate february(int day) {
        return LocalDate.of(2026, 2, day);
    }

    private static void asked(Rig rig, long userId, String resource, int from, int to, Instant at) {
        Coverage.asked(rig.sql(), userId, resource, february(from), february(to), at, null);
    }

    private static void enrolled(Rig rig, long userId, String scopes, @Nullable String from, @Nullable String until) {
        rig.sql()
                .execute(
                        "INSERT INTO sync.enrolment (user_id, status, scopes, fetch_from, fetch_until, enrolled_at)"
                                + " VALUES (?, 'active', ?::text[], ?::date, ?::date, '2026-02-08T00:00:00Z')",
                        userId,
                        scopes,
                        from,
                        until);
    }

    private static List<Wanted> wanted(@Nullable LocalDate from, String... resources) {
        return Stream.of(resources)
                .map(name -> new Wanted(Resources.named(name).orElseThrow(), from, null))
                .toList();
    }

    private static Gap gap(long userId, String resource, int from, int to) {
        return new Gap(userId, resource, february(from), february(to), false);
    }

    /** A resource that was read without a failure until then, and is due at noon as {@link #NOW} says. */
    private static void read(Rig rig, long userId, String resource, String lastBegunAt, String lastSuccessAt) {
        rig.sql()
                .execute(
                        "INSERT INTO sync.cursor (user_id, resource, next_due_at, last_attempt_at, last_success_at)"
                                + " VALUES (?, ?, ?::timestamptz, ?::timestamptz, ?::timestamptz)",
                        userId,
                        resource,
                        NOW.minusSeconds(3599),
                        lastBegunAt,
                        lastSuccessAt);
    }

    @Test
    void rows_that_are_new_are_counted_by_their_day_and_only_once(Rig rig) {
        var page = Stream.of(1, 1, 3)
                .map(day -> List.<TableRecord<?>>of(
                        new ActivityDayRecord().setDay(february(day)).setSteps(5)))
                .toList();
        for (var again = 0; again < 2; again++) {
            var now = NOW.plusSeconds(again);
            rig.sql()
                    .transaction(transaction -> new PageWriter(transaction.dsl(), 7, "activity", new Drift.Known(), now)
                            .write(
                                    List.of(new Target.Rows(ACTIVITY_DAY)),
                                    new Normalised(page, List.of(), List.of()),
                                    PageWriter.Extent.of(new Span.Everything(), Fields.ALL)));
        }
        asked(rig, 7, "activity", 2, 3, NOW);

        assertThat(rig.column("SELECT day || ' ' || row_count || ' ' || coalesce(extract(day FROM asked_at)::text, '-')"
                        + " FROM analytics.coverage ORDER BY day"))
                .containsExactly("2026-02-01 1 -", "2026-02-02 0 10", "2026-02-03 1 10");
    }

    @Test
    void the_latest_asking_counts_whatever_order_they_come_in(Rig rig) {
        asked(rig, 7, "sleep", 10, 12, NOW);
        asked(rig, 7, "sleep", 11, 13, NOW.minusSeconds(60));
        asked(rig, 7, "sleep", 12, 12, NOW.plusSeconds(60));

        assertThat(rig.column("SELECT extract(epoch FROM asked_at - '2026-02-10T15:00:00Z')::integer"
                        + " FROM sync.coverage ORDER BY day"))
                .containsExactly("0", "0", "60", "-60");
        asked(rig, 7, "sleep", 15, 14, NOW);
        assertThat(rig.count("SELECT count(*) FROM sync.coverage"))
                .as("no days")
                .isEqualTo(4);
    }

    @Test
    void a_day_that_is_final_is_not_written_again(Rig rig) {
        var endOfThe8th = Instant.parse("2026-02-09T12:00:00Z");
        asked(rig, 7, "sleep", 7, 9, endOfThe8th);
        asked(rig, 7, "sleep", 6, 6, endOfThe8th.minusSeconds(49 * 3600));
        var written =
                "SELECT day || ' ' || xmin FROM sync.coverage WHERE day IN ('2026-02-07', '2026-02-08') ORDER BY day";
        var before = rig.column(written);

        asked(rig, 7, "sleep", 5, 9, NOW);

        assertThat(rig.column(written)).isEqualTo(before);
        assertThat(rig.column(
                        "SELECT extract(day FROM day) FROM sync.coverage WHERE asked_at = ?::timestamptz ORDER BY day",
                        NOW))
                .as("those that were not final, or not asked for")
                .containsExactly("5", "6", "9");
    }

    @Test
    void one_call_notes_a_bounded_number_of_days_the_last_ones(Rig rig) {
        Coverage.asked(rig.sql(), 7, "sleep", LocalDate.of(1, 1, 1), TODAY, NOW, null);

        assertThat(rig.query("SELECT count(*) || ' ' || max(day) FROM sync.coverage"))
                .isEqualTo("4000 2026-02-10");
    }

    @Test
    void gaps_are_days_nobody_asked_for_or_not_since_they_ended(Rig rig) {
        enrolled(rig, 7, "{}", null, null);
        asked(rig, 7, "activity", 2, 3, NOW);
        asked(rig, 7, "activity", 5, 6, Instant.parse("2026-02-07T11:59:59Z")); // the 6th is not over everywhere
        asked(rig, 7, "activity", 8, 9, NOW);

        assertThat(new Coverage(rig.sql()).gaps(List.of(), wanted(february(1), "activity", "sleep"), NOW))
                .containsExactly(
                        gap(7, "activity", 1, 1),
                        gap(7, "activity", 4, 4),
                        gap(7, "activity", 6, 7),
                        gap(7, "sleep", 1, 9));
        assertThat(new Coverage(rig.sql())
                        .gaps(List.of(7L), wanted(february(8), "activity"), Instant.parse("2026-02-10T11:00:00Z")))
                .as("the 9th is not over yet")
                .isEmpty();
    }

    @Test
    void gaps_keep_to_people_who_are_synced_their_bounds_and_their_scopes(Rig rig) {
        enrolled(rig, 1, "{user.activity}", "2026-02-05", null);
        enrolled(rig, 2, "{user.metrics}", null, "2026-02-10");
        enrolled(rig, 3, "{}", null, null);
        rig.sql().execute("UPDATE sync.enrolment SET status = 'reconsent' WHERE user_id = 3");

        var coverage = new Coverage(rig.sql());
        assertThat(coverage.gaps(List.of(), wanted(february(3), "measures", "sleep"), NOW))
                .containsExactly(gap(1, "sleep", 5, 9), gap(2, "measures", 3, 9));
        assertThat(coverage.gaps(List.of(2L), wanted(february(3), "measures", "sleep"), NOW))
                .containsExactly(gap(2, "measures", 3, 9));
    }

    @Test
    void once_somebody_s_days_are_over_only_those_that_could_become_final_are_missing(Rig rig) {
        enrolled(rig, 1, "{}", null, "2026-02-08");
        enrolled(rig, 2, "{}", null, "2026-02-09");
        asked(rig, 2, "sleep", 8, 9, Instant.parse("2026-02-10T11:59:59Z"));

        var coverage = new Coverage(rig.sql());
        assertThat(coverage.gaps(List.of(1L), wanted(february(7), "sleep"), Instant.parse("2026-02-09T11:59:59Z")))
                .as("the 8th is going on in the west")
                .containsExactly(gap(1, "sleep", 7, 7));
        assertThat(coverage.gaps(List.of(), wanted(february(7), "sleep"), NOW))
                .containsExactly(
                        new Gap(1, "sleep", february(7), february(7), true),
                        new Gap(2, "sleep", february(7), february(7), true));
    }

    @Test
    void what_the_next_turn_asks_for_is_not_missing_while_reading_goes_well(Rig rig) {
        enrolled(rig, 1, "{}", null, null);
        read(rig, 1, "sleep", "2026-02-09T11:59:00Z", "2026-02-09T12:01:00Z");
        read(rig, 1, "activity", "2026-02-10T12:00:00Z", "2026-02-10T12:01:00Z");
        read(rig, 1, "intraday", "2026-02-09T00:00:00Z", "2026-02-09T00:01:00Z");

        var coverage = new Coverage(rig.sql());
        var all = wanted(february(7), "sleep", "activity", "intraday", "heart");
        assertThat(coverage.gaps(List.of(), all, NOW))
                .containsExactly(
                        gap(1, "sleep", 7, 7), // begun before the 8th was over, so that it may be incomplete
                        gap(1, "activity", 7, 9),
                        gap(1, "intraday", 7, 8),
                        gap(1, "heart", 7, 9)); // which never came

        rig.sql().execute("UPDATE sync.cursor SET consecutive_failures = 1 WHERE resource = 'sleep'");
        rig.sql()
                .execute(
                        "UPDATE sync.cursor SET next_due_at = ?::timestamptz WHERE resource = 'intraday'",
                        NOW.minusSeconds(3600));
        assertThat(coverage.gaps(List.of(), all, NOW))
                .as("it fails, or nobody asks")
                .containsExactly(
                        gap(1, "sleep", 7, 9),
                        gap(1, "activity", 7, 9),
                        gap(1, "intraday", 7, 9),
                        gap(1, "heart", 7, 9));
    }

    @Test
    void samples_that_an_earlier_longer_reach_asked_for_are_missed_too(Rig rig) {
        enrolled(rig, 1, "{}", null, null);
        enrolled(rig, 2, "{}", "2026-02-06", null);
        for (var id = 1; id <= 2; id++) {
            read(rig, id, "intraday", "2026-02-10T12:00:00Z", "2026-02-10T12:00:01Z");
            asked(rig, id, "intraday", 4, 5, NOW);
        }
        rig.sql().execute("UPDATE sync.cursor SET backfilled_to = '2026-02-03T00:00:00Z'");
        var intraday = Resources.named("intraday").orElseThrow();

        var coverage = new Coverage(rig.sql());
        assertThat(coverage.gaps(List.of(), List.of(new Wanted(intraday, february(8), null)), NOW))
                .containsExactly(gap(1, "intraday", 3, 3), gap(1, "intraday", 6, 9), gap(2, "intraday", 6, 9));
        assertThat(coverage.gaps(List.of(), List.of(new Wanted(intraday, february(8), february(7))), NOW))
                .as("nobody may ask for what is before the owner's first day")
                .containsExactly(gap(1, "intraday", 7, 9), gap(2, "intraday", 7, 9));
    }

    @Test
    void of_an_endless_gap_as_much_is_told_as_one_command_closes(Rig rig) {
        enrolled(rig, 1, "{}", null, null);

        var gap = new Coverage(rig.sql())
                .gaps(List.of(), wanted(LocalDate.of(1990, 1, 1), "sleep"), NOW)
                .getFirst();

        assertThat(gap.to()).isEqualTo(february(9));
        Coverage.asked(rig.sql(), 1, "sleep", gap.from(), gap.to(), NOW, null);
        assertThat(new Coverage(rig.sql()).gaps(List.of(), wanted(gap.from(), "sleep"), NOW))
                .isEmpty();
    }

    @Test
    void without_a_first_day_gaps_begin_with_the_first_that_was_asked_for_or_when_the_person_was_enrolled(Rig rig) {
        enrolled(rig, 1, "{}", null, null);
        enrolled(rig, 2, "{}", null, null);
        asked(rig, 1, "sleep", 2, 3, NOW);

        assertThat(new Coverage(rig.sql()).gaps(List.of(), wanted(null, "sleep", "activity"), NOW))
                .containsExactly(
                        gap(1, "sleep", 4, 9),
                        gap(1, "activity", 8, 9),
                        gap(2, "sleep", 8, 9),
                        gap(2, "activity", 8, 9));
    }

    @Test
    void a_day_is_open_from_when_it_begins_in_the_east_until_it_ends_in_the_west() {
        assertThat(Coverage.lastBegun(Instant.parse("2026-02-10T09:59:59Z"))).isEqualTo(TODAY);
        assertThat(Coverage.lastBegun(Instant.parse("2026-02-10T10:00:00Z"))).isEqualTo(TODAY.plusDays(1));
        assertThat(Coverage.firstOpen(Instant.parse("2026-02-11T11:59:59Z"))).isEqualTo(TODAY);
        assertThat(Coverage.firstOpen(Instant.parse("2026-02-11T12:00:00Z"))).isEqualTo(TODAY.plusDays(1));
    }

    @Test
    void what_is_no_gap_of_days_is_not_looked_for() {
        assertThat(Resources.ALL.stream().filter(Wanted::hasDays).map(Object::toString))
                .contains("measures", "sleep", "activity", "workouts", "heart")
                .doesNotContain("devices", "goals");
    }
}
