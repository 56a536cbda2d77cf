package io.withingspg.simulator;

/** {@code /v2/user getdevice} and {@code getgoals}. */
final class UserCalls {
    String devices(Ask ask, Person person) {
        var body = Json.object();
        body.putArray("devices").addAll(person.devices());
        return body.toString();
    }

    String goals(Ask ask, Person person) {
        var body = Json.object();
        body.set("goals", person.goals());
        return body.toString();
    }
}
