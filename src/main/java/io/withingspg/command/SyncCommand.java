package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Person;
import io.withingspg.sync.Order.How;
import io.withingspg.sync.Order.What;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "sync", description = "Fetch what is new, now, with progress.", mixinStandardHelpOptions = true)
final class SyncCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "Only this person; may be repeated (default: everybody).")
    List<Long> users = List.of();

    @Option(
            names = "--resource",
            paramLabel = "NAME",
            description = "Only this resource; may be repeated (default: all that are configured).")
    List<String> resources = List.of();

    @Option(names = "--from", paramLabel = "DATE", description = "Read these days again, from this one on.")
    @Nullable
    LocalDate from;

    @Option(names = "--to", paramLabel = "DATE", description = "Last day to read again (default: today).")
    @Nullable
    LocalDate to;

    @Option(names = "--full", description = "Read everything again; nothing is marked as deleted.")
    boolean full;

    @Option(
            names = "--reconcile",
            description = "Read the last weeks again, or --from to --to, and mark what is gone at Withings as deleted.")
    boolean reconcile;

    @Option(
            names = "--accept-deletions",
            description = "With --reconcile: also where more than a fifth of the rows is gone.")
    boolean acceptDeletions;

    @Option(names = "--json", description = "Print the summary as JSON.")
    boolean json;

    SyncCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        var settings = configured.settings();
        var what = what(settings);
        try (var service = Service.start(settings)) {
            requireEnrolled(service);
            if (service.people().list(users).isEmpty()) {
                spec.commandLine().getErr().println(Configured.nobody(settings));
            }
            var summary = service.sync(users, what, "sync");
            spec.commandLine().getOut().println(json ? summary.json() : summary.text());
            spec.commandLine().getOut().flush();
            return summary.exitCode();
        }
    }

    private What what(Settings settings) {
        for (var name : resources) {
            if (Resources.named(name).isEmpty()) {
                throw new ConfigurationException(
                        "--resource " + name + " is unknown: choose among " + String.join(", ", Resources.names()));
            }
        }
        if (to != null && from == null) {
            throw new ConfigurationException("--to needs --from: say from which day on to read again");
        }
        if (full && from != null) {
            throw new ConfigurationException("--full reads everything: leave out --from and --to");
        }
        if (full && reconcile) {
            throw new ConfigurationException(
                    "--full marks nothing as deleted and --reconcile does: choose one of them");
        }
        if (acceptDeletions && !reconcile) {
            throw new ConfigurationException("--accept-deletions needs --reconcile");
        }
        var chosen = resources.isEmpty()
                ? settings.sync().resources()
                : Resources.names().stream().filter(resources::contains).toList();
        return new What(chosen, false, how());
    }

    private How how() {
        var until = to == null ? LocalDate.now(ZoneOffset.UTC).plusDays(1) : to; // somewhere it is tomorrow
        if (from != null && to == null && from.isAfter(until)) {
            throw new ConfigurationException("--from " + from + " is in the future: there is nothing of it yet");
        }
        if (from != null && from.isAfter(until)) {
            throw new ConfigurationException("--from " + from + " is after --to " + until + ": swap them");
        }
        var days = from == null ? null : new How.Days(from, until);
        if (reconcile) {
            return new How.Reconcile(days, acceptDeletions);
        }
        return full ? new How.Full() : days == null ? new How.New() : days;
    }

    private void requireEnrolled(Service service) {
        var known = service.people().list(users).stream().map(Person::userId).collect(Collectors.toSet());
        for (var id : users) {
            if (!known.contains(id)) {
                throw new ConfigurationException("--user " + id + " is not enrolled: withings users lists who is");
            }
        }
    }
}
