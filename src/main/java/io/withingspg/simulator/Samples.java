package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The high-frequency data of one person. Nothing of it is kept: each window is told anew, from the days it touches and
 * the rows that are there now.
 */
final class Samples {
    private static final long SHORTEST_NAP_S = 600;
    private static final long LONGEST_NIGHT_S = Duration.ofHours(36).toSeconds();

    private final LocalDate first;
    private final Function<LocalDate, Day> day;
    private final List<Window> notUploaded = new CopyOnWriteArrayList<>();

    Samples(LocalDate first, Function<LocalDate, Day> day) {
        this.first = first;
        this.day = day;
    }

    void holdBack(Instant from, Instant until) {
        notUploaded.add(Window.of(from, until));
    }

    void upload() {
        notUploaded.clear();
    }

    /** @param today nothing of this UTC day has come yet, as with all lists */
    SortedMap<Long, ObjectNode> intraday(Window window, LocalDate today) {
        var samples = new TreeMap<Long, ObjectNode>();
        var date = earliest(window.firstDay().minusDays(1));
        var last = window.lastDay().plusDays(1);
        for (; date.isBefore(today) && !date.isAfter(last); date = date.plusDays(1)) {
            var told = day.apply(date);
            long end = day.apply(today.minusDays(1)).end();
            if (window.touches(told.begins(), told.plus(1).begins())) {
                Intraday.of(told).values().stream()
                        .filter(moment -> window.holds(moment.at()) && moment.at() < end)
                        .filter(moment -> notUploaded.stream().noneMatch(held -> held.holds(moment.at())))
                        .forEach(moment -> samples.put(moment.at(), moment.json()));
            }
        }
        return samples;
    }

    /** @param nights the rows of {@code getsummary}, newest first */
    List<ObjectNode> segments(Window window, List<Row> nights) {
        var segments = new ArrayList<ObjectNode>();
        for (var night : nights.reversed()) {
            if (!night.raw() && night.at() <= window.to()) {
                segments(night, window).stream()
                        .filter(segment -> window.touches(
                                segment.path("startdate").asLong(),
                                segment.path("enddate").asLong()))
                        .forEach(segments::add);
            }
        }
        return segments;
    }

    private List<ObjectNode> segments(Row row, Window window) {
        if (row.at() < window.from() - LONGEST_NIGHT_S) {
            return List.of(); // without reading it
        }
        var summary = row.tree();
        long id = summary.path("id").asLong();
        long seconds = summary.path("enddate").asLong() - row.at();
        if (seconds < SHORTEST_NAP_S || seconds > LONGEST_NIGHT_S || !window.touches(row.at(), row.at() + seconds)) {
            return List.of();
        }
        var date = Day.ofId(id);
        if (date.isEmpty()) {
            var night = day.apply(LocalDate.ofInstant(Instant.ofEpochSecond(row.at()), ZoneOffset.UTC));
            return Segments.of(night, summary, Acts.stages(night, row.at(), (int) seconds / 60));
        }
        var told = day.apply(date.get());
        return Nights.slept(told).stream()
                .filter(slept -> slept.id() == id)
                .findFirst()
                .map(slept ->
                        slept.imported() ? Segments.unspecified(summary) : Segments.of(told, summary, slept.stages()))
                .orElse(List.of());
    }

    /** @param heart the rows of {@code heart list} */
    Optional<ObjectNode> ecg(long signalId, List<Row> heart) {
        var text = "\"signalid\":" + signalId;
        return heart.stream()
                .filter(row -> row.json().contains(text)) // to parse every row would cost a hundredfold
                .map(row -> Json.tree(row.json()))
                .filter(row -> row.at("/ecg/signalid").asLong() == signalId)
                .findFirst()
                .map((JsonNode row) -> Electrocardiogram.of(day.apply(first).seed(), row));
    }

    private LocalDate earliest(LocalDate date) {
        return date.isBefore(first) ? first : date;
    }
}
