package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Why there is nothing, and how well people keep to a study: each state, and each number. */
@ExtendWith(Rig.Provider.class)
final class DayStatusIT {
    private static final String PARIS = "Europe/Paris";
    private static final String DAY = "2026-02-03";

    /** When the day is over in Paris. */
    private static final String END = "2026-02-03T23:00:00Z";

    private static final String BEFORE_END = "2026-02-03T22:59:59Z";

    /** What {@code adherence} counts by rules of its own, and {@code day_status} and {@code daily} say day by day. */
    private static final String COUNTED = """
            SELECT concat_ws(' ', user_id, measures_days, activity_days, workouts_days, sleep_days, heart_days, not_worn_days,
                not_synced_yet_days, coalesce(last_data_day::text, '-'), weight_days, blood_pressure_days, wear_known_days, valid_days)
            FROM analytics.adherence ORDER BY user_id
            """;

    private static final String DAY_BY_DAY = """
            SELECT concat_ws(' ', b.user_id, s.measures, s.activity, s.workouts, s.sleep, s.heart, s.not_worn, s.not_synced_yet,
                coalesce(s.last_data_day::text, '-'), d.weight, d.blood_pressure, d.wear_known, d.valid)
            FROM sync.study_time b
            CROSS JOIN LATERAL (
                SELECT
                    count(*) FILTER (WHERE resource = 'measures' AND t.status = 'data')           AS measures,
                    count(*) FILTER (WHERE resource = 'activity' AND t.status = 'data')           AS activity,
                    count(*) FILTER (WHERE resource = 'workouts' AND t.status = 'data')           AS workouts,
                    count(*) FILTER (WHERE resource = 'sleep' AND t.status = 'data')              AS sleep,
                    count(*) FILTER (WHERE resource = 'heart' AND t.status = 'data')              AS heart,
                    count(*) FILTER (WHERE resource = 'activity' AND t.status = 'not_worn')       AS not_worn,
                    count(*) FILTER (WHERE resource = 'activity' AND t.status = 'not_synced_yet') AS not_synced_yet,
                    max(day) FILTER (WHERE t.status = 'data')                                     AS last_data_day
                FROM analytics.day_status t
                WHERE t.user_id = b.user_id AND t.day BETWEEN b.from_day AND b.to_day
            ) s
            CROSS JOIN LATERAL (
                SELECT
                    count(weight_kg)            AS weight,
                    count(blood_pressure_count) AS blood_pressure,
                    count(wear_s)               AS wear_known,
                    count(*) FILTER (WHERE wear_s >= 36000 OR (wear_s IS NULL AND activity_origin = 'device' AND steps > 0)) AS valid
                FROM analytics.daily t
                WHERE t.user_id = b.user_id AND t.day BETWEEN b.from_day AND b.to_day
            ) d
            ORDER BY b.user_id
            """;

    private final Rows[] people = new Rows[1];

    /** Every state that a test makes is one to count as well. */
    private static void assertCountsAreThoseOfDays(Rig rig) {
        assertThat(rig.column(COUNTED)).isNotEmpty().isEqualTo(rig.column(DAY_BY_DAY));
    }

    private Rows ada(Rig rig) {
        people[0] = new Rows(rig, 1, "ada").device("watch", "Activity Tracker", PARIS, END);
        return people[0];
    }

    private static List<String> status(Rig rig, String resource) {
        assertCountsAreThoseOfDays(rig);
        return rig.column(
                "SELECT status FROM analytics.day_status WHERE user_id = 1 AND resource = ? AND day = ?::date",
                resource,
                DAY);
    }

    @Test
    void every_day_since_enrolment_has_a_row_for_each_resource_that_has_days(Rig rig) {
        ada(rig).enrolment("enrolled_at = now() - interval '3 days'");

        assertThat(rig.column(
                        "SELECT concat_ws(' ', (now() AT TIME ZONE 'Europe/Paris')::date - day >= 0, count(*), min(status), max(status))"
                                + " FROM analytics.day_status GROUP BY day ORDER BY day"))
                .hasSizeBetween(4, 5)
                .containsOnly("t 7 not_asked not_asked");
    }

    @Test
    void what_came_is_data_also_of_a_day_nobody_asked_for(Rig rig) {
        ada(rig).day(DAY, PARIS, 4000).measured(DAY + "T08:00:00Z", PARIS, 1, "70");
        people[0].night("2026-02-02T22:00:00Z", "2026-02-03T06:00:00Z", PARIS, "watch", 27000);
        people[0].asked("intraday", DAY, null).asked("sleep-samples", DAY, END);
        rig.sql().execute("UPDATE sync.coverage SET row_count = 5");

        for (var resource : List.of("measures", "activity", "sleep", "intraday", "sleep-samples")) {
            assertThat(status(rig, resource)).as(resource).containsExactly("data");
        }
        assertThat(status(rig, "workouts")).containsExactly("not_asked");
    }

    @Test
    void a_day_without_a_step_is_zero_where_somebody_wore_the_watch_and_not_worn_where_nobody_did(Rig rig) {
        ada(rig).day(DAY, PARIS, 0).asked("activity", DAY, END);
        assertThat(status(rig, "activity")).as("samples were not asked for").containsExactly("zero");

        people[0].asked("intraday", DAY, BEFORE_END);
        assertThat(status(rig, "activity")).as("more samples may come").containsExactly("zero");

        rig.sql().execute("UPDATE sync.coverage SET asked_at = ?::timestamptz WHERE resource = 'intraday'", END);
        assertThat(status(rig, "activity")).containsExactly("not_worn");

        people[0].sample("2026-02-03T23:00:00Z", "watch", 60, null);
        assertThat(status(rig, "activity")).as("the next day").containsExactly("not_worn");

        people[0].sample("2026-02-03T22:59:59Z", "watch", 60, null);
        assertThat(status(rig, "activity")).containsExactly("zero");
    }

    @Test
    void what_was_asked_for_after_the_days_end_and_has_nothing_is_zero_or_not_worn(Rig rig) {
        ada(rig);
        List.of("measures", "workouts", "heart", "activity", "sleep", "intraday", "sleep-samples")
                .forEach(resource -> people[0].asked(resource, DAY, END));

        for (var resource : List.of("measures", "workouts", "heart")) {
            assertThat(status(rig, resource)).as(resource).containsExactly("zero");
        }
        for (var resource : List.of("activity", "sleep", "intraday", "sleep-samples")) {
            assertThat(status(rig, resource)).as(resource).containsExactly("not_worn");
        }
    }

    @Test
    void what_was_not_asked_for_since_the_days_end_may_still_come(Rig rig) {
        ada(rig).asked("measures", DAY, BEFORE_END).asked("activity", DAY, BEFORE_END);

        assertThat(status(rig, "measures")).containsExactly("not_synced_yet");
        assertThat(status(rig, "activity")).containsExactly("not_synced_yet");
    }

    @Test
    void what_lies_on_a_watch_that_was_not_heard_of_since_may_still_come(Rig rig) {
        ada(rig).asked("activity", DAY, END).asked("measures", DAY, END);
        rig.sql().execute("UPDATE withings.device SET last_session_at = ?::timestamptz", BEFORE_END);

        assertThat(status(rig, "activity")).containsExactly("not_synced_yet");
        assertThat(status(rig, "measures")).as("of no watch").containsExactly("zero");
    }

    @Test
    void what_was_not_granted_or_is_no_longer_is_not_permitted(Rig rig) {
        ada(rig).enrolment("scopes = '{user.metrics}'");
        assertThat(status(rig, "activity")).containsExactly("not_permitted");
        assertThat(status(rig, "measures")).containsExactly("not_asked");

        people[0].enrolment("scopes = '{}'");
        assertThat(status(rig, "activity")).as("nobody knows what was granted").containsExactly("not_asked");

        people[0].enrolment("status = 'reconsent'").asked("activity", DAY, END);
        assertThat(status(rig, "measures")).containsExactly("not_permitted");
        assertThat(status(rig, "activity")).as("asked for while it was").containsExactly("not_worn");
    }

    @Test
    void days_before_the_first_and_after_the_last_to_fetch_are_outside_the_window_unless_something_came(Rig rig) {
        ada(rig).enrolment("fetch_from = '2026-02-04'")
                .asked("measures", DAY, END)
                .day(DAY, PARIS, 4000);
        assertThat(status(rig, "measures")).containsExactly("outside_window");
        assertThat(status(rig, "activity")).containsExactly("data");

        people[0].enrolment("fetch_from = NULL, fetch_until = '2026-02-02'");
        assertThat(status(rig, "measures")).containsExactly("outside_window");

        people[0].enrolment("fetch_from = '2026-02-03', fetch_until = '2026-02-03'");
        assertThat(status(rig, "measures")).containsExactly("zero");
    }

    @Test
    void a_day_ends_at_midnight_where_the_person_is(Rig rig) {
        ada(rig).asked("measures", DAY, "2026-02-03T11:00:00Z");
        rig.sql().execute("UPDATE withings.device SET timezone = 'Pacific/Auckland'");
        assertThat(status(rig, "measures")).containsExactly("zero");

        rig.sql().execute("UPDATE withings.device SET timezone = 'Pacific/Honolulu'");
        assertThat(status(rig, "measures")).containsExactly("not_synced_yet");
    }

    @Test
    void adherence_counts_days_by_the_rules_in_its_comments(Rig rig) {
        ada(rig).enrolment("fetch_from = '2026-02-01', fetch_until = '2026-02-04'");
        people[0]
                .day("2026-01-31", PARIS, 9000) // before the study
                .day("2026-02-01", PARIS, 9000)
                .worn("2026-02-01T08:00:00Z", "2026-02-01T18:00:00Z")
                .day("2026-02-02", PARIS, 9000)
                .worn("2026-02-02T08:00:00Z", "2026-02-02T17:45:00Z")
                .day("2026-02-03", PARIS, 9000)
                .day("2026-02-04", PARIS, 0)
                .asked("intraday", "2026-02-04", "2026-02-05T12:00:00Z");
        people[0].measured("2026-02-02T08:00:00Z", PARIS, 1, "70");
        people[0].night("2026-02-02T22:00:00Z", "2026-02-03T06:00:00Z", PARIS, "watch", 27000);
        people[0].device("scale", "Scale", PARIS, "2026-02-09T00:00:00Z");
        rig.sql().execute("UPDATE withings.device SET battery = 'low' WHERE device_id = 'scale'");
        rig.sql()
                .execute("INSERT INTO sync.cursor (user_id, resource, next_due_at, last_success_at) VALUES"
                        + " (1, 'sleep', now(), '2026-02-08'), (1, 'heart', now(), '2026-02-10 00:00:00+00')");
        new Rows(rig, 2, null).enrolment("enrolled_at = now()");

        assertThat(rig.column(
                        "SELECT concat_ws(' ', ref, from_day, to_day, days_expected, measures_days, activity_days, sleep_days,"
                                + " weight_days, wear_known_days, valid_days, valid_pct, not_worn_days, last_data_day, battery,"
                                + " last_sync_at AT TIME ZONE 'UTC', last_contact_at AT TIME ZONE 'UTC')"
                                + " FROM analytics.adherence WHERE user_id = 1"))
                .containsExactly(
                        "ada 2026-02-01 2026-02-04 4 1 3 1 1 3 2 50.0 1 2026-02-03 low 2026-02-10 00:00:00 2026-02-09 00:00:00");
        assertThat(rig.column("SELECT concat_ws(' ', status, days_expected, valid_days, coalesce(valid_pct::text, '-'),"
                        + " coalesce(battery, '-')) FROM analytics.adherence WHERE user_id = 2"))
                .containsExactly("active 0 0 - -");
        assertCountsAreThoseOfDays(rig);
    }
}
