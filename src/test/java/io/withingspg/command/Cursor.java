package io.withingspg.command;

import io.withingspg.simulator.Person;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sync.cursor} says after a sync.
 *
 * @param reached whether a reading of everything has ended
 * @param dueInMin when it is asked for again, in whole minutes from now, rounded
 */
record Cursor(
        String outcome,
        @Nullable String error,
        boolean reached,
        @Nullable Long resumeOffset,
        int failures,
        long dueInMin) {
    static Cursor of(Rig rig, Person person, String resource) {
        var row = rig.sql()
                .fetchSingle(
                        "SELECT last_outcome, last_error, reached_at IS NOT NULL, resume_offset, consecutive_failures,"
                                + " round(extract(epoch FROM next_due_at - now()) / 60)"
                                + " FROM sync.cursor WHERE user_id = ? AND resource = ?",
                        person.id(),
                        resource);
        return new Cursor(
                row.get(0, String.class),
                row.get(1, String.class),
                row.get(2, Boolean.class),
                row.get(3, Long.class),
                row.get(4, Integer.class),
                row.get(5, Long.class));
    }

    /** Resource → how its last turn ended; only what had a turn. */
    static Map<String, String> outcomes(Rig rig, Person person) {
        return rig.sql()
                .fetch(
                        "SELECT resource, last_outcome FROM sync.cursor WHERE user_id = ? AND last_outcome IS NOT NULL",
                        person.id())
                .intoMap(row -> row.get(0, String.class), row -> row.get(1, String.class));
    }

    /** All done but this one. */
    static Map<String, String> allDoneBut(String resource, String outcome) {
        var outcomes = new java.util.HashMap<String, String>();
        io.withingspg.resource.Resources.names().forEach(name -> outcomes.put(name, "done"));
        outcomes.put(resource, outcome);
        return outcomes;
    }
}
