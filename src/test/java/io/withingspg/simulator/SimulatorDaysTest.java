package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SimulatorDaysTest {
    @Property(tries = 3000)
    void the_stages_of_a_night_add_up(
            @ForAll @IntRange(min = 1, max = 200) int number,
            @ForAll @IntRange(min = 18_000, max = 24_000) int epochDay) {
        var day = new Day(7, Persona.of(7, number), LocalDate.ofEpochDay(epochDay));
        for (var row : Nights.of(day)) {
            var night = row.tree();
            var data = night.path("data");
            if (data.has("asleepduration")) {
                continue;
            }
            int asleep = data.path("lightsleepduration").asInt()
                    + data.path("deepsleepduration").asInt()
                    + data.path("remsleepduration").asInt();
            int inBed = data.path("total_timeinbed").asInt();
            assertThat(data.path("total_sleep_time").asInt()).isEqualTo(asleep).isPositive();
            assertThat(asleep + data.path("wakeupduration").asInt()).isEqualTo(inBed);
            assertThat(data.path("sleep_latency").asInt()
                            + data.path("waso").asInt()
                            + data.path("wakeup_latency").asInt())
                    .isEqualTo(data.path("wakeupduration").asInt());
            assertThat(night.path("enddate").asLong() - night.path("startdate").asLong())
                    .isEqualTo(inBed);
            assertThat(data.at("/night_events/4/0").asInt()).isEqualTo(inBed);
            assertThat(data.at("/night_events/2").size())
                    .isEqualTo(data.at("/night_events/3").size());
        }
    }

    @Property(tries = 2000)
    void a_days_quantities_are_plausible(
            @ForAll @IntRange(min = 1, max = 200) int number,
            @ForAll @IntRange(min = 18_000, max = 24_000) int epochDay) {
        var day = new Day(7, Persona.of(7, number), LocalDate.ofEpochDay(epochDay));
        var body = Body.of(day);
        assertThat(body.weightG()).isBetween(40_000, 130_000);
        assertThat((double) body.fatG() / body.weightG()).isBetween(0.05, 0.5);
        for (var reading : BloodPressure.readings(day)) {
            assertThat(reading.systolic()).isBetween(80, 185);
            assertThat(reading.diastolic()).isBetween(50, 115).isLessThan(reading.systolic() - 15);
        }
        for (var row : Activities.of(day)) {
            var activity = row.tree();
            assertThat(activity.path("steps").asInt()).isBetween(100, 45_000);
            assertThat(activity.path("active").asInt()).isLessThan(30_000);
            assertThat(activity.path("totalcalories").asInt()).isBetween(1_000, 6_000);
            assertThat(activity.path("calories").asInt())
                    .isLessThan(activity.path("totalcalories").asInt());
        }
    }
}
