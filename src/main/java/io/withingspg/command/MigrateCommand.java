package io.withingspg.command;

import io.withingspg.store.Database;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "migrate",
        description = "Bring the database's schema up to date. Other commands do so by themselves.",
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    MigrateCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        try (var database = Database.open(configured.settings().database())) {
            var ran = database.migrate();
            spec.commandLine()
                    .getOut()
                    .println(
                            ran == 0
                                    ? "The schema is up to date."
                                    : ran + " migrations ran; the schema is up to date.");
        }
        return ExitCode.DONE;
    }
}
