package io.withingspg.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    @Test
    void every_resource_is_known_by_its_name() {
        assertThat(Resources.names())
                .containsExactly(
                        "measures",
                        "sleep",
                        "activity",
                        "workouts",
                        "heart",
                        "ecg",
                        "devices",
                        "goals",
                        "intraday",
                        "sleep-samples");
        assertThat(Resources.ALL)
                .allSatisfy(
                        resource -> assertThat(Resources.named(resource.name())).containsSame(resource));
        assertThat(Resources.named("steps")).isEmpty();
    }

    @Test
    void rows_that_are_asked_for_by_days_tell_when_they_were() {
        assertThat(Resources.ALL).allSatisfy(resource -> {
            var time = RowTime.of(resource.targets().getFirst().table());
            assertThat(time.hasLocalDay() || time.moment() >= 0)
                    .isEqualTo(resource.movement().dates() != Movement.Dates.NONE);
        });
    }

    @Test
    void days_are_asked_for_in_the_form_the_call_knows() {
        var days = new Span.Days(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 1, 31));

        assertThat(Activity.ACTIVITY.form(new Reading(days, 0), Resource.Fields.ALL))
                .containsEntry("startdateymd", "2026-01-01")
                .containsEntry("enddateymd", "2026-01-31")
                .containsKey("data_fields")
                .doesNotContainKeys("lastupdate", "offset");
        assertThat(Heart.HEART.form(new Reading(days, 20), Resource.Fields.ALL))
                .containsEntry("startdate", "1767175200")
                .containsEntry("enddate", "1769947200")
                .containsEntry("offset", "20");
    }

    @Test
    void changes_are_asked_for_without_days() {
        var form = Measures.MEASURES.form(
                new Reading(new Span.ChangedSince(Instant.ofEpochSecond(1594260000)), 0), Resource.Fields.ALL);

        assertThat(form).containsOnlyKeys("lastupdate").containsEntry("lastupdate", "1594260000");
    }

    @Test
    void everything_is_what_changed_since_ever_or_no_limit() {
        var everything = new Reading(new Span.Everything(), 0);

        assertThat(Sleep.SLEEP.form(everything, Resource.Fields.ALL)).containsEntry("lastupdate", "1");
        assertThat(Heart.HEART.form(everything, Resource.Fields.ALL)).isEmpty();
        assertThat(Devices.DEVICES.form(everything, Resource.Fields.ALL)).isEmpty();
    }

    @Test
    void samples_are_asked_for_by_their_window_and_a_curve_by_its_number() {
        var window = new Span.Window(Instant.ofEpochSecond(1594159200), Instant.ofEpochSecond(1594245600));

        assertThat(SleepSamples.SLEEP_SAMPLES.form(new Reading(window, 0), Resource.Fields.BASIC))
                .containsOnly(Map.entry("startdate", "1594159200"), Map.entry("enddate", "1594245600"));
        assertThat(Intraday.INTRADAY.form(new Reading(window, 0), Resource.Fields.ALL))
                .containsOnlyKeys("startdate", "enddate", "data_fields");
        assertThat(Ecg.ECG.form(new Reading(new Span.One(48), 0), Resource.Fields.ALL))
                .containsOnly(Map.entry("signalid", "48"));
    }
}
