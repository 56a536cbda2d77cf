package io.withingspg.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

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

    /** The form of the call that does this reading. */
    public SortedMap<String, String> form(Reading reading) {
        var form = new TreeMap<>(parameters);
        switch (reading.span()) {
            // Most calls that filter by change want either that or days; 0 might be taken for absent.
            case Span.Everything() when movement instanceof Movement.Changes -> form.put("lastupdate", "1");
            case Span.Everything() -> {}
            case Span.ChangedSince(var since) -> form.put("lastupdate", Long.toString(since.getEpochSecond()));
            case Span.Days(var from, var to) -> form.putAll(movement.dates().parameters(from, to));
        }
        if (reading.offset() > 0) {
            form.put("offset", Long.toString(reading.offset()));
        }
        return form;
    }

    /** @param bounds the days this person's data may be stored of */
    public Normalised normalise(ObjectNode body, Bounds bounds) {
        return normaliser.apply(new Page(body, bounds));
    }

    /** A resource is known by its name. */
    @Override
    public String toString() {
        return name;
    }
}
