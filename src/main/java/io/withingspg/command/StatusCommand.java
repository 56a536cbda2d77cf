package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.console.Ago;
import io.withingspg.console.Status;
import io.withingspg.store.Drift.Sighting;
import io.withingspg.store.Overview;
import io.withingspg.store.Overview.PersonState;
import io.withingspg.store.Overview.Rejected;
import io.withingspg.store.People;
import io.withingspg.store.ReaderLogin;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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

    @Option(names = "--gaps", description = "The days that are missing, each with the command that fetches them.")
    boolean gaps;

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
            if (gaps) {
                new Gaps(database.sql(), settings).print(spec.commandLine().getOut(), users, json);
                return ExitCode.DONE;
            }
            var status =
                    new Status(new Overview(database.sql()), settings.sync().resources(), Clock.systemUTC());
            var out = spec.commandLine().getOut();
            if (json) {
                out.println(status.json(users));
            } else {
                print(out, status.people(users), status.now(), settings);
                printRejected(out, status.rejected(users), status.now());
                printDrift(out, status.drift(users), status.now());
                if (users.isEmpty() && database.isOwn()) {
                    out.printf("%nThe embedded database runs while serve or demo does; status then says how to connect"
                            + " a BI tool (docs/bi.md).%n");
                } else if (users.isEmpty()) {
                    print(out, status.reader(), settings.database().url() == null);
                }
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

    private static void print(PrintWriter out, List<PersonState> people, Instant now, Settings settings) {
        if (people.isEmpty()) {
            out.println(Configured.nobody(settings));
            return;
        }
        var parked = people.stream().filter(state -> !state.person().active()).count();
        out.printf(
                Locale.ROOT,
                "%s, %,d rows%s%s%n",
                people.size() == 1 ? "1 person" : String.format(Locale.ROOT, "%,d people", people.size()),
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
        out.print(person.label() + "  " + Status.standing(person, now));
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
                        !person.active() || person.isOver(now)
                                ? "–"
                                : resource.nextDueAt().isAfter(now) ? Ago.of(resource.nextDueAt(), now) : "due",
                        resource.rows(),
                        resource.rejects(),
                        resource.error() == null ? "" : resource.error()));
        out.print(table);
    }

    private static void printRejected(PrintWriter out, List<Rejected> rejected, Instant now) {
        if (rejected.isEmpty()) {
            return;
        }
        out.printf("%nRejected, with their reasons:%n");
        var table = new Table("  resource", "records", "people", "last seen", "reason");
        rejected.forEach(reason -> table.row(
                "  " + reason.resource(),
                reason.records(),
                reason.people(),
                Ago.of(reason.lastSeenAt(), now),
                reason.reason()));
        out.print(table);
    }

    private static void printDrift(PrintWriter out, List<Sighting> drift, Instant now) {
        if (drift.isEmpty()) {
            return;
        }
        out.printf("%nNot known to this version, and kept all the same:%n");
        drift.forEach(sighting -> out.println("  " + told(sighting, now)));
    }

    /** {@code measure type 229 first seen 3 May, 41 rows, stored unnamed}. */
    private static String told(Sighting sighting, Instant now) {
        var first = LocalDate.ofInstant(sighting.firstSeenAt(), ZoneOffset.UTC);
        var form = first.getYear() == LocalDate.ofInstant(now, ZoneOffset.UTC).getYear() ? "d MMMM" : "d MMMM uuuu";
        return String.format(
                Locale.ROOT,
                "%s first seen %s, %,d %s%s, %s",
                sighting.name(),
                DateTimeFormatter.ofPattern(form, Locale.ENGLISH).format(first),
                sighting.rows(),
                sighting.rows() == 1 ? "row" : "rows",
                sighting.people() == 1 ? "" : String.format(Locale.ROOT, " of %,d people", sighting.people()),
                sighting.kind().equals("field") ? "a " + sighting.shape() + " without a column" : "stored unnamed");
    }

    private static void print(PrintWriter out, ReaderLogin reader, boolean embedded) {
        out.printf("%nConnect a BI tool, for the views of schema analytics (docs/bi.md):%n");
        out.println("  " + reader.url());
        out.printf("%n  or in ~/.pg_service.conf, for service=withings:%n");
        reader.service().forEach(line -> out.println("  " + line));
        switch (reader.standing()) {
            case LOGIN -> {}
            case GROUP -> {
                out.printf("%n  %s may not log in yet. As an administrator, once:%n", ReaderLogin.ROLE);
                out.println("  ALTER ROLE " + ReaderLogin.ROLE + " LOGIN;");
                out.println("  \\password " + ReaderLogin.ROLE);
            }
            case MISSING ->
                out.printf(
                        "%n  %s is missing. As an administrator: withings migrate --roles | psql%n", ReaderLogin.ROLE);
        }
        if (embedded) {
            out.printf("%n  The embedded database lets in this machine alone, and its port changes with each start.%n");
        }
    }
}
