package io.withingspg.command;

import java.util.ArrayList;
import java.util.List;

/** A {@link Table} of two narrow columns and one of text, which goes on below itself where a terminal would break it. */
final class WrappedTable {
    private static final int WIDTH = 80;
    private static final int GAPS = 4;
    private static final int TEXT_MIN = 30;

    private record Row(String first, String second, String text) {}

    private final List<Row> rows = new ArrayList<>();

    WrappedTable row(String first, String second, String text) {
        rows.add(new Row(first, second, text));
        return this;
    }

    @Override
    public String toString() {
        var first = rows.stream().mapToInt(row -> row.first().length()).max().orElse(0);
        var second = rows.stream().mapToInt(row -> row.second().length()).max().orElse(0);
        var width = Math.max(TEXT_MIN, WIDTH - first - second - GAPS);
        var head = rows.getFirst();
        var table = new Table(head.first(), head.second(), head.text());
        for (var row : rows.subList(1, rows.size())) {
            var lines = lines(row.text(), width);
            table.row(row.first(), row.second(), lines.getFirst());
            lines.subList(1, lines.size()).forEach(line -> table.row("", "", line));
        }
        return table.toString();
    }

    /** Breaks at blanks; a longer word, such as an address, stays whole. */
    private static List<String> lines(String text, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
