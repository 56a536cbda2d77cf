package io.withingspg.simulator;

import java.util.Set;
import java.util.function.Predicate;

/** {@code /measure getmeas}, {@code /v2/measure getactivity} and {@code getworkouts}. */
final class MeasureCalls {
    private final World world;
    private final Paging paging;

    MeasureCalls(World world) {
        this.world = world;
        this.paging = new Paging(world.pageSize());
    }

    /** Awkward on purpose: {@code more} is a number, {@code updatetime} is text for people with an odd id. */
    String measures(Ask ask, Person person) {
        var types = ask.has("meastypes") ? ask.list("meastypes") : ask.list("meastype");
        var wanted = Paging.updatedOrBetween(ask).and(category(ask)).and(holding(types));
        var slice = paging.repeating(person.rows(Resource.MEASURES), wanted, ask.offset());
        var rows = Paging.array(slice.rows(), row -> types.isEmpty() ? row.json() : only(row, types));
        long now = world.clock().instant().getEpochSecond();
        var updated = person.id() % 2 == 0 ? Long.toString(now) : "\"" + now + "\"";
        return "{\"updatetime\":" + updated + ",\"timezone\":\"" + person.timezone() + "\",\"measuregrps\":" + rows
                + ",\"more\":" + (slice.next() > 0 ? 1 : 0) + ",\"offset\":" + slice.next() + "}";
    }

    String activities(Ask ask, Person person) {
        var fields = Fields.of(ask, person, Activities.FIELDS, Activities.BASIC_FIELDS, "");
        var slice =
                paging.slice(fields.allowed(person.rows(Resource.ACTIVITY)), Paging.updatedOrOnDays(ask), ask.offset());
        return slice.series("activities", Paging.array(slice.rows(), fields::write));
    }

    String workouts(Ask ask, Person person) {
        var fields = Fields.of(ask, person, Workouts.FIELDS, Workouts.BASIC_FIELDS, "data");
        var slice =
                paging.slice(fields.allowed(person.rows(Resource.WORKOUTS)), Paging.updatedOrOnDays(ask), ask.offset());
        return slice.series("series", Paging.array(slice.rows(), fields::write));
    }

    /** Awkward on purpose: an object by epoch, but where there is nothing an empty array every other day, as PHP has it. */
    String intraday(Ask ask, Person person) {
        var fields = Fields.of(ask, person, Intraday.FIELDS, Intraday.BASIC_FIELDS, "");
        var window = Window.orLatest(ask, person.horizon());
        var series = new StringBuilder("{");
        person.intraday(window).forEach((at, sample) -> {
            if (!fields.empty() && fields.narrow(sample)) {
                series.append(series.length() == 1 ? "\"" : ",\"")
                        .append(at)
                        .append("\":")
                        .append(sample);
            }
        });
        boolean array = series.length() == 1 && window.firstDay().toEpochDay() % 2 == 0;
        return "{\"series\":" + (array ? "[]" : series.append('}')) + "}";
    }

    private static Predicate<Row> category(Ask ask) {
        var category = ask.numberOrNull("category");
        if (category == null) {
            return _ -> true;
        }
        var text = "\"category\":" + category + ","; // as Group writes it; to parse every row would cost a hundredfold
        return row -> row.raw() || row.json().contains(text);
    }

    private static Predicate<Row> holding(Set<String> types) {
        if (!types.stream().allMatch(type -> type.matches("\\d{1,9}"))) {
            throw Refused.invalid("meastypes");
        }
        return row -> types.isEmpty()
                || row.raw()
                || row.tree()
                        .path("measures")
                        .valueStream()
                        .anyMatch(measure -> types.contains(measure.path("type").asText()));
    }

    private static String only(Row row, Set<String> types) {
        var group = row.tree();
        var kept = Json.array();
        group.path("measures")
                .valueStream()
                .filter(measure -> types.contains(measure.path("type").asText()))
                .forEach(kept::add);
        group.set("measures", kept);
        return group.toString();
    }
}
