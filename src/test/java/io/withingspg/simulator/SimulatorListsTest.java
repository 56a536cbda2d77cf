package io.withingspg.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorListsTest {
    private final Midday clock = new Midday();
    private final World world =
            World.ordinary().withClock(clock).withDays(40).withPageSize(10).withSameArgumentsWithin(Duration.ZERO);
    private final Simulator simulator = Simulator.start(world, 0);
    private final Person ada = simulator.person(1);
    private final Client client = Client.of(simulator, ada.tokens());

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void two_simulators_of_one_world_answer_the_same_bytes() {
        try (var other = Simulator.start(world, 0)) {
            for (int number = 1; number <= 3; number++) {
                assertThat(everything(other.person(number))).isEqualTo(everything(simulator.person(number)));
                assertThat(everything(other.person(number))).isNotEmpty();
            }
            var ask = Map.of("action", "getmeas", "lastupdate", "0");
            assertThat(Client.of(other, other.person(1).tokens())
                            .post("/measure", ask)
                            .body())
                    .isEqualTo(client.post("/measure", ask).body());
        }
    }

    @Test
    void a_day_is_the_same_whatever_history_surrounds_it() {
        try (var longer = Simulator.start(world.withDays(90), 0)) {
            assertThat(longer.person(2).groups())
                    .containsAll(simulator.person(2).groups());
            assertThat(longer.person(2).nights())
                    .containsAll(simulator.person(2).nights());
        }
    }

    @Test
    void every_page_of_a_list_together_is_the_list() {
        var asked = client.all(
                "/v2/measure",
                "series",
                Map.of("action", "getworkouts", "lastupdate", "0", "data_fields", String.join(",", Workouts.FIELDS)));
        assertThat(asked).isEqualTo(ada.workouts()).hasSizeGreaterThan(20);
        assertThat(simulator.calls("getworkouts")).isEqualTo((asked.size() + 9) / 10);
    }

    @Test
    void measures_repeat_a_group_on_the_second_page() {
        var first = page(0).at("/body/measuregrps");
        var second = page(10);
        assertThat(second.at("/body/measuregrps/0")).isEqualTo(first.get(9));
        assertThat(second.at("/body/measuregrps")).hasSize(11);
        assertThat(second.at("/body/more").isNumber()).isTrue();
        assertThat(second.at("/body/offset").asInt()).isEqualTo(20);
        var all = client.all("/measure", "measuregrps", Map.of("action", "getmeas", "lastupdate", "0"));
        assertThat(Set.copyOf(all)).hasSameSizeAs(ada.groups());
    }

    @Test
    void a_row_that_comes_between_two_pages_shifts_the_list() {
        simulator.on("getmeas").page(1).answer(Fault.then(() -> ada.weighs(new BigDecimal("70.15"))));
        var first = page(0).at("/body/measuregrps");
        var second = page(10).at("/body/measuregrps");
        assertThat(second.get(1)).isEqualTo(first.get(9)); // position 10 was position 9 before
    }

    @Test
    void lastupdate_returns_what_was_written_or_rewritten_since() {
        var old = ada.groups().get(30);
        clock.pass(Duration.ofHours(1));
        var since = Long.toString(clock.instant().getEpochSecond());
        assertThat(updated(since)).isEmpty();

        long weighing = ada.weighs(new BigDecimal("70.15"));
        ada.edits(old.path("grpid").asLong(), Quantity.of(1, "69.9"));
        long typed = ada.measures(clock.instant(), 2, Quantity.of(1, "70"), Quantity.of(173, "3.21", 12));

        assertThat(updated(since).stream().map(group -> group.path("grpid").asLong()))
                .containsExactlyInAnyOrder(weighing, old.path("grpid").asLong(), typed);
        ada.deletes(weighing);
        assertThat(updated(since)).hasSize(2);
        assertThat(ada.groups()).noneMatch(group -> group.path("grpid").asLong() == weighing);
    }

    @Test
    void at_midnight_a_day_appears_that_every_earlier_cursor_has_not_seen() {
        var activities = ada.activities();
        var cursor = Long.toString(clock.instant().getEpochSecond());
        assertThat(updatedActivities(cursor)).isEmpty();
        clock.pass(Duration.ofHours(12));
        assertThat(updatedActivities(cursor)).hasSize(1);
        assertThat(ada.activities()).containsAll(activities).hasSize(activities.size() + 1);
    }

    @Test
    void no_row_is_younger_than_its_modification() {
        try (var many = Simulator.start(world.withUsers(30).withDays(200), 0)) {
            for (var person : many.people()) {
                assertThat(person.groups()).allMatch(row -> before(row, "date") && before(row, "created"));
                assertThat(person.workouts()).allMatch(row -> before(row, "enddate"));
                assertThat(person.nights()).allMatch(row -> before(row, "created"));
                assertThat(person.heart()).allMatch(row -> before(row, "timestamp"));
                assertThat(ids(person.groups(), "grpid")).hasSameSizeAs(person.groups());
                assertThat(ids(person.workouts(), "id")).hasSameSizeAs(person.workouts());
                assertThat(ids(person.nights(), "id")).hasSameSizeAs(person.nights());
                assertThat(ids(person.heart(), "timestamp")).hasSameSizeAs(person.heart());
            }
        }
    }

    @Test
    void only_default_fields_come_unless_others_are_asked_for() {
        var bare = client.call("/v2/sleep", Map.of("action", "getsummary", "lastupdate", "0"));
        assertThat(bare.at("/body/series/0/data").has("lightsleepduration")).isTrue();
        assertThat(bare.at("/body/series/0/data").has("night_events")).isFalse();
        var asked = client.call(
                "/v2/sleep", Map.of("action", "getsummary", "lastupdate", "0", "data_fields", "night_events"));
        assertThat(asked.at("/body/series/0/data/night_events/1/0").asInt(-1)).isZero();
        assertThat(asked.at("/body/series/0/data").has("lightsleepduration")).isFalse();
    }

    @Test
    void dates_bound_a_list() {
        var rows = client.all(
                "/v2/measure",
                "activities",
                Map.of("action", "getactivity", "startdateymd", "2026-10-20", "enddateymd", "2026-10-22"));
        assertThat(ids(rows, "date")).isEqualTo(Set.of("2026-10-20", "2026-10-21", "2026-10-22"));
    }

    @Test
    void meastypes_and_category_choose_among_groups() {
        var goals = client.all("/measure", "measuregrps", Map.of("action", "getmeas", "category", "2"));
        assertThat(goals).isNotEmpty().allMatch(group -> group.path("category").asInt() == 2);
        var fat = client.all("/measure", "measuregrps", Map.of("action", "getmeas", "meastypes", "6,8"));
        assertThat(fat).isNotEmpty().allMatch(group -> group.path("measures").size() == 2);
    }

    @Test
    void contradictory_or_missing_parameters_are_invalid() {
        assertThat(status("/v2/measure", Map.of("action", "getactivity"))).isEqualTo(503);
        assertThat(status("/v2/measure", Map.of("action", "getactivity", "lastupdate", "x")))
                .isEqualTo(503);
        assertThat(status(
                        "/v2/measure",
                        Map.of("action", "getactivity", "lastupdate", "0", "startdateymd", "2026-10-20")))
                .isEqualTo(503);
        assertThat(status("/v2/measure", Map.of("action", "nothing"))).isEqualTo(2554);
        ada.hasNoPlanFor(Set.of("apnea_hypopnea_index"));
        assertThat(status(
                        "/v2/sleep",
                        Map.of(
                                "action",
                                "getsummary",
                                "lastupdate",
                                "0",
                                "data_fields",
                                "hr_min,apnea_hypopnea_index")))
                .isEqualTo(503);
    }

    @Test
    void anything_can_be_put_into_a_list() {
        ada.adds("getmeas", Json.tree("{\"grpid\":\"x\",\"measures\":7}"));
        ada.adds("getsummary", Json.tree("[1]"));
        assertThat(page(0).at("/body/measuregrps/0/measures").asInt()).isEqualTo(7);
        assertThat(updatedNights("0").getFirst().isArray()).isTrue();
    }

    @Test
    void acts_appear_in_their_lists() {
        ada.walks(LocalDate.of(2026, 11, 2), 4321);
        long night = ada.sleeps(Instant.parse("2026-11-01T22:00:00Z"), Duration.ofHours(8));
        long run = ada.worksOut(2, Instant.parse("2026-11-02T09:00:00Z"), Duration.ofMinutes(30), 320);
        ada.goal("steps", "12000");
        ada.changes("getworkouts", run, workout -> workout.put("category", 1));

        assertThat(ada.activities().getFirst().path("steps").asInt()).isEqualTo(4321);
        assertThat(ada.nights()).anyMatch(row -> row.path("id").asLong() == night);
        assertThat(ada.workouts())
                .anyMatch(row ->
                        row.path("id").asLong() == run && row.path("category").asInt() == 1);
        assertThat(ada.goals().path("steps").asInt()).isEqualTo(12_000);
        assertThat(simulator.person(3).goals().isArray()).isTrue();
    }

    private static boolean before(JsonNode row, String field) {
        return row.path(field).asLong() > 1_500_000_000
                && row.path(field).asLong() <= row.path("modified").asLong();
    }

    private static Set<String> ids(List<JsonNode> rows, String field) {
        var ids = new HashSet<String>();
        rows.forEach(row -> ids.add(row.path(field).asText()));
        return ids;
    }

    private static String everything(Person person) {
        return person.groups().toString()
                + person.activities()
                + person.workouts()
                + person.nights()
                + person.heart()
                + person.devices()
                + person.goals();
    }

    private JsonNode page(int offset) {
        return client.call("/measure", Map.of("action", "getmeas", "offset", Integer.toString(offset)));
    }

    private List<JsonNode> updated(String since) {
        return client.all("/measure", "measuregrps", Map.of("action", "getmeas", "lastupdate", since));
    }

    private List<JsonNode> updatedNights(String since) {
        return client.all("/v2/sleep", "series", Map.of("action", "getsummary", "lastupdate", since));
    }

    private List<JsonNode> updatedActivities(String since) {
        return client.with(ada.tokens().accessToken())
                .all("/v2/measure", "activities", Map.of("action", "getactivity", "lastupdate", since));
    }

    private int status(String path, Map<String, String> form) {
        return client.call(path, form).path("status").asInt();
    }
}
