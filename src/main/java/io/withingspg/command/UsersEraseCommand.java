package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.ConfigurationException;
import io.withingspg.store.Database;
import io.withingspg.store.Departure;
import io.withingspg.store.Erased;
import io.withingspg.store.Erasure;
import io.withingspg.store.Leases;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "erase",
        description = {
            "Remove a person as `users remove` does, then every row about that person from every table.",
            "Prints a receipt with the rows removed from each table. There is no way back."
        },
        mixinStandardHelpOptions = true)
final class UsersEraseCommand implements Callable<Integer> {
    private static final String COMMAND = "users erase";

    private final Configured configured;
    private final Clock clock = Clock.systemUTC();

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "Withings user id.")
    long id;

    @Option(names = "--yes", description = "Really do it.")
    boolean yes;

    @Option(
            names = "--no-revoke",
            description = "Erase without Withings: the authorisation there stays until the person withdraws it.")
    boolean noRevoke;

    @Option(names = "--json", description = "Print the receipt as JSON.")
    boolean json;

    UsersEraseCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() throws InterruptedException {
        var settings = configured.settings();
        if (yes && !noRevoke) {
            if (settings.application() == null) {
                throw new ConfigurationException("no Withings application is configured, so nothing can be revoked: set"
                        + " WITHINGS_CLIENT_ID, WITHINGS_CLIENT_SECRET and WITHINGS_CALLBACK_URL, or add --no-revoke");
            }
            try (var service = Service.start(settings)) {
                var who = known(service.database());
                var parting = Parting.with(id, service, COMMAND);
                if (parting.failure() != null) {
                    err(parting.reason(who) + ": nothing is erased yet, run this again later or add --no-revoke");
                    return parting.exitCode();
                }
                return erase(service.database());
            }
        }
        try (var database = Configured.database(settings)) {
            var who = known(database);
            if (!yes) {
                throw new ConfigurationException(wouldErase(who, new Erasure(database.sql())));
            }
            new People(database.sql()).unlink(id, Departure.REMOVED, COMMAND, null, clock.instant());
            return erase(database);
        }
    }

    /** Also somebody of whom nothing but rows are left. */
    private String known(Database database) {
        return new People(database.sql())
                .find(id)
                .map(Person::label)
                .or(() -> new Erasure(database.sql()).count(id).isEmpty()
                        ? Optional.empty()
                        : Optional.of(Long.toString(id)))
                .orElseThrow(() -> UsersCommand.notEnrolled(id));
    }

    private String wouldErase(String who, Erasure erasure) {
        var rows = erasure.count(id);
        return "this would "
                + (noRevoke ? "" : "revoke the authorisation at Withings and ")
                + String.format(
                        Locale.ROOT,
                        "remove everything of %s, now %,d rows in %d tables, for good: add --yes to do it",
                        who,
                        rows.values().stream().mapToLong(Long::longValue).sum(),
                        rows.size());
    }

    private int erase(Database database) throws InterruptedException {
        var leases = new Leases(database.sql(), ProcessHandle.current().pid() + "-" + UUID.randomUUID());
        try {
            // Nobody visits this person any more, but a visit under way may still be at its last page.
            if (!free(leases)) {
                err("another process is still syncing " + id + ", which ends by itself: nothing is erased yet, run this"
                        + " again later");
                return ExitCode.SOME_FAILED;
            }
            var receipt = new Erasure(database.sql()).erase(id, COMMAND, clock.instant());
            spec.commandLine().getOut().print(json ? json(receipt) : text(receipt));
            return ExitCode.DONE;
        } catch (Erasure.Returned e) {
            err(e.getMessage() + ": nothing is erased, run this again to part with " + id + " once more");
            return ExitCode.SOME_FAILED;
        } finally {
            leases.release(id);
        }
    }

    private boolean free(Leases leases) throws InterruptedException {
        try {
            return leases.await(
                    id,
                    clock,
                    () -> err("a visit to " + id + " is under way and will end by itself: waiting for it"),
                    () -> false);
        } catch (Erased e) {
            return true; // rows without an enrolment: nobody can be visiting
        }
    }

    private void err(String line) {
        spec.commandLine().getErr().println("withings: " + line);
    }

    private String text(Erasure.Receipt receipt) {
        var table = new Table("table", "rows removed");
        receipt.rows().forEach(table::row);
        return "Erased: Withings user " + receipt.userId() + ", " + receipt.at().truncatedTo(ChronoUnit.SECONDS)
                + System.lineSeparator()
                + System.lineSeparator()
                + table.row("total", receipt.total())
                + System.lineSeparator()
                + (noRevoke
                        ? "The authorisation at Withings was not revoked: the person can withdraw it there."
                        : "The authorisation at Withings is revoked.")
                + System.lineSeparator()
                + receipt.eventsKept()
                + " rows stay in sync.event, the record of what was done: user id, act, command and"
                + " time, no data."
                + System.lineSeparator() + "Backups, exports and logs made before are not touched."
                + System.lineSeparator();
    }

    private String json(Erasure.Receipt receipt) {
        var root = new ObjectMapper()
                .createObjectNode()
                .put("user_id", receipt.userId())
                .put("erased_at", receipt.at().toString())
                .put("revoked", !noRevoke)
                .put("total", receipt.total())
                .put("events_kept", receipt.eventsKept());
        var tables = root.putObject("tables");
        receipt.rows().forEach(tables::put);
        return root.toPrettyString() + System.lineSeparator();
    }
}
