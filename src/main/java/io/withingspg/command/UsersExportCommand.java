package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.store.Export;
import io.withingspg.store.ExportFolder;
import io.withingspg.store.People;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = {
            "Write all of a person's data to files: a CSV for each table, dictionary.csv with what the columns mean, the"
                    + " code lists, and load.sql, which loads it into another database.",
            "Tokens are no part of it. Works for people who were removed, too."
        },
        mixinStandardHelpOptions = true)
final class UsersExportCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "Withings user id.")
    long id;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            required = true,
            description = "A new or empty folder; nobody but you will be able to read it.")
    Path folder;

    @Option(names = "--json", description = "Print as JSON what was written.")
    boolean json;

    UsersExportCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        try (var database = Configured.database(configured.settings())) {
            var people = new People(database.sql());
            if (people.find(id).isEmpty()) {
                throw UsersCommand.notEnrolled(id);
            }
            var into = ExportFolder.make(folder);
            var now = Clock.systemUTC().instant();
            // Before the first row leaves: what left unrecorded could not be recorded after a crash.
            people.recordExport(id, "users export", now);
            var rows = new Export(database.sql()).write(id, into, now);
            spec.commandLine().getOut().print(json ? json(rows, now) : text(rows));
            return ExitCode.DONE;
        } catch (UncheckedIOException e) {
            var reason = e.getCause() == null ? "" : e.getCause().getMessage();
            spec.commandLine()
                    .getErr()
                    .println("withings: " + folder + " cannot be written (" + reason
                            + "): the export was given up, make room or choose another folder");
            return ExitCode.SOME_FAILED;
        }
    }

    private String text(SortedMap<String, Long> rows) {
        var table = new Table("file", "rows");
        rows.forEach(table::row);
        return "Exported: Withings user " + id + " to " + folder + System.lineSeparator() + System.lineSeparator()
                + table.row("total", total(rows)) + System.lineSeparator()
                + "dictionary.csv says what the columns mean, codes/ what the codes mean, load.sql how to load it again."
                + System.lineSeparator();
    }

    private String json(SortedMap<String, Long> rows, Instant now) {
        var root = new ObjectMapper()
                .createObjectNode()
                .put("user_id", id)
                .put("exported_at", now.toString())
                .put("folder", folder.toAbsolutePath().toString())
                .put("total", total(rows));
        var files = root.putObject("files");
        rows.forEach(files::put);
        return root.toPrettyString() + System.lineSeparator();
    }

    private static long total(SortedMap<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }
}
