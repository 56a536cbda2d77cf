package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.console.Ago;
import io.withingspg.console.Status;
import io.withingspg.store.Overview;
import io.withingspg.store.Overview.PersonState;
import io.withingspg.store.People;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        description = "Whose data is here, how fresh it is, and what went wrong.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private final Configured configured;

    /** Of more people, only those with troubles are shown one by one. */
    private static final int PEOPLE_SHOWN_MAX = 25;

    @Spec
    CommandSpec spec;

    @Option(names = "--user", paramLabel = "ID", description = "Only this person; may be repeated.")
    List<Long> users = List.of();

    @Option(names = "--json", description = "Print as JSON.")
    boolean json;

    StatusCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        var settings = configured.settings();
        try (var database = Configured.database(settings)) {
            requireEnrolled(new People(database.sql()));
            var status =
                    new Status(new Overview(database.sql()), settings.sync().resources(), Clock.systemUTC());
            var out = spec.commandLine().getOut();
            if (json) {
                out.println(status.json(users));
            } else {
                print(out, status.people(users), status.now());
            }
        }
        return ExitCode.DONE;
    }

    private void requireEnrolled(People people) {
        for (var id : users) {
            if (people.find(id).isEmpty()) {
                throw new ConfigurationException("--user " + id + " is not enrolled: withings users lists who is");
            }
        }
    }

    private static void print(PrintWriter out, List<PersonState> people, Instant now) {
        if (people.isEmpty()) {
            out.println("Nobody is enrolled yet: withings enrol");
            return;
        }
        var parked = people.stream().filter(state -> !state.person().active()).count();
        out.printf(
                Locale.ROOT,
                "%,d people, %,d rows%s%s%n",
                people.size(),
                people.stream().mapToLong(PersonState::rows).sum(),
                parked == 0 ? "" : ", " + parked + " not synced",
                rejects(people.stream().mapToLong(PersonState::rejects).sum()));
        var shown = people.size() <= PEOPLE_SHOWN_MAX
                ? people
                : people.stream()
                        .filter(StatusCommand::isTroubled)
                        .limit(PEOPLE_SHOWN_MAX)
                        .toList();
        shown.forEach(state -> print(out, state, now));
        if (shown.size() < people.size()) {
            out.printf("%n%d more without troubles: --user ID or --json shows them%n", people.size() - shown.size());
        }
    }

    private static String rejects(long count) {
        return count == 0
                ? ""
                : String.format(Locale.ROOT, ", %,d rejected records (sync.rejected_record says why)", count);
    }

    private static boolean isTroubled(PersonState state) {
        return !state.person().active()
                || state.rejects() > 0
                || state.resources().stream().anyMatch(resource -> resource.error() != null);
    }

    private static void print(PrintWriter out, PersonState state, Instant now) {
        var person = state.person();
        out.println();
        out.print(person.label() + "  " + person.status());
        out.println(person.statusReason() == null ? "" : ": " + person.statusReason());
        var missing = Status.missingScopes(state);
        if (!missing.isEmpty()) {
            out.println("  not granted: " + String.join(", ", missing));
        }
        var table = new Table("  resource", "newest row", "last sync", "next", "rows", "rejected", "");
        state.resources()
                .forEach(resource -> table.row(
                        "  " + resource.resource(),
                        resource.lastRowAt() == null ? "–" : Ago.of(resource.lastRowAt(), now),
                        Ago.of(resource.lastSuccessAt(), now),
                        !person.active()
                                ? "–"
                                : resource.nextDueAt().isAfter(now) ? Ago.of(resource.nextDueAt(), now) : "due",
                        resource.rows(),
                        resource.rejects(),
                        resource.error() == null ? "" : resource.error()));
        out.print(table);
    }
}
