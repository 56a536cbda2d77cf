package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.store.People;
import java.time.Clock;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "set",
        description = "Name a person, or bound the days of which data is fetched.",
        mixinStandardHelpOptions = true)
final class UsersSetCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "Withings user id.")
    long id;

    @Option(names = "--ref", paramLabel = "R", description = "Your own name for this person.")
    @Nullable
    String ref;

    @Option(names = "--from", paramLabel = "DATE", description = "First day of which data is fetched.")
    @Nullable
    LocalDate from;

    @Option(names = "--until", paramLabel = "DATE", description = "Last day; no call is made after it.")
    @Nullable
    LocalDate until;

    UsersSetCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        if (ref == null && from == null && until == null) {
            throw new ConfigurationException("nothing to set: give --ref, --from or --until");
        }
        if (ref != null && !People.isUsable(ref)) {
            throw new ConfigurationException("--ref is not usable: at most 200 readable characters");
        }
        try (var database = Configured.database(configured.settings())) {
            var people = new People(database.sql());
            var person = people.find(id).orElseThrow(() -> UsersCommand.notEnrolled(id));
            var first = from == null ? person.bounds().from() : from;
            var last = until == null ? person.bounds().until() : until;
            if (first != null && last != null && first.isAfter(last)) {
                throw new ConfigurationException("--from " + first + " is after --until " + last + ": swap them");
            }
            people.set(id, ref, from, until, "users set", Clock.systemUTC().instant());
            var now = people.find(id).orElseThrow(() -> UsersCommand.notEnrolled(id));
            var days = day(" from ", now.bounds().from())
                    + day(" until ", now.bounds().until());
            spec.commandLine()
                    .getOut()
                    .println(now.label() + ": " + (days.isEmpty() ? "everything is fetched" : "fetched" + days) + ".");
        } catch (People.Taken e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
        return ExitCode.DONE;
    }

    private static String day(String which, @Nullable LocalDate day) {
        return day == null ? "" : which + day;
    }
}
