package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.simulator.Simulator;
import io.withingspg.simulator.World;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "simulate",
        description = "Run a simulated Withings, with people, histories and a consent page of its own.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    String host;

    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "8090",
            description = "Port; 0 for any (default: ${DEFAULT-VALUE}).")
    int port;

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
            description = "Days of history, up to yesterday (default: ${DEFAULT-VALUE}).")
    int days;

    @Option(
            names = "--page",
            paramLabel = "ROWS",
            defaultValue = "100",
            description = "Rows on a page (default: ${DEFAULT-VALUE}).")
    int page;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Delay of each answer in ms (default: ${DEFAULT-VALUE}).")
    int latency;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Another seed, other people (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--calls-per-minute",
            paramLabel = "N",
            defaultValue = "0",
            description = "Quota; 0 for none (default: ${DEFAULT-VALUE}).")
    int callsPerMinute;

    @Override
    public Integer call() throws InterruptedException {
        var world = world();
        try (var simulator = start(world)) {
            var out = spec.commandLine().getOut();
            out.println("A simulated Withings runs at " + simulator.url() + ". To use it:");
            out.println();
            out.println("  export WITHINGS_API_URL=" + simulator.url());
            out.println("  export WITHINGS_AUTHORIZE_URL=" + simulator.authorizeUrl());
            out.println("  export WITHINGS_CLIENT_ID=demo WITHINGS_CLIENT_SECRET=demo");
            out.println("  export WITHINGS_CALLBACK_URL=http://127.0.0.1:8080/callback");
            out.println();
            out.println("People: "
                    + String.join(
                            ", ",
                            simulator.people().stream()
                                    .limit(8)
                                    .map(person -> person.name() + " (" + person.id() + ")")
                                    .toList())
                    + (users > 8 ? ", ..." : ""));
            out.println("Ctrl-C stops.");
            out.flush();
            new CountDownLatch(1).await();
        }
        return ExitCode.DONE;
    }

    private World world() {
        try {
            return World.ordinary()
                    .withUsers(users)
                    .withDays(days)
                    .withPageSize(page)
                    .withLatency(Duration.ofMillis(latency))
                    .withSeed(seed)
                    .withCallsPerMinute(callsPerMinute == 0 ? Integer.MAX_VALUE : callsPerMinute);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("--" + e.getMessage());
        }
    }

    private Simulator start(World world) {
        try {
            return Simulator.start(world, host, port);
        } catch (RuntimeException e) {
            throw new ConfigurationException("port " + port + " of " + host
                    + " cannot be listened on: stop what uses it, or choose another with --port");
        }
    }
}
