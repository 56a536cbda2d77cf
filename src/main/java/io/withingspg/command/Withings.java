package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.WrittenDuration;
import io.withingspg.store.Database;
import io.withingspg.store.DatabaseUnreachable;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jooq.exception.DataAccessException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "withings",
        description = "A complete, correct, queryable copy of Withings health data in your own PostgreSQL.",
        mixinStandardHelpOptions = true,
        versionProvider = Withings.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            EnrolCommand.class,
            InviteCommand.class,
            UsersCommand.class,
            SyncCommand.class,
            StatusCommand.class,
            DoctorCommand.class,
            SchemaCommand.class,
            MigrateCommand.class,
            ReplayCommand.class,
            PruneCommand.class,
            RekeyCommand.class,
            SimulateCommand.class,
            HealthcheckCommand.class
        },
        footer = {
            "",
            "Settings: config/application.properties and environment variables; see the comments there.",
            "Exit codes: 0 done, 1 some failed, 2 wrong use or configuration, 3 database unreachable,",
            "4 Withings unreachable."
        })
public final class Withings {
    /** Starts a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine(System.getenv()).execute(args));
    }

    /** @param environment overrides {@code config/application.properties} */
    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new Withings(), new Configured(environment))
                .setExecutionStrategy(parsed -> {
                    try {
                        return new RunLast().execute(parsed);
                    } finally {
                        parsed.commandSpec().commandLine().getOut().flush();
                        parsed.commandSpec().commandLine().getErr().flush();
                    }
                })
                .setParameterExceptionHandler(Withings::wrongUse)
                .setExecutionExceptionHandler(Withings::failed)
                .registerConverter(LocalDate.class, Withings::day)
                .registerConverter(Duration.class, Withings::duration)
                .registerConverter(Integer.TYPE, Withings::count)
                .registerConverter(Long.TYPE, Withings::id)
                .registerConverter(Long.class, Withings::id)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text + "' is not a day such as 2024-01-31");
        }
    }

    private static Duration duration(String text) {
        return WrittenDuration.parse(text)
                .orElseThrow(() -> new TypeConversionException(
                        "'" + text + "' is not a duration such as " + WrittenDuration.EXAMPLES));
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
    }

    /** Most are people, whom somebody may want to name by reference. */
    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text
                    + "' is not a whole number (people are named by their Withings user id: withings users)");
        }
    }

    private static int wrongUse(ParameterException e, String[] args) {
        var command = e.getCommandLine();
        command.getErr()
                .println("withings: " + wrong(e) + " (see "
                        + command.getCommandSpec().qualifiedName() + " --help)");
        return ExitCode.WRONG_USE;
    }

    private static String wrong(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(e.getMessage())
                    .replaceFirst("^Error: ", "")
                    .lines()
                    .findFirst()
                    .orElse("wrong use");
        }
        var given = unmatched.getUnmatched().getFirst();
        var meant = unmatched.getSuggestions().stream()
                .filter(one -> one.startsWith(given.substring(0, Math.min(3, given.length()))))
                .findFirst();
        return (e.getCommandLine().getParent() == null && !given.startsWith("-")
                        ? "there is no command " + given
                        : "there is no place for " + given)
                + meant.map(one -> ", did you mean " + one + "?").orElse("");
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        command.getErr().println("withings: " + message(e));
        return switch (e) {
            case ConfigurationException _ -> ExitCode.WRONG_USE;
            case DatabaseUnreachable _ -> ExitCode.DATABASE_UNREACHABLE;
            case DataAccessException gone when Database.isGone(gone) -> ExitCode.DATABASE_UNREACHABLE;
            default -> ExitCode.SOME_FAILED;
        };
    }

    private static String message(Exception e) {
        if (e instanceof ConfigurationException || e instanceof DatabaseUnreachable) {
            return String.valueOf(e.getMessage());
        }
        if (e instanceof DataAccessException gone && Database.isGone(gone)) {
            return "the database stopped answering: check that it runs; what was committed stays";
        }
        if (e instanceof DataAccessException held && Database.isHeld(held)) {
            return Database.reason(held);
        }
        LoggerFactory.getLogger(Withings.class).debug("unforeseen", e);
        return "unforeseen failure, " + e.getClass().getSimpleName() + ": "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                + " (LOG_LEVEL=debug shows where; please report it)";
    }

    /** From the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Withings.class.getPackage().getImplementationVersion();
            return new String[] {"withings-postgres " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
