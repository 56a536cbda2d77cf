package io.withingspg.simulator;

import java.util.List;

/** {@code /v2/sleep getsummary} and {@code get}. */
final class SleepCalls {
    private static final List<String> EMPTY =
            List.of("{\"series\":{}}", "{\"series\":[]}", "{\"series\":null}", "{\"model\":16}");

    private final Paging paging;

    SleepCalls(World world) {
        this.paging = new Paging(world.pageSize());
    }

    String summaries(Ask ask, Person person) {
        var fields = Fields.of(ask, person, Nights.FIELDS, Nights.BASIC_FIELDS, "data");
        var slice =
                paging.slice(fields.allowed(person.rows(Resource.SLEEP)), Paging.updatedOrOnDays(ask), ask.offset());
        return slice.series("series", Paging.array(slice.rows(), fields::write));
    }

    /**
     * Awkward on purpose: where there is nothing, {@code series} is an object, an array, null, or absent, by the day. A
     * segment comes whole wherever any part of it lies in the window.
     */
    String samples(Ask ask, Person person) {
        var fields = Fields.of(ask, person, Segments.FIELDS, Segments.BASIC_FIELDS, "");
        var window = Window.required(ask);
        var segments = person.segments(window);
        if (fields.empty() || segments.isEmpty()) {
            return EMPTY.get((int) (window.firstDay().toEpochDay() % EMPTY.size()));
        }
        int model = segments.getFirst().path("model_id").asInt() == Device.MAT.modelId() ? 32 : 16;
        var body = Json.object().put("model", model);
        var series = body.putArray("series");
        for (var segment : segments) {
            fields.narrow(segment);
            series.add(segment);
        }
        return body.toString();
    }
}
