package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
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
    private final Map<Resource, Ledger> ledgers = new EnumMap<>(Resource.class);
    private final Samples samples;
    private final ObjectNode goals;
    private final List<JsonNode> moreDevices = new CopyOnWriteArrayList<>();
    private final Set<String> lostDevices = new CopyOnWriteArraySet<>();
    private final AtomicLong acts = new AtomicLong();
    private volatile Set<String> allowed = Scope.all();
    private volatile Set<String> beyondPlan = Set.of();

    Person(World world, Persona persona, LocalDate first, Tokens tokens) {
        this.world = world;
        this.persona = persona;
        this.tokens = tokens;
        this.samples = new Samples(first, this::day);
        this.goals = Goals.of(persona);
        for (var resource : Resource.values()) {
            ledgers.put(resource, new Ledger(first, date -> resource.of(day(date))));
        }
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
        var owned = Devices.of(day(today().minusDays(1))).stream()
                .filter(device -> !lostDevices.contains(device.path("model").asText()));
        return Stream.concat(owned, moreDevices.stream()).toList();
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
        put(Resource.MEASURES, Acts.group(day(today()), id, at, attrib, epoch(), quantities));
        return id;
    }

    /** Replaces all measures of the group. */
    public void edits(long grpid, Quantity... quantities) {
        changes("getmeas", grpid, group -> {
            group.set("measures", Acts.measures(quantities));
            return group;
        });
    }

    public void deletes(long grpid) {
        ledger(Resource.MEASURES).remove(Long.toString(grpid));
    }

    public void deletesWorkout(long id) {
        ledger(Resource.WORKOUTS).remove(Long.toString(id));
    }

    public void deletesNight(long id) {
        ledger(Resource.SLEEP).remove(Long.toString(id));
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

    /**
     * A night; its stages follow from person and start.
     *
     * @return its id
     */
    public long sleeps(Instant start, Duration inBed) {
        long id = nextId();
        var wakes = LocalDate.ofInstant(start.plus(inBed), persona.home());
        put(Resource.SLEEP, Acts.night(day(wakes), id, start, inBed, epoch()));
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
        var date = LocalDate.ofInstant(start, persona.home());
        put(Resource.WORKOUTS, Acts.workout(day(date), id, category, start, lasting, kcal, epoch()));
        return id;
    }

    /** Rewrites a row of {@code getmeas}, {@code getworkouts} or {@code getsummary} in place, {@code modified} = now. */
    public void changes(String action, long id, UnaryOperator<ObjectNode> change) {
        var resource = Resource.of(action);
        var row = rows(resource).stream()
                .filter(other -> other.key().equals(Long.toString(id)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name() + " has no " + id + " in " + action));
        var json = change.apply(row.tree().put("modified", epoch()));
        put(
                resource,
                new Row(
                        row.key(),
                        json.path(resource.timeField()).asLong(row.at()),
                        json.path("date").isTextual() ? json.path("date").asText() : row.date(),
                        json.path("modified").asLong(),
                        row.raw(),
                        json.toString()));
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
            ledger(resource).add(Row.raw(resource, row, epoch()));
        }
    }

    /** Unlinks the devices of this model, e.g. {@code "ScanWatch"}. */
    public void losesDevice(String model) {
        lostDevices.add(model);
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
        beyondPlan = Set.copyOf(fields);
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
        return ledger(resource).rows(today());
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
        return beyondPlan.contains(field);
    }

    private List<JsonNode> listed(Resource resource) {
        return rows(resource).stream().map(row -> Json.tree(row.json())).toList();
    }

    private void put(Resource resource, Row row) {
        ledger(resource).put(row);
    }

    private Ledger ledger(Resource resource) {
        var ledger = ledgers.get(resource);
        if (ledger == null) {
            throw new IllegalStateException("Every resource has a ledger");
        }
        return ledger;
    }

    private Day day(LocalDate date) {
        return new Day(world.seed(), persona, date);
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
