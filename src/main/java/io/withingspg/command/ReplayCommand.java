package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.ConfigurationException;
import io.withingspg.resource.Resources;
import io.withingspg.store.Leases;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.sync.Replay;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "replay",
        description = {
            "Read the stored answers of Withings again, after an update that understands more of them.",
            "No call is made, and nothing newer is undone. Whoever is interrupted goes on by running it again.",
            "Answers are kept for as long as raw-pages.keep says; what is older comes with: withings sync --full"
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "Only this person; may be repeated (default: everybody).")
    List<Long> users = List.of();

    @Option(names = "--resource", paramLabel = "NAME", description = "Only this resource; may be repeated.")
    List<String> resources = List.of();

    @Option(names = "--again", description = "From the start, also where a replay was interrupted.")
    boolean again;

    @Option(names = "--json", description = "Print the summary as JSON.")
    boolean json;

    ReplayCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() throws Exception {
        for (var name : resources) {
            if (Resources.named(name).isEmpty()) {
                throw new ConfigurationException(
                        "--resource " + name + " is unknown: choose among " + String.join(", ", Resources.names()));
            }
        }
        var settings = configured.settings();
        try (var database = Configured.database(settings)) {
            var people = new People(database.sql());
            for (var id : users) {
                if (people.find(id).isEmpty()) {
                    throw new ConfigurationException("--user " + id + " is not enrolled: withings users lists who is");
                }
            }
            var leases = new Leases(database.sql(), "replay " + UUID.randomUUID());
            var replay = new Replay(database.sql(), settings, leases, Clock.systemUTC());
            if (replay.begin(users, resources, again)) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "Going on with a replay that was interrupted, with what it had not read yet; --again reads everything");
            }
            var read = new AtomicLong();
            var busy = new ArrayList<Person>();
            Replay.Done done;
            try (var _ = ProgressDisplay.count("Reading again", replay.pagesDue(users, resources), read::get)) {
                done = replay.run(users, resources, read::incrementAndGet, busy::add);
            }
            tell(done);
            busy.forEach(person -> spec.commandLine()
                    .getErr()
                    .println("withings: " + person.label()
                            + " is being synced by another process: run withings replay again when it is through"));
            return busy.isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
        }
    }

    private void tell(Replay.Done done) throws Exception {
        var out = spec.commandLine().getOut();
        if (json) {
            var summary = new LinkedHashMap<String, Long>();
            summary.put("pages", done.pages());
            summary.put("inserted", done.counts().inserted());
            summary.put("changed", done.counts().changed());
            summary.put("unchanged", done.counts().unchanged());
            summary.put("rejects_cleared", done.learned());
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%,d pages read again: %,d rows new, %,d changed, %,d rejected records understood by now%n",
                    done.pages(),
                    done.counts().inserted(),
                    done.counts().changed(),
                    done.learned());
        }
        out.flush();
    }
}
