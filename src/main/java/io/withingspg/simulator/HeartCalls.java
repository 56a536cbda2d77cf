package io.withingspg.simulator;

/** {@code /v2/heart list}: by dates only; {@code lastupdate} is not known there and ignored. */
final class HeartCalls {
    private final Paging paging;

    HeartCalls(World world) {
        this.paging = new Paging(world.pageSize());
    }

    String records(Ask ask, Person person) {
        var slice = paging.slice(person.rows(Resource.HEART), Paging.between(ask), ask.offset());
        return slice.series("series", Paging.array(slice.rows(), Row::json));
    }
}
