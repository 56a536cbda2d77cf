package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.enrol.Import;
import io.withingspg.store.Enrolments;
import io.withingspg.store.Tokens;
import io.withingspg.token.Vault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "import",
        description = {
            "Take over authorisations from another tool, so that nobody needs to consent again.",
            "JSON Lines of userid, access_token, refresh_token, expires_at (epoch s) or expires_in, scope and, if you"
                    + " like, ref."
        },
        mixinStandardHelpOptions = true)
final class UsersImportCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
    String file;

    UsersImportCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() throws IOException {
        var settings = configured.settings();
        try (var lines = open();
                var database = Configured.database(settings)) {
            var vault = Vault.open(settings, new Tokens(database.sql()).keyIds().keySet());
            var result = new Import(
                            new Enrolments(database.sql()),
                            vault,
                            settings.sync().resources(),
                            Clock.systemUTC())
                    .read(lines);
            result.problems().forEach(problem -> spec.commandLine().getErr().println("withings: " + problem));
            spec.commandLine().getOut().println("Imported " + result.userIds().size() + " people.");
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
