package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorTravelTest {
    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");
    private static final ZoneId HONOLULU = ZoneId.of("Pacific/Honolulu");

    private final Midday clock = new Midday(); // the day after the clocks changed in New York
    private final World world = World.ordinary().withClock(clock).withUsers(5).withDays(260);
    private final Simulator simulator = Simulator.start(world, 0);
    private final Person ben = simulator.person(2);
    private final Person dana = simulator.person(4);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void rows_before_a_flight_are_told_in_the_old_zone_and_later_ones_in_the_new() {
        var landing = LocalDate.of(2026, 10, 14);
        var chidi = simulator.person(3);
        chidi.flies(LocalDate.of(2020, 1, 1), TOKYO);
        chidi.flies(landing, HONOLULU);

        Stream.of(chidi.activities(), chidi.workouts(), chidi.nights())
                .flatMap(rows -> rows.stream())
                .forEach(row -> {
                    var date = LocalDate.parse(row.path("date").asText());
                    assertThat(zone(row)).isEqualTo(date.isBefore(landing) ? TOKYO : HONOLULU);
                });
        assertThat(chidi.nights()).noneMatch(row -> row.path("date").asText().equals("2026-10-14"));
        assertThat(chidi.nights())
                .allMatch(
                        row -> localDay(row, "enddate").equals(row.path("date").asText()));
        assertThat(chidi.workouts())
                .allMatch(row ->
                        localDay(row, "startdate").equals(row.path("date").asText()));
        assertThat(chidi.groups())
                .allMatch(row -> zone(row)
                        .equals(
                                row.path("date").asLong()
                                                < landing.atStartOfDay(HONOLULU).toEpochSecond()
                                        ? TOKYO
                                        : HONOLULU));

        chidi.walks(LocalDate.of(2026, 11, 2), 12);
        long nap = chidi.sleeps(Instant.parse("2026-11-02T05:00:00Z"), Duration.ofHours(1));
        assertThat(chidi.nights())
                .anyMatch(row -> row.path("id").asLong() == nap
                        && row.path("date").asText().equals("2026-11-01")
                        && zone(row).equals(HONOLULU));
    }

    @Test
    void samples_go_on_through_a_flight_and_no_moment_has_two() {
        var dana = simulator.person(4);
        dana.flies(LocalDate.of(2020, 1, 1), TOKYO);
        dana.flies(LocalDate.of(2026, 10, 14), HONOLULU);
        dana.flies(LocalDate.of(2026, 10, 20), TOKYO);
        var from = Instant.parse("2026-10-11T12:00:00Z");
        var all = dana.samples(from, from.plus(Duration.ofDays(12)));
        int sum = 0;
        for (int day = 0; day < 12; day++) {
            var start = from.plus(Duration.ofDays(day));
            sum += dana.samples(start, start.plus(Duration.ofDays(1))).size();
        }
        assertThat(all).hasSize(sum).hasSizeGreaterThan(2000);
    }

    @Test
    void a_night_in_which_clocks_change_keeps_its_zone_its_day_and_its_length() {
        for (var change : new Object[][] {{ben, "2026-11-01"}, {dana, "2026-10-25"}, {dana, "2026-03-29"}}) {
            var person = (Person) change[0];
            var night = person.nights().stream()
                    .filter(row -> row.path("date").asText().equals(change[1]))
                    .filter(row -> row.at("/data/total_timeinbed").asInt() > 4 * 3600) // not the nap
                    .findFirst()
                    .orElseThrow();
            assertThat(zone(night)).isEqualTo(person.timezone());
            assertThat(localDay(night, "enddate")).isEqualTo(change[1]);
            assertThat(night.at("/data/total_timeinbed").asLong())
                    .isEqualTo(night.path("enddate").asLong()
                            - night.path("startdate").asLong());
            var rules = person.timezone().getRules();
            assertThat(rules.getOffset(
                            Instant.ofEpochSecond(night.path("startdate").asLong())))
                    .isNotEqualTo(rules.getOffset(
                            Instant.ofEpochSecond(night.path("enddate").asLong())));
        }
    }

    @Test
    void a_local_day_has_samples_for_as_many_hours_as_it_has() {
        for (var hours : new int[][] {{3, 29, 23}, {10, 25, 25}, {10, 18, 24}}) {
            var date = LocalDate.of(2026, hours[0], hours[1]);
            var day = new Day(1, Persona.of(1, 4), date);
            assertThat(Duration.ofSeconds(day.plus(1).begins() - day.begins())).hasHours(hours[2]);
            assertThat(Intraday.of(day).keySet())
                    .allMatch(at -> LocalDate.ofInstant(Instant.ofEpochSecond(at), day.zone())
                            .equals(date));
        }
    }

    private static ZoneId zone(JsonNode row) {
        return ZoneId.of(row.path("timezone").asText());
    }

    private static String localDay(JsonNode row, String field) {
        return LocalDate.ofInstant(Instant.ofEpochSecond(row.path(field).asLong()), zone(row))
                .toString();
    }
}
