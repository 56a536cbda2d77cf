package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Days are worked out once, and no question ever sees one that is not up to date; {@link ModelIT} tries it at random. */
@ExtendWith(Rig.Provider.class)
final class DaySummaryIT {
    private static final String DUE = "SELECT count(*) FROM sync.enrolment LEFT JOIN sync.summary_due USING (user_id)"
            + " WHERE due_from IS NULL OR due_from <= due_to";
    private static final String DAYS = "SELECT d::text FROM analytics.daily d ORDER BY 1";

    @Test
    void a_visit_works_out_its_days_and_the_next_one_only_those_that_changed(Rig rig) {
        rig.enrol(rig.person(1));
        assertThat(rig.count(DUE)).isEqualTo(1);
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(rig.count(DUE)).isZero();
        var days = rig.column(DAYS);
        assertThat(days).isNotEmpty();
        assertThat(rig.count("SELECT count(*) FROM sync.day_summary")).isGreaterThanOrEqualTo(days.size());

        rig.sql().execute("UPDATE sync.day_summary SET steps = -1"); // would show, were all of them worked out again
        rig.person(1).weighs(new BigDecimal("71.3"));
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(rig.count(DUE)).isZero();
        assertThat(rig.count("SELECT count(*) FROM analytics.daily WHERE steps > 0"))
                .isBetween(0L, 3L);
        assertThat(rig.count(
                        "SELECT count(*) FROM analytics.daily WHERE weight_kg IS NOT NULL AND day >= current_date - 1"))
                .isPositive();
    }

    @Test
    void pages_of_a_visit_that_broke_off_are_seen_at_once(Rig rig) {
        rig.enrol(rig.person(1));
        rig.run("sync", "--resource", "activity");
        var before = rig.column(DAYS);
        rig.sql().execute("DELETE FROM withings.activity_day WHERE day < current_date - 20");
        rig.sql().execute("UPDATE sync.summary_due SET due_from = current_date - 60, due_to = current_date - 20");
        assertThat(rig.column(DAYS)).isNotEmpty().hasSizeLessThan(before.size());
    }

    @Test
    void days_of_somebody_who_left_are_worked_out_although_no_visit_comes(Rig rig) {
        var person = rig.person(1);
        rig.enrol(person);
        rig.run("sync", "--resource", "activity");
        rig.run("users", "remove", Long.toString(person.id()));
        var days = rig.column(DAYS);
        rig.sql().execute("DELETE FROM sync.summary_due"); // an update that counts otherwise
        rig.run("sync", "--user", Long.toString(person.id()));
        assertThat(rig.count(DUE)).isEqualTo(1);
        assertThat(rig.column(DAYS)).isEqualTo(days);

        rig.run("sync");
        assertThat(rig.count(DUE)).isZero();
        assertThat(rig.column(DAYS)).isEqualTo(days);
    }

    @Test
    void rows_that_were_loaded_from_elsewhere_are_seen_at_once(Rig rig) {
        rig.run("migrate");
        rig.sql()
                .execute("INSERT INTO sync.enrolment (user_id, ref, status, scopes, enrolled_at)"
                        + " VALUES (7, 'P-7', 'active', '{user.metrics,user.activity}', now())");
        rig.sql()
                .execute("INSERT INTO withings.activity_day (user_id, day, timezone, steps)"
                        + " VALUES (7, '2026-03-29', 'Europe/Paris', 4000)");
        assertThat(rig.column("SELECT steps::text FROM analytics.daily WHERE user_id = 7"))
                .containsExactly("4000");
    }
}
