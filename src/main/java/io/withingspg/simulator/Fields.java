package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What {@code data_fields} asked for. Fields that nobody can ask for (dates, devices, and the unknown ones) always come.
 *
 * @param container the member that holds the fields; empty for the row itself
 * @param empty the plan hides everything from this call
 */
record Fields(Set<String> known, Set<String> asked, String container, boolean empty) {
    static Fields of(Ask ask, Person person, Set<String> known, Set<String> basic, String container) {
        boolean named = ask.has("data_fields");
        var asked = new HashSet<>(named ? ask.list("data_fields") : basic);
        boolean lacked = asked.removeIf(person::planLacks) && named; // the basic set is nobody's wish and passes
        if (lacked && person.beyondPlan() == BeyondPlan.REFUSED) {
            throw Refused.invalid("data_fields not in the plan");
        }
        return new Fields(known, asked, container, lacked && person.beyondPlan() == BeyondPlan.EMPTY);
    }

    List<Row> allowed(List<Row> rows) {
        return empty ? List.of() : rows;
    }

    /**
     * Takes what was not asked for out of a sample.
     *
     * @return whether anything is left that was
     */
    boolean narrow(ObjectNode sample) {
        sample.remove(known.stream().filter(field -> !asked.contains(field)).toList());
        return asked.stream().anyMatch(sample::has);
    }

    String write(Row row) {
        if (asked.containsAll(known)) {
            return row.json();
        }
        var json = row.tree();
        if ((container.isEmpty() ? json : json.get(container)) instanceof ObjectNode fields) {
            fields.remove(known.stream().filter(field -> !asked.contains(field)).toList());
        }
        return json.toString();
    }
}
