package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.RAW_PAGE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.param;

import io.withingspg.resource.Movement;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Resources;
import io.withingspg.resource.Span;
import io.withingspg.withings.Answer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** Answers as they came, kept for a while to be read again. */
public final class RawPages {
    /** A page may be large, so few are in memory at once; compressed. */
    private static final int PAGES_AT_ONCE = 8;

    private static final Field<Boolean> NAMES_FIELDS = field(
                    "jsonb_exists({0}, 'data_fields')", Boolean.class, RAW_PAGE.FORM)
            .as("names_fields");

    private final DSLContext sql;

    public RawPages(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * An answer, and what it is one to.
     *
     * @param span what the reading asked for
     * @param form the call's parameters, without any token
     * @param told whether rows or rejects came of other parts of it, which are stored already
     */
    public record Asked(Span span, Map<String, String> form, Answer answer, boolean told) {}

    /**
     * A page that was kept.
     *
     * @param pageId orders a person's pages: the newest has the highest
     * @param fields which fields were asked for
     * @param answer as it came
     */
    public record Kept(
            long userId, long pageId, String resource, Instant askedAt, Span span, Fields fields, Answer answer) {}

    /** Keeps an answer, unless there is nothing in it to be read again: of a whole list, nothing is an answer too. */
    public static void keep(
            DSLContext tx, long userId, UUID run, Resource resource, Asked asked, Normalised page, Instant now) {
        var empty = !asked.told() && page.records().isEmpty() && page.rejects().isEmpty();
        // Of what is out of the person's bounds, nothing may be kept: what was dropped stands in the answer too.
        if ((empty && !(resource.movement() instanceof Movement.Whole)) || page.outside() > 0) {
            return;
        }
        var values = new HashMap<String, Object>();
        values.put("resource", resource.name());
        values.put("user_id", userId);
        values.put("run", run);
        values.put("now", now);
        put(values, "span", told(asked.span()));
        put(values, "form", asked.form());
        values.put("content", asked.answer().packed());
        values.put("bytes", asked.answer().length());
        KEEP.execute(tx, values);
    }

    private static final Rendered KEEP = new Rendered(() -> insertInto(RAW_PAGE)
            .set(RAW_PAGE.RESOURCE, param("resource", RAW_PAGE.RESOURCE))
            .set(RAW_PAGE.USER_ID, param("user_id", RAW_PAGE.USER_ID))
            .set(RAW_PAGE.RUN_ID, param("run", RAW_PAGE.RUN_ID))
            .set(RAW_PAGE.ASKED_AT, param("now", RAW_PAGE.ASKED_AT))
            .set(RAW_PAGE.SPAN, object("span"))
            .set(RAW_PAGE.FORM, object("form"))
            .set(RAW_PAGE.CONTENT, param("content", RAW_PAGE.CONTENT))
            .set(RAW_PAGE.CONTENT_BYTES, param("bytes", RAW_PAGE.CONTENT_BYTES)));

    private static Field<JSONB> object(String name) {
        return field(
                "jsonb_object({0}, {1})",
                JSONB.class,
                param(name + "_names", SQLDataType.CLOB.array()),
                param(name + "_values", SQLDataType.CLOB.array()));
    }

    private static void put(Map<String, Object> values, String name, Map<String, String> fields) {
        var sorted = new TreeMap<>(fields);
        values.put(name + "_names", sorted.keySet().toArray(String[]::new));
        values.put(name + "_values", sorted.values().toArray(String[]::new));
    }

    private static Map<String, String> told(Span span) {
        return switch (span) {
            case Span.Everything() -> Map.of("kind", "everything");
            case Span.ChangedSince(var since) -> Map.of("kind", "changed_since", "since", since.toString());
            case Span.Days(var from, var to) -> Map.of("kind", "days", "from", from.toString(), "to", to.toString());
            case Span.Window(var from, var to) ->
                Map.of("kind", "window", "from", from.toString(), "to", to.toString());
            case Span.One(var id) -> Map.of("kind", "one", "id", Long.toString(id));
        };
    }

    private static Span span(Map<String, String> told) {
        return switch (told.get("kind")) {
            case "everything" -> new Span.Everything();
            case "changed_since" -> new Span.ChangedSince(Instant.parse(told.get("since")));
            case "days" -> new Span.Days(LocalDate.parse(told.get("from")), LocalDate.parse(told.get("to")));
            case "window" -> new Span.Window(Instant.parse(told.get("from")), Instant.parse(told.get("to")));
            case "one" -> new Span.One(Long.parseLong(told.get("id")));
            case null, default -> throw new IllegalStateException("sync.raw_page holds a span of no known kind");
        };
    }

    /** @param resources empty for all */
    public long count(long userId, Collection<String> resources) {
        return sql.fetchCount(RAW_PAGE, of(userId, resources));
    }

    /**
     * A person's pages, newest first; a few are in memory at once. They come in several statements, so others may read
     * and write between them, and what is forgotten meanwhile does not come.
     *
     * @param resources empty for all
     */
    public Iterable<Kept> newestFirst(long userId, Collection<String> resources) {
        return () -> new Iterator<>() {
            private Iterator<Kept> batch = List.<Kept>of().iterator();
            private @Nullable Long reached;
            private boolean ended;

            @Override
            public boolean hasNext() {
                if (!batch.hasNext() && !ended) {
                    var read = read(userId, resources, reached);
                    ended = read.size() < PAGES_AT_ONCE;
                    batch = read.iterator();
                }
                return batch.hasNext();
            }

            @Override
            public Kept next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                var page = batch.next();
                reached = page.pageId();
                return page;
            }
        };
    }

    private List<Kept> read(long userId, Collection<String> resources, @Nullable Long before) {
        return sql.select(
                        RAW_PAGE.PAGE_ID,
                        RAW_PAGE.RESOURCE,
                        RAW_PAGE.ASKED_AT,
                        RAW_PAGE.CONTENT,
                        RAW_PAGE.CONTENT_BYTES,
                        NAMES_FIELDS,
                        part("kind"),
                        part("since"),
                        part("from"),
                        part("to"),
                        part("id"))
                .from(RAW_PAGE)
                .where(of(userId, resources))
                .and(olderThan(before))
                .orderBy(RAW_PAGE.PAGE_ID.desc())
                .limit(PAGES_AT_ONCE)
                .fetch(row -> {
                    var told = new TreeMap<String, String>();
                    for (var part : List.of("kind", "since", "from", "to", "id")) {
                        told.put(part, row.get(part, String.class));
                    }
                    return new Kept(
                            userId,
                            row.get(RAW_PAGE.PAGE_ID),
                            row.get(RAW_PAGE.RESOURCE),
                            row.get(RAW_PAGE.ASKED_AT),
                            span(told),
                            row.get(NAMES_FIELDS)
                                            || Resources.named(row.get(RAW_PAGE.RESOURCE))
                                                    .filter(Resource::namesFields)
                                                    .isEmpty()
                                    ? Fields.ALL
                                    : Fields.BASIC,
                            Answer.packed(row.get(RAW_PAGE.CONTENT), row.get(RAW_PAGE.CONTENT_BYTES)));
                });
    }

    private static Field<String> part(String name) {
        return field("{0} ->> {1}", String.class, RAW_PAGE.SPAN, inline(name)).as(name);
    }

    private static Condition of(long userId, Collection<String> resources) {
        return RAW_PAGE.USER_ID.eq(userId).and(resources.isEmpty() ? noCondition() : RAW_PAGE.RESOURCE.in(resources));
    }

    private static Condition olderThan(@Nullable Long pageId) {
        return pageId == null ? noCondition() : RAW_PAGE.PAGE_ID.lt(pageId);
    }

    /** @return how many were forgotten */
    public int forget(Instant before) {
        return sql.deleteFrom(RAW_PAGE).where(RAW_PAGE.ASKED_AT.lt(before)).execute();
    }
}
