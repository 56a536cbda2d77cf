package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.store.Counts;
import io.withingspg.sync.Outcome;
import io.withingspg.sync.Pipeline.Ended;
import io.withingspg.sync.Visit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a sync in the foreground brought. */
final class Summary {
    private record Total(long turns, long pages, long calls, Counts counts) {
        Total plus(Visit.Turn turn) {
            return new Total(turns + 1, pages + turn.pages(), calls + turn.calls(), counts.plus(turn.counts()));
        }
    }

    private static final Total NOTHING = new Total(0, 0, 0, Counts.NONE);
    private static final int PROBLEMS_SHOWN_MAX = 50;

    private final long started = System.nanoTime();
    private final int people;
    private final Map<String, Total> totals = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long done;
    private boolean databaseGone;
    private boolean askedAgain;
    private long unreachable;
    private Duration took = Duration.ZERO;

    Summary(int people) {
        this.people = people;
    }

    synchronized void add(Ended ended) {
        switch (ended) {
            case Ended.NotVisited(var order, var reason, var gone) -> {
                databaseGone |= gone;
                problems.add(order.userId() + ": " + reason);
            }
            case Ended.Visited(var visit) -> {
                var refusal = visit.refusal();
                if (refusal != null) {
                    (visit.person().active() ? notes : problems)
                            .add(visit.person().label() + " " + refusal);
                }
                visit.turns().forEach(turn -> add(visit, turn));
            }
        }
    }

    private void add(Visit visit, Visit.Turn turn) {
        totals.merge(turn.resource(), NOTHING.plus(turn), (total, _) -> total.plus(turn));
        if (turn.outcome() instanceof Outcome.Done) {
            done++;
        }
        databaseGone |= turn.outcome() instanceof Outcome.DatabaseGone;
        askedAgain |= turn.outcome().isAskedAgain();
        if (turn.outcome() instanceof Outcome.Unreachable) {
            unreachable++;
        }
        var reason = turn.outcome().reason();
        if (reason != null) {
            (turn.outcome().succeeded() ? notes : problems)
                    .add(visit.person().label() + ", " + turn.resource() + ": " + reason);
        }
    }

    Summary ended() {
        took = Duration.ofNanos(System.nanoTime() - started);
        return this;
    }

    private Total total() {
        var all = NOTHING;
        for (var total : totals.values()) {
            all = new Total(
                    all.turns + total.turns,
                    all.pages + total.pages,
                    all.calls + total.calls,
                    all.counts.plus(total.counts));
        }
        return all;
    }

    int exitCode() {
        if (problems.isEmpty()) {
            return ExitCode.DONE;
        }
        if (databaseGone) {
            return ExitCode.DATABASE_UNREACHABLE;
        }
        return unreachable > 0 && done == 0 ? ExitCode.WITHINGS_UNREACHABLE : ExitCode.SOME_FAILED;
    }

    /** What a person reads. */
    String text() {
        var table =
                new Table("resource", "people", "pages", "calls", "fetched", "new", "changed", "unchanged", "rejected");
        totals.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> row(table, entry.getKey(), entry.getValue()));
        var all = total();
        row(table, "all", new Total(people, all.pages, all.calls, all.counts));
        var seconds = took.toMillis() / 1000.0;
        var text = new StringBuilder(table.toString());
        text.append(String.format(
                Locale.ROOT,
                "%n%,d rows in %.1f s (%,.0f rows/s)%n",
                all.counts.fetched(),
                seconds,
                all.counts.fetched() / Math.max(seconds, 0.001)));
        notes.stream()
                .limit(PROBLEMS_SHOWN_MAX)
                .forEach(note -> text.append("note: ").append(note).append('\n'));
        problems.stream()
                .limit(PROBLEMS_SHOWN_MAX)
                .forEach(problem -> text.append("failed: ").append(problem).append('\n'));
        if (problems.size() > PROBLEMS_SHOWN_MAX) {
            text.append("... and ").append(problems.size() - PROBLEMS_SHOWN_MAX).append(" more: withings status\n");
        }
        if (askedAgain) {
            text.append("What failed is asked for again by the next sync; its cursors did not move.\n");
        }
        return text.toString();
    }

    private static void row(Table table, String name, Total total) {
        var counts = total.counts();
        table.row(
                name,
                total.turns(),
                total.pages(),
                total.calls(),
                counts.fetched(),
                counts.inserted(),
                counts.changed(),
                counts.unchanged(),
                counts.rejected());
    }

    String json() {
        var root = new ObjectMapper().createObjectNode();
        root.put("people", people).put("seconds", took.toMillis() / 1000.0);
        var resources = root.putObject("resources");
        totals.forEach((name, total) -> resources
                .putObject(name)
                .put("people", total.turns)
                .put("pages", total.pages)
                .put("calls", total.calls)
                .put("fetched", total.counts.fetched())
                .put("inserted", total.counts.inserted())
                .put("changed", total.counts.changed())
                .put("unchanged", total.counts.unchanged())
                .put("removed", total.counts.removed())
                .put("rejected", total.counts.rejected()));
        notes.forEach(root.putArray("notes")::add);
        problems.forEach(root.putArray("failed")::add);
        return root.toPrettyString();
    }
}
