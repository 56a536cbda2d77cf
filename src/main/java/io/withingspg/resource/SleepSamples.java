package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.SLEEP_SAMPLE;
import static io.withingspg.schema.withings.Tables.SLEEP_STAGE;

import io.withingspg.schema.withings.tables.records.SleepSampleRecord;
import io.withingspg.schema.withings.tables.records.SleepStageRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jooq.TableField;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/**
 * Nights stretch by stretch and minute by minute: {@code POST /v2/sleep action=get}, stretches of one state, each with an
 * object of moment → value for everything that was measured in it.
 */
final class SleepSamples {
    private static final String FIELDS = String.join(
            ",",
            "hr",
            "rr",
            "snoring",
            "sdnn_1",
            "rmssd",
            "hrv_quality",
            "mvt_score",
            "chest_movement_rate",
            "withings_index",
            "breathing_sounds");

    static final Resource SLEEP_SAMPLES = new Resource(
            "sleep-samples",
            Scope.USER_ACTIVITY,
            new Call("/v2/sleep", "get"),
            Map.of("data_fields", FIELDS),
            Resource.Paging.SINGLE,
            new Movement.Windows(),
            List.of(new Target.Stretch(SLEEP_STAGE), new Target.Samples(SLEEP_SAMPLE, true)),
            SleepSamples::normalise);

    private SleepSamples() {}

    private static Normalised normalise(Page page) {
        var source = page.countOrNull("model");
        return merged(page.eachOf("series", stretch -> rows(stretch, source)));
    }

    /**
     * Where the beginning or the end cannot be true there is no telling which of them it is, nor when anything in between
     * was measured: the whole stretch is rejected. Without its state it is still a stretch with samples.
     */
    private static List<TableRecord<?>> rows(Item stretch, @Nullable Integer source) {
        var startedAt = stretch.epoch("startdate");
        var endedAt = stretch.end("enddate", startedAt);
        var deviceId = stretch.deviceIdOrNone();
        var samples = samples(stretch, deviceId);
        var rows = new ArrayList<TableRecord<?>>(samples.size() + 1);
        rows.add(new SleepStageRecord()
                .setStartedAt(startedAt)
                .setEndedAt(endedAt)
                .setDeviceId(deviceId)
                .setState(stretch.countAloneOrNull("state"))
                .setSource(source)
                .setModel(stretch.textOrNull("model"))
                .setModelId(stretch.modelIdOrNull())
                .setExtra(stretch.extra()));
        rows.addAll(samples);
        return rows;
    }

    private static Collection<SleepSampleRecord> samples(Item stretch, String deviceId) {
        return new Samples(stretch, deviceId)
                .read("hr", SLEEP_SAMPLE.HEART_RATE, Field::measuredCount)
                .read("rr", SLEEP_SAMPLE.RESPIRATION_RATE, Field::decimal)
                .read("snoring", SLEEP_SAMPLE.SNORING_S, Field::duration)
                .read("sdnn_1", SLEEP_SAMPLE.SDNN_MS, Field::decimal)
                .read("rmssd", SLEEP_SAMPLE.RMSSD_MS, Field::decimal)
                .read("hrv_quality", SLEEP_SAMPLE.HRV_QUALITY, Field::count)
                .read("mvt_score", SLEEP_SAMPLE.MOVEMENT_SCORE, Field::count)
                .read("chest_movement_rate", SLEEP_SAMPLE.CHEST_MOVEMENT_RATE, Field::decimal)
                .read("withings_index", SLEEP_SAMPLE.WITHINGS_INDEX, Field::decimal)
                .read("breathing_sounds", SLEEP_SAMPLE.BREATHING_SOUNDS_S, Field::duration)
                .rows
                .values();
    }

    /** A row for each moment of a stretch of which any object tells. */
    private record Samples(Item stretch, String deviceId, Map<Instant, SleepSampleRecord> rows) {
        Samples(Item stretch, String deviceId) {
            this(stretch, deviceId, new TreeMap<>());
        }

        <T> Samples read(String field, TableField<SleepSampleRecord, T> column, Function<Field, @Nullable T> value) {
            stretch.eachMoment(field, (at, node) -> {
                var read = value.apply(node); // first: what cannot be read makes no row
                rows.computeIfAbsent(
                                at,
                                _ -> new SleepSampleRecord().setSampledAt(at).setDeviceId(deviceId))
                        .set(column, read);
            });
            return this;
        }
    }

    private record Key(Instant at, String deviceId) {}

    /**
     * Stretches that meet may both tell of the moment in between, and a stretch may come twice with other samples. Only
     * one row of a key is stored, so each of them is given all that the page tells.
     */
    private static Normalised merged(Normalised page) {
        var samples = new HashMap<Key, SleepSampleRecord>();
        var ofStretch = new HashMap<Key, Map<Key, SleepSampleRecord>>();
        var records = new ArrayList<List<TableRecord<?>>>(page.records().size());
        for (var record : page.records()) {
            var stage = (SleepStageRecord) record.getFirst();
            var own = ofStretch.computeIfAbsent(
                    new Key(stage.getStartedAt(), stage.getDeviceId()), _ -> new LinkedHashMap<>());
            for (var row : record.subList(1, record.size())) {
                var sample = (SleepSampleRecord) row;
                var key = new Key(sample.getSampledAt(), sample.getDeviceId());
                own.put(key, samples.merge(key, sample, SleepSamples::filled));
            }
            var rows = new ArrayList<TableRecord<?>>(own.size() + 1);
            rows.add(stage);
            rows.addAll(own.values());
            records.add(rows);
        }
        return page.with(records);
    }

    /** What is told last counts, "not measured" too. */
    private static SleepSampleRecord filled(SleepSampleRecord row, SleepSampleRecord later) {
        for (var column : SLEEP_SAMPLE.fields()) {
            if (later.touched(column)) {
                copy(column, later, row);
            }
        }
        return row;
    }

    /** {@code row.from(later, column)} would look for getters by reflection, for each moment and column anew. */
    private static <T> void copy(org.jooq.Field<T> column, SleepSampleRecord from, SleepSampleRecord to) {
        to.set(column, from.get(column));
    }
}
