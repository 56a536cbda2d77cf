package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.ACTIVITY_DAY;
import static io.withingspg.schema.withings.Tables.GOAL;
import static io.withingspg.schema.withings.Tables.MEASURE;
import static io.withingspg.schema.withings.Tables.MEASURE_GROUP;
import static io.withingspg.schema.withings.Tables.SLEEP_EVENT;
import static io.withingspg.schema.withings.Tables.SLEEP_SUMMARY;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import io.withingspg.schema.withings.tables.records.ActivityDayRecord;
import io.withingspg.schema.withings.tables.records.GoalRecord;
import io.withingspg.schema.withings.tables.records.MeasureGroupRecord;
import io.withingspg.schema.withings.tables.records.MeasureRecord;
import io.withingspg.schema.withings.tables.records.SleepSummaryRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jooq.JSONB;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a row said before it changed can be asked for later, exactly. */
@ExtendWith(Rig.Provider.class)
final class RowChangesIT {
    private static final long ADA = 7;
    private static final LocalDate DAY = LocalDate.parse("2026-02-01");
    private static final Instant NIGHT = Instant.parse("2026-02-01T22:00:00Z");
    private static final List<Target> SLEEP =
            List.of(new Target.Rows(SLEEP_SUMMARY), new Target.SetOf(SLEEP_EVENT, SLEEP_SUMMARY));
    private static final List<Target> MEASURES =
            List.of(new Target.Rows(MEASURE_GROUP), new Target.SetOf(MEASURE, MEASURE_GROUP));

    private static Instant day(int number) {
        return Instant.parse("2026-02-01T12:00:00Z").plusSeconds(86_400L * number);
    }

    private static Counts write(Rig rig, List<Target> targets, Instant now, List<List<TableRecord<?>>> records) {
        return rig.sql()
                .transactionResult(transaction -> new PageWriter(transaction.dsl(), ADA, "any", new Drift.Known(), now)
                        .write(
                                targets,
                                new Normalised(records, List.of(), List.of()),
                                PageWriter.Extent.of(new Span.Everything(), Fields.ALL)));
    }

    private static SleepSummaryRecord night(long id, int score, @Nullable Integer modified) {
        return new SleepSummaryRecord()
                .setSleepId(id)
                .setStartedAt(NIGHT)
                .setDay(DAY)
                .setScore(score)
                .setEfficiency(new BigDecimal("0.930"))
                .setExtra(JSONB.valueOf("{\"new\": [1, 2.50]}"))
                .setModifiedAt(modified == null ? null : day(modified));
    }

    private static void sleeps(Rig rig, int day, SleepSummaryRecord... nights) {
        write(
                rig,
                SLEEP,
                day(day),
                IntStream.range(0, nights.length)
                        .mapToObj(i -> List.<TableRecord<?>>of(nights[i]))
                        .toList());
    }

    private static int delete(Rig rig, int day, long... ids) {
        var gone = new ArrayList<SleepSummaryRecord>();
        for (var id : ids) {
            gone.add(new SleepSummaryRecord().setSleepId(id));
        }
        return rig.sql()
                .transactionResult(
                        transaction -> Deletions.mark(transaction.dsl(), ADA, SLEEP_SUMMARY, gone, day(day)));
    }

    /** Night and score, as they stood on that day. */
    private static List<String> said(Rig rig, int day) {
        return rig.column(
                "SELECT sleep_id || ': ' || score FROM analytics.sleep_as_of(?, ?::timestamptz) ORDER BY 1",
                ADA,
                day(day).toString());
    }

    @Test
    void what_did_this_night_say_on_the_day_of_the_visit(Rig rig) {
        sleeps(rig, 1, night(1, 60, 1), night(2, 70, 1));
        sleeps(rig, 3, night(1, 65, 2));
        assertThat(delete(rig, 5, 1, 4711)).isEqualTo(1);
        assertThat(delete(rig, 6, 1)).as("it is deleted already").isZero();
        sleeps(rig, 7, night(1, 65, 2), night(2, 70, 1), night(3, 80, 3));

        assertThat(said(rig, 0)).as("before anything came").isEmpty();
        assertThat(said(rig, 1)).containsExactly("1: 60", "2: 70");
        assertThat(said(rig, 2)).containsExactly("1: 60", "2: 70");
        assertThat(said(rig, 3)).as("edited").containsExactly("1: 65", "2: 70");
        assertThat(said(rig, 5)).as("deleted").containsExactly("2: 70");
        assertThat(said(rig, 6)).containsExactly("2: 70");
        assertThat(said(rig, 7)).as("back again").containsExactly("1: 65", "2: 70", "3: 80");
        assertThat(said(rig, 99)).isEqualTo(said(rig, 7));
        assertThat(rig.column("SELECT act || ' ' || table_name || ' ' || (row ->> 'score') FROM sync.row_change"
                        + " ORDER BY change_id"))
                .containsExactly("changed sleep_summary 60", "deleted sleep_summary 65", "changed sleep_summary 65");
        assertThat(rig.column("SELECT deleted_at FROM withings.sleep_summary WHERE sleep_id = 1"))
                .as("a row that comes again is not deleted")
                .containsOnlyNulls();
        assertThat(rig.column("SELECT sleep_id FROM analytics.sleep_as_of(8, now())"))
                .as("somebody else's")
                .isEmpty();
    }

    @Test
    void a_version_comes_back_exactly_as_it_was(Rig rig) {
        sleeps(rig, 1, night(1, 60, 1));
        var before = rig.query("SELECT to_jsonb(s)::text FROM withings.sleep_summary s");

        sleeps(rig, 2, night(1, 61, 2));

        assertThat(rig.query(
                        "SELECT to_jsonb(s)::text FROM analytics.sleep_as_of(?, ?::timestamptz) s",
                        ADA,
                        day(1).toString()))
                .isEqualTo(before);
        assertThat(rig.query("SELECT row::text FROM sync.row_change")).isEqualTo(before);
        assertThat(rig.query(
                        "SELECT efficiency::text FROM analytics.sleep_as_of(?, ?::timestamptz)",
                        ADA,
                        day(1).toString()))
                .isEqualTo("0.930");
    }

    @Test
    void days_of_movement_are_remembered_too(Rig rig) {
        var targets = List.<Target>of(new Target.Rows(ACTIVITY_DAY));
        for (var hour = 1; hour <= 3; hour++) {
            write(
                    rig,
                    targets,
                    day(hour),
                    List.of(List.of(new ActivityDayRecord().setDay(DAY).setSteps(hour * 100))));
        }

        assertThat(IntStream.rangeClosed(0, 4)
                        .mapToObj(at -> rig.query(
                                "SELECT sum(steps) FROM analytics.activity_as_of(?, ?::timestamptz)",
                                ADA,
                                day(at).toString())))
                .containsExactly(null, 100L, 200L, 300L, 300L);
    }

    @Test
    void new_and_equal_and_older_rows_leave_no_version(Rig rig) {
        sleeps(rig, 1, night(1, 60, 5), night(2, 70, null));
        sleeps(rig, 2, night(1, 60, 5), night(2, 70, null));
        sleeps(rig, 3, night(1, 99, 4));

        assertThat(rig.count("SELECT count(*) FROM sync.row_change")).isZero();
        assertThat(said(rig, 3)).containsExactly("1: 60", "2: 70");
    }

    @Test
    void parts_that_leave_their_set_and_goals_that_end_are_kept(Rig rig) {
        write(rig, MEASURES, day(1), List.of(group(1, Map.of(1, 80, 6, 20))));
        write(rig, MEASURES, day(2), List.of(group(1, Map.of(1, 81))));
        var goals = List.<Target>of(new Target.History(GOAL));
        write(rig, goals, day(1).plusNanos(1_999), List.of(List.of(goal(8000)))); // finer than PostgreSQL's clock
        write(rig, goals, day(3).plusNanos(1_999), List.of(List.of(goal(9000))));

        assertThat(rig.column("""
                        SELECT table_name || ' ' || act || ' ' || coalesce(row ->> 'type', row ->> 'goal') || ' '
                            || (row ->> 'value') || ' ' || written_at::date || ' ' || changed_at::date
                        FROM sync.row_change ORDER BY 1
                        """))
                .containsExactly(
                        "goal changed steps 8000 2026-02-02 2026-02-04",
                        "measure changed 1 80 2026-02-02 2026-02-03",
                        "measure deleted 6 20 2026-02-02 2026-02-03");
        assertThat(rig.count("SELECT count(*) FROM withings.goal WHERE valid_to = synced_at"))
                .as("the row that ended was written when it ended")
                .isEqualTo(1);
    }

    private static List<TableRecord<?>> group(long id, Map<Integer, Integer> values) {
        var rows = new ArrayList<TableRecord<?>>();
        rows.add(new MeasureGroupRecord().setGroupId(id).setMeasuredAt(NIGHT).setDay(DAY));
        new TreeMap<>(values)
                .forEach((type, value) -> rows.add(new MeasureRecord()
                        .setGroupId(id)
                        .setType(type)
                        .setPosition(-1)
                        .setMeasuredAt(NIGHT)
                        .setValue(BigDecimal.valueOf(value))));
        return rows;
    }

    private static GoalRecord goal(int steps) {
        return new GoalRecord().setGoal("steps").setValue(BigDecimal.valueOf(steps));
    }

    /** Random edits, deletions and returns, against what a map of the time said. */
    @Test
    void any_history_can_be_read_at_any_of_its_times(Rig rig) {
        var random = new Random(5);
        Map<Long, Integer> stands = new TreeMap<>();
        var times = new ArrayList<Map<Long, Integer>>();
        for (var step = 0; step < 60; step++) {
            if (random.nextInt(3) == 0) {
                var gone = stands.keySet().stream()
                        .filter(_ -> random.nextInt(3) == 0)
                        .toList();
                assertThat(delete(
                                rig,
                                step,
                                gone.stream().mapToLong(Long::longValue).toArray()))
                        .isEqualTo(gone.size());
                gone.forEach(stands::remove);
            } else {
                var page = new HashMap<Long, SleepSummaryRecord>();
                for (var row = random.nextInt(5); row > 0; row--) {
                    var id = (long) random.nextInt(6);
                    var score = random.nextInt(3);
                    page.put(id, night(id, score, null));
                    stands.put(id, score);
                }
                sleeps(rig, step, page.values().toArray(SleepSummaryRecord[]::new));
            }
            times.add(Map.copyOf(stands));
        }

        for (var step = 0; step < times.size(); step++) {
            assertThat(said(rig, step))
                    .as("step %d", step)
                    .isEqualTo(new TreeMap<>(times.get(step))
                            .entrySet().stream()
                                    .map(night -> night.getKey() + ": " + night.getValue())
                                    .toList());
        }
    }

    @Test
    void versions_are_forgotten_by_when_they_ceased_to_hold(Rig rig) {
        sleeps(rig, 1, night(1, 60, 1));
        sleeps(rig, 2, night(1, 61, 2));
        sleeps(rig, 3, night(1, 62, 3));

        assertThat(new RowChanges(rig.sql()).forget(day(3))).isEqualTo(1);

        assertThat(rig.column("SELECT row ->> 'score' FROM sync.row_change")).containsExactly("61");
        assertThat(said(rig, 2)).containsExactly("1: 61");
    }
}
