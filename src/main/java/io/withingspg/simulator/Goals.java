package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code getgoals goals}: an object, but an empty array for those who have none. */
final class Goals {
    private Goals() {}

    static ObjectNode of(Persona persona) {
        var goals = Json.object();
        if (!persona.is(Trait.NO_GOALS)) {
            goals.put("steps", (persona.steps() + 1500) / 1000 * 1000).put("sleep", 28_800);
            goals.putObject("weight").put("value", weightG(persona)).put("unit", -3);
        }
        return goals;
    }

    static int weightG(Persona persona) {
        return persona.weightG() / 500 * 500 - 6000;
    }

    static JsonNode sent(ObjectNode goals) {
        return goals.isEmpty() ? Json.array() : goals;
    }
}
