package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * A kind of data the API gives, as a value.
 *
 * @param name as people write it in {@code --resource} and see it in {@code sync.cursor}
 * @param scope what the person must have granted
 * @param parameters sent with every call, such as {@code data_fields}: default fields are not all fields
 * @param targets the tables its rows go to, in the order they are written
 * @param normaliser pure: a record it cannot read becomes a reject, the others land
 */
public record Resource(
        String name,
        Scope scope,
        Call call,
        Map<String, String> parameters,
        Paging paging,
        Movement movement,
        List<Target> targets,
        Function<Page, Normalised> normaliser) {

    /** How a long answer is cut. */
    public enum Paging {
        /** {@code more} and {@code offset}. */
        OFFSET,
        /** One answer holds everything. */
        SINGLE
    }

    /** Which fields are asked for. */
    public enum Fields {
        /** All there are, by name: an account without the plan for one of them may be refused the whole call. */
        ALL,
        /** Those that come without being named. */
        BASIC
    }

    private static final String FIELDS = "data_fields";

    public boolean namesFields() {
        return parameters.containsKey(FIELDS);
    }

    /** The form of the call that does this reading. */
    public SortedMap<String, String> form(Reading reading, Fields fields) {
        var form = new TreeMap<>(parameters);
        if (fields == Fields.BASIC) {
            form.remove(FIELDS);
        }
        switch (reading.span()) {
            // Most calls that filter by change want either that or days; 0 might be taken for absent.
            case Span.Everything() when movement instanceof Movement.Changes -> form.put("lastupdate", "1");
            case Span.Everything() -> {}
            case Span.ChangedSince(var since) -> form.put("lastupdate", Long.toString(since.getEpochSecond()));
            case Span.Days(var from, var to) -> form.putAll(movement.dates().parameters(from, to));
            case Span.Window(var from, var to) -> form.putAll(Movement.Windows.parameters(from, to));
            case Span.One(var id) -> form.put(item(), Long.toString(id));
        }
        if (reading.offset() > 0) {
            form.put("offset", Long.toString(reading.offset()));
        }
        return form;
    }

    /** The table whose rows are known to be gone when the API no longer gives them; null if there is none. */
    public @Nullable Table<?> compared() {
        return targets.stream()
                .map(Target::table)
                .filter(table -> table.field("deleted_at") != null)
                .findFirst()
                .orElse(null);
    }

    /**
     * Whether a part of an answer means the same without the rest. It does not where what is missing has ended, and where the
     * answer is one thing.
     */
    public boolean isReadInParts() {
        return !(movement instanceof Movement.Each)
                && targets.stream()
                        .noneMatch(target -> target instanceof Target.Stretch || target instanceof Target.History);
    }

    private String item() {
        if (movement instanceof Movement.Each(var parameter, var _, var _)) {
            return parameter;
        }
        throw new IllegalStateException(name + " is not asked for one by one");
    }

    /**
     * @param span what was asked for
     * @param bounds the days this person's data may be stored of
     */
    public Normalised normalise(ObjectNode body, Span span, Bounds bounds) {
        return normaliser.apply(new Page(body, span, bounds));
    }

    /**
     * A record that was rejected once, read again. A part of a record tells too little of the rest, and a thing that did
     * not come tells nothing: both stay rejected.
     */
    public Normalised retry(JsonNode rejected, Bounds bounds) {
        var still = new Normalised(
                List.of(), List.of(new Rejected("not a whole record", Storable.json(rejected))), List.of());
        if (rejected.has(Item.PART)) {
            return still;
        }
        if (!(movement instanceof Movement.Each)) {
            return normaliser.apply(Page.again(rejected, new Span.Everything(), bounds));
        }
        var name = rejected.properties().stream()
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
        return name.matches("[0-9]{1,18}")
                ? normaliser.apply(Page.again(rejected, new Span.One(Long.parseLong(name)), bounds))
                : still;
    }

    /** A resource is known by its name. */
    @Override
    public String toString() {
        return name;
    }
}
