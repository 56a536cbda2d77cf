package io.withingspg.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "remove",
        description = "Stop syncing a person and revoke the authorisation at Withings. The data stays.",
        mixinStandardHelpOptions = true)
final class UsersRemoveCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "Withings user id.")
    long id;

    UsersRemoveCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        try (var service = Service.start(configured.settings())) {
            var person = service.people().find(id).orElseThrow(() -> UsersCommand.notEnrolled(id));
            var parting = Parting.with(id, service, "users remove");
            if (parting.failure() == null) {
                spec.commandLine()
                        .getOut()
                        .println(
                                person.label() + " is no longer synced; the authorisation is revoked. The data stays.");
            } else {
                spec.commandLine()
                        .getErr()
                        .println("withings: " + parting.reason(person.label()) + ": run this again later");
            }
            return parting.exitCode();
        }
    }
}
