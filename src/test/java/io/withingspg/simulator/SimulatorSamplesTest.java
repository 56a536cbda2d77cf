package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorSamplesTest {
    private static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");

    private final Midday clock = new Midday();
    private final World world =
            World.ordinary().withClock(clock).withUsers(5).withDays(80).withSameArgumentsWithin(Duration.ZERO);
    private final Simulator simulator = Simulator.start(world, 0);
    private final Person ada = simulator.person(1);
    private final Person chidi = simulator.person(3);
    private final Client client = Client.of(simulator, ada.tokens());

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Property(tries = 400)
    void each_devices_samples_of_a_date_add_up_to_its_activity(
            @ForAll @IntRange(min = 1, max = 60) int number,
            @ForAll @IntRange(min = 18_000, max = 24_000) int epochDay) {
        var day = new Day(7, Persona.of(7, number), LocalDate.ofEpochDay(epochDay));
        var samples = Intraday.of(day);
        assertThat(samples.keySet())
                .allMatch(at -> at >= day.begins() && at < day.plus(1).begins());
        var rows = Activities.of(day);
        boolean watch = Device.WATCH.ownedBy(day.persona());
        if (rows.isEmpty() || (!watch && number % 2 == 1)) {
            assertThat(samples).isEmpty();
            return;
        }
        for (var row : rows) {
            var activity = row.tree();
            for (var field : watch ? List.of("steps", "distance", "elevation") : List.of("steps")) {
                var sum = samples.values().stream()
                        .map(Moment::json)
                        .filter(json -> json.path("deviceid").equals(activity.path("deviceid")) || !watch)
                        .map(json -> new BigDecimal(json.path(field).asText("0").replace("null", "0")))
                        .reduce(BigDecimal.ZERO, BigDecimal::add);
                if (!(field.equals("elevation") && row.key().endsWith("/2"))) {
                    assertThat(sum)
                            .as(field)
                            .isEqualByComparingTo(
                                    BigDecimal.valueOf(activity.path(field).asInt()));
                }
            }
        }
    }

    @Property(tries = 200)
    void the_pulse_in_a_workout_is_the_workouts(
            @ForAll @IntRange(min = 1, max = 60) int number,
            @ForAll @IntRange(min = 18_000, max = 24_000) int epochDay) {
        var day = new Day(7, Persona.of(7, number), LocalDate.ofEpochDay(epochDay));
        for (var workout : Activities.of(day).isEmpty() ? List.<JsonNode>of() : Workouts.all(day)) {
            int average = workout.at("/data/hr_average").asInt();
            if (average > 0) {
                long from = workout.path("startdate").asLong();
                long to = workout.path("enddate").asLong();
                var pulse = Intraday.of(day).subMap(from, to);
                assertThat(pulse).hasSize((int) (to - from) / 60);
                assertThat(pulse.values().stream()
                                .mapToInt(moment ->
                                        moment.json().path("heart_rate").asInt())
                                .filter(heart -> heart > 0)
                                .average())
                        .hasValueCloseTo((double) average, within(4.0));
            }
        }
    }

    @Test
    void samples_come_by_epoch_and_only_with_the_fields_that_were_asked_for() {
        var day = Instant.parse("2026-10-28T00:00:00Z");
        var bare = intraday(client, day, day.plus(Duration.ofDays(1)), "").at("/body/series");
        assertThat(bare.properties())
                .isNotEmpty()
                .allMatch(sample -> sample.getValue().has("deviceid")
                        && sample.getValue().has("model_id")
                        && !sample.getValue().has("heart_rate"));
        var full = intraday(client, day, day.plus(Duration.ofDays(1)), String.join(",", Intraday.FIELDS));
        var truth = ada.samples(day, day.plus(Duration.ofDays(1)).plusSeconds(1));
        assertThat(full.at("/body/series")).hasSize(truth.size()).hasSizeGreaterThan(280);
        truth.forEach((at, sample) ->
                assertThat(full.at("/body/series/" + at.getEpochSecond())).isEqualTo(sample));
        var seen = new HashSet<String>();
        truth.values().forEach(sample -> sample.fieldNames().forEachRemaining(seen::add));
        assertThat(seen).contains("heart_rate", "rmssd", "spo2_auto", "core_body_temperature", "rr", "steps");
    }

    @Test
    void what_is_longer_than_a_day_is_cut_to_its_first_day() {
        var from = Instant.parse("2026-10-20T09:30:00Z");
        var asked = intraday(client, from, from.plus(Duration.ofDays(9)), "heart_rate");
        var day = intraday(client, from, from.plus(Duration.ofDays(1)), "heart_rate");
        assertThat(asked.path("status").asInt()).isZero();
        assertThat(asked).isEqualTo(day);
    }

    @Test
    void nothing_has_come_yet_of_today() {
        var midnight = Instant.parse("2026-11-02T00:00:00Z");
        assertThat(ada.samples(midnight, NOON)).isEmpty();
        clock.pass(Duration.ofHours(12));
        assertThat(ada.samples(midnight, NOON)).isNotEmpty();
    }

    @Test
    void an_empty_window_is_told_in_several_ways() {
        var told = new HashSet<String>();
        for (int day = 0; day < 8; day++) {
            var from = Instant.parse("2020-01-01T00:00:00Z").plus(Duration.ofDays(day));
            told.add("intraday "
                    + intraday(client, from, from.plusSeconds(3600), "steps").at("/body/series"));
            var body = sleep(client, from, from.plusSeconds(3600), "hr").path("body");
            told.add("sleep " + (body.has("series") ? body.path("series").toString() : "absent"));
        }
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "intraday {}", "intraday []", "sleep {}", "sleep []", "sleep null", "sleep absent");
    }

    @Test
    void a_phone_counts_steps_or_tells_nothing() {
        var samples = simulator
                .person(2)
                .samples(Instant.parse("2026-10-20T00:00:00Z"), Instant.parse("2026-10-21T00:00:00Z"));
        assertThat(samples.values())
                .isNotEmpty()
                .allMatch(sample -> sample.path("steps").isTextual() && !sample.has("heart_rate"));
    }

    @Test
    void two_watches_take_turns_on_sundays() {
        var devices = new HashSet<String>();
        ada.samples(Instant.parse("2026-10-25T00:00:00Z"), Instant.parse("2026-10-26T00:00:00Z"))
                .values()
                .forEach(sample -> devices.add(sample.path("model").asText()));
        assertThat(devices).containsExactlyInAnyOrder("ScanWatch", "Activite Steel HR");
    }

    @Test
    void the_segments_of_a_night_are_its_summary() {
        for (var person : simulator.people()) {
            for (var night : person.nights()) {
                var start = Instant.ofEpochSecond(night.path("startdate").asLong());
                var end = Instant.ofEpochSecond(night.path("enddate").asLong());
                var segments = person.segments(start, end);
                var data = night.path("data");
                if (data.has("asleepduration")) {
                    assertThat(segments).hasSize(1);
                    assertThat(segments.getFirst().path("state").asInt()).isEqualTo(5);
                    continue;
                }
                var seconds = new HashMap<Integer, Long>();
                long at = start.getEpochSecond();
                for (var segment : segments) {
                    assertThat(segment.path("startdate").asLong()).isEqualTo(at);
                    at = segment.path("enddate").asLong();
                    seconds.merge(
                            segment.path("state").asInt(),
                            at - segment.path("startdate").asLong(),
                            Long::sum);
                }
                assertThat(at).isEqualTo(end.getEpochSecond());
                assertThat(seconds)
                        .containsEntry(0, data.path("wakeupduration").asLong())
                        .containsEntry(1, data.path("lightsleepduration").asLong());
                assertThat(seconds.getOrDefault(2, 0L))
                        .isEqualTo(data.path("deepsleepduration").asLong());
                assertThat(seconds.getOrDefault(3, 0L))
                        .isEqualTo(data.path("remsleepduration").asLong());
                assertThat(mean(segments, "hr"))
                        .isBetween(
                                data.path("hr_min").asDouble(),
                                data.path("hr_max").asDouble());
                assertThat(sum(segments, "snoring"))
                        .isEqualTo(data.path("snoring").asLong());
            }
        }
    }

    @Test
    void a_segment_comes_whole_where_any_part_of_it_lies_in_the_window() {
        var night = chidi.nights().stream()
                .filter(row -> !row.at("/data/deepsleepduration").isNull())
                .findFirst()
                .orElseThrow();
        var segments = chidi.segments(
                Instant.ofEpochSecond(night.path("startdate").asLong()),
                Instant.ofEpochSecond(night.path("enddate").asLong()));
        var second = segments.get(1);
        var within = Instant.ofEpochSecond(second.path("startdate").asLong() + 60);
        var asked = sleep(
                Client.of(simulator, chidi.tokens()), within, within.plusSeconds(1), String.join(",", Segments.FIELDS));
        assertThat(asked.at("/body/series")).hasSize(1);
        assertThat(asked.at("/body/series/0")).isEqualTo(second);
        assertThat(asked.at("/body/series/0/hr"))
                .hasSize((int) (second.path("enddate").asLong()
                                - second.path("startdate").asLong())
                        / 60);
        assertThat(asked.at("/body/model").asInt()).isEqualTo(32);
    }

    @Test
    void an_ecg_looks_like_one_and_beats_as_the_record_says() {
        var shapes = new HashSet<String>();
        for (var person : simulator.people()) {
            for (var record : person.heart()) {
                if (record.at("/ecg/signalid").isMissingNode()) {
                    continue;
                }
                var answer = Client.of(simulator, person.tokens())
                        .call(
                                "/v2/heart",
                                Map.of(
                                        "action",
                                        "get",
                                        "signalid",
                                        record.at("/ecg/signalid").asText()))
                        .path("body");
                assertThat(person.ecg(record.at("/ecg/signalid").asLong())).contains(answer);
                int hertz = answer.path("sampling_frequency").asInt();
                shapes.add(hertz + " Hz, " + answer.path("signal").size());
                var beats = beats(answer);
                double rate = 60.0 * hertz * (beats.size() - 1) / (beats.getLast() - beats.getFirst());
                boolean fibrillates = record.at("/ecg/afib").asInt() == 1;
                assertThat(rate).isCloseTo(record.path("heart_rate").asInt(), within(fibrillates ? 15.0 : 3.0));
                assertThat(irregularity(beats)).isBetween(fibrillates ? 0.09 : 0.005, fibrillates ? 0.4 : 0.06);
            }
        }
        assertThat(shapes).containsExactlyInAnyOrder("300 Hz, 9000", "500 Hz, 10000");
    }

    @Test
    void an_unknown_signal_is_an_invalid_parameter_and_so_is_another_persons() {
        var theirs = simulator.person(2).heart().stream()
                .map(record -> record.at("/ecg/signalid").asText())
                .filter(id -> !id.isEmpty())
                .findFirst()
                .orElseThrow();
        for (var id : Set.of("1", "x", "", theirs)) {
            assertThat(client.call("/v2/heart", Map.of("action", "get", "signalid", id))
                            .path("status")
                            .asInt())
                    .isEqualTo(503);
        }
    }

    @Test
    void samples_need_their_scope() {
        ada.grantsOnly(Set.of("user.metrics"));
        assertThat(intraday(client, NOON, NOON, "steps").path("status").asInt()).isEqualTo(2555);
        assertThat(sleep(client, NOON, NOON, "hr").path("status").asInt()).isEqualTo(2555);
        ada.grantsOnly(Set.of("user.activity"));
        assertThat(client.call("/v2/heart", Map.of("action", "get", "signalid", "1"))
                        .path("status")
                        .asInt())
                .isEqualTo(2555);
    }

    @Test
    void a_year_of_samples_costs_a_few_milliseconds_a_day() {
        try (var year = Simulator.start(world.withDays(365), 0)) {
            var person = year.person(1);
            person.samples(NOON.minus(Duration.ofDays(60)), NOON); // warm
            person.segments(NOON.minus(Duration.ofDays(60)), NOON);
            var time = ManagementFactory.getThreadMXBean(); // other builds on the machine do not count
            long before = time.getCurrentThreadCpuTime();
            for (int day = 1; day <= 365; day++) {
                var from = NOON.minus(Duration.ofDays(day));
                assertThat(person.samples(from, from.plus(Duration.ofDays(1)))).isNotNull();
                assertThat(person.segments(from, from.plus(Duration.ofDays(1)))).isNotNull();
            }
            var took = Duration.ofNanos(time.getCurrentThreadCpuTime() - before).dividedBy(365);
            assertThat(took).isLessThan(Duration.ofMillis(20));
        }
    }

    private static List<Integer> beats(JsonNode answer) {
        var signal = answer.path("signal");
        int hertz = answer.path("sampling_frequency").asInt();
        var beats = new ArrayList<Integer>();
        for (int i = 1; i < signal.size() - 1; i++) {
            boolean high = signal.get(i).asInt() > 700;
            if (high && (beats.isEmpty() || i - beats.getLast() > hertz / 5)) {
                beats.add(i);
            }
        }
        return beats;
    }

    private static double irregularity(List<Integer> beats) {
        double mean = (beats.getLast() - beats.getFirst()) / (beats.size() - 1.0);
        double squares = 0;
        for (int i = 1; i < beats.size(); i++) {
            squares += Math.pow(beats.get(i) - beats.get(i - 1) - mean, 2);
        }
        return Math.sqrt(squares / (beats.size() - 1)) / mean;
    }

    private static double mean(List<JsonNode> segments, String field) {
        return segments.stream()
                .flatMap(segment -> segment.path(field).valueStream())
                .mapToInt(JsonNode::asInt)
                .filter(value -> value > 0)
                .average()
                .orElseThrow();
    }

    private static long sum(List<JsonNode> segments, String field) {
        return segments.stream()
                .flatMap(segment -> segment.path(field).valueStream())
                .mapToLong(JsonNode::asLong)
                .sum();
    }

    private static JsonNode intraday(Client client, Instant from, Instant to, String fields) {
        return client.call("/v2/measure", window("getintradayactivity", from, to, fields));
    }

    private static JsonNode sleep(Client client, Instant from, Instant to, String fields) {
        return client.call("/v2/sleep", window("get", from, to, fields));
    }

    private static Map<String, String> window(String action, Instant from, Instant to, String fields) {
        var form = new HashMap<>(Map.of(
                "action",
                action,
                "startdate",
                Long.toString(from.getEpochSecond()),
                "enddate",
                Long.toString(to.getEpochSecond())));
        if (!fields.isEmpty()) {
            form.put("data_fields", fields);
        }
        return form;
    }
}
