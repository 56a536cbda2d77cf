package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.ConfigurationException;
import io.withingspg.console.Status;
import io.withingspg.enrol.Import;
import io.withingspg.store.Overview;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.store.Tokens;
import io.withingspg.token.Vault;
import io.withingspg.withings.CallFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "users",
        description = "List who is enrolled; import, name, bound or remove somebody.",
        mixinStandardHelpOptions = true,
        subcommands = {UsersCommand.ImportUsers.class, UsersCommand.SetUser.class, UsersCommand.RemoveUser.class})
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
                spec.commandLine().getErr().println("Nobody is enrolled yet: withings enrol");
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

    private static String orDash(@Nullable Object value) {
        return value == null ? "–" : value.toString();
    }

    private static ConfigurationException notEnrolled(long id) {
        return new ConfigurationException("user " + id + " is not enrolled: withings users lists who is");
    }

    @Command(
            name = "import",
            description = {
                "Take over authorisations from another tool, so that nobody needs to consent again.",
                "JSON Lines of userid, access_token, refresh_token, expires_at (epoch s) or expires_in, scope and, if you"
                        + " like, ref."
            },
            mixinStandardHelpOptions = true)
    static final class ImportUsers implements Callable<Integer> {
        private final Configured configured;

        @Spec
        CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
        String file;

        ImportUsers(Configured configured) {
            this.configured = configured;
        }

        @Override
        public Integer call() throws IOException {
            var settings = configured.settings();
            var vault = Vault.open(settings);
            try (var lines = open();
                    var database = Configured.database(settings)) {
                new Tokens(database.sql()).sample().ifPresent(vault::check);
                var result = new Import(
                                new People(database.sql()),
                                vault,
                                settings.sync().resources(),
                                Clock.systemUTC())
                        .read(lines);
                result.problems().forEach(problem -> spec.commandLine().getErr().println("withings: " + problem));
                spec.commandLine()
                        .getOut()
                        .println("Imported " + result.userIds().size() + " people.");
                return result.problems().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
            }
        }

        private BufferedReader open() {
            try {
                return file.equals("-")
                        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        // Lenient, unlike Files' own readers: one bad byte is one bad line.
                        : new BufferedReader(
                                new InputStreamReader(Files.newInputStream(Path.of(file)), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new ConfigurationException(file + " cannot be read: check the path and its permissions");
            }
        }
    }

    @Command(
            name = "set",
            description = "Name a person, or bound the days of which data is fetched.",
            mixinStandardHelpOptions = true)
    static final class SetUser implements Callable<Integer> {
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

        SetUser(Configured configured) {
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
                var person = people.find(id).orElseThrow(() -> notEnrolled(id));
                var first = from == null ? person.bounds().from() : from;
                var last = until == null ? person.bounds().until() : until;
                if (first != null && last != null && first.isAfter(last)) {
                    throw new ConfigurationException("--from " + first + " is after --until " + last + ": swap them");
                }
                people.set(id, ref, from, until, "users set", Clock.systemUTC().instant());
                var now = people.find(id).orElseThrow(() -> notEnrolled(id));
                spec.commandLine()
                        .getOut()
                        .println(now.label() + ": fetched from "
                                + orDash(now.bounds().from()) + " until "
                                + orDash(now.bounds().until()) + ".");
            } catch (People.Taken e) {
                throw new ConfigurationException(String.valueOf(e.getMessage()));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "remove",
            description = "Stop syncing a person and revoke the authorisation at Withings. The data stays.",
            mixinStandardHelpOptions = true)
    static final class RemoveUser implements Callable<Integer> {
        private final Configured configured;

        @Spec
        CommandSpec spec;

        @Parameters(paramLabel = "ID", description = "Withings user id.")
        long id;

        RemoveUser(Configured configured) {
            this.configured = configured;
        }

        @Override
        public Integer call() {
            try (var service = Service.start(configured.settings())) {
                var person = service.people().find(id).orElseThrow(() -> notEnrolled(id));
                service.people()
                        .unlink(
                                id,
                                "removed by the owner",
                                "users remove",
                                Clock.systemUTC().instant());
                try {
                    service.authority().revoke(id);
                } catch (CallFailure.Unreachable e) {
                    notRevoked(person, e);
                    return ExitCode.WITHINGS_UNREACHABLE;
                } catch (CallFailure e) {
                    notRevoked(person, e);
                    return ExitCode.SOME_FAILED;
                }
                spec.commandLine()
                        .getOut()
                        .println(person.label()
                                + " is no longer synced, and the authorisation is revoked. The data stays.");
            }
            return ExitCode.DONE;
        }

        private void notRevoked(Person person, CallFailure e) {
            spec.commandLine()
                    .getErr()
                    .println("withings: " + person.label()
                            + " is no longer synced, but Withings did not revoke the authorisation (" + e.getMessage()
                            + "): run this again later");
        }
    }
}
