package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.ACTIVITY_SAMPLE;
import static io.withingspg.schema.withings.Tables.GOAL;
import static io.withingspg.schema.withings.Tables.MEASURE;
import static io.withingspg.schema.withings.Tables.MEASURE_GROUP;
import static io.withingspg.schema.withings.Tables.SLEEP_STAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import io.withingspg.schema.withings.tables.records.ActivitySampleRecord;
import io.withingspg.schema.withings.tables.records.GoalRecord;
import io.withingspg.schema.withings.tables.records.MeasureGroupRecord;
import io.withingspg.schema.withings.tables.records.MeasureRecord;
import io.withingspg.schema.withings.tables.records.SleepStageRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jooq.JSONB;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Any pages in any order leave what a map in memory would hold, and say exactly what they did. */
@ExtendWith(Rig.Provider.class)
final class PageWriterIT {
    private static final Instant MEASURED = Instant.parse("2026-01-01T08:00:00Z");
    private static final Instant START = Instant.parse("2026-02-01T00:00:00Z");
    private static final List<Target> MEASURES =
            List.of(new Target.Rows(MEASURE_GROUP), new Target.SetOf(MEASURE, MEASURE_GROUP));

    private record Quantity(int type, int value) {}

    private record Group(long id, @Nullable Integer modified, int attribution, List<Quantity> quantities) {}

    /** A row as the model knows it; {@code written} tells whether it was written again. */
    private record Held(@Nullable Integer modified, int content, Instant written) {}

    /** What the tables should hold, and what the pages should have said. */
    private static final class Model {
        final Map<Long, Held> groups = new TreeMap<>();
        final Map<Long, Map<Integer, Held>> quantities = new TreeMap<>();
        long inserted;
        long changed;
        long removed;

        void take(List<Group> page, Instant now) {
            var newest = new LinkedHashMap<Long, Group>();
            for (var group : page) {
                var other = newest.get(group.id);
                if (other == null || !isOlder(group.modified, other.modified)) {
                    newest.put(group.id, group);
                }
            }
            newest.values().forEach(group -> take(group, now));
        }

        private static boolean isOlder(@Nullable Integer one, @Nullable Integer other) {
            return one != null && other != null && one < other;
        }

        private void take(Group group, Instant now) {
            var held = groups.get(group.id);
            if (held != null && isOlder(group.modified, held.modified)) {
                return;
            }
            if (held == null) {
                inserted++;
            } else if (!java.util.Objects.equals(held.modified, group.modified) || held.content != group.attribution) {
                changed++;
            }
            if (held == null
                    || !java.util.Objects.equals(held.modified, group.modified)
                    || held.content != group.attribution) {
                groups.put(group.id, new Held(group.modified, group.attribution, now));
            }
            var wanted = new TreeMap<Integer, Integer>();
            group.quantities.forEach(quantity -> wanted.put(quantity.type, quantity.value));
            var standing = quantities.computeIfAbsent(group.id, _ -> new TreeMap<>());
            var gone = standing.keySet().stream()
                    .filter(type -> !wanted.containsKey(type))
                    .toList();
            removed += gone.size();
            gone.forEach(standing::remove);
            wanted.forEach((type, value) -> {
                var row = standing.get(type);
                if (row == null) {
                    inserted++;
                } else if (row.content != value) {
                    changed++;
                }
                if (row == null || row.content != value) {
                    standing.put(type, new Held(null, value, now));
                }
            });
        }
    }

    @Test
    void any_pages_leave_what_a_map_would_hold_and_count_exactly(Rig rig) {
        for (var seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var model = new Model();
            for (var number = 0; number < 8; number++) {
                var now = START.plusSeconds(number);
                var page = page(random);
                var before = List.of(model.inserted, model.changed, model.removed);
                model.take(page, now);

                var counts = write(rig, seed, MEASURES, new Normalised(rows(page), List.of(), List.of()), now);

                var fetched = page.stream()
                        .mapToLong(group -> 1 + group.quantities.size())
                        .sum();
                var inserted = model.inserted - before.get(0);
                var changed = model.changed - before.get(1);
                assertThat(counts)
                        .as("seed %d page %d: %s", seed, number, page)
                        .isEqualTo(new Counts(
                                fetched,
                                inserted,
                                changed,
                                fetched - inserted - changed,
                                model.removed - before.get(2),
                                0));
                assertThat(groups(rig, seed))
                        .as("seed %d page %d", seed, number)
                        .isEqualTo(model.groups);
                assertThat(quantities(rig, seed))
                        .as("seed %d page %d", seed, number)
                        .isEqualTo(withoutEmpty(model.quantities));
            }
        }
    }

    private static List<Group> page(Random random) {
        var page = new ArrayList<Group>();
        for (var row = random.nextInt(6); row > 0; row--) {
            var quantities = new ArrayList<Quantity>();
            for (var quantity = random.nextInt(5); quantity > 0; quantity--) {
                quantities.add(new Quantity(random.nextInt(4), random.nextInt(3)));
            }
            page.add(new Group(
                    random.nextInt(5),
                    random.nextInt(6) == 0 ? null : random.nextInt(4),
                    random.nextInt(2),
                    List.copyOf(quantities)));
        }
        return page;
    }

    private static List<List<TableRecord<?>>> rows(List<Group> page) {
        return page.stream()
                .map(group -> {
                    var rows = new ArrayList<TableRecord<?>>();
                    rows.add(new MeasureGroupRecord()
                            .setGroupId(group.id)
                            .setMeasuredAt(MEASURED)
                            .setDay(LocalDate.EPOCH)
                            .setAttribution(group.attribution)
                            .setModifiedAt(group.modified == null ? null : START.plusSeconds(group.modified)));
                    group.quantities.forEach(quantity -> rows.add(new MeasureRecord()
                            .setGroupId(group.id)
                            .setType(quantity.type)
                            .setPosition(-1)
                            .setMeasuredAt(MEASURED)
                            .setValue(BigDecimal.valueOf(quantity.value))));
                    return (List<TableRecord<?>>) rows;
                })
                .toList();
    }

    private static Map<Long, Held> groups(Rig rig, long userId) {
        var groups = new TreeMap<Long, Held>();
        rig.sql()
                .selectFrom(MEASURE_GROUP)
                .where(MEASURE_GROUP.USER_ID.eq(userId))
                .forEach(row -> groups.put(
                        row.getGroupId(),
                        new Held(
                                row.getModifiedAt() == null
                                        ? null
                                        : (int) (row.getModifiedAt().getEpochSecond() - START.getEpochSecond()),
                                row.getAttribution(),
                                row.getSyncedAt())));
        return groups;
    }

    private static Map<Long, Map<Integer, Held>> quantities(Rig rig, long userId) {
        var quantities = new TreeMap<Long, Map<Integer, Held>>();
        rig.sql()
                .selectFrom(MEASURE)
                .where(MEASURE.USER_ID.eq(userId))
                .forEach(row -> quantities
                        .computeIfAbsent(row.getGroupId(), _ -> new TreeMap<>())
                        .put(row.getType(), new Held(null, row.getValue().intValueExact(), row.getSyncedAt())));
        return quantities;
    }

    private static Map<Long, Map<Integer, Held>> withoutEmpty(Map<Long, Map<Integer, Held>> quantities) {
        var kept = new TreeMap<>(quantities);
        kept.values().removeIf(Map::isEmpty);
        return kept;
    }

    @Test
    void any_goals_leave_a_history_without_gaps_or_repeats(Rig rig) {
        for (var seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            Map<String, Integer> holds = new HashMap<>();
            var begun = 0L;
            for (var number = 0; number < 12; number++) {
                var now = START.plusSeconds(number);
                var told = new TreeMap<String, Integer>();
                List.of("steps", "sleep", "weight").stream()
                        .filter(_ -> random.nextInt(3) > 0)
                        .forEach(goal -> told.put(goal, random.nextInt(3)));
                // A page on which something could not be read may lack what it does not name.
                var rejects = random.nextInt(4) == 0
                        ? List.of(new Rejected("value: expected a number", JSONB.valueOf("{}")))
                        : List.<Rejected>of();
                var next = new HashMap<>(rejects.isEmpty() ? Map.<String, Integer>of() : holds);
                next.putAll(told);
                var before = holds;
                var inserted = told.entrySet().stream()
                        .filter(goal -> !goal.getValue().equals(before.get(goal.getKey())))
                        .count();
                holds = next;
                begun += inserted;

                var counts = write(
                        rig,
                        seed,
                        List.of(new Target.History(GOAL)),
                        new Normalised(goals(told), rejects, List.of()),
                        now);

                assertThat(counts.inserted())
                        .as("seed %d page %d", seed, number)
                        .isEqualTo(inserted);
                assertThat(counts.fetched()).isEqualTo(told.size() + rejects.size());
                assertThat(counts.unchanged()).isEqualTo(told.size() - inserted);
                assertThat(rig.sql()
                                .selectFrom(GOAL)
                                .where(GOAL.USER_ID.eq((long) seed), GOAL.VALID_TO.isNull())
                                .fetchMap(GOAL.GOAL_, goal -> goal.getValue().intValueExact()))
                        .as("seed %d page %d", seed, number)
                        .isEqualTo(holds);
            }
            assertThat(rig.count("SELECT count(*) FROM withings.goal WHERE user_id = ?", seed))
                    .isEqualTo(begun);
            assertThat(rig.count(
                            "SELECT count(*) FROM withings.goal one JOIN withings.goal other USING (user_id, goal)"
                                    + " WHERE user_id = ? AND one.valid_from < other.valid_from"
                                    + " AND coalesce(one.valid_to, 'infinity') > other.valid_from",
                            seed))
                    .as("no two values hold at once")
                    .isZero();
        }
    }

    private static List<List<TableRecord<?>>> goals(Map<String, Integer> goals) {
        return goals.entrySet().stream()
                .map(goal -> List.<TableRecord<?>>of(
                        new GoalRecord().setGoal(goal.getKey()).setValue(BigDecimal.valueOf(goal.getValue()))))
                .toList();
    }

    @Test
    void any_samples_leave_what_a_map_would_hold_and_count_exactly(Rig rig) {
        var targets = List.<Target>of(new Target.Samples(ACTIVITY_SAMPLE, false));
        for (var seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            var model = new TreeMap<String, Held>();
            for (var number = 0; number < 6; number++) {
                var now = START.plusSeconds(number);
                var records = new ArrayList<List<TableRecord<?>>>();
                var told = new LinkedHashMap<String, Integer>();
                for (var row = random.nextInt(8); row > 0; row--) {
                    // Around New Year, so that two partitions are written to.
                    var at = Instant.parse("2025-12-31T23:58:00Z").plusSeconds(60L * random.nextInt(5));
                    var device = "device " + random.nextInt(2);
                    var steps = random.nextInt(3);
                    records.add(List.of(new ActivitySampleRecord()
                            .setSampledAt(at)
                            .setDeviceId(device)
                            .setSteps(steps)));
                    told.put(at + " " + device, steps);
                }
                var inserted = told.keySet().stream()
                        .filter(key -> !model.containsKey(key))
                        .count();
                var changed = told.entrySet().stream()
                        .filter(row ->
                                model.containsKey(row.getKey()) && model.get(row.getKey()).content != row.getValue())
                        .count();
                told.forEach((key, steps) -> {
                    if (!model.containsKey(key) || model.get(key).content != steps) {
                        model.put(key, new Held(null, steps, now));
                    }
                });

                var counts = write(rig, seed, targets, new Normalised(records, List.of(), List.of()), now);

                assertThat(counts)
                        .as("seed %d page %d", seed, number)
                        .isEqualTo(new Counts(
                                records.size(), inserted, changed, records.size() - inserted - changed, 0, 0));
                var held = new TreeMap<String, Held>();
                rig.sql()
                        .selectFrom(ACTIVITY_SAMPLE)
                        .where(ACTIVITY_SAMPLE.USER_ID.eq((long) seed))
                        .forEach(row -> held.put(
                                row.getSampledAt() + " " + row.getDeviceId(),
                                new Held(null, row.getSteps(), row.getSyncedAt())));
                assertThat(held).as("seed %d page %d", seed, number).isEqualTo(model);
            }
        }
        assertThat(rig.count("SELECT count(*) FROM sync.row_change")).isZero();
    }

    private record Stage(int from, int to, String device, int state) {
        Instant startedAt() {
            return MEASURED.plusSeconds(60L * from);
        }

        SleepStageRecord row() {
            return new SleepStageRecord()
                    .setStartedAt(startedAt())
                    .setEndedAt(MEASURED.plusSeconds(60L * to))
                    .setDeviceId(device)
                    .setState(state);
        }
    }

    private static final List<Target> STAGES = List.of(new Target.Stretch(SLEEP_STAGE));

    private static Counts writeStages(Rig rig, List<Rejected> rejects, Instant now, Stage... stages) {
        return write(
                rig,
                7,
                STAGES,
                new Normalised(
                        java.util.stream.Stream.of(stages)
                                .map(stage -> List.<TableRecord<?>>of(stage.row()))
                                .toList(),
                        rejects,
                        List.of()),
                now);
    }

    private static List<String> stages(Rig rig) {
        return rig.column(
                "SELECT device_id || ' ' || extract(epoch FROM started_at - '2026-01-01T08:00:00Z')::integer / 60"
                        + " || '-' || extract(epoch FROM ended_at - '2026-01-01T08:00:00Z')::integer / 60 || ' ' || state"
                        + " FROM withings.sleep_stage ORDER BY device_id, started_at");
    }

    @Test
    void a_night_that_is_cut_anew_leaves_no_old_pieces_of_its_device(Rig rig) {
        writeStages(
                rig,
                List.of(),
                START,
                new Stage(0, 10, "a", 1),
                new Stage(10, 20, "a", 2),
                new Stage(20, 30, "a", 3),
                new Stage(30, 40, "a", 0),
                new Stage(5, 15, "b", 1));

        var counts = writeStages(
                rig,
                List.of(),
                START.plusSeconds(1),
                new Stage(10, 15, "a", 2),
                new Stage(15, 20, "a", 0),
                new Stage(20, 30, "a", 3));

        assertThat(counts).isEqualTo(new Counts(3, 1, 1, 1, 0, 0));
        assertThat(stages(rig))
                .containsExactly("a 0-10 1", "a 10-15 2", "a 15-20 0", "a 20-30 3", "a 30-40 0", "b 5-15 1");

        counts = writeStages(rig, List.of(), START.plusSeconds(2), new Stage(10, 30, "a", 2), new Stage(6, 7, "b", 1));

        assertThat(counts).isEqualTo(new Counts(2, 1, 1, 0, 2, 0));
        assertThat(stages(rig)).containsExactly("a 0-10 1", "a 10-30 2", "a 30-40 0", "b 5-15 1", "b 6-7 1");
        assertThat(rig.count("SELECT count(*) FROM sync.row_change")).isZero();
    }

    @Test
    void where_a_stretch_could_not_be_read_nothing_is_removed(Rig rig) {
        writeStages(rig, List.of(), START, new Stage(0, 10, "a", 1), new Stage(10, 20, "a", 2));

        var counts = writeStages(
                rig,
                List.of(new Rejected("startdate: missing", JSONB.valueOf("{}"))),
                START.plusSeconds(1),
                new Stage(0, 20, "a", 3));

        assertThat(counts).isEqualTo(new Counts(2, 0, 1, 0, 0, 1));
        assertThat(stages(rig)).containsExactly("a 0-20 3", "a 10-20 2");
    }

    private static Counts write(Rig rig, long userId, List<Target> targets, Normalised page, Instant now) {
        return rig.sql()
                .transactionResult(
                        transaction -> new PageWriter(transaction.dsl(), userId, "measures", new Drift.Known(), now)
                                .write(targets, page, PageWriter.Extent.of(new Span.Everything(), Fields.ALL)));
    }
}
