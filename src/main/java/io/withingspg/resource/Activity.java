package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.ACTIVITY_DAY;

import io.withingspg.schema.withings.tables.records.ActivityDayRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;

/** Days of movement: {@code POST /v2/measure action=getactivity}. */
final class Activity {
    private static final String FIELDS = String.join(
            ",",
            "steps",
            "distance",
            "elevation",
            "soft",
            "moderate",
            "intense",
            "active",
            "calories",
            "totalcalories",
            "hr_average",
            "hr_min",
            "hr_max",
            "hr_zone_0",
            "hr_zone_1",
            "hr_zone_2",
            "hr_zone_3");

    static final Resource ACTIVITY = new Resource(
            "activity",
            Scope.USER_ACTIVITY,
            new Call("/v2/measure", "getactivity"),
            Map.of("data_fields", FIELDS),
            Resource.Paging.OFFSET,
            new Movement.Changes(Movement.Dates.CALENDAR),
            List.of(new Target.Rows(ACTIVITY_DAY)),
            Activity::normalise);

    private Activity() {}

    private static Normalised normalise(Page page) {
        return page.each(
                "activities",
                day -> new ActivityDayRecord()
                        .setDay(day.day("date"))
                        .setTimezone(day.zoneOrNull("timezone"))
                        .setSteps(day.countOrNull("steps"))
                        .setDistanceM(day.decimalOrNull("distance"))
                        .setFloors(day.decimalOrNull("elevation"))
                        .setSoftS(day.durationOrNull("soft"))
                        .setModerateS(day.durationOrNull("moderate"))
                        .setIntenseS(day.durationOrNull("intense"))
                        .setActiveS(day.durationOrNull("active"))
                        .setActiveKcal(day.measuredOrNull("calories"))
                        .setTotalKcal(day.measuredOrNull("totalcalories"))
                        .setHrAverage(day.measuredCountOrNull("hr_average"))
                        .setHrMin(day.measuredCountOrNull("hr_min"))
                        .setHrMax(day.measuredCountOrNull("hr_max"))
                        .setHrZone_0S(day.durationOrNull("hr_zone_0"))
                        .setHrZone_1S(day.durationOrNull("hr_zone_1"))
                        .setHrZone_2S(day.durationOrNull("hr_zone_2"))
                        .setHrZone_3S(day.durationOrNull("hr_zone_3"))
                        .setBrand(day.countOrNull("brand"))
                        .setIsTracker(day.flagOrNull("is_tracker"))
                        .setDeviceId(day.textOrNull("deviceid", "hash_deviceid"))
                        .setModel(day.textOrNull("model"))
                        .setModelId(day.modelIdOrNull())
                        .setModifiedAt(day.epochOrNull("modified"))
                        .setExtra(day.extra()));
    }
}
