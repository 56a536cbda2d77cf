package io.withingspg.command;

import io.withingspg.store.Database;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "migrate",
        description = {
            "Bring the database's schema up to date, and the rights of its roles. Other commands do so by themselves where"
                    + " their database role may."
        },
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--roles",
            description = "Only print the SQL script that makes the roles and gives them their rights.")
    boolean roles;

    MigrateCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        if (roles) {
            spec.commandLine().getOut().print(Database.roles());
            return ExitCode.DONE;
        }
        try (var database = Database.open(configured.settings().database())) {
            var ran = database.migrate();
            if (ran == 0) {
                database.giveRights(); // somebody may have made the roles since
            }
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
