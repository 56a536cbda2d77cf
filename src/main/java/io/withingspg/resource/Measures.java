package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.MEASURE;
import static io.withingspg.schema.withings.Tables.MEASURE_GROUP;

import io.withingspg.schema.withings.tables.records.MeasureGroupRecord;
import io.withingspg.schema.withings.tables.records.MeasureRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/** Readings, goals set on a scale among them: {@code POST /measure action=getmeas}. */
final class Measures {
    private static final int NO_POSITION = -1; // part of the key, so it cannot be null
    private static final int TIMEZONE = MEASURE_GROUP.indexOf(MEASURE_GROUP.TIMEZONE);

    static final Resource MEASURES = new Resource(
            "measures",
            Scope.USER_METRICS,
            new Call("/measure", "getmeas"),
            Map.of(),
            Resource.Paging.OFFSET,
            new Movement.Changes(Movement.Dates.EPOCH),
            List.of(new Target.Rows(MEASURE_GROUP), new Target.SetOf(MEASURE, MEASURE_GROUP)),
            Measures::normalise);

    private Measures() {}

    private static Normalised normalise(Page page) {
        var zone = page.zoneOrNull("timezone");
        return page.eachOf("measuregrps", group -> group(group, zone));
    }

    /** @param answerZone the answer's own timezone, for groups that tell none */
    private static List<TableRecord<?>> group(Item group, @Nullable String answerZone) {
        var id = group.whole("grpid");
        var measuredAt = group.epoch("date");
        var ownZone = group.zoneOrNull("timezone");
        var zone = ownZone == null ? answerZone : ownZone;
        var measures = group.each("measures", measure -> measure(measure, id, measuredAt));
        var rows = new ArrayList<TableRecord<?>>(measures.size() + 1);
        var row = new MeasureGroupRecord()
                .setGroupId(id)
                .setMeasuredAt(measuredAt)
                .setDay(Field.day(measuredAt, zone))
                .setTimezone(zone)
                .setAttribution(group.countOrNull("attrib"))
                .setCategory(group.countOrNull("category"))
                .setDeviceId(group.textOrNull("deviceid", "hash_deviceid"))
                .setModel(group.textOrNull("model"))
                .setModelId(group.modelIdOrNull())
                .setCreatedAt(group.epochOrNull("created"))
                .setModifiedAt(group.epochOrNull("modified"))
                .setExtra(group.ignoring("comment").extra());
        // Where the person is now need not be where the reading was: a zone that is told again does not move its day.
        row.touched(TIMEZONE, ownZone != null);
        rows.add(row);
        rows.addAll(measures);
        return rows;
    }

    /** One quantity of one reading; a body scan gives the same type once for each part of the body. */
    private static MeasureRecord measure(Item measure, long groupId, Instant measuredAt) {
        return new MeasureRecord()
                .setGroupId(groupId)
                .setType(measure.count("type"))
                .setPosition(Objects.requireNonNullElse(measure.countOrNull("position"), NO_POSITION))
                .setValue(measure.scaled("value", "unit"))
                .setMeasuredAt(measuredAt)
                .setAlgo(measure.countOrNull("algo"))
                .setFm(measure.countOrNull("fm"))
                .setExtra(measure.extra());
    }
}
