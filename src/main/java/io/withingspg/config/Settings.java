package io.withingspg.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be configured, checked once at start-up; {@code config/application.properties} says what each
 * setting means.
 *
 * @param application null until the owner has registered an application with Withings
 * @param tokenKey null for one that is made beside the embedded database
 * @param backfillFrom null for everything the API holds
 * @param camel Apache Camel's own keys, passed on as they are
 */
public record Settings(
        @Nullable Application application,
        URI apiUrl,
        URI authorizeUrl,
        Database database,
        @Nullable TokenKey tokenKey,
        Web web,
        Calls calls,
        Sync sync,
        @Nullable LocalDate backfillFrom,
        Map<String, String> camel) {
    private static final int SPARE_CONNECTIONS = 4;

    /** Without its secrets. */
    @Override
    public String toString() {
        return "Settings[" + application + ", " + database + ", " + web + ", " + calls + ", " + sync + "]";
    }

    /** The application registered with Withings. */
    public record Application(String clientId, String clientSecret, URI callbackUrl) {
        @Override
        public String toString() {
            return "Application[" + clientId + "]";
        }
    }

    /**
     * Where rows go.
     *
     * @param url null for the embedded PostgreSQL in {@code dataDir}
     * @param patience how long start-up waits for an answer
     */
    public record Database(@Nullable String url, int connections, Duration patience, Path dataDir) {
        @Override
        public String toString() {
            return "Database[" + (url == null ? dataDir : "external") + "]";
        }
    }

    /**
     * What tokens are encrypted with.
     *
     * @param text one key, or several with the newest first
     * @param file it was read from, and may be read from again; null where it was given itself
     */
    public record TokenKey(String text, @Nullable Path file) {
        @Override
        public String toString() {
            return "TokenKey";
        }
    }

    /**
     * The web door. {@code password} and {@code apiToken} are null where not set.
     *
     * @param names further host names under which it may be called, in lower case
     */
    public record Web(
            String host,
            int port,
            @Nullable String password,
            @Nullable String apiToken,
            boolean openEnrolment,
            List<String> names) {
        public boolean loopback() {
            return isLoopback(host);
        }

        public static boolean isLoopback(String host) {
            return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
        }

        @Override
        public String toString() {
            return "Web[" + host + ":" + port + "]";
        }
    }

    /** How calls to Withings are spaced, bounded and repeated. */
    public record Calls(
            int perMinute,
            Duration identicalSpacing,
            Duration retryDelay,
            int retries,
            Duration connectTimeout,
            Duration answerTimeout) {
        private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(20);
        /** A call waits as long for a connection. Above this, a refresh could outlast the time that it holds its row. */
        private static final Duration ANSWER_TIMEOUT_MAX = Duration.ofSeconds(60);

        private static final Duration STORING = Duration.ofSeconds(20);

        /** How long the exchange of a consent's code may wait for the quota: the code lives 30 s. */
        public static final Duration CODE_PATIENCE = Duration.ofSeconds(20);

        /** For longer, no process exchanges a consent's code and begins to store what it brought, however it is configured. */
        public static final Duration EXCHANGE_MAX = CODE_PATIENCE
                .plus(CONNECT_TIMEOUT_MAX)
                .plus(ANSWER_TIMEOUT_MAX.multipliedBy(2))
                .plus(STORING);
    }

    /**
     * What is fetched, and how often.
     *
     * @param resources names of the resources to sync, in their order
     * @param every the usual time between two readings of a resource
     * @param overlap asked for again before the last sync's end
     * @param trailing how far resources without a change filter are read again
     * @param samplesBackfillDays history of the resources that take a call for each day
     * @param reconcileEvery how often rows are held against what the API still has
     * @param reconcileDays how far back
     * @param reconcileSamplesDays how far back samples are read again on that occasion, a call for each day
     * @param keepRuns how long the record of visits is kept
     * @param keepRawPages how long answers are kept as they came; zero for not at all
     * @param keepHistory how long earlier versions of rows are kept; zero for ever
     * @param dueCron when due work is looked for
     * @param refreshCron when tokens are refreshed ahead of their expiry
     */
    public record Sync(
            List<String> resources,
            Map<String, Duration> every,
            int usersAtOnce,
            Duration overlap,
            Duration trailing,
            int samplesBackfillDays,
            Duration reconcileEvery,
            int reconcileDays,
            int reconcileSamplesDays,
            Duration keepRuns,
            Duration keepRawPages,
            Duration keepHistory,
            String dueCron,
            String refreshCron) {}

    /**
     * Reads the environment and {@code config/application.properties} of the working directory, else of the
     * installation ({@code withings.home}).
     *
     * @param known the names of all resources
     * @throws ConfigurationException with one line that names the key
     */
    public static Settings read(Map<String, String> environment, Collection<String> known) {
        var home = System.getProperty("withings.home", ".");
        for (var folder : List.of(Path.of("."), Path.of(home))) {
            var file = folder.resolve("config/application.properties");
            if (Files.exists(file)) {
                return read(environment, file, known);
            }
        }
        return read(environment, null, known);
    }

    /** Takes nothing but these variables and the shipped defaults: for the demo and for tests. */
    public static Settings of(Map<String, String> variables, Collection<String> known) {
        return read(variables, null, known);
    }

    static Settings read(Map<String, String> environment, @Nullable Path file, Collection<String> known) {
        var source = new Source(
                environment, file, known.stream().map(Settings::everyKey).collect(Collectors.toSet()));
        for (var variable : List.of("log.level", "log.level.libraries")) {
            checkLevel(source.find(variable));
        }
        var settings = new Settings(
                application(source),
                source.required("withings.api-url").url(),
                source.required("withings.authorize-url").url(),
                database(source),
                tokenKey(source),
                web(source),
                calls(source),
                sync(source, known),
                day(source, "backfill.from"),
                source.camel());
        // A refresh holds a connection while its call waits for the quota, which needs another.
        var connectionsMin = settings.sync().usersAtOnce() + SPARE_CONNECTIONS;
        if (settings.database().connections() < connectionsMin) {
            throw new ConfigurationException("database.connections="
                    + settings.database().connections()
                    + " is too few for sync.users-at-once=" + settings.sync().usersAtOnce() + ": set at least "
                    + connectionsMin);
        }
        return settings;
    }

    /** The log reads it by itself, and takes what it does not know for debug. */
    private static void checkLevel(Source.@Nullable Text level) {
        if (level != null && !level.value().toLowerCase(Locale.ROOT).matches("off|error|warn|info|debug|trace|all")) {
            throw level.bad("off, error, warn, info, debug or trace");
        }
    }

    /** For people who cannot wait until others are through: twice {@code sync.usersAtOnce}, as far as the connections go. */
    public int usersAtMost() {
        return Math.min(2 * sync.usersAtOnce(), database.connections() - SPARE_CONNECTIONS);
    }

    private static @Nullable Application application(Source source) {
        var id = source.find("withings.client-id");
        var secret = source.find("withings.client-secret");
        var callback = source.find("withings.callback-url");
        if (id == null && secret == null && callback == null) {
            return null;
        }
        if (id == null || secret == null || callback == null) {
            throw new ConfigurationException(
                    "WITHINGS_CLIENT_ID, WITHINGS_CLIENT_SECRET and WITHINGS_CALLBACK_URL belong together: set the missing "
                            + (id == null
                                    ? "WITHINGS_CLIENT_ID"
                                    : secret == null ? "WITHINGS_CLIENT_SECRET" : "WITHINGS_CALLBACK_URL"));
        }
        return new Application(id.value(), secret.value(), callback.url());
    }

    private static Database database(Source source) {
        var url = source.find("database.url");
        if (url != null && !url.value().matches("(jdbc:postgresql:|postgres(ql)?://).+")) {
            throw url.bad("postgres://user:password@host:port/database or jdbc:postgresql:...");
        }
        return new Database(
                url == null ? null : url.value(),
                source.required("database.connections").number(2, 1000),
                source.required("database.wait").duration(),
                Path.of(source.required("data.dir").value()));
    }

    private static Web web(Source source) {
        var host = source.required("http.host").value();
        var open = source.find("open.enrolment");
        var password = source.find("console.password");
        if (password == null && !Web.isLoopback(host)) {
            throw new ConfigurationException("HTTP_HOST=" + host
                    + " can be reached from other machines: set CONSOLE_PASSWORD, or HTTP_HOST to 127.0.0.1");
        }
        if (password != null && password.value().length() < 12) {
            throw password.bad("at least 12 characters");
        }
        var apiToken = source.find("api.token");
        if (apiToken != null && apiToken.value().length() < 16) {
            throw apiToken.bad("at least 16 characters");
        }
        return new Web(
                host,
                source.required("http.port").number(1, 65535),
                password == null ? null : password.value(),
                apiToken == null ? null : apiToken.value(),
                open == null ? Web.isLoopback(host) : open.flag(),
                names(source));
    }

    private static List<String> names(Source source) {
        var text = source.find("http.names");
        if (text == null) {
            return List.of();
        }
        var names = List.of(text.value().toLowerCase(Locale.ROOT).split("\\s*,\\s*", -1));
        if (!names.stream().allMatch(name -> name.matches("[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?"))) {
            throw text.bad("host names without port, separated by commas, such as health.example.org, nas");
        }
        return names;
    }

    private static Calls calls(Source source) {
        return new Calls(
                source.required("api.calls-per-minute").number(1, 100_000_000),
                source.required("api.identical-call-spacing").duration(),
                source.required("api.retry-delay").duration(),
                source.required("api.retries").number(0, 10),
                timeout(source.required("http.connect-timeout"), Calls.CONNECT_TIMEOUT_MAX),
                timeout(source.required("http.answer-timeout"), Calls.ANSWER_TIMEOUT_MAX));
    }

    private static Duration timeout(Source.Text text, Duration max) {
        var timeout = text.duration();
        if (timeout.isZero() || timeout.compareTo(max) > 0) { // none at all would be for ever
            throw text.bad("more than nothing, and at most " + max.toSeconds() + "s");
        }
        return timeout;
    }

    private static Sync sync(Source source, Collection<String> known) {
        var every = new LinkedHashMap<String, Duration>();
        for (var name : known) {
            var own = source.find(everyKey(name));
            var text = own == null ? source.required("sync.every") : own;
            if (text.duration().isZero()) {
                throw text.bad("more than nothing");
            }
            every.put(name, text.duration());
        }
        return new Sync(
                resources(source, known),
                every,
                source.required("sync.users-at-once").number(1, 1000),
                source.required("sync.overlap").duration(),
                source.required("sync.trailing").duration(),
                source.required("samples.backfill-days").number(0, 36_500),
                source.required("reconcile.every").duration(),
                source.required("reconcile.days").number(1, 36_500),
                source.required("reconcile.samples-days").number(0, 36_500),
                source.required("sync.keep-runs").duration(),
                source.required("raw-pages.keep").duration(),
                source.required("history.keep").duration(),
                cron(source.required("schedule.due")),
                cron(source.required("schedule.refresh")));
    }

    private static String everyKey(String resource) {
        return "sync.every." + resource;
    }

    private static List<String> resources(Source source, Collection<String> known) {
        var chosen = source.find("sync.resources");
        if (chosen == null) {
            return List.copyOf(known);
        }
        var names = List.of(chosen.value().split("\\s*,\\s*"));
        for (var name : names) {
            if (!known.contains(name)) {
                throw chosen.bad("names among " + String.join(", ", known));
            }
        }
        return known.stream().filter(names::contains).toList();
    }

    private static String cron(Source.Text text) {
        if (!org.quartz.CronExpression.isValidExpression(text.value())) {
            throw text.bad("a Quartz cron expression such as 0 * * * * ?");
        }
        return text.value();
    }

    private static @Nullable TokenKey tokenKey(Source source) {
        var text = source.find("token.key");
        return text == null ? null : new TokenKey(text.value(), text.file());
    }

    private static @Nullable LocalDate day(Source source, String key) {
        var text = source.find(key);
        return text == null ? null : text.day();
    }
}
