package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.ACTIVITY_DAY;
import static io.withingspg.schema.withings.Tables.MEASURE;
import static io.withingspg.schema.withings.Tables.MEASURE_GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import io.withingspg.schema.withings.tables.records.ActivityDayRecord;
import io.withingspg.schema.withings.tables.records.MeasureGroupRecord;
import io.withingspg.schema.withings.tables.records.MeasureRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.JSONB;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Withings sends and nobody here knows is noted when it comes, by name and never by value. */
@ExtendWith(Rig.Provider.class)
final class DriftIT {
    private static final Instant NOW = Instant.parse("2026-02-01T12:00:00Z");

    private static void write(
            Rig rig, long userId, String resource, List<Target> targets, Instant now, List<TableRecord<?>> record) {
        rig.sql()
                .transaction(transaction -> new PageWriter(transaction.dsl(), userId, resource, new Drift.Known(), now)
                        .write(
                                targets,
                                new Normalised(List.of(record), List.of(), List.of()),
                                PageWriter.Extent.of(new Span.Everything(), Fields.ALL)));
    }

    private static void walks(Rig rig, long userId, int day, int steps, @Nullable String extra, Instant now) {
        write(
                rig,
                userId,
                "activity",
                List.of(new Target.Rows(ACTIVITY_DAY)),
                now,
                List.of(new ActivityDayRecord()
                        .setDay(LocalDate.of(2026, 1, day))
                        .setSteps(steps)
                        .setExtra(extra == null ? null : JSONB.valueOf(extra))));
    }

    private static List<String> drift(Rig rig) {
        return rig.column("SELECT user_id || ' ' || kind || ' ' || name || ' ' || shape || ' ' || row_count"
                + " FROM sync.drift ORDER BY user_id, name");
    }

    @Test
    void unknown_fields_are_noted_by_name_and_shape_with_the_rows_that_brought_them(Rig rig) {
        walks(rig, 7, 1, 1, "{\"mood\": 3, \"data\": {\"a\": \"x\", \"b\": [1]}, \"none\": null, \"empty\": {}}", NOW);
        walks(rig, 7, 2, 1, "{\"mood\": null, \"7\": true, \"8\": false}", NOW.plusSeconds(60));
        walks(rig, 7, 2, 1, "{\"mood\": null, \"7\": true, \"8\": false}", NOW.plusSeconds(90));
        walks(rig, 7, 2, 2, "{\"mood\": 4, \"7\": true, \"8\": false}", NOW.plusSeconds(120));
        walks(rig, 7, 3, 2, null, NOW);

        assertThat(drift(rig))
                .containsExactly(
                        "7 field activity_day.extra.# boolean 1",
                        "7 field activity_day.extra.data.a string 1",
                        "7 field activity_day.extra.data.b array 1",
                        "7 field activity_day.extra.empty object 1",
                        "7 field activity_day.extra.mood number 2",
                        "7 field activity_day.extra.none null 1");
        assertThat(rig.query("SELECT first_seen_at = '2026-02-01T12:00:00Z' AND last_seen_at = '2026-02-01T12:02:00Z'"
                        + " FROM sync.drift WHERE name LIKE '%mood'"))
                .isEqualTo(true);
    }

    @Test
    void a_row_that_changes_is_counted_once_and_told_to_come_still(Rig rig) {
        for (var change = 0; change <= 5; change++) {
            walks(rig, 7, 1, change, "{\"mood\": 3}", NOW.plusSeconds(change));
        }
        walks(rig, 8, 1, 1, null, NOW);
        walks(rig, 8, 1, 1, "{\"mood\": 3}", NOW.plusSeconds(7)); // it comes, and no row is new
        walks(rig, 8, 1, 2, "{\"mood\": 3}", NOW.plusSeconds(8));

        assertThat(drift(rig))
                .containsExactly(
                        "7 field activity_day.extra.mood number 1", "8 field activity_day.extra.mood number 1");
        assertThat(rig.column("SELECT extract(epoch FROM last_seen_at - first_seen_at)::integer FROM sync.drift"
                        + " ORDER BY user_id"))
                .containsExactly("5", "1");
        walks(rig, 8, 2, 1, "{\"mood\": 3}", NOW.plusSeconds(9));
        assertThat(drift(rig)).contains("8 field activity_day.extra.mood number 2");
    }

    private static void measures(Rig rig, long userId, long group, int type, int position, int attribution, int model) {
        write(
                rig,
                userId,
                "measures",
                List.of(new Target.Rows(MEASURE_GROUP), new Target.SetOf(MEASURE, MEASURE_GROUP)),
                NOW,
                List.of(
                        new MeasureGroupRecord()
                                .setGroupId(group)
                                .setMeasuredAt(NOW)
                                .setDay(LocalDate.EPOCH)
                                .setCategory(99)
                                .setAttribution(attribution)
                                .setModelId(model),
                        new MeasureRecord()
                                .setGroupId(group)
                                .setType(type)
                                .setPosition(position)
                                .setMeasuredAt(NOW)
                                .setValue(BigDecimal.ONE)));
    }

    @Test
    void unknown_codes_are_noted_and_known_ones_are_not(Rig rig) {
        measures(rig, 7, 1, 1, -1, 0, 1);
        measures(rig, 7, 2, 999, 77, 55, 1_000_000);
        measures(rig, 7, 2, 999, 77, 55, 1_000_000);
        measures(rig, 7, 3, 999, 1, 2, 1);
        measures(rig, 8, 4, 999, -1, 0, 1);

        assertThat(drift(rig))
                .containsExactly(
                        "7 code attribution 55 number 1",
                        "7 code device model 1000000 number 1",
                        "7 type measure type 999 number 2",
                        "7 code position 77 number 1",
                        "8 type measure type 999 number 1");
        var drift = new Drift(rig.sql());
        assertThat(drift.summary(List.of()))
                .contains(new Drift.Sighting("type", "measure type 999", "number", NOW, NOW, 3, 2));
        assertThat(drift.summary(List.of(8L)))
                .containsExactly(new Drift.Sighting("type", "measure type 999", "number", NOW, NOW, 1, 1));
    }

    @Test
    void a_code_that_a_later_version_has_learned_is_no_drift_any_more(Rig rig) {
        measures(rig, 7, 2, 999, -1, 0, 1);
        rig.sql().execute("INSERT INTO withings.measure_type VALUES (999, 'mood', NULL, 'quantity', 'Mood')");

        assertThat(new Drift(rig.sql()).summary(List.of())).isEmpty();
    }

    @Test
    void a_record_with_endless_names_notes_a_bounded_number_of_them(Rig rig) {
        var names = Stream.iterate(0, i -> i + 1)
                .limit(500)
                .map(i -> "\"name" + i + "\": " + i)
                .collect(java.util.stream.Collectors.joining(", ", "{", "}"));

        walks(rig, 7, 1, 1, names, NOW);

        assertThat(drift(rig)).hasSize(100);
    }

    /** Each column that holds codes of a list is looked at. */
    @Test
    void every_list_of_codes_is_compared_with_what_comes(Rig rig) {
        var lists = rig.column("""
                SELECT table_name FROM information_schema.tables t
                WHERE table_schema = 'withings' AND table_type = 'BASE TABLE' AND NOT EXISTS (
                    SELECT FROM information_schema.columns c
                    WHERE c.table_schema = 'withings' AND c.table_name = t.table_name AND column_name = 'user_id')
                """);

        assertThat(lists)
                .isNotEmpty()
                .allSatisfy(list -> assertThat(Drift.KNOWN).contains("withings." + list));
    }
}
