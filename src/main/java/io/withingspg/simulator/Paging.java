package io.withingspg.simulator;

import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Which rows a call asks for, and the page of them that it gets. Offsets are positions in the list as it is now. */
final class Paging {
    /** @param next where the next page begins; 0 at the end */
    record Slice(List<Row> rows, int next) {
        /** With {@code more} as the boolean that all lists but measures have. */
        String series(String field, String rowsJson) {
            return "{\"" + field + "\":" + rowsJson + ",\"more\":" + (next > 0) + ",\"offset\":" + next + "}";
        }
    }

    private final int pageSize;

    Paging(int pageSize) {
        this.pageSize = pageSize;
    }

    Slice slice(List<Row> all, Predicate<Row> wanted, int offset) {
        var rows = all.stream().filter(wanted).toList();
        int from = Math.min(offset, rows.size());
        int to = Math.min(from + pageSize, rows.size());
        return new Slice(rows.subList(from, to), to < rows.size() ? to : 0);
    }

    /**
     * The same, but pages 2, 5, 8 … begin with the last row of the page before: the real list repeats rows now and then,
     * and a page has one row more than its size.
     */
    Slice repeating(List<Row> all, Predicate<Row> wanted, int offset) {
        var slice = slice(all, wanted, offset);
        if (offset / pageSize % 3 != 1 || slice.rows.isEmpty()) {
            return slice;
        }
        var rows = all.stream().filter(wanted).toList();
        return new Slice(rows.subList(offset - 1, offset + slice.rows.size()), slice.next);
    }

    /** {@code lastupdate} (rows of that very second included), or {@code startdateymd} and {@code enddateymd}: one of them, never both. */
    static Predicate<Row> updatedOrOnDays(Ask ask) {
        var since = ask.numberOrNull("lastupdate");
        var from = ask.dateOrNull("startdateymd");
        var to = ask.dateOrNull("enddateymd");
        if (since != null) {
            if (from != null || to != null) {
                throw Refused.invalid("lastupdate excludes startdateymd and enddateymd");
            }
            return row -> row.modified() >= since;
        }
        if (from == null || to == null) {
            throw Refused.invalid("lastupdate, or startdateymd and enddateymd");
        }
        return row -> row.date().isEmpty() || within(row.date(), from, to);
    }

    /** {@code lastupdate}, or {@code startdate} and {@code enddate}, or nothing for all. */
    static Predicate<Row> updatedOrBetween(Ask ask) {
        var since = ask.numberOrNull("lastupdate");
        if (since == null) {
            return between(ask);
        }
        if (ask.has("startdate") || ask.has("enddate")) {
            throw Refused.invalid("lastupdate excludes startdate and enddate");
        }
        return row -> row.modified() >= since;
    }

    static Predicate<Row> between(Ask ask) {
        var from = ask.numberOrNull("startdate");
        var to = ask.numberOrNull("enddate");
        return row -> (from == null || row.at() >= from) && (to == null || row.at() <= to);
    }

    private static boolean within(String date, LocalDate from, LocalDate to) {
        return date.compareTo(from.toString()) >= 0 && date.compareTo(to.toString()) <= 0;
    }

    /** The rows as one JSON array, each through {@code write}. */
    static String array(List<Row> rows, Function<Row, String> write) {
        var text = new StringBuilder(rows.size() * 700).append('[');
        for (var row : rows) {
            text.append(text.length() == 1 ? "" : ",").append(row.raw() ? row.json() : write.apply(row));
        }
        return text.append(']').toString();
    }
}
