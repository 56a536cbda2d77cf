package io.withingspg.store;

import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import io.withingspg.resource.Normalised;
import io.withingspg.resource.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;

/** Writes one page of one user to all the tables it belongs to, within the caller's transaction. */
final class PageWriter {
    private final DSLContext tx;
    private final long userId;
    private final Instant now;
    private final Set<List<Object>> insertedKeys = new HashSet<>();
    private final Set<List<Object>> overtakenKeys = new HashSet<>();
    private long inserted;
    private long changed;
    private long removed;

    PageWriter(DSLContext tx, long userId, Instant now) {
        this.tx = tx;
        this.userId = userId;
        this.now = now;
    }

    Counts write(List<Target> targets, Normalised page) {
        var records = newestOfEach(page.records());
        for (var target : targets) {
            switch (target) {
                case Target.Rows(var table) -> writeRows(table, rowsOf(table, records));
                case Target.Samples(var table) -> writeRows(table, rowsOf(table, records));
                case Target.Stretch(var table) -> writeRows(table, rowsOf(table, records));
                case Target.SetOf(var table, var parent) -> replaceSets(table, parent, records, page.partial());
                case Target.History(var table) ->
                    extendHistory(
                            table,
                            rowsOf(table, records).values(),
                            page.rejects().isEmpty());
            }
        }
        var rows = page.records().stream().mapToLong(List::size).sum();
        var rejected = page.rejects().size();
        return new Counts(rows + rejected, inserted, changed, rows - inserted - changed, removed, rejected);
    }

    /** Keys repeat, on one page too: the newest counts, of equally new ones the last. */
    private static Collection<List<TableRecord<?>>> newestOfEach(List<List<TableRecord<?>>> records) {
        var newest = new LinkedHashMap<List<Object>, List<TableRecord<?>>>();
        for (var record : records) {
            newest.merge(
                    key(record.getFirst()),
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

    private static List<Object> key(TableRecord<?> row) {
        return Upsert.key(row.getTable()).stream().<Object>map(row::get).toList();
    }

    private static Map<List<Object>, TableRecord<?>> rowsOf(Table<?> table, Collection<List<TableRecord<?>>> records) {
        var rows = new LinkedHashMap<List<Object>, TableRecord<?>>();
        records.stream()
                .flatMap(List::stream)
                .filter(row -> row.getTable().equals(table))
                .forEach(row -> rows.put(key(row), row));
        return rows;
    }

    private void writeRows(Table<?> table, Map<List<Object>, TableRecord<?>> rows) {
        var standing = new LinkedHashMap<>(rows);
        for (var written : Upsert.rows(tx, table, userId, now, rows.values())) {
            standing.remove(written.key());
            if (written.inserted()) {
                inserted++;
                insertedKeys.add(written.key());
            } else {
                changed++;
            }
        }
        overtakenKeys.addAll(overtaken(table, standing.values()));
    }

    /** Which of these rows stand in the table in a newer version. */
    private Set<List<Object>> overtaken(Table<?> table, Collection<TableRecord<?>> rows) {
        var modified = table.field("modified_at", Instant.class);
        if (modified == null || rows.isEmpty()) {
            return Set.of();
        }
        var key = Upsert.key(table);
        var page = Unnested.of(
                "page", Stream.concat(key.stream(), Stream.of(modified)).toList(), rows);
        return Set.copyOf(tx.select(key)
                .from(table)
                .join(page.table())
                .on(page.matches(table, key))
                .where(isUsers(table))
                .and(modified.gt(page.column(modified)))
                .fetch(row -> List.of(row.intoArray())));
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
        var unsure = partial.stream().map(PageWriter::key).collect(Collectors.toSet());
        var accepted = records.stream()
                .filter(record -> !overtakenKeys.contains(key(record.getFirst())))
                .toList();
        var stood = accepted.stream()
                .map(List::getFirst)
                .filter(row -> !insertedKeys.contains(key(row)) && !unsure.contains(key(row)))
                .toList();
        var rows = rowsOf(table, accepted);
        removeOthers(table, parent, stood, rows.values());
        writeRows(table, rows);
    }

    private void removeOthers(
            Table<?> table, Table<?> parent, List<TableRecord<?>> parents, Collection<TableRecord<?>> kept) {
        if (parents.isEmpty()) {
            return;
        }
        var parentKey = Upsert.key(parent);
        var of = Unnested.of("parents", parentKey, parents);
        removed += tx.deleteFrom(table)
                .using(of.table())
                .where(isUsers(table))
                .and(of.matches(table, parentKey))
                .and(not(isAmong(table, kept)))
                .returningResult(val(1))
                .fetch()
                .size();
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
        var stands = DSL.exists(selectOne()
                .from(page.table())
                .where(page.matches(table, what))
                .and(DSL.row(compared.stream().map(page::column).toList()).isNotDistinctFrom(DSL.row(compared))));
        var named = DSL.exists(selectOne().from(page.table()).where(page.matches(table, what)));
        tx.update(table)
                .set(validTo, now)
                .where(isUsers(table))
                .and(validTo.isNull())
                .and(not(stands))
                .and(complete ? DSL.trueCondition() : named)
                .execute();
        var open = new HashSet<>(tx.select(what)
                .from(table)
                .where(isUsers(table))
                .and(validTo.isNull())
                .fetch(row -> List.of(row.intoArray())));
        var begun = new ArrayList<TableRecord<?>>();
        for (var row : rows) {
            if (open.add(what.stream().<Object>map(row::get).toList())) {
                row.set(validFrom, now);
                begun.add(row);
            }
        }
        inserted += Upsert.rows(tx, table, userId, now, begun).size();
    }

    private static Field<Instant> column(Table<?> table, String name) {
        var column = table.field(name, Instant.class);
        if (column == null) {
            throw new IllegalStateException(table.getName() + " is no history: it has no " + name);
        }
        return column;
    }

    private Condition isUsers(Table<?> table) {
        return DSL.field(table.getQualifiedName().append(name("user_id")), Long.class)
                .eq(userId);
    }
}
