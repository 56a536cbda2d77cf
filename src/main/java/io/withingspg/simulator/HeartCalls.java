package io.withingspg.simulator;

/** {@code /v2/heart list} and {@code get}; the list by dates only: {@code lastupdate} is not known there and ignored. */
final class HeartCalls {
    private final Paging paging;

    HeartCalls(World world) {
        this.paging = new Paging(world.pageSize());
    }

    String records(Ask ask, Person person) {
        var slice = paging.slice(person.rows(Resource.HEART), Paging.between(ask), ask.offset());
        return slice.series("series", Paging.array(slice.rows(), Row::json));
    }

    /** A signal that this person has no record of, or no more, is an invalid parameter. */
    String signal(Ask ask, Person person) {
        ask.text("signalid");
        var id = ask.numberOrNull("signalid");
        return person.ecg(id == null ? -1 : id)
                .orElseThrow(() -> Refused.invalid("signalid"))
                .toString();
    }
}
