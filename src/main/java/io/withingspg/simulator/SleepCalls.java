package io.withingspg.simulator;

/** {@code /v2/sleep getsummary}. */
final class SleepCalls {
    private final Paging paging;

    SleepCalls(World world) {
        this.paging = new Paging(world.pageSize());
    }

    String summaries(Ask ask, Person person) {
        var fields = Fields.of(ask, person, Nights.FIELDS, Nights.BASIC_FIELDS, "data");
        var slice = paging.slice(person.rows(Resource.SLEEP), Paging.updatedOrOnDays(ask), ask.offset());
        return slice.series("series", Paging.array(slice.rows(), fields::write));
    }
}
