package io.withingspg.store;

import static io.withingspg.schema.sync.Tables.ROW_CHANGE;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import io.withingspg.store.RowChanges.Act;
import io.withingspg.store.Upsert.Earlier;
import io.withingspg.store.Upsert.Untold;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Writes one page of one user to all the tables it belongs to, within the caller's transaction. */
final class PageWriter {
    private static final String STANDING = "standing";

    private final DSLContext tx;
    private final long userId;
    private final String resource;
    private final Instant now;
    private final @Nullable Instant told;
    private final Drift.Known known;
    private final Set<List<Object>> overtakenKeys = new HashSet<>();
    private final Set<TableRecord<?>> insertedMains = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Drift.Rows> insertedRows = new ArrayList<>();
    private final List<Drift.Rows> changedRows = new ArrayList<>();
    private DaySummaries.Days touchedDays = DaySummaries.Days.NONE;
    private boolean thoughtNew;
    private long inserted;
    private long changed;
    private long removed;

    PageWriter(DSLContext tx, long userId, String resource, Drift.Known known, Instant now) {
        this(tx, userId, resource, known, now, null);
    }

    /** @param told when the page came, where that is not just now: nothing that was written later is removed */
    PageWriter(DSLContext tx, long userId, String resource, Drift.Known known, Instant now, @Nullable Instant told) {
        this.tx = tx;
        this.userId = userId;
        this.resource = resource;
        this.now = now.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it: it may become part of a key
        this.told = told;
        this.known = known;
    }

    /**
     * How much a page tells.
     *
     * @param whole false for a record that is read alone: what is not beside it is not gone
     * @param fields of which no others were asked for, so that those stay as they were
     * @param window all that its devices did in this time is on the page; null where it was not asked for by time
     * @param thoughtNew none of it is thought to stand; where some does, the database refuses the whole page
     * @param countedLater days whose rows are counted when the reading has ended
     */
    record Extent(
            boolean whole,
            Fields fields,
            Span.@Nullable Window window,
            boolean thoughtNew,
            Predicate<LocalDate> countedLater) {
        static Extent of(Span span, Fields fields) {
            return of(span, fields, false, _ -> false);
        }

        static Extent of(Span span, Fields fields, boolean thoughtNew, Predicate<LocalDate> countedLater) {
            return new Extent(
                    true, fields, span instanceof Span.Window window ? window : null, thoughtNew, countedLater);
        }

        /** One record of a page, told by whoever kept it. */
        static Extent ofOne() {
            return new Extent(false, Fields.BASIC, null, false, _ -> false);
        }

        private boolean tellsAll() {
            return whole && fields == Fields.ALL;
        }
    }

    Counts write(List<Target> targets, Normalised page, Extent extent) {
        thoughtNew = extent.thoughtNew();
        var records = newestOfEach(page.records());
        var untold = extent.fields() == Fields.ALL ? Untold.EMPTY : Untold.AS_IT_WAS;
        for (var target : targets) {
            switch (target) {
                case Target.Rows(var table) -> writeRows(table, Upsert.byKey(table, records), Earlier.KEPT, untold);
                case Target.Samples(var table, var inParts) ->
                    writeRows(
                            table, Upsert.byKey(table, records), Earlier.DROPPED, inParts ? Untold.AS_IT_WAS : untold);
                case Target.Stretch(var table) -> {
                    var rows = Upsert.byKey(table, records);
                    if (extent.whole() && page.rejects().isEmpty()) { // else it may be what could not be read
                        removed += Stretches.removeOthers(tx, table, userId, rows.values(), extent.window(), told);
                    }
                    writeRows(table, rows, Earlier.DROPPED, untold);
                }
                case Target.SetOf(var table, var parent) ->
                    replaceSets(table, parent, records, extent.tellsAll() ? page.partial() : mains(records));
                case Target.History(var table) ->
                    extendHistory(
                            table,
                            Upsert.byKey(table, records).values(),
                            extent.whole() && page.rejects().isEmpty());
            }
        }
        Coverage.came(
                tx,
                userId,
                resource,
                records.stream()
                        .map(List::getFirst)
                        .filter(insertedMains::contains)
                        .toList(),
                extent.countedLater());
        Drift.note(tx, userId, resource, insertedRows, changedRows, known, now);
        DaySummaries.due(tx, userId, touchedDays, changed == 0 && removed == 0 ? null : now);
        var rows = page.records().stream().mapToLong(List::size).sum();
        var rejected = page.rejects().size();
        return new Counts(rows + rejected, inserted, changed, rows - inserted - changed, removed, rejected);
    }

    private static List<TableRecord<?>> mains(Collection<List<TableRecord<?>>> records) {
        return records.stream().<TableRecord<?>>map(List::getFirst).toList();
    }

    /** Keys repeat, on one page too: the newest counts, of equally new ones the last. */
    private static Collection<List<TableRecord<?>>> newestOfEach(List<List<TableRecord<?>>> records) {
        var newest = new LinkedHashMap<List<Object>, List<TableRecord<?>>>();
        for (var record : records) {
            newest.merge(
                    Standing.key(record.getFirst()),
                    record,
                    (old, other) -> isOlder(other.getFirst(), old.getFirst()) ? old : other);
        }
        return newest.values();
    }

    private static boolean isOlder(TableRecord<?> row, TableRecord<?> than) {
        var modified = row.field("modified_at", Instant.class);
        return modified != null
                && row.get(modified) != null
                && than.get(modified) != null
                && row.get(modified).isBefore(than.get(modified));
    }

    private void writeRows(Table<?> table, Map<List<Object>, TableRecord<?>> rows, Earlier earlier, Untold untold) {
        var written = written(table, rows, earlier, untold);
        insertedMains.addAll(written.inserted());
        overtakenKeys.addAll(overtaken(table, written.untouched()));
    }

    private Upsert.Written written(
            Table<?> table, Map<List<Object>, TableRecord<?>> rows, Earlier earlier, Untold untold) {
        var written = thoughtNew
                ? Upsert.newRows(tx, table, userId, now, rows.values())
                : Upsert.rows(tx, table, userId, now, rows, earlier, untold);
        inserted += written.inserted().size();
        changed += written.changed().size();
        insertedRows.add(new Drift.Rows(table, written.inserted()));
        changedRows.add(new Drift.Rows(table, written.changed()));
        touchedDays = touchedDays.with(table, written.inserted()).with(table, written.changed());
        return written;
    }

    /** Which of these rows stand in the table in a newer version. */
    private Set<List<Object>> overtaken(Table<?> table, Collection<TableRecord<?>> rows) {
        var modified = table.field("modified_at", Instant.class);
        if (modified == null || rows.isEmpty()) {
            return Set.of();
        }
        var values = Unnested.values("page", versions(table, modified), rows);
        values.put("user_id", userId);
        return Set.copyOf(OVERTAKEN
                .computeIfAbsent(table, _ -> new Rendered(() -> newer(table, modified)))
                .fetch(tx, values, answer -> Upsert.keys(answer, Upsert.key(table))));
    }

    private static final Map<Table<?>, Rendered> OVERTAKEN = new ConcurrentHashMap<>();

    private static List<Field<?>> versions(Table<?> table, Field<Instant> modified) {
        return Stream.concat(Upsert.key(table).stream(), Stream.of(modified)).toList();
    }

    private static Query newer(Table<?> table, Field<Instant> modified) {
        var key = Upsert.key(table);
        var page = Unnested.named("page", versions(table, modified));
        var deleted = table.field("deleted_at", Instant.class);
        return DSL.select(key)
                .from(table)
                .join(page.table())
                .on(page.matches(table, key))
                .where(Upsert.isUsers(table, Upsert.USER))
                .and(modified.gt(page.column(modified)))
                .and(deleted == null ? DSL.noCondition() : deleted.isNull());
    }

    /**
     * What belongs to a parent is replaced with it, unless the parent's newer version is here already; where a part could
     * not be read, nothing is removed, as it may be the unread one's earlier version.
     */
    private void replaceSets(
            Table<?> table,
            Table<?> parent,
            Collection<List<TableRecord<?>>> records,
            Collection<TableRecord<?>> partial) {
        var unsure = partial.stream().map(Standing::key).collect(Collectors.toSet());
        var accepted = records.stream()
                .filter(record -> !overtakenKeys.contains(Standing.key(record.getFirst())))
                .toList();
        var stood = accepted.stream()
                .map(List::getFirst)
                .filter(row -> !insertedMains.contains(row) && !unsure.contains(Standing.key(row)))
                .toList();
        var rows = Upsert.byKey(table, accepted);
        removeOthers(table, parent, stood, rows.values());
        written(table, rows, Earlier.KEPT, Untold.EMPTY);
    }

    private void removeOthers(
            Table<?> table, Table<?> parent, List<TableRecord<?>> parents, Collection<TableRecord<?>> kept) {
        if (parents.isEmpty()) {
            return;
        }
        var parentKey = Upsert.key(parent);
        var of = Unnested.of("parents", parentKey, parents);
        var gone = Deletions.remove(
                tx, userId, table, of.table(), of.matches(table, parentKey).and(not(isAmong(table, kept))), now);
        if (gone > 0) {
            removed += gone;
            touchedDays = touchedDays.with(parent, parents);
        }
    }

    private static Condition isAmong(Table<?> table, Collection<TableRecord<?>> rows) {
        if (rows.isEmpty()) {
            return falseCondition();
        }
        var key = Upsert.key(table);
        var kept = Unnested.of("kept", key, rows);
        return DSL.exists(selectOne().from(kept.table()).where(kept.matches(table, key)));
    }

    /** A value that differs from the standing one closes it and begins the next; one that is gone is closed. */
    private void extendHistory(Table<?> table, Collection<TableRecord<?>> rows, boolean complete) {
        var validFrom = column(table, "valid_from");
        var validTo = column(table, "valid_to");
        var what = Upsert.key(table).stream()
                .filter(column -> !column.equals(validFrom))
                .toList();
        var compared = Stream.of(table.fields())
                .filter(column -> !Set.of("user_id", "synced_at", "valid_from", "valid_to")
                        .contains(column.getName()))
                .toList();
        var page = Unnested.of("page", compared, rows);
        end(table, standing -> {
            var stands = DSL.exists(selectOne()
                    .from(page.table())
                    .where(page.matches(standing, what))
                    .and(DSL.row(compared.stream().map(page::column).toList())
                            .isNotDistinctFrom(DSL.row(
                                    compared.stream().map(standing::field).toList()))));
            var named = DSL.exists(selectOne().from(page.table()).where(page.matches(standing, what)));
            return not(stands).and(complete ? DSL.trueCondition() : named);
        });
        var open = new HashSet<>(tx.select(what)
                .from(table)
                .where(Upsert.isUsers(table, userId))
                .and(validTo.isNull())
                .fetch(row -> List.of(row.intoArray())));
        var begun = new LinkedHashMap<List<Object>, TableRecord<?>>();
        for (var row : rows) {
            if (open.add(what.stream().<Object>map(row::get).toList())) {
                row.set(validFrom, now);
                begun.put(Standing.key(row), row);
            }
        }
        writeRows(table, begun, Earlier.DROPPED, Untold.EMPTY);
    }

    /** @param over which of the open rows end, by the name that a statement gives the table */
    private void end(Table<?> table, Function<Table<?>, Condition> over) {
        var standing = table.as(STANDING);
        tx.insertInto(ROW_CHANGE, RowChanges.COLUMNS)
                .select(select(RowChanges.version(STANDING, table, userId, Act.CHANGED, now))
                        .from(standing)
                        .where(Upsert.isUsers(standing, userId))
                        .and(column(standing, "valid_to").isNull())
                        .and(over.apply(standing)))
                .execute();
        tx.update(table)
                .set(column(table, "valid_to"), now)
                .set(column(table, "synced_at"), now)
                .where(Upsert.isUsers(table, userId))
                .and(column(table, "valid_to").isNull())
                .and(over.apply(table))
                .execute();
    }

    private static Field<Instant> column(Table<?> table, String name) {
        var column = table.field(name, Instant.class);
        if (column == null) {
            throw new IllegalStateException(table.getName() + " is no history: it has no " + name);
        }
        return column;
    }
}
