package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.simulator.Person;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where days are of 23, 25 or 43 hours: every row is of the day its own zone says, and nothing is lost or there twice. */
final class TimeZonesIT {
    private static final int BEN = 2;
    private static final int DANA = 4;
    private static final int EMI = 5;

    @Test
    void days_of_23_and_of_25_hours_are_whole() {
        var world = Rig.world().withUsers(DANA).withDays(370).withPageSize(200);
        try (var rig = new Rig(world)) {
            var people = List.of(rig.person(BEN), rig.person(DANA));
            rig.enrol(people.toArray(Person[]::new));
            rig.run("sync", "--resource", "activity", "--resource", "sleep", "--resource", "measures");
            assertThat(Told.differences(people, rig.sql(), "activity_day", "sleep_summary", "measure_group"))
                    .isEmpty();
            for (var person : people) {
                for (var day : changesOfTheClock(person)) {
                    assertThat(hours(person, day)).isIn(23L, 25L);
                    assertWholeDay(rig, person, day);
                }
            }
        }
    }

    private static void assertWholeDay(Rig rig, Person person, LocalDate day) {
        var ran = rig.run(
                "sync",
                "--user",
                Long.toString(person.id()),
                "--resource",
                "intraday",
                "--resource",
                "sleep-samples",
                "--from",
                day.minusDays(1).toString(),
                "--to",
                day.plusDays(1).toString());
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        var from = day.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        var samples = ToldSamples.compare(List.of(person), rig.sql(), from, from.plus(Duration.ofDays(3)));
        assertThat(samples.lacks().stream().filter(row -> !row.startsWith("ecg")))
                .isEmpty();
        assertThat(samples.has()).isEmpty();
        assertThat(rig.count("SELECT count(*) FROM withings.sleep_stage WHERE user_id = ?", person.id()))
                .isPositive();
        assertThat(rig.query(
                        "SELECT coalesce(sum(s.steps), 0) FROM withings.activity_sample s WHERE s.user_id = ?"
                                + " AND (s.sampled_at AT TIME ZONE ?)::date = ?::date",
                        person.id(),
                        person.timezone().getId(),
                        day.toString()))
                .as("steps of %s on %s, sample by sample and of the day", person.name(), day)
                .hasToString(rig.query(
                                "SELECT coalesce(sum(steps), 0) FROM withings.activity_day WHERE user_id = ? AND day = ?::date",
                                person.id(),
                                day.toString())
                        .toString());
    }

    private static List<LocalDate> changesOfTheClock(Person person) {
        var rules = person.timezone().getRules();
        var last = rules.previousTransition(Instant.now().minus(Duration.ofDays(3)));
        var before = rules.previousTransition(last.getInstant());
        return List.of(
                last.getDateTimeBefore().toLocalDate(),
                before.getDateTimeBefore().toLocalDate());
    }

    private static long hours(Person person, LocalDate day) {
        var zone = person.timezone();
        return Duration.between(day.atStartOfDay(zone), day.plusDays(1).atStartOfDay(zone))
                .toHours();
    }

    @Test
    void who_flies_from_tokyo_to_honolulu_lives_a_day_twice_and_it_is_told_once() {
        var landing = LocalDate.now(ZoneOffset.UTC).minusDays(5);
        try (var rig = new Rig(Rig.world().withUsers(EMI))) {
            var emi = rig.person(EMI);
            emi.flies(landing.minusDays(40), ZoneId.of("Asia/Tokyo"));
            emi.flies(landing, ZoneId.of("Pacific/Honolulu"));
            rig.enrol(emi).set("SAMPLES_BACKFILL_DAYS", "9");

            var ran = rig.run("sync");

            assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
            assertThat(Told.differences(List.of(emi), rig.sql())).isEmpty();
            var from = landing.minusDays(4).atStartOfDay(ZoneOffset.UTC).toInstant();
            var samples = ToldSamples.compare(List.of(emi), rig.sql(), from, Instant.now());
            assertThat(samples.lacks()).isEmpty();
            assertThat(samples.has()).isEmpty();
            assertThat(rig.column("SELECT DISTINCT timezone FROM withings.activity_day ORDER BY 1"))
                    .containsExactly("Asia/Tokyo", "Pacific/Honolulu");
            for (var row : List.of("measure_group measured_at", "workout started_at", "heart_record recorded_at")) {
                var table = row.split(" ", -1);
                assertThat(rig.count("SELECT count(*) FROM withings." + table[0] + " WHERE day <> (" + table[1]
                                + " AT TIME ZONE timezone)::date"))
                        .as(row)
                        .isZero();
            }
            assertThat(rig.run("status", "--gaps").out()).contains("No gaps");
            var before = rig.dump();
            assertThat(rig.run("sync", "--full").exitCode()).isZero();
            assertThat(rig.dump()).as("read again, nothing is new").isEqualTo(before);
        }
    }
}
