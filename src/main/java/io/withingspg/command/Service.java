package io.withingspg.command;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.console.ConsoleRoute;
import io.withingspg.console.Door;
import io.withingspg.console.Status;
import io.withingspg.console.WebServer;
import io.withingspg.enrol.Consents;
import io.withingspg.enrol.Devices;
import io.withingspg.enrol.EnrolRoute;
import io.withingspg.schedule.ScheduleRoute;
import io.withingspg.schedule.Schedules;
import io.withingspg.store.ConsentStates;
import io.withingspg.store.Database;
import io.withingspg.store.DaySummaries;
import io.withingspg.store.Enrolments;
import io.withingspg.store.Invitations;
import io.withingspg.store.Leases;
import io.withingspg.store.Overview;
import io.withingspg.store.OwnedDevices;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.store.RawPages;
import io.withingspg.store.RowChanges;
import io.withingspg.store.Runs;
import io.withingspg.store.Tokens;
import io.withingspg.sync.Order;
import io.withingspg.sync.Pipeline;
import io.withingspg.sync.Progress;
import io.withingspg.token.AccessTokens;
import io.withingspg.token.Authority;
import io.withingspg.token.Vault;
import io.withingspg.withings.Api;
import io.withingspg.withings.CallRoute;
import io.withingspg.withings.Quota;
import java.net.URI;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** All rooms of the house, put together; started with the parts a command needs, and stopped in order. */
final class Service implements AutoCloseable {
    /** What may run beside the pipeline. */
    enum Part {
        /** The callback of consents. */
        ENROLMENT,
        /** Console, health and metrics. */
        CONSOLE,
        SCHEDULES
    }

    /** So few people are watched one by one; of more, the resources are. */
    private static final int LANES_MAX = 12;

    private final Settings settings;
    private final Clock clock = Clock.systemUTC();
    private final Database database;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Main camel = new Main();
    private final People people;
    /** Among all processes on this database. */
    private final String node = ProcessHandle.current().pid() + "-" + UUID.randomUUID();

    private final Leases leases;
    private final OwnedDevices devices;
    private final Authority authority;
    private final AccessTokens tokens;
    private final Pipeline pipeline;
    private final Consents consents;
    private final Vault vault;
    private final WaitingWorkers workers;
    private final @Nullable WebServer web;
    private final Thread onInterrupt = new Thread(this::stop, "stop");
    private @Nullable ProducerTemplate template;
    private volatile @Nullable Schedules schedules;
    private boolean stopped;
    private volatile LongConsumer linked = _ -> {};
    private volatile Runnable afterwards = () -> {};

    private Service(Settings settings, Database database, Set<Part> parts) {
        this.settings = settings;
        this.database = database;
        database.migrate();
        var application = application(settings);
        var sql = database.sql();
        var tokenRows = new Tokens(sql);
        this.vault = Vault.open(settings, tokenRows.keyIds().keySet());
        this.people = new People(sql);
        this.leases = new Leases(sql, node);
        this.devices = new OwnedDevices(sql);
        this.authority = new Authority(new Api(this::template), application, clock);
        this.tokens = new AccessTokens(
                tokenRows, people, vault, authority, settings.calls().identicalSpacing(), clock, metrics);
        var perMinute = settings.calls().perMinute();
        var quota = new Quota(database.quota(Quota.configuration(perMinute)), perMinute, metrics);
        this.pipeline = new Pipeline(settings, sql, leases, tokens, quota, clock, metrics);
        this.consents = new Consents(
                new ConsentStates(sql),
                new Invitations(sql),
                new Enrolments(sql),
                people,
                authority,
                vault,
                application,
                settings.authorizeUrl(),
                settings.sync().resources(),
                clock);
        configure();
        var connections = 2 * settings.sync().usersAtOnce();
        add(new CallRoute(settings.apiUrl(), settings.calls(), connections, quota, metrics));
        pipeline.routes().forEach(this::add);
        this.workers = new WaitingWorkers(
                people, leases, settings.sync().resources(), clock, () -> schedules != null, this::template);
        this.web = parts.contains(Part.ENROLMENT) || parts.contains(Part.CONSOLE)
                ? web(parts, application.callbackUrl())
                : null;
        if (parts.contains(Part.SCHEDULES)) {
            add(scheduleRoute());
        }
    }

    /** Credentials of the Withings application, which every call needs. */
    static Settings.Application application(Settings settings) {
        var application = settings.application();
        if (application == null) {
            throw new ConfigurationException("no Withings application is configured: set WITHINGS_CLIENT_ID,"
                    + " WITHINGS_CLIENT_SECRET and WITHINGS_CALLBACK_URL, or try: withings demo");
        }
        return application;
    }

    static Service start(Settings settings, Part... parts) {
        application(settings);
        var chosen = parts.length == 0 ? EnumSet.noneOf(Part.class) : EnumSet.copyOf(List.of(parts));
        if (!chosen.isEmpty()) {
            Port.requireFree(settings.web(), "HTTP_PORT");
        }
        var database = Database.open(settings.database());
        try {
            return new Service(settings, database, chosen).started();
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private Service started() {
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        database.leaveStoppingToCaller();
        try {
            camel.start();
            template = camel.getCamelContext().createProducerTemplate();
            if (web != null) {
                web.listen(); // once everything behind it is there
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        return this;
    }

    private void configure() {
        camel.configure().setName("withings");
        camel.addInitialProperty("camel.main.shutdownTimeout", "10"); // and as long again where that was not enough
        camel.addInitialProperty("camel.main.autoConfigurationEnabled", "true");
        camel.addInitialProperty("camel.main.startupSummaryLevel", "Off");
        settings.camel().forEach(camel::addInitialProperty);
    }

    private void add(RouteBuilder route) {
        camel.configure().addRoutesBuilder(route);
    }

    private WebServer web(Set<Part> parts, URI callback) {
        var door = new Door(settings.web());
        if (parts.contains(Part.ENROLMENT)) {
            add(new EnrolRoute(
                    consents,
                    application(settings).callbackUrl(),
                    message -> settings.web().openEnrolment() || door.opensFor(message),
                    this::welcome));
        }
        if (parts.contains(Part.CONSOLE)) {
            var status =
                    new Status(new Overview(database.sql()), settings.sync().resources(), clock);
            add(new ConsoleRoute(door, callback, status, workers, metrics, this::schedulerRuns));
        }
        var server = new WebServer(settings.web(), callback);
        server.bindTo(camel);
        return server;
    }

    private Devices welcome(long userId) {
        var welcome =
                new Welcome(this::template, leases, devices, settings.sync().resources(), clock);
        var seen = welcome.of(userId, workers::welcome);
        linked.accept(userId);
        return seen;
    }

    private ScheduleRoute scheduleRoute() {
        var sql = database.sql();
        var scheduler = database.scheduler(node, ScheduleRoute.SCHEDULES);
        schedules = new Schedules(scheduler);
        return new ScheduleRoute(
                scheduler,
                settings.sync(),
                settings.usersAtMost(),
                leases,
                new Runs(sql),
                new RawPages(sql),
                new RowChanges(sql),
                new DaySummaries(sql),
                tokens,
                clock);
    }

    ProducerTemplate template() {
        return Objects.requireNonNull(template, "not started");
    }

    /** Schedules begin later than the rest where somebody first wants to see the pipeline at work. */
    void startSchedules() {
        try {
            camel.getCamelContext().addRoutes(scheduleRoute());
        } catch (Exception e) {
            throw new IllegalStateException("the schedules cannot start", e);
        }
    }

    private boolean schedulerRuns() {
        var running = schedules;
        return running == null || running.run();
    }

    /**
     * Fetches in the foreground.
     *
     * @param userIds empty for everybody
     */
    Summary sync(List<Long> userIds, Order.What what, @Nullable String title) {
        // Who was removed is left out of "everybody", and named where asked for.
        var chosen = people.list(userIds).stream()
                .filter(person -> !userIds.isEmpty() || !person.unlinked())
                .toList();
        var lanes =
                chosen.size() <= LANES_MAX ? chosen.stream().map(Person::label).toList() : what.resources();
        var perLane = chosen.size() <= LANES_MAX ? what.resources().size() : chosen.size();
        var progress = new Progress(lanes, perLane);
        var summary = new Summary(chosen.size());
        try (var _ = ProgressDisplay.show(progress, lanes, title)) {
            Pipeline.run(
                    template(),
                    chosen.stream()
                            .map(person -> new Order(person.userId(), Order.Cause.COMMAND, what, progress))
                            .toList(),
                    summary::add);
        }
        if (userIds.isEmpty()) {
            new DaySummaries(database.sql()).bringEverybodyUpToDate();
        }
        return summary.ended();
    }

    /** Who is told of people that consent at this process's own callback, once their devices are here or not to be had. */
    void whenLinked(LongConsumer listener) {
        linked = listener;
    }

    /** Also where the process is told to stop. */
    void whenStopped(Runnable act) {
        afterwards = act;
    }

    Settings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    Database database() {
        return database;
    }

    People people() {
        return people;
    }

    OwnedDevices devices() {
        return devices;
    }

    AccessTokens tokens() {
        return tokens;
    }

    Authority authority() {
        return authority;
    }

    Consents consents() {
        return consents;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // The process is ending and stops us itself; whoever calls waits until that is done.
        }
        stop();
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        var running = schedules;
        if (running != null) {
            running.pause(); // what is due from now on is for the other processes
        }
        camel.stop(); // lets come to an end what is being answered
        if (running != null) {
            running.close();
        }
        if (web != null) {
            web.close();
        }
        pipeline.close();
        leases.releaseAll();
        database.close();
        afterwards.run();
    }
}
