package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A simulated person: what the API would tell of them now, and acts that change it. Every act's rows have
 * {@code modified} = now.
 */
public final class Person {
    private final World world;
    private final Persona persona;
    private final Tokens tokens;
    private final Lists lists;
    private final Samples samples;
    private final ObjectNode goals;
    private final List<JsonNode> moreDevices = new CopyOnWriteArrayList<>();
    private final Set<LocalDate> nightsNotUploaded = new ConcurrentSkipListSet<>();
    private final AtomicLong acts = new AtomicLong();
    private volatile Set<String> allowed = Scope.all();
    private volatile Set<String> outsidePlan = Set.of();
    private volatile BeyondPlan beyondPlan = BeyondPlan.REFUSED;
    private volatile NavigableMap<LocalDate, ZoneId> flights = Collections.emptyNavigableMap();

    Person(World world, Persona persona, LocalDate first, Tokens tokens) {
        this.world = world;
        this.persona = persona;
        this.tokens = tokens;
        this.lists = new Lists(first, this::day);
        this.samples = new Samples(first, this::day);
        this.goals = Goals.of(persona);
    }

    public long id() {
        return persona.id();
    }

    public String name() {
        return persona.name();
    }

    public ZoneId timezone() {
        return persona.home();
    }

    // What the API would tell now, every field, newest first.

    public List<JsonNode> groups() {
        return listed(Resource.MEASURES);
    }

    public List<JsonNode> activities() {
        return listed(Resource.ACTIVITY);
    }

    public List<JsonNode> workouts() {
        return listed(Resource.WORKOUTS);
    }

    public List<JsonNode> nights() {
        return listed(Resource.SLEEP);
    }

    public List<JsonNode> heart() {
        return listed(Resource.HEART);
    }

    /** What {@code getintradayactivity} holds, every field; {@code until} is not included. The span may be any length. */
    public SortedMap<Instant, JsonNode> samples(Instant from, Instant until) {
        var told = new TreeMap<Instant, JsonNode>();
        intraday(Window.of(from, until))
                .forEach((at, json) -> told.put(Instant.ofEpochSecond(at), Json.tree(json.toString())));
        return told;
    }

    /** What {@code sleep get} holds of the span, every field, oldest first, no segment twice. */
    public List<JsonNode> segments(Instant from, Instant until) {
        return segments(Window.of(from, until)).stream()
                .map(segment -> Json.tree(segment.toString()))
                .distinct()
                .toList();
    }

    /** What {@code heart get} answers; empty if no record has that signal. */
    public Optional<JsonNode> ecg(long signalId) {
        return samples.ecg(signalId, rows(Resource.HEART)).map(body -> Json.tree(body.toString()));
    }

    public List<JsonNode> devices() {
        return Stream.concat(Devices.of(day(today().minusDays(1))).stream(), moreDevices.stream())
                .toList();
    }

    /** An object, or an empty array. */
    public JsonNode goals() {
        synchronized (goals) {
            return Goals.sent(goals.deepCopy());
        }
    }

    // Acts.

    /**
     * Steps on the scale now.
     *
     * @return the group's id
     */
    public long weighs(BigDecimal kg) {
        return measures(now(), Group.SURE, new Quantity(1, kg, null));
    }

    /**
     * A group of any kind.
     *
     * @param attrib 0 device, 1 ambiguous, 2 manual: then no device is named
     * @return the group's id
     */
    public long measures(Instant at, int attrib, Quantity... quantities) {
        long id = nextId();
        put(Resource.MEASURES, Acts.group(dayAt(at), id, at, attrib, epoch(), quantities));
        return id;
    }

    /** Replaces all measures of the group. */
    public void edits(long grpid, Quantity... quantities) {
        changes("getmeas", grpid, group -> {
            group.set("measures", Acts.measures(quantities));
            return group;
        });
    }

    /** The person says that an ambiguous group is theirs: {@code attrib} 1 becomes 7. */
    public void confirms(long grpid) {
        changes("getmeas", grpid, group -> {
            if (group.path("attrib").asInt() != Group.AMBIGUOUS) {
                throw new IllegalArgumentException(grpid + " is not ambiguous");
            }
            return group.put("attrib", Group.CONFIRMED);
        });
    }

    /** The group was another person's: it is gone here and appears there, with the same id and device. */
    public void reassigns(long grpid, Person other) {
        var key = Long.toString(grpid);
        var row = lists.find(Resource.MEASURES, key, today());
        lists.of(Resource.MEASURES).remove(key);
        other.put(Resource.MEASURES, row.changed(Resource.MEASURES, group -> group, epoch()));
    }

    public void deletes(long grpid) {
        deletes(Resource.MEASURES, grpid);
    }

    public void deletesWorkout(long id) {
        deletes(Resource.WORKOUTS, id);
    }

    /** Its segments are gone with it. */
    public void deletesNight(long id) {
        deletes(Resource.SLEEP, id);
    }

    /** Its signal is gone with it; the groups of {@code getmeas} stay. */
    public void deletesHeartRecord(long timestamp) {
        deletes(Resource.HEART, timestamp);
    }

    /**
     * Brings a deleted row back as it was.
     *
     * @param action {@code getmeas}, {@code getworkouts}, {@code getsummary} or {@code list}
     * @param id what it was deleted by
     */
    public void restores(String action, long id) {
        var resource = Resource.of(action);
        lists.of(resource).restore(Long.toString(id), row -> row.changed(resource, json -> json, epoch()));
    }

    /** Rewrites the day's activity, or begins it. */
    public void walks(LocalDate date, int steps) {
        var text = date.toString();
        var row = rows(Resource.ACTIVITY).stream()
                .filter(other -> other.date().equals(text) && !other.key().endsWith("/2")) // not the old watch's
                .findFirst()
                .orElseGet(() -> Activities.main(day(date)));
        var json = row.tree();
        json.put("steps", steps).put("distance", steps * 3 / 4).put("modified", epoch());
        put(Resource.ACTIVITY, new Row(row.key(), row.at(), text, epoch(), false, json.toString()));
    }

    /** Rewrites the day's activity in place, {@code modified} = now. */
    public void changesDay(LocalDate date, UnaryOperator<ObjectNode> change) {
        var text = date.toString();
        var row = rows(Resource.ACTIVITY).stream()
                .filter(other -> other.date().equals(text) && !other.key().endsWith("/2"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name() + " has no activity on " + date));
        put(Resource.ACTIVITY, row.changed(Resource.ACTIVITY, change, epoch()));
    }

    /** What the watch sampled in that span does not come, until {@link #uploads()}. */
    public void uploadsLate(Instant from, Instant until) {
        samples.holdBack(from, until);
    }

    /** The nights that end on that date, summaries and segments, do not come, until {@link #uploads()}. */
    public void uploadsNightLate(LocalDate date) {
        nightsNotUploaded.add(date);
        for (var night : Nights.slept(day(date))) {
            lists.of(Resource.SLEEP).remove(Long.toString(night.id()));
        }
    }

    /** All that was held back comes now; the nights' {@code created} and {@code modified} are now. Dates to come still wait. */
    public void uploads() {
        samples.upload();
        for (var date : Set.copyOf(nightsNotUploaded)) {
            if (date.isBefore(today()) && nightsNotUploaded.remove(date)) {
                for (var night : Nights.of(day(date))) {
                    var uploaded = night.changed(Resource.SLEEP, row -> row.put("created", epoch()), epoch());
                    put(Resource.SLEEP, uploaded);
                }
            }
        }
    }

    /**
     * From that date on the person is in another zone. This tells the whole history anew as if it had always been so,
     * with old {@code modified}: say it before the first sync, or of a day to come.
     */
    public void flies(LocalDate firstDayThere, ZoneId there) {
        var more = new TreeMap<>(flights);
        more.put(firstDayThere, there);
        flights = more;
        lists.forgetMerged();
    }

    /**
     * A night; its stages follow from person and start.
     *
     * @return its id
     */
    public long sleeps(Instant start, Duration inBed) {
        long id = nextId();
        put(Resource.SLEEP, Acts.night(dayAt(start.plus(inBed)), id, start, inBed, epoch()));
        return id;
    }

    /**
     * A workout with nothing but its calories.
     *
     * @param category as the API numbers them: 1 walk, 2 run, 7 swim
     * @return the workout's id
     */
    public long worksOut(int category, Instant start, Duration lasting, int kcal) {
        long id = nextId();
        put(Resource.WORKOUTS, Acts.workout(dayAt(start), id, category, start, lasting, kcal, epoch()));
        return id;
    }

    /** Rewrites a row of {@code getmeas}, {@code getworkouts} or {@code getsummary} in place, {@code modified} = now. */
    public void changes(String action, long id, UnaryOperator<ObjectNode> change) {
        var resource = Resource.of(action);
        var row = lists.find(resource, Long.toString(id), today());
        put(resource, row.changed(resource, change, epoch()));
    }

    /**
     * Adds a row to the list of {@code getmeas}, {@code getactivity}, {@code getworkouts}, {@code getsummary},
     * {@code list} (heart) or {@code getdevice}, as it is: it need not be a row at all. It is placed by its own time
     * and {@code modified} where they can be read, else by now, and may repeat the key of another.
     */
    public void adds(String action, JsonNode row) {
        if (action.equals("getdevice")) {
            moreDevices.add(row.deepCopy());
        } else {
            var resource = Resource.of(action);
            lists.of(resource).add(Row.raw(resource, row, epoch()));
        }
    }

    /**
     * Sets a goal.
     *
     * @param value JSON: {@code 12000}, or for weight {@code {"value":70500,"unit":-3}}; {@code null} ends the goal
     */
    public void goal(String name, String value) {
        var json = Json.tree(value);
        synchronized (goals) {
            if (json.isNull()) {
                goals.remove(name);
            } else {
                goals.set(name, json);
            }
        }
    }

    /** Takes the consent back: every token and code is dead. The person may consent again. */
    public void withdraws() {
        tokens.withdraw(this);
    }

    /** Only these scopes are granted, from now on and in tokens that are out. */
    public void grantsOnly(Set<String> scopes) {
        allowed = Set.copyOf(scopes);
    }

    /** Calls that name one of these in {@code data_fields} are refused as invalid, as accounts without the plan are. */
    public void hasNoPlanFor(Set<String> fields) {
        hasNoPlanFor(fields, BeyondPlan.REFUSED);
    }

    /** The same, answered otherwise. Calls without {@code data_fields} always pass, without these fields. */
    public void hasNoPlanFor(Set<String> fields, BeyondPlan answer) {
        beyondPlan = answer;
        outsidePlan = Set.copyOf(fields);
    }

    /** The access tokens that are out stop working, as after three hours; refresh tokens do not. */
    public void tokensExpire() {
        tokens.expire(this);
    }

    /** A pair without the consent page, with all that the person grants. */
    public TokenPair tokens() {
        return tokens.issue(this, allowed);
    }

    // What the calls ask.

    List<Row> rows(Resource resource) {
        return lists.rows(resource, today());
    }

    SortedMap<Long, ObjectNode> intraday(Window window) {
        return samples.intraday(window, today());
    }

    List<ObjectNode> segments(Window window) {
        return samples.segments(window, rows(Resource.SLEEP));
    }

    /** The first moment of which nothing has come yet. */
    long horizon() {
        return day(today().minusDays(1)).end();
    }

    boolean grants(String scope) {
        return allowed.contains(scope);
    }

    boolean planLacks(String field) {
        return outsidePlan.contains(field);
    }

    BeyondPlan beyondPlan() {
        return beyondPlan;
    }

    private List<JsonNode> listed(Resource resource) {
        return rows(resource).stream().map(row -> Json.tree(row.json())).toList();
    }

    private void put(Resource resource, Row row) {
        lists.of(resource).put(row);
    }

    private void deletes(Resource resource, long id) {
        lists.of(resource).delete(Long.toString(id), today());
    }

    private Day day(LocalDate date) {
        return new Day(world.seed(), persona, date, flights);
    }

    /** The local date of a moment, where the person is then. */
    private Day dayAt(Instant at) {
        var zone = day(LocalDate.ofInstant(at, ZoneOffset.UTC)).zone();
        return day(LocalDate.ofInstant(at, zone));
    }

    private long nextId() {
        return persona.number() * Day.IDS_OF_A_PERSON + Day.ACTS_FROM + acts.incrementAndGet();
    }

    private Instant now() {
        return world.clock().instant();
    }

    private long epoch() {
        return now().getEpochSecond();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(now(), ZoneOffset.UTC);
    }
}
