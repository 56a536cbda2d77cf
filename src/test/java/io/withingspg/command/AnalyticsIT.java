package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the views for reports make of the rows, asked of a real PostgreSQL. */
@ExtendWith(Rig.Provider.class)
final class AnalyticsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PARIS = "Europe/Paris";

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static JsonNode weighing(long id, String at, String zone) {
        return json("""
                {"grpid":%1$d,"attrib":0,"date":%2$d,"created":%2$d,"modified":%2$d,"category":1,"deviceid":"d","timezone":"%3$s",
                 "measures":[{"value":70,"type":1,"unit":0}]}""".formatted(id, Instant.parse(at).getEpochSecond(), zone));
    }

    private static JsonNode night(long id, String from, String to, String date, String zone) {
        return json("""
                {"id":%d,"startdate":%d,"enddate":%d,"date":"%s","timezone":"%s","model":16,"hash_deviceid":"w",
                 "modified":%3$d,"data":{"total_sleep_time":20000}}""".formatted(
                id, Instant.parse(from).getEpochSecond(), Instant.parse(to).getEpochSecond(), date, zone));
    }

    @Test
    void a_reading_is_of_the_day_and_the_hour_on_the_wall_east_and_west_of_greenwich_and_when_clocks_change(Rig rig) {
        var ada = rig.person(1);
        ada.adds("getmeas", weighing(1, "2026-01-10T10:30:00Z", "Pacific/Auckland"));
        ada.adds("getmeas", weighing(2, "2026-01-10T11:30:00Z", "Pacific/Auckland"));
        ada.adds("getmeas", weighing(3, "2026-01-10T09:30:00Z", "Pacific/Honolulu"));
        ada.adds("getmeas", weighing(4, "2026-03-29T00:59:00Z", PARIS));
        ada.adds("getmeas", weighing(5, "2026-03-29T01:00:00Z", PARIS));
        ada.adds("getmeas", weighing(6, "2026-10-25T00:30:00Z", PARIS));
        ada.adds("getmeas", weighing(7, "2026-10-25T01:30:00Z", PARIS));
        rig.enrol(ada).run("sync", "--resource", "measures");

        assertThat(
                        rig.column(
                                "SELECT day || ' ' || local_started_at FROM analytics.measure WHERE group_id < 8 ORDER BY group_id"))
                .containsExactly(
                        "2026-01-10 2026-01-10 23:30:00",
                        "2026-01-11 2026-01-11 00:30:00",
                        "2026-01-09 2026-01-09 23:30:00",
                        "2026-03-29 2026-03-29 01:59:00",
                        "2026-03-29 2026-03-29 03:00:00",
                        "2026-10-25 2026-10-25 02:30:00",
                        "2026-10-25 2026-10-25 02:30:00");
        assertThat(
                        rig.column(
                                "SELECT day || ' ' || local_started_at FROM analytics.weight WHERE measured_at < '2026-01-10 12:00:00+00'"
                                        + " AND measured_at > '2026-01-10 09:00:00+00' AND weight_kg = 70 ORDER BY measured_at"))
                .containsExactly(
                        "2026-01-09 2026-01-09 23:30:00",
                        "2026-01-10 2026-01-10 23:30:00",
                        "2026-01-11 2026-01-11 00:30:00");
    }

    @Test
    void a_night_belongs_to_the_day_of_waking_also_when_it_began_after_midnight_or_clocks_change(Rig rig) {
        var ada = rig.person(1);
        ada.adds(
                "getsummary",
                night(1, "2026-01-09T10:30:00Z", "2026-01-09T18:00:00Z", "2026-01-10", "Pacific/Auckland"));
        ada.adds(
                "getsummary",
                night(2, "2026-01-12T10:45:00Z", "2026-01-12T16:00:00Z", "2026-01-12", "Pacific/Honolulu"));
        ada.adds("getsummary", night(3, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z", "2026-03-29", PARIS));
        ada.adds("getsummary", night(4, "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z", "2026-10-25", PARIS));
        rig.enrol(ada).run("sync", "--resource", "sleep");

        assertThat(rig.column("SELECT concat_ws(' ', day, local_started_at, bedtime_min, wake_min) FROM analytics.sleep"
                        + " WHERE sleep_id < 5 ORDER BY sleep_id"))
                .containsExactly(
                        "2026-01-10 2026-01-09 23:30:00 690 1140",
                        "2026-01-12 2026-01-12 00:45:00 765 1080",
                        "2026-03-29 2026-03-28 23:00:00 660 1140",
                        "2026-10-25 2026-10-25 00:00:00 720 1140");
    }

    @Test
    void the_readings_of_a_weighing_are_one_row_and_what_came_twice_counts_as_told_last(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        var at = "2026-02-03T06:00:00Z";
        var first = ada.reading(at, PARIS, "scale", 0);
        ada.value(first, 1, "70.5")
                .value(first, 6, "25")
                .value(first, 8, "17.625")
                .value(first, 5, "52.875");
        var second = ada.reading(at, PARIS, "scale", 0);
        ada.value(second, 1, "70.4")
                .value(second, 77, "38.2")
                .value(second, 76, "50")
                .value(second, 88, "2.875");
        ada.value(second, 174, 3, "1.1").value(second, 174, 12, "9.2").value(second, 11, "61");
        var pressure = ada.reading("2026-02-03T06:01:00Z", PARIS, "bpm", 0);
        ada.value(pressure, 10, "120").value(pressure, 9, "80").value(pressure, 11, "60");

        assertThat(rig.column("SELECT concat_ws(' ', ref, day, weight_kg, fat_ratio_pct, fat_mass_kg, fat_free_mass_kg,"
                        + " muscle_mass_kg, bone_mass_kg, hydration_kg, fat_mass_left_arm_kg, fat_mass_torso_kg, heart_rate)"
                        + " FROM analytics.body_composition"))
                .containsExactly("ada 2026-02-03 70.400 25.000 17.625 52.875 50.000 2.875 38.200 1.100 9.200 61.00");
        assertThat(
                        rig.query(
                                "SELECT visceral_fat IS NULL AND fat_mass_right_leg_kg IS NULL FROM analytics.body_composition"))
                .isEqualTo(true);
        assertThat(rig.query("SELECT bool_and(fat_mass_kg + fat_free_mass_kg = 70.5) FROM analytics.body_composition"))
                .as("hydration is inside, and never added")
                .isEqualTo(true);
    }

    @Test
    void two_people_on_one_scale_stay_two_and_a_reading_that_may_be_of_someone_else_is_in_no_mean(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        var ben = new Rows(rig, 2, "ben");
        var at = "2026-02-03T06:00:00Z";
        ada.measured(at, PARIS, 1, "60");
        ben.measured(at, PARIS, 1, "90");
        ada.value(ada.reading("2026-02-03T07:00:00Z", PARIS, "scale", 1), 1, "90");

        assertThat(
                        rig.column(
                                "SELECT concat_ws(' ', ref, weight_kg, origin) FROM analytics.body_composition ORDER BY user_id, measured_at"))
                .containsExactly("ada 60.000 device", "ada 90.000 ambiguous", "ben 90.000 device");
        assertThat(rig.column("SELECT concat_ws(' ', ref, weight_kg) FROM analytics.daily ORDER BY user_id"))
                .containsExactly("ada 60.000", "ben 90.000");
    }

    @Test
    void blood_pressure_is_a_reading_a_row_and_knows_morning_from_evening(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        for (var at : new String[] {"2026-02-03T10:59:59Z", "2026-02-03T11:00:00Z"}) {
            var reading = ada.reading(at, PARIS, "bpm", 5);
            ada.value(reading, 10, "121").value(reading, 9, "79").value(reading, 11, "64");
        }
        ada.measured("2026-02-04T06:00:00Z", PARIS, 10, "130");
        ada.measured("2026-02-04T06:00:00Z", PARIS, 11, "70");

        assertThat(rig.column(
                        "SELECT concat_ws(' ', half, systolic, coalesce(diastolic::text, '-'), coalesce(heart_rate::text, '-'),"
                                + " attribution) FROM analytics.blood_pressure ORDER BY measured_at"))
                .containsExactly(
                        "morning 121.0 79.0 64.0 device_mean",
                        "evening 121.0 79.0 64.0 device_mean",
                        "morning 130.0 - - device");
    }

    @Test
    void of_overlapping_nights_one_is_the_main_one_and_naps_are_none(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.night("2026-02-02T22:00:00Z", "2026-02-03T06:00:00Z", PARIS, "watch", 27000);
        ada.night("2026-02-02T22:30:00Z", "2026-02-03T05:30:00Z", PARIS, "mat", 25000);
        ada.night("2026-02-03T13:00:00Z", "2026-02-03T14:00:00Z", PARIS, "watch", 3000);
        ada.night("2026-02-04T00:30:00Z", "2026-02-04T06:00:00Z", PARIS, null, null);
        rig.sql().execute("UPDATE withings.sleep_summary SET external_asleep_s = 18000 WHERE device_id IS NULL");

        assertThat(rig.column(
                        "SELECT concat_ws(' ', day, is_main, overlaps_main, asleep_s, bedtime_min, wake_min, origin)"
                                + " FROM analytics.sleep ORDER BY started_at"))
                .containsExactly(
                        "2026-02-03 t f 27000 660 1140 device",
                        "2026-02-03 f t 25000 690 1110 device",
                        "2026-02-03 f f 3000 1560 1620 device",
                        "2026-02-04 t f 18000 810 1140 imported");
        assertThat(rig.column("SELECT day || ' ' || asleep_s FROM analytics.daily ORDER BY day"))
                .containsExactly("2026-02-03 27000", "2026-02-04 18000");
    }

    @Test
    void a_hypnogram_holds_the_stages_of_its_own_device(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.night("2026-02-02T22:00:00Z", "2026-02-03T06:00:00Z", PARIS, "watch", 27000);
        ada.night("2026-02-02T22:30:00Z", "2026-02-03T05:30:00Z", PARIS, "mat", 25000);
        ada.stage("2026-02-02T22:00:00Z", "2026-02-02T23:00:00Z", "watch", 1)
                .stage("2026-02-02T23:00:00Z", "2026-02-02T23:30:00Z", "watch", 77)
                .stage("2026-02-02T22:30:00Z", "2026-02-02T23:00:00Z", "mat", 2)
                .stage("2026-02-03T12:00:00Z", "2026-02-03T12:30:00Z", "watch", 1);

        assertThat(rig.column("SELECT concat_ws(' ', device_id, is_main, local_started_at, state_name, duration_s)"
                        + " FROM analytics.sleep_night_hypnogram ORDER BY device_id, started_at"))
                .containsExactly(
                        "mat f 2026-02-02 23:30:00 deep 1800",
                        "watch t 2026-02-02 23:00:00 light 3600",
                        "watch t 2026-02-03 00:00:00 state_77 1800");
    }

    @Test
    void a_day_has_23_24_or_25_hours_to_wear_something_in(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.day("2026-03-29", PARIS, 1).day("2026-10-24", PARIS, 1).day("2026-10-25", PARIS, 1);
        ada.worn("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z");
        ada.worn("2026-10-23T12:00:00Z", "2026-10-26T12:00:00Z");

        assertThat(rig.column("SELECT day || ' ' || wear_s FROM analytics.daily ORDER BY day"))
                .containsExactly("2026-03-29 82800", "2026-10-24 86400", "2026-10-25 90000");
    }

    @Test
    void wear_is_counted_by_quarters_of_an_hour_with_a_sign_of_a_body_and_a_phone_is_not_worn(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.day("2026-02-03", PARIS, 500)
                .day("2026-02-04", PARIS, 500)
                .day("2026-02-05", PARIS, 500)
                .day("2026-02-06", PARIS, 500);
        ada.sample("2026-02-03T08:00:00Z", "watch", 60, null)
                .sample("2026-02-03T08:05:00Z", "watch", 61, 20)
                .sample("2026-02-03T08:15:00Z", "watch", null, 20)
                .sample("2026-02-03T09:00:00Z", "watch", null, 0)
                .sample("2026-02-03T10:00:00Z", "", null, 300)
                .sample("2026-02-04T10:00:00Z", "", null, 300);
        ada.asked("intraday", "2026-02-05", "2026-02-05T23:00:00Z")
                .asked("intraday", "2026-02-06", "2026-02-06T22:59:59Z");

        assertThat(
                        rig.column(
                                "SELECT concat_ws(' ', day, coalesce(wear_s::text, 'unknown')) FROM analytics.daily ORDER BY day"))
                .containsExactly("2026-02-03 1800", "2026-02-04 0", "2026-02-05 0", "2026-02-06 unknown");
    }

    @Test
    void a_day_is_final_once_all_was_asked_for_after_its_end_and_the_watch_was_heard_of_since(Rig rig) {
        var ada = new Rows(rig, 1, "ada").device("watch", "Activity Tracker", PARIS, "2026-02-05T22:00:00Z");
        for (var day : new String[] {"2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06"}) {
            ada.day(day, PARIS, 100);
        }
        ada.asked("activity", "2026-02-03", "2026-02-04T12:00:00Z")
                .asked("sleep", "2026-02-03", "2026-02-04T12:00:00Z");
        ada.asked("activity", "2026-02-04", "2026-02-05T12:00:00Z")
                .asked("sleep", "2026-02-04", "2026-02-05T11:59:59Z");
        ada.asked("activity", "2026-02-05", "2026-02-08T12:00:00Z")
                .asked("sleep", "2026-02-05", "2026-02-08T12:00:00Z");

        assertThat(rig.column("SELECT day || ' ' || final FROM analytics.daily ORDER BY day"))
                .containsExactly("2026-02-03 true", "2026-02-04 false", "2026-02-05 false", "2026-02-06 false");
        assertThat(rig.column("SELECT week || ' ' || final FROM analytics.weekly"))
                .containsExactly("2026-02-02 false");
    }

    @Test
    void nulls_stay_null_and_a_person_with_one_row_has_a_day_a_week_and_a_month(Rig rig) {
        new Rows(rig, 1, null).measured("2026-02-03T06:00:00Z", null, 1, "70");

        assertThat(
                        rig.query(
                                "SELECT to_jsonb(d) - ARRAY['user_id', 'day', 'weight_kg', 'final', 'timezone'] ="
                                        + " (SELECT jsonb_object_agg(column_name, NULL) FROM information_schema.columns"
                                        + " WHERE table_schema = 'analytics' AND table_name = 'daily'"
                                        + " AND column_name NOT IN ('user_id', 'day', 'weight_kg', 'final', 'timezone')) FROM analytics.daily d"))
                .isEqualTo(true);
        assertThat(rig.column(
                        "SELECT concat_ws(' ', week, iso_week, days, steps_days, coalesce(steps_mean::text, '-'), weight_kg)"
                                + " FROM analytics.weekly"))
                .containsExactly("2026-02-02 2026-W06 1 0 - 70.000");
        assertThat(
                        rig.column(
                                "SELECT concat_ws(' ', month, days, weight_kg, coalesce(bedtime_min_sd::text, '-')) FROM analytics.monthly"))
                .containsExactly("2026-02-01 1 70.000 -");
    }

    @Test
    void weeks_and_months_average_what_is_there(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.day("2026-01-31", PARIS, 1000).day("2026-02-01", PARIS, 2000).day("2026-02-02", PARIS, null);
        ada.night("2026-01-30T22:30:00Z", "2026-01-31T06:00:00Z", PARIS, "watch", 20000);
        ada.night("2026-01-31T23:30:00Z", "2026-02-01T06:00:00Z", PARIS, "watch", 22000);

        assertThat(rig.column(
                        "SELECT concat_ws(' ', week, days, steps_days, steps_mean, asleep_s_mean, bedtime_min_mean)"
                                + " FROM analytics.weekly ORDER BY week"))
                .containsExactly("2026-01-26 2 2 1500.0 21000.0 720.0", "2026-02-02 1 0");
        assertThat(rig.column("SELECT concat_ws(' ', month, days, steps_mean) FROM analytics.monthly ORDER BY month"))
                .containsExactly("2026-01-01 1 1000.0", "2026-02-01 2 2000.0");
    }

    @Test
    void the_baseline_is_of_the_28_days_before_today(Rig rig) {
        new Rows(rig, 1, "ada");
        rig.sql().execute("""
                INSERT INTO withings.activity_day (user_id, day, timezone, steps, is_tracker)
                SELECT 1, (now() AT TIME ZONE 'UTC')::date - n, 'UTC', CASE WHEN n BETWEEN 1 AND 28 THEN n * 100 ELSE 99999 END, true
                FROM generate_series(0, 40) n
                """);

        assertThat(rig.column(
                        "SELECT concat_ws(' ', ref, quantity, unit, days, median, p10, p90) FROM analytics.baseline"))
                .containsExactly("ada steps steps 28 1450.000 370.000 2530.000");
    }

    @Test
    void a_change_of_device_or_algorithm_breaks_a_series_and_a_typed_in_value_does_not(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.measured("2026-02-01T06:00:00Z", PARIS, 1, "70");
        ada.value(ada.reading("2026-02-02T06:00:00Z", PARIS, null, 2), 1, "71");
        ada.measured("2026-02-03T06:00:00Z", PARIS, 1, "70");
        ada.value(ada.reading("2026-02-04T06:00:00Z", PARIS, "new scale", 0), 1, "72");
        var other = ada.reading("2026-02-05T06:00:00Z", PARIS, "new scale", 0);
        ada.value(other, 1, "72");
        rig.sql().execute("UPDATE withings.measure SET algo = CASE group_id WHEN ? THEN 4 ELSE 3 END", other);
        ada.day("2026-02-01", PARIS, 10).day("2026-02-02", PARIS, 10);
        rig.sql().execute("UPDATE withings.activity_day SET device_id = 'other watch' WHERE day = '2026-02-02'");

        assertThat(rig.column(
                        "SELECT concat_ws(' ', quantity, day, device_changed, model_changed, algo_changed, device_id_before,"
                                + " device_id) FROM analytics.series_break ORDER BY quantity, day"))
                .containsExactly(
                        "steps 2026-02-02 t f f watch other watch",
                        "weight 2026-02-04 t f f scale new scale",
                        "weight 2026-02-05 f f t new scale new scale");
    }

    @Test
    void observations_carry_the_codes_that_are_sure_and_null_where_none_is(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.measured("2026-02-01T06:00:00Z", PARIS, 1, "70.25");
        ada.measured("2026-02-01T06:01:00Z", PARIS, 170, "3");
        ada.measured("2026-02-01T06:02:00Z", PARIS, 98765, "1");
        ada.night("2026-02-01T22:00:00Z", "2026-02-02T06:00:00Z", PARIS, "watch", 27000);
        ada.day("2026-02-02", PARIS, 4000);

        assertThat(rig.column(
                        "SELECT concat_ws(' ', quantity, day, coalesce(code_system, '-'), coalesce(code, '-'), trim_scale(value),"
                                + " coalesce(unit, '-')) FROM analytics.observation ORDER BY quantity"))
                .containsExactly(
                        "sleep 2026-02-02 http://loinc.org 93832-4 27000 s",
                        "steps 2026-02-02 - - 4000 -",
                        "type_98765 2026-02-01 - - 1 -",
                        "visceral_fat 2026-02-01 - - 3 -",
                        "weight 2026-02-01 http://loinc.org 29463-7 70.25 kg");
    }

    /** From the right, every second digit doubled, digits added: what is missing to the next ten is the check digit. */
    private static int checkDigit(String number) {
        var sum = 0;
        for (var i = 0; i < number.length(); i++) {
            var digit = Character.digit(number.charAt(number.length() - 1 - i), 10) * (i % 2 == 0 ? 2 : 1);
            sum += digit / 10 + digit % 10;
        }
        return (10 - sum % 10) % 10;
    }

    @Test
    void the_check_digit_of_every_loinc_code_is_right(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        var night = ada.night("2026-02-01T22:00:00Z", "2026-02-02T06:00:00Z", PARIS, "watch", 27000);
        rig.sql()
                .execute(
                        "UPDATE withings.sleep_summary SET light_s = 1, deep_s = 1, rem_s = 1 WHERE sleep_id = ?",
                        night);
        var codes = rig.column("SELECT loinc FROM withings.measure_type WHERE loinc IS NOT NULL"
                + " UNION ALL SELECT code FROM analytics.observation");

        assertThat(codes).hasSize(12).doesNotHaveDuplicates().allSatisfy(code -> {
            var parts = code.split("-", -1);
            assertThat(parts[1]).as(code).isEqualTo(Integer.toString(checkDigit(parts[0])));
        });
        assertThat(checkDigit("8480")).as("two digits changed places").isNotEqualTo(checkDigit("8840"));
    }

    @Test
    void an_ecg_has_a_row_and_its_curve_a_row_for_each_value(Rig rig) {
        new Rows(rig, 1, "ada");
        rig.sql().execute("""
                INSERT INTO withings.heart_record (user_id, recorded_at, day, timezone, afib, heart_rate, ecg_signal_id)
                VALUES (1, '2026-02-03 23:30:00+00', '2026-02-04', 'Europe/Paris', 1, 71, 9), (1, '2026-02-04 23:30:00+00', '2026-02-05', NULL, NULL, 70, NULL)
                """);
        rig.sql()
                .execute(
                        "INSERT INTO withings.ecg_signal (user_id, signal_id, sampling_hz, microvolts) VALUES (1, 9, 500, '{5,-3,0}')");

        assertThat(
                        rig.column(
                                "SELECT concat_ws(' ', ref, day, local_started_at, afib_name, heart_rate, sample_count) FROM analytics.ecg"))
                .containsExactly("ada 2026-02-04 2026-02-04 00:30:00 positive 71 3");
        assertThat(
                        rig.column(
                                "SELECT concat_ws(' ', sample_number, offset_ms, microvolts) FROM analytics.ecg_sample WHERE signal_id = 9 ORDER BY 1"))
                .containsExactly("1 0.000 5", "2 2.000 -3", "3 4.000 0");
    }

    @Test
    void goals_and_what_was_deleted_are_in_no_view_but_that_of_goals(Rig rig) {
        var ada = new Rows(rig, 1, "ada");
        ada.measured("2026-02-03T06:00:00Z", PARIS, 1, "70");
        rig.sql().execute("UPDATE withings.measure_group SET category = 2");
        ada.measured("2026-02-03T07:00:00Z", PARIS, 1, "71");
        ada.night("2026-02-02T22:00:00Z", "2026-02-03T06:00:00Z", PARIS, "watch", 27000);
        rig.sql().execute("UPDATE withings.measure_group SET deleted_at = now() WHERE category = 1");
        rig.sql().execute("UPDATE withings.sleep_summary SET deleted_at = now()");
        rig.sql()
                .execute(
                        "INSERT INTO withings.workout (user_id, workout_id, started_at, day, deleted_at) VALUES (1, 1, now(), current_date, now())");
        rig.sql()
                .execute(
                        "INSERT INTO withings.goal (user_id, goal, valid_from, value, unit) VALUES (1, 'weight', now(), 65, 'kg')");

        for (var view : new String[] {
            "measure", "weight", "body_composition", "daily", "sleep", "workout", "observation", "weekly"
        }) {
            assertThat(rig.count("SELECT count(*) FROM analytics." + view))
                    .as(view)
                    .isZero();
        }
        assertThat(rig.column("SELECT DISTINCT status FROM analytics.day_status WHERE day = '2026-02-03'"))
                .containsExactly("not_asked");
        assertThat(rig.column("SELECT concat_ws(' ', ref, goal, value) FROM analytics.goal"))
                .containsExactly("ada weight 65.000");
    }

    @Test
    void a_row_as_absurd_as_can_be_fails_no_view(Rig rig) {
        var ada = new Rows(rig, 1, "'; DROP TABLE withings.measure; --<script>alert(1)</script>");
        for (var type = 1; type < 230; type++) {
            ada.measured("2026-02-03T06:00:00Z", PARIS, type, "1e30");
        }
        rig.sql().execute("UPDATE withings.measure_group SET timezone = 'No/Such Zone'");
        for (var table : new String[] {"activity_day", "workout", "sleep_summary", "activity_sample", "goal"}) {
            var columns = rig.column(
                    "SELECT string_agg(CASE data_type WHEN 'integer' THEN '2147483647' WHEN 'numeric' THEN '-1e40'"
                            + " WHEN 'bigint' THEN '1' WHEN 'boolean' THEN 'true' WHEN 'date' THEN '''2026-02-03'''"
                            + " WHEN 'timestamp with time zone' THEN '''2026-02-03 06:00:00+00''' WHEN 'jsonb' THEN 'NULL' ELSE '''x''' END, ', '"
                            + " ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = 'withings' AND table_name = ?",
                    table);
            rig.sql().execute("INSERT INTO withings." + table + " VALUES (" + columns.getFirst() + ")");
        }
        rig.sql().execute("UPDATE withings.sleep_summary SET deleted_at = NULL, ended_at = '9999-12-31 00:00:00+00'");
        rig.sql().execute("UPDATE withings.workout SET deleted_at = NULL, ended_at = '9999-12-31 00:00:00+00'");

        for (var view :
                rig.column("SELECT table_name FROM information_schema.views WHERE table_schema = 'analytics'")) {
            assertThatCode(() -> rig.sql().fetch("SELECT * FROM analytics." + view))
                    .as(view)
                    .doesNotThrowAnyException();
        }
        assertThat(rig.query("SELECT DISTINCT ref FROM analytics.daily"))
                .isEqualTo("'; DROP TABLE withings.measure; --<script>alert(1)</script>");
    }
}
