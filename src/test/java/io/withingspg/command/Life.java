package io.withingspg.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What happens to people at Withings. Whatever is picked is picked by its place in the list as it is then, so an act that
 * finds nothing to act on does nothing, and a history from which acts were taken is still a history.
 */
final class Life {
    /** Acts, each on a person and on one of what they have; {@code pick} also chooses days and values. */
    enum Act {
        WEIGHS,
        IS_WEIGHED_AMBIGUOUSLY,
        TYPES_A_READING_IN,
        EDITS_A_READING,
        LEAVES_ONE_QUANTITY_OF_A_READING,
        CONFIRMS_A_READING,
        GIVES_A_READING_TO_THE_OTHER,
        DELETES_A_READING,
        RESTORES_WHAT_WAS_DELETED_LAST,
        WALKS,
        EDITS_A_DAY,
        WORKS_OUT,
        EDITS_A_WORKOUT,
        DELETES_A_WORKOUT,
        NAPS,
        EDITS_A_NIGHT,
        DELETES_A_NIGHT,
        DELETES_A_HEART_RECORD,
        UPLOADS_A_DAY_LATE,
        UPLOADS_A_NIGHT_LATE,
        UPLOADS,
        SETS_A_GOAL,
        ENDS_A_GOAL;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    private record Deleted(Person person, String call, long id) {}

    /** Hours of the local day at which nobody sleeps of their own accord. */
    private static final List<Integer> NAPS = List.of(16, 18);

    private final List<Person> people;
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private final List<Deleted> deleted = new ArrayList<>();
    private final Set<List<Object>> naps = new HashSet<>();
    private final List<Instant> goneNights = new ArrayList<>();
    private int values;

    Life(List<Person> people) {
        this.people = people;
    }

    List<Person> people() {
        return people;
    }

    /** Whether a night of the person that is gone by now was slept then: of its minutes nobody tells that they are gone. */
    boolean mayHaveSlept(Instant at) {
        return goneNights.stream()
                .anyMatch(start -> !at.isBefore(start) && at.isBefore(start.plus(16, ChronoUnit.HOURS)));
    }

    void happens(Act act, int who, int pick) {
        var person = people.get(who % people.size());
        var other = people.get((who + 1) % people.size());
        var day = today.minusDays(2 + pick % 6);
        var at = day.atTime(LocalTime.of(5, 0)).plusMinutes(pick * 7L).toInstant(ZoneOffset.UTC);
        switch (act) {
            case WEIGHS -> person.measures(at, 0, weight(), Quantity.of(6, "2" + pick % 10 + ".5"));
            case IS_WEIGHED_AMBIGUOUSLY -> person.measures(at, 1, weight());
            case TYPES_A_READING_IN -> person.measures(at, 2, weight());
            case EDITS_A_READING ->
                of(person.groups(), pick, group -> person.edits(id(group, "grpid"), weight(), Quantity.of(76, "51.5")));
            case LEAVES_ONE_QUANTITY_OF_A_READING ->
                of(person.groups(), pick, group -> person.edits(id(group, "grpid"), weight()));
            case CONFIRMS_A_READING -> of(ambiguous(person), pick, group -> person.confirms(id(group, "grpid")));
            case GIVES_A_READING_TO_THE_OTHER -> {
                if (person != other) {
                    of(person.groups(), pick, group -> person.reassigns(id(group, "grpid"), other));
                }
            }
            case DELETES_A_READING ->
                of(person.groups(), pick, group -> deletes(person, "getmeas", id(group, "grpid"), person::deletes));
            case RESTORES_WHAT_WAS_DELETED_LAST -> restores();
            case WALKS -> person.walks(day, 1000 + 13 * ++values);
            case EDITS_A_DAY ->
                of(person.activities(), pick, row -> {
                    var date = LocalDate.parse(row.path("date").asText());
                    person.changesDay(
                            date, json -> json.put("elevation", ++values).putNull("intense"));
                });
            case WORKS_OUT -> person.worksOut(1 + pick % 3, at, Duration.ofMinutes(30), 100 + ++values);
            case EDITS_A_WORKOUT ->
                of(
                        person.workouts(),
                        pick,
                        row -> person.changes("getworkouts", id(row, "id"), json -> json.put("attrib", 7)));
            case DELETES_A_WORKOUT ->
                of(
                        person.workouts(),
                        pick,
                        row -> deletes(person, "getworkouts", id(row, "id"), person::deletesWorkout));
            case NAPS -> naps(person, pick);
            case EDITS_A_NIGHT ->
                of(
                        person.nights(),
                        pick,
                        row -> person.changes("getsummary", id(row, "id"), json -> {
                            json.withObject("/data")
                                    .put("sleep_score", ++values)
                                    .put("hr_average", 50 + pick);
                            return json;
                        }));
            case DELETES_A_NIGHT ->
                of(person.nights(), pick, row -> {
                    gone(row);
                    deletes(person, "getsummary", id(row, "id"), person::deletesNight);
                });
            case DELETES_A_HEART_RECORD ->
                of(
                        person.heart(),
                        pick,
                        row -> deletes(person, "list", id(row, "timestamp"), person::deletesHeartRecord));
            case UPLOADS_A_DAY_LATE -> {
                var start = today.minusDays(1 + pick % 2).atTime(pick % 24, 0).toInstant(ZoneOffset.UTC);
                person.uploadsLate(start, start.plus(9, ChronoUnit.HOURS));
            }
            case UPLOADS_A_NIGHT_LATE -> {
                person.nights().forEach(this::gone); // a nap that ends on that date is not uploaded again
                person.uploadsNightLate(today.minusDays(1 + pick % 3));
            }
            case UPLOADS -> person.uploads();
            case SETS_A_GOAL -> person.goal(pick % 2 == 0 ? "steps" : "sleep", Integer.toString(7000 + ++values));
            case ENDS_A_GOAL -> person.goal(pick % 2 == 0 ? "steps" : "sleep", "null");
        }
    }

    private Quantity weight() {
        return Quantity.of(1, "70." + (100 + ++values));
    }

    private static List<JsonNode> ambiguous(Person person) {
        return person.groups().stream()
                .filter(group -> group.path("attrib").asInt() == 1)
                .toList();
    }

    private void deletes(Person person, String call, long id, Consumer<Long> act) {
        deleted.add(new Deleted(person, call, id));
        act.accept(id);
    }

    private void restores() {
        if (!deleted.isEmpty()) {
            var last = deleted.removeLast();
            last.person.restores(last.call, last.id);
        }
    }

    private void naps(Person person, int pick) {
        var day = today.minusDays(2 + pick % 3);
        var hour = NAPS.get(pick / 3 % NAPS.size());
        if (naps.add(List.of(person.id(), day, hour))) {
            person.sleeps(day.atTime(hour, 0).atZone(person.timezone()).toInstant(), Duration.ofMinutes(40 + pick));
        }
    }

    private void gone(JsonNode night) {
        goneNights.add(Instant.ofEpochSecond(night.path("startdate").asLong()));
    }

    private static void of(List<JsonNode> rows, int pick, Consumer<JsonNode> act) {
        if (!rows.isEmpty()) {
            act.accept(rows.get(pick % rows.size()));
        }
    }

    private static long id(JsonNode row, String field) {
        return row.path(field).asLong();
    }
}
