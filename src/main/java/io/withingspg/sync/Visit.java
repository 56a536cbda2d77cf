package io.withingspg.sync;

import io.withingspg.resource.Bounds;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resources;
import io.withingspg.store.Counts;
import io.withingspg.store.Cursor;
import io.withingspg.store.Person;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One visit to one person: the resources that are due take their turns, one after the other. */
public final class Visit {
    /**
     * @param calls spent, repeats included
     */
    public record Turn(String resource, Outcome outcome, Counts counts, int pages, int calls) {}

    private final Order order;
    private final Person person;
    private final Bounds bounds;
    private final UUID run;
    private final List<Job> jobs;
    private final Map<String, Instant> elsewhere;
    private final List<Turn> turns = new ArrayList<>();
    private @Nullable String refusal;

    /**
     * @param cursors of the resources that take a turn, in their order
     * @param elsewhere by resource, when another process has just asked for it
     */
    Visit(Order order, Person person, Bounds bounds, UUID run, List<Cursor> cursors, Map<String, Instant> elsewhere) {
        this.order = order;
        this.person = person;
        this.bounds = bounds;
        this.run = run;
        this.elsewhere = elsewhere;
        this.jobs = cursors.stream()
                .map(cursor -> new Job(this, Resources.named(cursor.resource()).orElseThrow(), cursor))
                .toList();
    }

    /** A visit that does not take place. */
    static Visit refused(Order order, Person person, String reason) {
        var visit = new Visit(order, person, Bounds.NONE, UUID.randomUUID(), List.of(), Map.of());
        visit.refusal = reason;
        return visit;
    }

    public Person person() {
        return person;
    }

    /** Why it did not take place; null where it did. */
    public @Nullable String refusal() {
        return refusal;
    }

    public List<Turn> turns() {
        return List.copyOf(turns);
    }

    Order order() {
        return order;
    }

    UUID run() {
        return run;
    }

    Bounds bounds() {
        return bounds;
    }

    /** Null where no other process has just asked for it. */
    @Nullable
    Instant askedElsewhere(Resource resource) {
        return elsewhere.get(resource.name());
    }

    List<Job> jobs() {
        return jobs;
    }

    void ended(Turn turn) {
        turns.add(turn);
        order.progress().turn(person.label(), turn);
    }

    /** Without consent, connection or a process, the remaining turns would only spend calls and time. */
    boolean goesOn() {
        return turns.stream().map(Turn::outcome).noneMatch(outcome -> switch (outcome) {
            case Outcome.ConsentGone _,
                    Outcome.Unreachable _,
                    Outcome.Stopped _,
                    Outcome.Overtaken _,
                    Outcome.PersonErased _,
                    Outcome.DatabaseGone _ -> true;
            case Outcome.Done _, Outcome.Kept _, Outcome.NotPermitted _, Outcome.Refused _, Outcome.GaveUp _ -> false;
        });
    }

    /** In one line, for the log. */
    String told() {
        var counts = turns.stream().map(Turn::counts).reduce(Counts.NONE, Counts::plus);
        return "%s, %d resources, %d calls, %d rows new, %d changed, %d rejected"
                .formatted(
                        refusal == null ? label() : refusal,
                        turns.size(),
                        turns.stream().mapToInt(Turn::calls).sum(),
                        counts.inserted(),
                        counts.changed(),
                        counts.rejected());
    }

    String label() {
        return turns.stream().allMatch(turn -> turn.outcome().succeeded()) ? "done" : "failed";
    }
}
