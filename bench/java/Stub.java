import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A Withings that costs next to nothing: five lists of each person, rendered once and kept in memory, without quota and without
 * faults. The simulator is closer to the real API and far too slow to measure against.
 *
 * <p>{@code java Stub PEOPLE DAYS [TIMES]}; prints its address, and ends with its standard input. {@code GET /calls} tells how many
 * calls came since it was last asked. Where TIMES is given, everybody takes readings so many times a day, and all of them come in one page. {@code java Stub FOLDER} writes a first page of each list instead.
 */
final class Stub {
    private static final int PAGE = 100;
    private static final ZoneId ZONE = ZoneId.of("Europe/Paris");
    private static final byte[] GRANT = json(
            "{\"userid\":\"%s\",\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"scope\":\"user.info,user.metrics,user.activity\",\"expires_in\":10800,\"token_type\":\"Bearer\"}");

    private record Row(long at, long modified, String day, String json) {}

    /** @param field under which the rows stand in the answer */
    private record Listing(String field, boolean numberForMore, List<Row> rows, int pageSize, Map<Integer, byte[]> pages) {
        Listing(String field, boolean numberForMore, List<Row> rows) {
            this(field, numberForMore, rows, PAGE);
        }

        Listing(String field, boolean numberForMore, List<Row> rows, int pageSize) {
            this(field, numberForMore, rows, pageSize, new ConcurrentHashMap<>());
        }

        byte[] page(Map<String, String> form) {
            var offset = Integer.parseInt(form.getOrDefault("offset", "0"));
            var since = Long.parseLong(form.getOrDefault("lastupdate", "0"));
            var from = Long.parseLong(form.getOrDefault("startdate", "0"));
            var to = Long.parseLong(form.getOrDefault("enddate", Long.toString(Long.MAX_VALUE)));
            var first = form.getOrDefault("startdateymd", "");
            var last = form.getOrDefault("enddateymd", "9999-99-99");
            var wanted = rows.stream()
                    .filter(row -> row.modified >= since && row.at >= from && row.at <= to)
                    .filter(row -> row.day.compareTo(first) >= 0 && row.day.compareTo(last) <= 0)
                    .toList();
            return wanted.size() == rows.size()
                    ? pages.computeIfAbsent(offset, _ -> rendered(rows, offset))
                    : rendered(wanted, offset);
        }

        private byte[] rendered(List<Row> wanted, int offset) {
            var end = Math.min(wanted.size(), offset + pageSize);
            var more = end < wanted.size();
            var text = new StringBuilder("{\"status\":0,\"body\":{");
            if (numberForMore) {
                text.append("\"updatetime\":")
                        .append(Instant.now().getEpochSecond())
                        .append(",\"timezone\":\"")
                        .append(ZONE)
                        .append("\",");
            }
            text.append('"').append(field).append("\":[");
            for (var n = Math.min(offset, end); n < end; n++) {
                text.append(n == offset ? "" : ",").append(wanted.get(n).json);
            }
            return json(text.append("],\"more\":")
                    .append(numberForMore ? more ? "1" : "0" : Boolean.toString(more))
                    .append(",\"offset\":")
                    .append(more ? end : 0)
                    .append("}}")
                    .toString());
        }
    }

    private final Map<String, Listing> listings = new HashMap<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong grants = new AtomicLong();

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else answers wait 40 ms for an acknowledgement
        var stub = new Stub();
        if (args.length == 1) {
            stub.render(1, PAGE, 1);
            for (var listing : stub.listings.entrySet()) {
                Files.write(Path.of(args[0], listing.getKey().substring(2) + ".json"), listing.getValue().page(Map.of()));
            }
            return;
        }
        var people = Integer.parseInt(args[0]);
        var days = Integer.parseInt(args[1]);
        for (var person = 1; person <= people; person++) {
            stub.render(person, days, args.length > 2 ? Integer.parseInt(args[2]) : 1);
        }
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", stub::answer);
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // whoever started it is there
        }
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().equals("/calls")) {
                send(exchange, json(Long.toString(calls.getAndSet(0))));
                return;
            }
            calls.incrementAndGet();
            var form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            var action = form.getOrDefault("action", "");
            if (action.equals("requesttoken")) {
                send(exchange, granted(form.getOrDefault("refresh_token", "")));
                return;
            }
            var bearer = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            var listing = listings.get(bearer.replaceFirst("^Bearer access-([0-9]+).*$", "$1") + " " + action);
            send(exchange, listing == null ? json("{\"status\":2554,\"error\":\"not implemented\"}") : listing.page(form));
        }
    }

    private byte[] granted(String refreshToken) {
        var person = refreshToken.replaceFirst("^refresh-([0-9]+).*$", "$1");
        var suffix = person + "-" + grants.incrementAndGet();
        return json("{\"status\":0,\"body\":"
                + new String(GRANT, StandardCharsets.UTF_8).formatted(person, "access-" + suffix, "refresh-" + suffix)
                + "}");
    }

    private static void send(HttpExchange exchange, byte[] json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> form(String body) {
        var form = new HashMap<String, String>();
        for (var parameter : body.split("&")) {
            var at = parameter.indexOf('=');
            if (at > 0) {
                form.put(parameter.substring(0, at), URLDecoder.decode(parameter.substring(at + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    // 487,300 rows of 50 people and 365 days: 26.7 a day.

    private void render(int person, int days, int times) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(person);
        var today = LocalDate.now(ZONE);
        var groups = new ArrayList<Row>();
        var activities = new ArrayList<Row>();
        var nights = new ArrayList<Row>();
        var workouts = new ArrayList<Row>();
        var hearts = new ArrayList<Row>();
        for (var n = 1; n <= days; n++) { // newest first, as the API has it
            var day = today.minusDays(n).toString();
            var midnight = today.minusDays(n).atStartOfDay(ZONE).toEpochSecond();
            for (var time = 0; time < times; time++) {
                var id = 2L * (n * (long) times + time);
                groups.add(pressure(random, id, midnight + 70_000 + time));
                groups.add(weighing(random, id + 1, midnight + 25_000 + time));
            }
            activities.add(activity(random, day, midnight));
            nights.add(night(random, n, day, midnight));
            hearts.add(heart(random, n, midnight + 70_000));
            if (n * 256 / 365 != (n - 1) * 256 / 365) {
                workouts.add(workout(random, n, day, midnight + 64_000));
            }
        }
        var id = Integer.toString(person);
        listings.put(id + " getmeas", new Listing("measuregrps", true, groups, times > 1 ? Integer.MAX_VALUE / 2 : PAGE));
        listings.put(id + " getactivity", new Listing("activities", false, activities));
        listings.put(id + " getsummary", new Listing("series", false, nights));
        listings.put(id + " getworkouts", new Listing("series", false, workouts));
        listings.put(id + " list", new Listing("series", false, hearts));
    }

    private static Row weighing(RandomGenerator random, long id, long at) {
        int[] types = {1, 5, 6, 8, 76, 77, 88, 168, 169, 170, 226, 227, 155, 91};
        var measures = new StringBuilder();
        for (var type : types) {
            measures.append(measures.isEmpty() ? "" : ",")
                    .append(measure(random.nextInt(20_000, 90_000), type, -3));
        }
        return group(id, at, "Body Scan", 10, "scale", measures.toString());
    }

    private static Row pressure(RandomGenerator random, long id, long at) {
        return group(
                id,
                at,
                "BPM Connect",
                45,
                "cuff",
                measure(random.nextInt(60, 95), 9, 0) + "," + measure(random.nextInt(100, 150), 10, 0) + ","
                        + measure(random.nextInt(48, 90), 11, 0));
    }

    private static String measure(int value, int type, int unit) {
        return "{\"value\":" + value + ",\"type\":" + type + ",\"unit\":" + unit + ",\"algo\":3425,\"fm\":131}";
    }

    private static Row group(long id, long at, String model, int modelId, String device, String measures) {
        return new Row(at, at + 60, "", """
                {"grpid":%d,"attrib":0,"date":%d,"created":%d,"modified":%d,"category":1,"deviceid":"%s-892359876fd8805ac45bab07",\
                "hash_deviceid":"%s-892359876fd8805ac45bab07","measures":[%s],"modelid":%d,"model":"%s","timezone":"%s","comment":null}"""
                .formatted(id, at, at + 50, at + 60, device, device, measures, modelId, model, ZONE));
    }

    private static Row activity(RandomGenerator random, String day, long at) {
        var steps = random.nextInt(1000, 18_000);
        return new Row(at, at + 86_400, day, """
                {"date":"%s","timezone":"%s","modified":%d,"deviceid":"watch-5cd8805ac45bab0789235987","hash_deviceid":"watch-5cd8805ac45bab0789235987",\
                "model":"ScanWatch","modelid":93,"brand":1,"is_tracker":true,"steps":%d,"distance":%d,"elevation":%d,"soft":%d,"moderate":%d,\
                "intense":%d,"active":%d,"calories":%d.%d,"totalcalories":%d,"hr_average":%d,"hr_min":%d,"hr_max":%d,"hr_zone_0":%d,\
                "hr_zone_1":%d,"hr_zone_2":%d,"hr_zone_3":%d}"""
                .formatted(
                        day, ZONE, at + 86_400, steps, steps * 3 / 4, random.nextInt(1, 30), random.nextInt(9000),
                        random.nextInt(4000), random.nextInt(2000), random.nextInt(6000), steps / 20, random.nextInt(1, 9),
                        1700 + steps / 20, random.nextInt(60, 80), random.nextInt(45, 58), random.nextInt(110, 170),
                        random.nextInt(40_000), random.nextInt(4000), random.nextInt(2000), random.nextInt(900)));
    }

    private static Row workout(RandomGenerator random, long id, String day, long at) {
        var seconds = random.nextInt(900, 5400);
        return new Row(at, at + seconds + 60, day, """
                {"id":%d,"category":%d,"timezone":"%s","model":93,"attrib":7,"startdate":%d,"enddate":%d,"date":"%s",\
                "deviceid":"watch-5cd8805ac45bab0789235987","data":{"calories":%d,"intensity":%d,"manual_distance":0,"manual_calories":0,\
                "hr_average":%d,"hr_min":%d,"hr_max":%d,"hr_zone_0":%d,"hr_zone_1":%d,"hr_zone_2":%d,"hr_zone_3":%d,"pause_duration":%d,\
                "algo_pause_duration":null,"spo2_average":null,"steps":%d,"distance":%d,"elevation":%d},"modified":%d}"""
                .formatted(
                        id, random.nextInt(1, 20), ZONE, at, at + seconds, day, random.nextInt(80, 900),
                        random.nextInt(20, 90), random.nextInt(90, 140), random.nextInt(60, 89), random.nextInt(141, 180),
                        random.nextInt(900), random.nextInt(900), random.nextInt(900), random.nextInt(300),
                        random.nextInt(120), seconds * 2, seconds * 2, random.nextInt(1, 20), at + seconds + 60));
    }

    private static Row night(RandomGenerator random, long id, String day, long midnight) {
        var start = midnight - random.nextInt(1000, 7000);
        var seconds = random.nextInt(22_000, 33_000);
        var end = start + seconds;
        return new Row(start, end + 90, day, """
                {"id":%d,"timezone":"%s","model":32,"model_id":63,"hash_deviceid":"mat-ac45bab07892359876fd8805","startdate":%d,"enddate":%d,\
                "date":"%s","created":%d,"modified":%d,"completed":true,"data":{"total_timeinbed":%d,"total_sleep_time":%d,\
                "lightsleepduration":%d,"deepsleepduration":%d,"remsleepduration":%d,"sleep_efficiency":0.%d,"sleep_latency":%d,\
                "wakeup_latency":%d,"wakeupduration":%d,"wakeupcount":%d,"waso":%d,"nb_rem_episodes":%d,\
                "breathing_disturbances_intensity":%d,"apnea_hypopnea_index":%d,"durationtosleep":%d,"durationtowakeup":%d,\
                "out_of_bed_count":%d,"hr_average":%d,"hr_min":%d,"hr_max":%d,"rr_average":%d,"rr_min":%d,"rr_max":%d,"snoring":%d,\
                "snoringepisodecount":%d,"sleep_score":%d,"mvt_score_avg":%d,"mvt_active_duration":%d,"rmssd_start_avg":%d,\
                "rmssd_end_avg":%d,"breathing_sounds":%d,"breathing_sounds_episode_count":%d,\
                "night_events":{"1":[0],"2":[%d],"3":[%d],"4":[%d]}}}"""
                .formatted(
                        id, ZONE, start, end, day, end + 60, end + 90, seconds, seconds - 2000, seconds / 2,
                        seconds / 5, seconds / 5, random.nextInt(70, 99), random.nextInt(1800), random.nextInt(900),
                        random.nextInt(3000), random.nextInt(6), random.nextInt(3000), random.nextInt(1, 6),
                        random.nextInt(60), random.nextInt(20), random.nextInt(1800), random.nextInt(900),
                        random.nextInt(3), random.nextInt(50, 65), random.nextInt(42, 50), random.nextInt(66, 95),
                        random.nextInt(12, 18), random.nextInt(8, 12), random.nextInt(18, 24), random.nextInt(4000),
                        random.nextInt(20), random.nextInt(50, 98), random.nextInt(40), random.nextInt(900),
                        random.nextInt(20, 60), random.nextInt(20, 60), random.nextInt(900), random.nextInt(9),
                        random.nextInt(60, 1800), seconds - 900, seconds));
    }

    private static Row heart(RandomGenerator random, long id, long at) {
        var signal = id % 7 == 0 ? ",\"ecg\":{\"signalid\":" + (900_000 + id) + ",\"afib\":0}" : "";
        return new Row(at, at + 60, "", """
                {"deviceid":"cuff-892359876fd8805ac45bab07","model":45,"timestamp":%d,"modified":%d,"timezone":"%s","heart_rate":%d,\
                "bloodpressure":{"diastole":%d,"systole":%d}%s}"""
                .formatted(
                        at, at + 60, ZONE, random.nextInt(48, 90), random.nextInt(60, 95), random.nextInt(100, 150), signal));
    }
}
