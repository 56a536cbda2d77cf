import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/**
 * The practical limit: fetch, parse, COPY to a temporary table, one merge per person and table; all of it in one transaction
 * per person. The same rows in the same tables as ours. No quota, no repeats, no cursor, no tokens to keep, no record of what
 * was rejected, changed or asked for, and what it was doing is lost where it stops.
 *
 * <p>{@code java Baseline API_URL JDBC_URL PEOPLE AT_ONCE [SINCE]}; SINCE in epoch seconds for what changed since then.
 */
final class Baseline {
    private static final ObjectMapper JSON = new JsonMapper();
    private static final int TRAILING_S = 30 * 86_400;

    /** A table's rows of one person, as COPY takes them. */
    private static final class Table {
        final String name;
        final String key;
        final List<String> columns;
        final StringBuilder text = new StringBuilder();

        Table(String name, String key, String... columns) {
            this.name = name;
            this.key = key;
            this.columns = List.of(columns);
        }

        void row(Object... values) {
            for (var n = 0; n < values.length; n++) {
                text.append(n == 0 ? "" : "\t").append(values[n] == null ? "\\N" : values[n]);
            }
            text.append('\n');
        }

        void stage(Connection connection) throws SQLException {
            try (var statement = connection.createStatement()) {
                statement.execute("CREATE TEMPORARY TABLE stage_" + name + " ON COMMIT DELETE ROWS AS SELECT "
                        + String.join(", ", columns) + " FROM withings." + name + " WITH NO DATA");
            }
        }

        void merge(Connection connection) throws SQLException, IOException {
            if (text.isEmpty()) {
                return;
            }
            var rows = new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY stage_" + name + " FROM STDIN", rows);
            text.setLength(0);
            var list = String.join(", ", columns);
            var others = columns.stream()
                    .filter(column -> !List.of(key.split(", ")).contains(column))
                    .toList();
            try (var statement = connection.createStatement()) {
                statement.execute("INSERT INTO withings." + name + " AS stands (" + list + ") SELECT " + list
                        + " FROM stage_" + name + " ON CONFLICT (" + key + ") DO "
                        + (others.isEmpty()
                                ? "NOTHING"
                                : "UPDATE SET synced_at = now(), "
                                        + others.stream()
                                                .map(column -> column + " = excluded." + column)
                                                .collect(Collectors.joining(", "))
                                        + " WHERE ("
                                        + others.stream().map(column -> "stands." + column).collect(Collectors.joining(", "))
                                        + ") IS DISTINCT FROM ("
                                        + others.stream()
                                                .map(column -> "excluded." + column)
                                                .collect(Collectors.joining(", "))
                                        + ")"));
            }
        }
    }

    private final Table groups = new Table(
            "measure_group", "user_id, group_id", "user_id", "group_id", "measured_at", "day", "timezone", "attribution",
            "category", "device_id", "model", "model_id", "created_at", "modified_at");
    private final Table measures = new Table(
            "measure", "user_id, group_id, type, position", "user_id", "group_id", "type", "position", "value",
            "measured_at", "algo", "fm");
    private final Table activities = new Table(
            "activity_day", "user_id, day", "user_id", "day", "timezone", "steps", "distance_m", "floors", "soft_s",
            "moderate_s", "intense_s", "active_s", "active_kcal", "total_kcal", "hr_average", "hr_min", "hr_max",
            "hr_zone_0_s", "hr_zone_1_s", "hr_zone_2_s", "hr_zone_3_s", "brand", "is_tracker", "device_id", "model",
            "model_id", "modified_at");
    private final Table workouts = new Table(
            "workout", "user_id, workout_id", "user_id", "workout_id", "category", "started_at", "ended_at", "day",
            "timezone", "attribution", "device_id", "model", "model_id", "active_kcal", "manual_kcal", "distance_m",
            "manual_distance_m", "steps", "floors", "intensity", "hr_average", "hr_min", "hr_max", "hr_zone_0_s",
            "hr_zone_1_s", "hr_zone_2_s", "hr_zone_3_s", "pause_s", "algo_pause_s", "spo2_average_pct", "modified_at");
    private final Table nights = new Table(
            "sleep_summary", "user_id, sleep_id", "user_id", "sleep_id", "started_at", "ended_at", "day", "timezone",
            "source", "model_id", "device_id", "completed", "time_in_bed_s", "asleep_s", "light_s", "deep_s", "rem_s",
            "awake_s", "latency_s", "wakeup_latency_s", "duration_to_sleep_s", "duration_to_wakeup_s", "waso_s",
            "efficiency", "wakeup_count", "out_of_bed_count", "rem_episodes", "hr_average", "hr_min", "hr_max",
            "respiration_average", "respiration_min", "respiration_max", "snoring_s", "snoring_episodes", "score",
            "apnea_hypopnea_index", "breathing_disturbances", "movement_score_avg", "movement_active_s",
            "rmssd_start_avg_ms", "rmssd_end_avg_ms", "breathing_sounds_s", "breathing_sounds_episodes", "created_at",
            "modified_at");
    private final Table events = new Table(
            "sleep_event", "user_id, sleep_id, event, occurred_at", "user_id", "sleep_id", "event", "occurred_at");
    private final Table hearts = new Table(
            "heart_record", "user_id, recorded_at, device_id", "user_id", "recorded_at", "device_id", "heart_rate",
            "afib", "systolic", "diastolic", "ecg_signal_id", "model", "model_id", "day", "timezone", "modified_at");

    private final HttpClient http;
    private final URI api;
    private final long since;

    private Baseline(HttpClient http, URI api, long since) {
        this.http = http;
        this.api = api;
        this.since = since;
    }

    public static void main(String[] args) throws Exception {
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var people = new ConcurrentLinkedQueue<>(
                IntStream.rangeClosed(1, Integer.parseInt(args[2])).boxed().toList());
        var since = args.length > 4 ? Long.parseLong(args[4]) : 1;
        var work = new ArrayList<Callable<Void>>();
        for (var n = Integer.parseInt(args[3]); n > 0; n--) {
            work.add(() -> {
                try (var connection = DriverManager.getConnection(args[1])) {
                    var baseline = new Baseline(http, URI.create(args[0]), since);
                    baseline.stage(connection);
                    for (var person = people.poll(); person != null; person = people.poll()) {
                        baseline.sync(connection, person);
                    }
                    return null;
                }
            });
        }
        try (var threads = Executors.newFixedThreadPool(work.size())) {
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }
        http.close();
    }

    private List<Table> tables() {
        return List.of(groups, measures, activities, workouts, nights, events, hearts); // parents before their parts
    }

    private void stage(Connection connection) throws SQLException {
        for (var table : tables()) {
            table.stage(connection);
        }
        connection.setAutoCommit(false);
    }

    private void sync(Connection connection, int person) throws Exception {
        fetch(person, "/measure", "getmeas", "measuregrps", Map.of("lastupdate", since), row -> group(person, row));
        fetch(person, "/v2/measure", "getactivity", "activities", Map.of("lastupdate", since), row -> activity(person, row));
        fetch(person, "/v2/measure", "getworkouts", "series", Map.of("lastupdate", since), row -> workout(person, row));
        fetch(person, "/v2/sleep", "getsummary", "series", Map.of("lastupdate", since), row -> night(person, row));
        Map<String, Long> trailing = since == 1
                ? Map.of()
                : Map.of("startdate", since - TRAILING_S, "enddate", Instant.now().getEpochSecond());
        fetch(person, "/v2/heart", "list", "series", trailing, row -> heart(person, row));
        for (var table : tables()) {
            table.merge(connection);
        }
        connection.commit();
    }

    private interface Reading {
        void row(JsonNode row);
    }

    private void fetch(int person, String path, String action, String field, Map<String, Long> span, Reading reading)
            throws IOException, InterruptedException {
        for (var offset = 0L; ; ) {
            var form = new LinkedHashMap<String, Object>(span);
            form.put("action", action);
            form.put("offset", offset);
            var body = form.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining("&"));
            var request = HttpRequest.newBuilder(api.resolve(path))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Authorization", "Bearer access-" + person)
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                    .build();
            var answer = JSON.readTree(http.send(request, BodyHandlers.ofByteArray()).body());
            if (answer.path("status").asInt(-1) != 0) {
                throw new IOException(action + ": " + answer);
            }
            var page = answer.path("body");
            page.path(field).forEach(reading::row);
            if (!page.path("more").asBoolean() && page.path("more").asInt() != 1) {
                return;
            }
            offset = page.path("offset").asLong();
        }
    }

    private void group(int person, JsonNode row) {
        var id = row.path("grpid").asLong();
        var at = time(row, "date");
        groups.row(
                person, id, at, day(at, row), text(row, "timezone"), text(row, "attrib"), text(row, "category"),
                text(row, "deviceid"), text(row, "model"), text(row, "modelid"), time(row, "created"),
                time(row, "modified"));
        for (var measure : row.path("measures")) {
            measures.row(
                    person, id, text(measure, "type"), measure.path("position").asInt(-1),
                    BigDecimal.valueOf(measure.path("value").asLong(), -measure.path("unit").asInt()).toPlainString(), at,
                    text(measure, "algo"), text(measure, "fm"));
        }
    }

    private void activity(int person, JsonNode row) {
        activities.row(
                person, text(row, "date"), text(row, "timezone"), text(row, "steps"), text(row, "distance"),
                text(row, "elevation"), text(row, "soft"), text(row, "moderate"), text(row, "intense"),
                text(row, "active"), text(row, "calories"), text(row, "totalcalories"), text(row, "hr_average"),
                text(row, "hr_min"), text(row, "hr_max"), text(row, "hr_zone_0"), text(row, "hr_zone_1"),
                text(row, "hr_zone_2"), text(row, "hr_zone_3"), text(row, "brand"), text(row, "is_tracker"),
                text(row, "deviceid"), text(row, "model"), text(row, "modelid"), time(row, "modified"));
    }

    private void workout(int person, JsonNode row) {
        var data = row.path("data");
        workouts.row(
                person, text(row, "id"), text(row, "category"), time(row, "startdate"), time(row, "enddate"),
                text(row, "date"), text(row, "timezone"), text(row, "attrib"), text(row, "deviceid"), text(row, "model"),
                text(row, "model"), measured(data, "calories"), measured(data, "manual_calories"), text(data, "distance"),
                text(data, "manual_distance"), text(data, "steps"), text(data, "elevation"), text(data, "intensity"),
                text(data, "hr_average"), text(data, "hr_min"), text(data, "hr_max"), text(data, "hr_zone_0"),
                text(data, "hr_zone_1"), text(data, "hr_zone_2"), text(data, "hr_zone_3"), text(data, "pause_duration"),
                text(data, "algo_pause_duration"), text(data, "spo2_average"), time(row, "modified"));
    }

    private void night(int person, JsonNode row) {
        var data = row.path("data");
        var id = text(row, "id");
        var start = row.path("startdate").asLong();
        nights.row(
                person, id, time(row, "startdate"), time(row, "enddate"), text(row, "date"), text(row, "timezone"),
                text(row, "model"), text(row, "model_id"), text(row, "hash_deviceid"), text(row, "completed"),
                text(data, "total_timeinbed"), text(data, "total_sleep_time"), text(data, "lightsleepduration"),
                text(data, "deepsleepduration"), text(data, "remsleepduration"), text(data, "wakeupduration"),
                text(data, "sleep_latency"), text(data, "wakeup_latency"), text(data, "durationtosleep"),
                text(data, "durationtowakeup"), text(data, "waso"), text(data, "sleep_efficiency"),
                text(data, "wakeupcount"), text(data, "out_of_bed_count"), text(data, "nb_rem_episodes"),
                text(data, "hr_average"), text(data, "hr_min"), text(data, "hr_max"), text(data, "rr_average"),
                text(data, "rr_min"), text(data, "rr_max"), text(data, "snoring"), text(data, "snoringepisodecount"),
                text(data, "sleep_score"), text(data, "apnea_hypopnea_index"),
                text(data, "breathing_disturbances_intensity"), text(data, "mvt_score_avg"),
                text(data, "mvt_active_duration"), text(data, "rmssd_start_avg"), text(data, "rmssd_end_avg"),
                text(data, "breathing_sounds"), text(data, "breathing_sounds_episode_count"), time(row, "created"),
                time(row, "modified"));
        data.path("night_events").properties().forEach(event -> event.getValue().forEach(
                offset -> events.row(person, id, event.getKey(), Instant.ofEpochSecond(start + offset.asLong()))));
    }

    private void heart(int person, JsonNode row) {
        var at = time(row, "timestamp");
        hearts.row(
                person, at, text(row, "deviceid"), text(row, "heart_rate"), text(row.path("ecg"), "afib"),
                text(row.path("bloodpressure"), "systole"), text(row.path("bloodpressure"), "diastole"),
                text(row.path("ecg"), "signalid"), text(row, "model"), text(row, "model"), day(at, row),
                text(row, "timezone"), time(row, "modified"));
    }

    private static String text(JsonNode row, String field) {
        var value = row.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }

    private static String measured(JsonNode row, String field) {
        var text = text(row, field);
        return "0".equals(text) ? null : text;
    }

    private static Instant time(JsonNode row, String field) {
        return Instant.ofEpochSecond(row.path(field).asLong());
    }

    private static LocalDate day(Instant at, JsonNode row) {
        return LocalDate.ofInstant(at, ZoneId.of(row.path("timezone").asText()));
    }
}
