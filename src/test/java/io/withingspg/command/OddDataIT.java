package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Quantity;
import io.withingspg.simulator.World;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records as the real API sends them now and then: strange ones are stored, unreadable ones are kept aside. */
@ExtendWith(Rig.Provider.class)
final class OddDataIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final long now = Instant.now().getEpochSecond();

    @Test
    void a_measure_type_nobody_knows_is_stored(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var group = ada.measures(Instant.now(), 0, Quantity.of(98_765, "12.5"), Quantity.of(173, "3.1", 77));

        rig.run("sync", "--resource", "measures");

        assertThat(rig.column(
                        "SELECT type || ' ' || position || ' ' || value FROM withings.measure WHERE group_id = ?"
                                + " ORDER BY 1",
                        group))
                .containsExactly("173 77 3.1", "98765 -1 12.5");
    }

    @Test
    void numbers_that_come_as_text_are_numbers(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.adds("getmeas", json("""
                {"grpid":"7001","attrib":"0","date":"%1$d","created":"%1$d","modified":"%1$d","category":"1",
                 "deviceid":null,"hash_deviceid":"h1","model":5,"timezone":"Europe/Paris",
                 "measures":[{"value":"70123","type":"1","unit":"-3"}]}""".formatted(now)));
        ada.adds("getactivity", json("""
                {"date":"2026-02-03","timezone":"Europe/Paris","modified":"%d","steps":"4321","distance":"17.25",
                 "calories":"0","is_tracker":"1"}""".formatted(now)));

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.column("SELECT concat_ws(' ', attribution, device_id, model, model_id, value)"
                        + " FROM withings.measure_group JOIN withings.measure USING (user_id, group_id)"
                        + " WHERE group_id = 7001"))
                .containsExactly("0 h1 5 5 70.123");
        assertThat(rig.column(
                        "SELECT concat_ws(' ', steps, distance_m, active_kcal IS NULL, is_tracker, device_id IS NULL)"
                                + " FROM withings.activity_day WHERE day = '2026-02-03'"))
                .containsExactly("4321 17.25 t t t");
    }

    @Test
    void fields_nobody_knows_are_kept_as_they_came(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.adds("getworkouts", json("""
                {"id":7002,"category":2,"startdate":%1$d,"enddate":%1$d,"date":"2026-02-03","modified":%1$d,
                 "mood":{"before":3},"data":{"steps":5,"cadence":[80,81.5]}}""".formatted(now)));

        rig.run("sync", "--resource", "workouts");

        assertThat(json(String.valueOf(rig.query("SELECT extra::text FROM withings.workout WHERE workout_id = 7002"))))
                .isEqualTo(json("{\"mood\":{\"before\":3},\"data\":{\"cadence\":[80,81.5]}}"));
    }

    @Test
    void a_record_that_cannot_be_read_is_kept_aside_with_its_reason_and_the_others_land(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.adds("getworkouts", json("{\"id\":\"seven\",\"startdate\":%d,\"date\":\"2026-02-03\"}".formatted(now)));
        ada.adds("getworkouts", json("\"no record at all\""));
        ada.adds("getworkouts", json("{\"id\":7003,\"startdate\":%d,\"date\":\"yesterday\"}".formatted(now)));
        var good = ada.workouts().size() - 3;

        var ran = rig.run("sync", "--resource", "workouts", "--json");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(json(ran.out()).at("/resources/workouts/rejected").asInt()).isEqualTo(3);
        assertThat(rig.count("SELECT count(*) FROM withings.workout")).isEqualTo(good);
        assertThat(rig.column("SELECT reason FROM sync.rejected_record ORDER BY 1"))
                .containsExactly(
                        "date: expected a day such as 2026-01-31", "expected an object", "id: expected a number");
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record WHERE record->>'id' = 'seven'"))
                .isEqualTo(1);
        assertThat(rig.count("SELECT fetched - inserted - changed - unchanged - rejected FROM sync.run_resource"))
                .isZero();
        assertThat(rig.run("status").out()).contains("3 rejected records");
    }

    @Test
    void a_rejected_record_that_comes_again_is_counted_not_repeated(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.adds("getdevice", json("{\"type\":\"Scale\",\"deviceid\":null}"));

        for (var time = 0; time < 3; time++) {
            rig.run("sync", "--resource", "devices");
        }

        assertThat(rig.column("SELECT occurrences || ' ' || (last_seen_at > first_seen_at) FROM sync.rejected_record"))
                .containsExactly("3 true");
    }

    @Test
    void one_unreadable_measure_is_kept_aside_alone(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.adds("getmeas", json("""
                {"grpid":7004,"date":%1$d,"modified":%1$d,"category":1,"measures":[{"value":1,"type":1,"unit":0},
                 {"value":"much","type":6,"unit":0},{"type":8,"unit":0},{"value":3,"type":76,"unit":-99}]}""".formatted(now)));

        rig.run("sync", "--resource", "measures");

        assertThat(rig.column("SELECT type FROM withings.measure WHERE group_id = 7004"))
                .containsExactly("1");
        assertThat(rig.column("SELECT reason FROM sync.rejected_record ORDER BY 1"))
                .containsExactly(
                        "measures: unit: beyond all measure",
                        "measures: value: expected a number",
                        "measures: value: missing");
    }

    @Test
    void what_postgresql_cannot_hold_costs_no_other_record(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        ada.adds("getworkouts", json("""
                {"id":7005,"startdate":%1$d,"date":"2026-02-03","model":"a\\u0000b","zone\\u0000d":"\\ud800",
                 "data":{"core_body_temperature_status":"\\u0000"}}""".formatted(now)));
        ada.adds(
                "getworkouts",
                json("{\"id\":7006,\"startdate\":%d,\"date\":\"2026-02-03\",\"model\":\"%s\"}"
                        .formatted(now, "x".repeat(20_000))));
        ada.adds(
                "getworkouts",
                json("{\"id\":7007,\"startdate\":%d,\"date\":\"2026-02-03\",\"data\":{\"steps\":\"1e999\"}}"
                        .formatted(now)));
        ada.adds("getworkouts", json("{\"id\":7008,\"startdate\":99999999999999,\"date\":\"2026-02-03\"}"));
        ada.adds(
                "getworkouts",
                json("{\"id\":7009,\"startdate\":%d,\"date\":\"2026-02-03\",\"data\":{\"steps\":%s}}"
                        .formatted(now, "9".repeat(900))));
        ada.adds(
                "getworkouts",
                json("{\"id\":7010,\"startdate\":%d,\"date\":\"2026-02-03\",\"new\":%s}"
                        .formatted(now, "9".repeat(900))));

        var ran = rig.run("sync", "--resource", "workouts");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.column(
                        "SELECT workout_id FROM withings.workout WHERE workout_id BETWEEN 7000 AND 7999 ORDER BY 1"))
                .containsExactly("7005", "7010");
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isEqualTo(4);
        assertThat(rig.query("SELECT model FROM withings.workout WHERE workout_id = 7005"))
                .isEqualTo("a\ufffdb");
    }

    @Test
    void of_a_key_that_repeats_on_a_page_or_over_two_the_newest_version_counts(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        // Three versions in the list's order, the newest in the middle; then one that stands on another page.
        var day = LocalDate.now(ZoneOffset.UTC).minusDays(400);
        for (var version : List.of(3, 9, 5)) {
            ada.adds(
                    "getactivity",
                    json("{\"date\":\"%s\",\"steps\":%d,\"modified\":%d}"
                            .formatted(day, version, now - 1000 + version)));
        }
        var elsewhere = LocalDate.parse(ada.activities().getFirst().path("date").asText());
        rig.withings().on("getactivity").page(1).answer(Fault.rewritten(body -> {
            body.withArray("activities")
                    .add(json("{\"date\":\"%s\",\"steps\":77,\"modified\":%d}".formatted(day, now)));
            return body;
        }));

        var ran = rig.run("sync", "--resource", "activity");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.column("SELECT steps FROM withings.activity_day WHERE day = ?::date", day))
                .containsExactly("77");
        assertThat(rig.count("SELECT count(*) FROM withings.activity_day WHERE day = ?::date", elsewhere))
                .isEqualTo(1);
        assertThat(rig.count("SELECT fetched - inserted - changed - unchanged FROM sync.run_resource"))
                .isZero();
    }

    @Test
    void an_older_version_that_arrives_later_does_not_win(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var group = ada.measures(Instant.now(), 0, Quantity.of(1, "70.5"), Quantity.of(6, "21"));
        rig.run("sync", "--resource", "measures");
        rig.withings().on("getmeas").answer(Fault.rewritten(body -> {
            body.withArray("measuregrps").removeAll().add(json("""
                    {"grpid":%d,"date":%d,"modified":%d,"category":1,"attrib":2,
                     "measures":[{"value":1,"type":1,"unit":0},{"value":2,"type":8,"unit":0}]}""".formatted(group, now, now - 100_000)));
            return body.put("more", 0);
        }));

        rig.run("sync", "--resource", "measures");

        assertThat(rig.column(
                        "SELECT concat_ws(' ', attribution, type, value) FROM withings.measure_group"
                                + " JOIN withings.measure USING (user_id, group_id) WHERE group_id = ? ORDER BY 1",
                        group))
                .containsExactly("0 1 70.5", "0 6 21");
    }

    @Test
    void answers_without_their_list_or_with_an_empty_one_are_empty(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync");
        var before = rig.dump();
        for (var action : List.of("getmeas", "getactivity", "getworkouts", "getsummary", "list", "getdevice")) {
            rig.withings().on(action).answer(Fault.raw("{\"status\":0,\"body\":{}}"));
            rig.withings()
                    .on(action)
                    .answer(Fault.raw("{\"status\":\"0\",\"body\":{\"series\":{},\"activities\":null}}"));
            rig.withings().on(action).answer(Fault.raw("{\"status\":0}"));
        }

        for (var time = 0; time < 3; time++) {
            assertThat(rig.run("sync", "--full").exitCode()).isZero();
        }

        assertThat(rig.dump()).isEqualTo(before);
    }

    @Test
    void a_wrong_server_clock_does_not_carry_the_cursor_into_the_future(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings()
                .on("getmeas")
                .always()
                .answer(Fault.rewritten(body -> body.put("updatetime", now + 400_000_000L)));

        rig.run("sync", "--resource", "measures");

        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE resource = 'measures' AND reached_at <= now()"))
                .isEqualTo(1);
    }

    @Test
    void somebody_without_any_data_is_no_failure() {
        try (var rig =
                new Rig(World.ordinary().withUsers(1).withDays(0).withSameArgumentsWithin(java.time.Duration.ZERO))) {
            Person ada = rig.person(1);
            rig.enrol(ada);

            assertThat(rig.run("sync").exitCode()).isZero();
            ada.weighs(new BigDecimal("70.1"));
            assertThat(rig.run("sync").exitCode()).isZero();

            assertThat(rig.count("SELECT count(*) FROM withings.measure")).isEqualTo(1);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
