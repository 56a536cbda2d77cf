package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.withingspg.simulator.Call;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What takes a call for each day: movement and sleep minute by minute, and the curves of ECGs. */
@ExtendWith(Rig.Provider.class)
final class SamplesIT {
    private static final String INTRADAY = "getintradayactivity";
    private static final String SLEEP = "/v2/sleep get";
    private static final String ECG = "/v2/heart get";

    @Test
    void the_last_days_come_newest_first_and_a_day_at_a_time(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "3");

        var ran = rig.run("sync", "--resource", "intraday");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        var windows = windows(rig, INTRADAY);
        assertThat(windows).hasSize(4);
        assertThat(windows.getFirst().to()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        for (var at = 1; at < windows.size(); at++) {
            assertThat(windows.get(at).to()).isEqualTo(windows.get(at - 1).from());
            assertThat(Duration.between(windows.get(at).from(), windows.get(at).to()))
                    .isEqualTo(Duration.ofDays(1));
        }
        assertMovementIsTold(
                rig, ada, windows.getLast().from(), windows.getFirst().to());
    }

    @Test
    void of_the_present_only_what_is_new_is_asked_for_and_nothing_is_written_twice(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "2");
        rig.run("sync", "--resource", "intraday", "--resource", "sleep-samples");
        var before = rig.dump();
        var calls = rig.withings().calls();
        var asked = windows(rig, INTRADAY).size();

        var ran = rig.run("sync", "--resource", "intraday", "--resource", "sleep-samples");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.withings().calls() - calls)
                .as("a window each, from the last sample or four hours ago")
                .isBetween(2L, 4L);
        // The first of them: late in the day the last sample is more than a day old, and there are two.
        assertThat(windows(rig, INTRADAY).get(asked).from())
                .isBeforeOrEqualTo(Instant.now().minus(Duration.ofHours(4)));
        assertThat(rig.dump()).isEqualTo(before);
    }

    @Test
    void a_backfill_that_broke_off_goes_on_where_it_stood(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "5").set("API_RETRIES", "0");
        var struck = new int[] {0};
        rig.withings().on(INTRADAY).times(3).answer(Fault.then(() -> {
            if (++struck[0] == 3) {
                rig.withings().on(INTRADAY).answer(Fault.reset());
            }
        }));
        assertThat(rig.run("sync", "--resource", "intraday").exitCode()).isEqualTo(1);
        var before = windows(rig, INTRADAY);
        assertThat(before).hasSize(4); // three came, one broke off

        assertThat(rig.run("sync", "--resource", "intraday").exitCode()).isZero();

        var after = windows(rig, INTRADAY)
                .subList(before.size(), windows(rig, INTRADAY).size());
        assertThat(after).contains(before.getLast());
        assertThat(after).doesNotContain(before.get(1), before.get(2));
        assertThat(after.getLast().from())
                .isEqualTo(LocalDate.now(ZoneOffset.UTC)
                        .minusDays(5)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant());
        assertMovementIsTold(rig, ada, after.getLast().from(), before.getFirst().to());
    }

    @Test
    void a_full_reading_that_broke_off_leaves_no_hole_in_what_was_read(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "6").set("API_RETRIES", "0");
        var last = LocalDate.now(ZoneOffset.UTC).minusDays(3).atTime(12, 0).toInstant(ZoneOffset.UTC);
        rig.run("sync", "--resource", "intraday");
        // As if nothing had run for three days.
        rig.sql()
                .execute(
                        "UPDATE sync.cursor SET reached_at = ?::timestamptz, last_row_at = ?::timestamptz",
                        last.toString(),
                        last.toString());
        rig.sql().execute("DELETE FROM withings.activity_sample WHERE sampled_at >= ?::timestamptz", last.toString());
        var came = new int[1];
        rig.withings().on(INTRADAY).times(2).answer(Fault.then(() -> {
            if (++came[0] == 2) { // of today there is nothing yet
                rig.withings().on(INTRADAY).answer(Fault.reset());
            }
        }));
        assertThat(rig.run("sync", "--resource", "intraday", "--full").exitCode())
                .isEqualTo(1);

        assertThat(rig.run("sync", "--resource", "intraday").exitCode()).isZero();

        var first = LocalDate.now(ZoneOffset.UTC)
                .minusDays(6)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        assertMovementIsTold(rig, ada, first, Instant.now());
    }

    @Test
    void days_before_the_backfill_come_when_they_are_asked_for(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "1");
        var day = LocalDate.now(ZoneOffset.UTC).minusDays(20);

        rig.run(
                "sync",
                "--resource",
                "intraday",
                "--from",
                day.toString(),
                "--to",
                day.plusDays(1).toString());

        var start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        assertThat(windows(rig, INTRADAY))
                .containsExactly(
                        new Window(start.plus(1, ChronoUnit.DAYS), start.plus(2, ChronoUnit.DAYS)),
                        new Window(start, start.plus(1, ChronoUnit.DAYS)));
        assertMovementIsTold(rig, ada, start, start.plus(2, ChronoUnit.DAYS));
    }

    @Test
    void a_day_that_was_asked_for_in_part_is_not_called_over(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "4");
        rig.run("sync", "--resource", "intraday");
        // As if the last sync had been two days ago, at 18:00.
        var evening = LocalDate.now(ZoneOffset.UTC).minusDays(2).atTime(18, 0).toInstant(ZoneOffset.UTC);
        rig.sql()
                .execute(
                        "UPDATE sync.cursor SET reached_at = ?::timestamptz, last_row_at = ?::timestamptz",
                        evening.toString(),
                        evening.toString());
        rig.sql()
                .execute(
                        "DELETE FROM sync.coverage WHERE day >= ?::date",
                        LocalDate.now(ZoneOffset.UTC).minusDays(2).toString());
        rig.set("API_RETRIES", "0")
                .withings()
                .on(INTRADAY)
                .answer(Fault.then(() -> rig.withings().on(INTRADAY).answer(Fault.reset())));

        rig.run("sync", "--resource", "intraday");
        assertThat(rig.run("status", "--gaps").out())
                .contains("--resource intraday --from "
                        + LocalDate.now(ZoneOffset.UTC).minusDays(1));

        rig.run("sync", "--resource", "intraday");
        assertThat(rig.run("status", "--gaps").out()).doesNotContain("intraday");
    }

    @Test
    void nights_come_stretch_by_stretch_and_minute_by_minute(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "3");

        var ran = rig.run("sync", "--resource", "sleep-samples");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        var windows = windows(rig, SLEEP);
        var truth = ada.segments(windows.getLast().from(), windows.getFirst().to());
        assertThat(truth).isNotEmpty();
        assertThat(rig.column(
                        "SELECT extract(epoch FROM started_at)::bigint || '/' || extract(epoch FROM ended_at)::bigint"
                                + " || '/' || state FROM withings.sleep_stage ORDER BY started_at, ended_at"))
                .containsExactlyElementsOf(truth.stream()
                        .map(segment -> segment.path("startdate").asText() + "/"
                                + segment.path("enddate").asText() + "/"
                                + segment.path("state").asText())
                        .sorted()
                        .toList());
        var beats = new TreeMap<Long, Integer>();
        truth.forEach(segment -> segment.path("hr").properties().forEach(hr -> {
            if (hr.getValue().asInt() > 0) {
                beats.put(Long.valueOf(hr.getKey()), hr.getValue().asInt());
            }
        }));
        assertThat(rig.column(
                        "SELECT extract(epoch FROM sampled_at)::bigint || ' ' || heart_rate FROM withings.sleep_sample"
                                + " WHERE heart_rate IS NOT NULL ORDER BY sampled_at"))
                .containsExactlyElementsOf(beats.entrySet().stream()
                        .map(beat -> beat.getKey() + " " + beat.getValue())
                        .toList());
    }

    @Test
    void fields_that_the_plan_lacks_cost_one_call_once_and_the_rest_comes(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "1");
        ada.hasNoPlanFor(Set.of("core_body_temperature", "rmssd_start_avg"));

        var first = rig.run("sync", "--resource", "intraday", "--resource", "sleep");
        assertThat(first.exitCode()).as(first.err() + first.out()).isZero();
        assertThat(rig.withings().calls(INTRADAY)).isEqualTo(3);
        assertThat(rig.count("SELECT count(*) FROM withings.activity_sample")).isPositive();
        assertThat(rig.count("SELECT count(*) FROM withings.sleep_summary")).isPositive();

        rig.run("sync", "--resource", "intraday");
        assertThat(rig.withings().seen().getLast().arguments()).doesNotContainKey("data_fields");
        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE basic_fields_since IS NOT NULL"))
                .isEqualTo(2);

        ada.hasNoPlanFor(Set.of());
        rig.run("sync", "--resource", "intraday", "--full");
        assertThat(rig.withings().seen().getLast().arguments()).containsKey("data_fields");
        rig.run("sync", "--resource", "intraday");
        assertThat(rig.withings().seen().getLast().arguments()).containsKey("data_fields");
    }

    @Test
    void what_an_account_is_refused_by_now_stays_as_it_was(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "sleep", "--resource", "activity");
        var before = rig.dump();
        assertThat(rig.count("SELECT count(rmssd_start_avg_ms) FROM withings.sleep_summary"))
                .isPositive();
        ada.hasNoPlanFor(Set.of("rmssd_start_avg", "hr_zone_0"));

        rig.run("sync", "--resource", "sleep", "--resource", "activity", "--full");
        rig.run("sync", "--resource", "sleep", "--reconcile");
        rig.run("replay");

        assertThat(rig.dump()).isEqualTo(before);
        assertThat(rig.run("status").out()).contains("only the fields that every plan has");
        rig.sql().execute("UPDATE sync.cursor SET basic_fields_since = basic_fields_since - interval '8 days'");
        ada.hasNoPlanFor(Set.of());
        rig.run("sync", "--resource", "sleep", "--resource", "activity");
        assertThat(rig.run("status").out()).doesNotContain("only the fields that every plan has");
    }

    @Test
    void days_that_an_outage_left_out_are_read_however_short_the_backfill_is(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.run("sync", "--resource", "intraday");
        var away = Instant.now().minus(5, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        rig.sql()
                .execute(
                        "UPDATE sync.cursor SET reached_at = ?::timestamptz, last_row_at = ?::timestamptz",
                        away.toString(),
                        away.toString());
        rig.sql().execute("DELETE FROM withings.activity_sample");

        rig.run("sync", "--resource", "intraday");

        assertMovementIsTold(rig, ada, away, Instant.now());
    }

    @Test
    void a_refused_curve_leaves_no_answer_that_a_replay_would_take_for_one(Rig rig) {
        var ada = withEcgs(rig);
        rig.enrol(ada);
        rig.run("sync", "--resource", "heart");
        rig.withings().on(ECG).answer(Fault.status(293, "Invalid params"));
        rig.run("sync", "--resource", "ecg");
        var rejects = rig.column("SELECT record::text FROM sync.rejected_record");
        var calls = calls(rig, ECG).count();

        rig.run("replay");
        rig.run("sync", "--resource", "ecg");

        assertThat(rig.column("SELECT record::text FROM sync.rejected_record")).isEqualTo(rejects);
        assertThat(calls(rig, ECG)).hasSize((int) calls);
    }

    @Test
    void a_call_that_is_refused_whatever_fields_it_names_is_not_taken_for_a_plan(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getsummary").times(2).answer(Fault.status(293, "Invalid params"));

        assertThat(rig.run("sync", "--resource", "sleep").exitCode()).isEqualTo(1);

        assertThat(rig.count("SELECT count(*) FROM sync.cursor WHERE basic_fields_since IS NOT NULL"))
                .isZero();
        rig.run("sync", "--resource", "sleep");
        assertThat(rig.withings().seen().getLast().arguments()).containsKey("data_fields");
    }

    @Test
    void a_curve_is_fetched_once_and_the_newest_first(Rig rig) {
        var ada = withEcgs(rig);
        rig.enrol(ada);

        var ran = rig.run("sync", "--resource", "heart", "--resource", "ecg");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        var ids = rig.column("SELECT DISTINCT ecg_signal_id FROM withings.heart_record WHERE ecg_signal_id IS NOT NULL"
                + " ORDER BY 1 DESC");
        assertThat(ids).isNotEmpty();
        assertThat(calls(rig, ECG).map(call -> call.arguments().get("signalid")))
                .containsExactlyElementsOf(ids);
        for (var id : ids) {
            var curve = ada.ecg(Long.parseLong(id)).orElseThrow().path("signal");
            var told = new ArrayList<String>();
            curve.forEach(value -> told.add(value.asText()));
            assertThat(rig.query(
                            "SELECT array_to_string(microvolts, ',') FROM withings.ecg_signal WHERE signal_id = ?",
                            Long.valueOf(id)))
                    .isEqualTo(String.join(",", told));
        }

        rig.run("sync", "--resource", "heart", "--resource", "ecg");
        assertThat(calls(rig, ECG)).hasSameSizeAs(ids);
    }

    @Test
    void a_recording_that_is_deleted_names_no_curve(Rig rig) {
        var ada = withEcgs(rig);
        rig.enrol(ada);
        rig.run("sync", "--resource", "heart");
        rig.sql()
                .execute("UPDATE withings.heart_record SET deleted_at = now() WHERE ecg_signal_id ="
                        + " (SELECT max(ecg_signal_id) FROM withings.heart_record)");

        rig.run("sync", "--resource", "ecg");

        assertThat(calls(rig, ECG).map(call -> call.arguments().get("signalid")))
                .isNotEmpty()
                .containsExactlyElementsOf(rig.column("SELECT DISTINCT ecg_signal_id FROM withings.heart_record"
                        + " WHERE ecg_signal_id IS NOT NULL AND deleted_at IS NULL ORDER BY 1 DESC"));
    }

    @Test
    void a_curve_that_is_refused_does_not_keep_the_others_away_and_is_left_for_a_day(Rig rig) {
        var ada = withEcgs(rig);
        rig.enrol(ada);
        rig.run("sync", "--resource", "heart");
        rig.withings().on(ECG).answer(Fault.status(293, "Invalid params"));

        rig.run("sync", "--resource", "ecg");

        var asked = calls(rig, ECG).toList();
        assertThat(rig.count("SELECT count(*) FROM withings.ecg_signal")).isEqualTo(asked.size() - 1);
        var refused = asked.getFirst().arguments().get("signalid");
        assertThat(rig.query("SELECT record ->> 'signalid' FROM sync.rejected_record WHERE resource = 'ecg'"))
                .isEqualTo(refused);
        rig.run("sync", "--resource", "ecg");
        assertThat(calls(rig, ECG)).hasSameSizeAs(asked);

        rig.sql().execute("UPDATE sync.rejected_record SET last_seen_at = last_seen_at - interval '25 hours'");
        rig.run("sync", "--resource", "ecg");
        assertThat(rig.count("SELECT count(*) FROM withings.ecg_signal")).isEqualTo(asked.size());
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record WHERE resource = 'ecg'"))
                .as("it could be read after all")
                .isZero();
    }

    @Test
    void whatever_an_empty_night_looks_like_it_is_empty(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada).set("SAMPLES_BACKFILL_DAYS", "3");
        for (var empty : List.of("{\"series\": {}}", "{\"series\": []}", "{\"series\": null}", "{}")) {
            rig.withings().on(SLEEP).answer(Fault.raw("{\"status\": 0, \"body\": " + empty + "}"));
        }

        var ran = rig.run("sync", "--resource", "sleep-samples");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.count("SELECT count(*) FROM withings.sleep_stage")).isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.coverage WHERE resource = 'sleep-samples' AND row_count = 0"))
                .as("that nothing came is on record")
                .isEqualTo(4);
    }

    private static Person withEcgs(Rig rig) {
        return rig.withings().people().stream()
                .filter(person -> person.heart().stream()
                                .filter(record -> record.path("ecg").has("signalid"))
                                .count()
                        > 1)
                .findFirst()
                .orElseThrow();
    }

    private static void assertMovementIsTold(Rig rig, Person person, Instant from, Instant to) {
        var truth = person.samples(from, to.plusSeconds(1)); // a window includes its end
        assertThat(truth).isNotEmpty();
        var told = rig.sql()
                .fetch("SELECT sampled_at, steps, heart_rate, distance_m FROM withings.activity_sample ORDER BY 1");
        assertThat(told.getValues(0, Instant.class)).containsExactlyElementsOf(truth.keySet());
        var sample = truth.values().iterator();
        told.forEach(row -> {
            var json = sample.next();
            assertThat(row.get(1, Long.class)).isEqualTo(number(json, "steps"));
            assertThat(row.get(2, Long.class)).isEqualTo(notZero(number(json, "heart_rate")));
            var distance = json.path("distance");
            assertThat(row.get(3, BigDecimal.class))
                    .usingComparator((one, other) ->
                            one == null || other == null ? (one == other ? 0 : 1) : one.compareTo(other))
                    .isEqualTo(
                            distance.isMissingNode() || distance.isNull() ? null : new BigDecimal(distance.asText()));
        });
    }

    private static @Nullable Long number(JsonNode json, String field) {
        return json.path(field).isMissingNode() || json.path(field).isNull()
                ? null
                : Long.valueOf(json.path(field).asText());
    }

    private static @Nullable Long notZero(@Nullable Long value) {
        return value == null || value == 0 ? null : value;
    }

    private record Window(Instant from, Instant to) {}

    private static List<Window> windows(Rig rig, String action) {
        return calls(rig, action)
                .map(call -> new Window(
                        Instant.ofEpochSecond(Long.parseLong(call.arguments().get("startdate"))),
                        Instant.ofEpochSecond(Long.parseLong(call.arguments().get("enddate")))))
                .toList();
    }

    private static java.util.stream.Stream<Call> calls(Rig rig, String action) {
        return rig.withings().seen().stream()
                .filter(call -> action.equals(call.action()) || action.equals(call.path() + " " + call.action()));
    }
}
