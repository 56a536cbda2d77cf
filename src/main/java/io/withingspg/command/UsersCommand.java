package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.ConfigurationException;
import io.withingspg.console.Status;
import io.withingspg.store.Overview;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "users",
        description = "List who is enrolled; import, name, bound, remove, erase or export somebody.",
        mixinStandardHelpOptions = true,
        subcommands = {
            UsersImportCommand.class,
            UsersSetCommand.class,
            UsersRemoveCommand.class,
            UsersEraseCommand.class,
            UsersExportCommand.class
        })
final class UsersCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(names = "--json", description = "Print as JSON.")
    boolean json;

    UsersCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        var settings = configured.settings();
        try (var database = Configured.database(settings)) {
            var status =
                    new Status(new Overview(database.sql()), settings.sync().resources(), Clock.systemUTC());
            if (json) {
                spec.commandLine().getOut().println(array(new People(database.sql()).list(List.of())));
                return ExitCode.DONE;
            }
            var people = status.people(List.of());
            if (people.isEmpty()) {
                spec.commandLine().getErr().println(Configured.nobody(settings));
                return ExitCode.DONE;
            }
            var table = new Table("user", "ref", "status", "enrolled", "from", "until", "rows");
            people.forEach(state -> table.row(
                    Long.toString(state.person().userId()),
                    orDash(state.person().ref()),
                    state.person().status(),
                    state.person().enrolledAt().toString().substring(0, 10),
                    orDash(state.person().bounds().from()),
                    orDash(state.person().bounds().until()),
                    state.rows()));
            spec.commandLine().getOut().print(table);
            return ExitCode.DONE;
        }
    }

    private static String array(List<Person> people) {
        var users = new ObjectMapper().createArrayNode();
        for (var person : people) {
            var user = users.addObject()
                    .put("user_id", person.userId())
                    .put("ref", person.ref())
                    .put("status", person.status())
                    .put("status_reason", person.statusReason())
                    .put("enrolled_at", person.enrolledAt().toString())
                    .put("fetch_from", Objects.toString(person.bounds().from(), null))
                    .put("fetch_until", Objects.toString(person.bounds().until(), null));
            person.scopes().forEach(user.putArray("scopes")::add);
        }
        return users.toPrettyString();
    }

    static String orDash(@Nullable Object value) {
        return value == null ? "–" : value.toString();
    }

    static ConfigurationException notEnrolled(long id) {
        return new ConfigurationException("user " + id + " is not enrolled: withings users lists who is");
    }
}
