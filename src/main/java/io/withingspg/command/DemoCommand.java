package io.withingspg.command;

import io.withingspg.command.Service.Part;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Simulator;
import io.withingspg.simulator.World;
import io.withingspg.store.People;
import io.withingspg.sync.Order.What;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = {
            "See it work, without an account, a database or any configuration: simulated people are enrolled by OAuth,"
                    + " their history is fetched page by page, and stands in a real PostgreSQL."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    /** The simulator has no quota, so the demo needs none. */
    private static final int CALLS_PER_MINUTE = 1_000_000;

    /** As many as without a demo; each costs a call, also where there is nothing yet. */
    private static final int SAMPLES_DAYS_MAX = 30;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--users",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many people (default: ${DEFAULT-VALUE}).")
    int users;

    @Option(
            names = "--days",
            paramLabel = "D",
            defaultValue = "365",
            description = "Days of history (default: ${DEFAULT-VALUE}).")
    int days;

    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "8080",
            description = "Port of the console (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep the database here (default: a temporary folder).")
    @Nullable
    Path data;

    @Option(names = "--once", description = "Stop after the sync.")
    boolean once;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (users < 1 || days < 1 || days > World.DAYS_MAX) {
            throw new ConfigurationException("--users needs at least 1, and --days 1 to " + World.DAYS_MAX);
        }
        if (port < 1 || port > 65_535) {
            throw new ConfigurationException("--port needs a number from 1 to 65535");
        }
        var kept = data;
        if (kept != null) {
            try (var _ = DemoLock.take(kept)) {
                return run(kept, null);
            }
        }
        try (var scratch = new ScratchFolder("withings-demo")) {
            return run(scratch.path(), scratch);
        }
    }

    private int run(Path folder, @Nullable ScratchFolder scratch) throws IOException, InterruptedException {
        var first = LocalDate.now(ZoneOffset.UTC).minusDays(days);
        try (var simulator = Simulator.start(World.ordinary().withUsers(users).withDays(days), 0)) {
            return run(simulator, first, folder, scratch);
        }
    }

    private int run(Simulator simulator, LocalDate firstDay, Path folder, @Nullable ScratchFolder scratch)
            throws IOException, InterruptedException {
        var settings = settings(simulator, folder);
        Port.requireFree(settings.web(), "--port");
        heading("1. A simulated Withings with " + users + " people, and a PostgreSQL in " + folder);
        try (var service = Service.start(settings, Part.ENROLMENT, Part.CONSOLE)) {
            if (scratch != null) {
                service.whenStopped(scratch::close); // Ctrl-C runs no finally
            }
            out().println("   Withings at " + simulator.url() + ", the database at "
                    + service.database().embeddedUrl());
            heading("2. Each of them consents, as in a browser");
            enrolAll(simulator);
            simulator.people().forEach(person -> fetchFrom(firstDay, person, service.people()));
            heading("3. Their history of " + days + " days is fetched");
            var what = What.due(settings.sync().resources());
            var first = service.sync(List.of(), what, "backfill");
            show(first);
            heading("4. They step on the scale again, and only that is fetched");
            simulator.people().forEach(DemoCommand::weigh);
            var second = service.sync(List.of(), What.now(List.of("measures", "activity")), "incremental sync");
            show(second);
            heading("5. It is all in SQL");
            new DemoQueries(service.database().sql(), out()).print();
            if (once) {
                return Math.max(first.exitCode(), second.exitCode());
            }
            service.startSchedules();
            heading("6. Schedules are running: what is due is looked for every minute");
            out().println("   Console:  http://127.0.0.1:" + port + "/");
            out().println("   Enrol:    http://127.0.0.1:" + port
                    + "/authorize   (a simulated consent page, to click on)");
            out().println("   Database: psql '" + service.database().embeddedUrl() + "'");
            out().println("   Status:   DATA_DIR='" + folder.toAbsolutePath().normalize()
                    + "' ./withings status   (and users)");
            out().println("   Ctrl-C stops"
                    + (data == null ? " and removes everything." : "; the data stays in " + folder + "."));
            out().flush();
            new CountDownLatch(1).await();
            return ExitCode.DONE;
        }
    }

    private Settings settings(Simulator simulator, Path folder) {
        var variables = new HashMap<String, String>();
        variables.put("WITHINGS_CLIENT_ID", "demo");
        variables.put("WITHINGS_CLIENT_SECRET", "demo");
        variables.put("WITHINGS_CALLBACK_URL", "http://127.0.0.1:" + port + "/callback");
        variables.put("WITHINGS_API_URL", simulator.url());
        variables.put("WITHINGS_AUTHORIZE_URL", simulator.authorizeUrl());
        variables.put("DATA_DIR", folder.toString());
        variables.put("HTTP_PORT", Integer.toString(port));
        variables.put("API_CALLS_PER_MINUTE", Integer.toString(CALLS_PER_MINUTE));
        variables.put("SAMPLES_BACKFILL_DAYS", Integer.toString(Math.min(days, SAMPLES_DAYS_MAX)));
        return Settings.of(variables, Resources.names());
    }

    /** What a browser does: follow the enrolment link to the consent page, allow, and come back. */
    private void enrolAll(Simulator simulator) throws IOException, InterruptedException {
        try (var browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
            for (var person : simulator.people()) {
                var begin = get(
                        browser,
                        URI.create("http://127.0.0.1:" + port + "/authorize?ref="
                                + person.name().replace(" ", "%20")));
                var allowed = get(browser, URI.create(begin + "&auto=1&user=" + person.id()));
                var answer = browser.send(HttpRequest.newBuilder(allowed).build(), BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException(
                            "enrolling " + person.name() + " ended with HTTP " + answer.statusCode());
                }
                out().printf("   %-12s Withings user %d, %s%n", person.name(), person.id(), person.timezone());
                out().flush();
            }
        }
    }

    /**
     * Adherence counts from the first day to fetch. Without one that is the day of the consent, which is today: nothing
     * to see. A database that was kept may have less history than is asked for now.
     */
    private static void fetchFrom(LocalDate day, Person person, People people) {
        var known = people.find(person.id()).map(one -> one.bounds().from()).orElse(null);
        if (known == null || day.isBefore(known)) {
            people.set(person.id(), null, day, null, "demo", Clock.systemUTC().instant());
        }
    }

    /** Where a page sends the browser next. */
    private static URI get(HttpClient browser, URI url) throws IOException, InterruptedException {
        var answer = browser.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding());
        return URI.create(answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IllegalStateException(url.getPath() + " answered HTTP " + answer.statusCode())));
    }

    /** 100 g less than the last time. */
    private static void weigh(Person person) {
        person.groups().stream()
                .flatMap(group -> group.path("measures").valueStream())
                .filter(measure -> measure.path("type").asInt() == 1)
                .findFirst()
                .ifPresent(last -> person.weighs(last.path("value")
                        .decimalValue()
                        .scaleByPowerOfTen(last.path("unit").asInt())
                        .subtract(new BigDecimal("0.1"))));
    }

    private void show(Summary summary) {
        summary.text().lines().forEach(line -> out().println("   " + line));
        out().flush();
    }

    private void heading(String text) {
        out().println();
        out().println(spec.commandLine()
                .getColorScheme()
                .text("@|bold " + text + "|@")
                .toString());
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
