package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorActsTest {
    private final Midday clock = new Midday();
    private final World world = World.ordinary().withClock(clock).withDays(60).withSameArgumentsWithin(Duration.ZERO);
    private final Simulator simulator = Simulator.start(world, 0);
    private final Person ada = simulator.person(1);
    private final Person ben = simulator.person(2);
    private final Client client = Client.of(simulator, ada.tokens());

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void a_night_that_is_uploaded_late_comes_with_its_segments_and_is_new() {
        var night = ada.nights().get(3);
        var date = LocalDate.parse(night.path("date").asText());
        ada.uploadsNightLate(date);
        assertThat(ada.nights()).doesNotContain(night);
        assertThat(segments(ada, night)).isEmpty();

        clock.pass(Duration.ofHours(5));
        long now = clock.instant().getEpochSecond();
        ada.uploads();

        var uploaded = ada.nights().get(3);
        assertThat(uploaded.path("id")).isEqualTo(night.path("id"));
        assertThat(uploaded.path("modified").asLong()).isEqualTo(now);
        assertThat(uploaded.path("created").asLong()).isEqualTo(now);
        assertThat(uploaded.path("data")).isEqualTo(night.path("data"));
        assertThat(segments(ada, night)).hasSizeGreaterThan(8);
    }

    @Test
    void a_night_to_come_can_be_late_too() {
        var today = LocalDate.of(2026, 11, 2);
        ada.uploadsNightLate(today);
        ada.uploads();
        clock.pass(Duration.ofDays(1));
        assertThat(ada.nights()).noneMatch(row -> row.path("date").asText().equals("2026-11-02"));
        ada.uploads();
        assertThat(ada.nights()).anyMatch(row -> row.path("date").asText().equals("2026-11-02"));
    }

    @Test
    void samples_that_are_uploaded_late_come_when_they_are_uploaded() {
        var from = Instant.parse("2026-10-28T08:00:00Z");
        var until = from.plus(Duration.ofHours(3));
        var all = ada.samples(from, until);
        ada.uploadsLate(from.plusSeconds(3600), until);
        assertThat(ada.samples(from, until)).hasSizeLessThan(all.size()).isNotEmpty();
        assertThat(ada.samples(from.plusSeconds(3600), until)).isEmpty();
        ada.uploads();
        assertThat(ada.samples(from, until)).isEqualTo(all);
    }

    @Test
    void what_was_deleted_is_gone_and_what_was_restored_is_back_and_new() {
        var night = ada.nights().getFirst();
        var workout = ada.workouts().getFirst();
        var group = ada.groups().getFirst();
        var record =
                ben.heart().stream().filter(row -> row.has("ecg")).findFirst().orElseThrow();
        long signal = record.at("/ecg/signalid").asLong();
        ada.deletesNight(night.path("id").asLong());
        ada.deletesWorkout(workout.path("id").asLong());
        ada.deletes(group.path("grpid").asLong());
        ben.deletesHeartRecord(record.path("timestamp").asLong());
        assertThat(ada.nights()).doesNotContain(night);
        assertThat(segments(ada, night)).isEmpty();
        assertThat(ada.workouts()).doesNotContain(workout);
        assertThat(ada.groups()).doesNotContain(group);
        assertThat(ben.heart()).doesNotContain(record);
        assertThat(ben.ecg(signal)).isEmpty();

        clock.pass(Duration.ofHours(1));
        ada.restores("getsummary", night.path("id").asLong());
        ada.restores("getworkouts", workout.path("id").asLong());
        ada.restores("getmeas", group.path("grpid").asLong());
        ben.restores("list", record.path("timestamp").asLong());
        assertThat(ada.nights().getFirst()).isEqualTo(now(night));
        assertThat(ada.workouts().getFirst()).isEqualTo(now(workout));
        assertThat(ada.groups().getFirst()).isEqualTo(now(group));
        assertThat(ben.heart()).contains(now(record));
        assertThat(ben.ecg(signal)).isPresent();
        assertThatThrownBy(() -> ada.restores("getmeas", 1)).hasMessage("No 1 was deleted");
    }

    @Test
    void a_group_that_is_reassigned_is_gone_here_and_appears_there() {
        var group = ada.groups().get(7);
        long id = group.path("grpid").asLong();
        clock.pass(Duration.ofHours(1));
        ada.reassigns(id, ben);
        assertThat(ada.groups()).noneMatch(row -> row.path("grpid").asLong() == id);
        assertThat(ben.groups()).contains(now(group));
        ben.reassigns(id, ada);
        assertThat(ada.groups().get(7)).isEqualTo(now(group));
    }

    @Test
    void an_ambiguous_group_can_be_confirmed_and_only_that() {
        var ambiguous = ada.groups().stream()
                .filter(row -> row.path("attrib").asInt() == 1)
                .findFirst()
                .orElseThrow();
        long id = ambiguous.path("grpid").asLong();
        ada.confirms(id);
        assertThat(ada.groups())
                .anyMatch(row ->
                        row.path("grpid").asLong() == id && row.path("attrib").asInt() == 7);
        assertThatThrownBy(() -> ada.confirms(id)).hasMessageContaining("not ambiguous");
    }

    @Test
    void a_days_activity_can_be_edited() {
        var date = LocalDate.of(2026, 10, 25); // a Sunday: the old watch's row stays as it is
        ada.changesDay(date, row -> row.put("steps", 1).put("calories", 2));
        var rows = ada.activities().stream()
                .filter(row -> row.path("date").asText().equals("2026-10-25"))
                .toList();
        assertThat(rows)
                .hasSize(2)
                .anyMatch(row -> row.path("steps").asInt() == 1
                        && row.path("modified").asLong() == clock.instant().getEpochSecond());
        assertThat(rows).anyMatch(row -> row.path("steps").asInt() > 1);
    }

    @Test
    void a_night_that_is_slept_as_an_act_has_segments_that_agree() {
        long id = ada.sleeps(Instant.parse("2026-11-01T21:00:30Z"), Duration.ofHours(8));
        var night = ada.nights().stream()
                .filter(row -> row.path("id").asLong() == id)
                .findFirst()
                .orElseThrow();
        long deep = segments(ada, night).stream()
                .filter(segment -> segment.path("state").asInt() == 2
                        && segment.path("startdate").asLong() % 60 == 30)
                .mapToLong(segment -> segment.path("enddate").asLong()
                        - segment.path("startdate").asLong())
                .sum();
        assertThat(deep).isEqualTo(night.at("/data/deepsleepduration").asLong()).isPositive();
    }

    @Test
    void a_night_that_was_edited_into_nonsense_does_no_harm_to_the_samples() {
        long id = ada.sleeps(Instant.parse("2026-11-01T21:00:00Z"), Duration.ofHours(8));
        var call = form("/v2/sleep", "get", "hr");
        for (var nonsense : List.of("-5", "253402300800", "9223372036854775807", "\"x\"", "null", "{}")) {
            for (var field : List.of("startdate", "enddate", "date", "data")) {
                ada.changes("getsummary", id, night -> night.set(field, Json.tree(nonsense)));
                assertThat(answer(call).path("status").asInt(-1))
                        .as(field + " " + nonsense)
                        .isZero();
            }
        }
    }

    @Test
    void a_field_beyond_the_plan_is_refused_hides_everything_or_is_just_missing() {
        var calls = List.of(
                form("/v2/measure", "getintradayactivity", "rmssd,steps"),
                form("/v2/measure", "getactivity", "rmssd,steps"),
                form("/v2/measure", "getworkouts", "rmssd,steps"),
                form("/v2/sleep", "get", "rmssd,hr"),
                form("/v2/sleep", "getsummary", "rmssd,hr_min"));
        ada.hasNoPlanFor(Set.of("rmssd"));
        for (var call : calls) {
            assertThat(answer(call).path("status").asInt()).as("refused").isEqualTo(503);
            var basic = new HashMap<>(call);
            basic.remove("data_fields");
            assertThat(rows(answer(basic))).as("basic set").isNotEmpty();
        }
        ada.hasNoPlanFor(Set.of("rmssd"), BeyondPlan.EMPTY);
        for (var call : calls) {
            assertThat(answer(call).path("status").asInt()).isZero();
            assertThat(rows(answer(call))).as("hidden").isEmpty();
        }
        ada.hasNoPlanFor(Set.of("rmssd"), BeyondPlan.OMITTED);
        for (var call : calls) {
            assertThat(rows(answer(call))).as("omitted").isNotEmpty();
            assertThat(answer(call).toString()).doesNotContain("rmssd");
        }
    }

    private JsonNode answer(Map<String, String> call) {
        var form = new HashMap<>(call);
        return client.call(String.valueOf(form.remove("path")), form);
    }

    private static JsonNode rows(JsonNode answer) {
        var body = answer.path("body");
        return body.has("activities") ? body.path("activities") : body.path("series");
    }

    private static Map<String, String> form(String path, String action, String fields) {
        boolean samples = action.equals("get") || action.equals("getintradayactivity");
        return samples
                ? Map.of(
                        "path",
                        path,
                        "action",
                        action,
                        "data_fields",
                        fields,
                        "startdate",
                        "1793102400",
                        "enddate",
                        "1793188800")
                : Map.of("path", path, "action", action, "data_fields", fields, "lastupdate", "0");
    }

    /** The row as it is once it was written again now. */
    private JsonNode now(JsonNode row) {
        return ((ObjectNode) row.deepCopy())
                .put("modified", (int) clock.instant().getEpochSecond());
    }

    private static List<JsonNode> segments(Person person, JsonNode night) {
        return person.segments(
                Instant.ofEpochSecond(night.path("startdate").asLong()),
                Instant.ofEpochSecond(night.path("enddate").asLong()));
    }
}
