package io.withingspg.command;

import io.withingspg.store.Tokens;
import io.withingspg.token.Rekey;
import io.withingspg.token.Vault;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "rekey",
        description = {
            "Encrypt the stored tokens under a new key, while the service runs.",
            "Put the new key in front of the old one (TOKEN_KEY=new,old, or two lines in TOKEN_KEY_FILE), restart what"
                    + " reads TOKEN_KEY from the environment, run this, then take the old key out.",
            "Beside the embedded database the new key is made here. Whoever is interrupted goes on by running it again."
        },
        mixinStandardHelpOptions = true)
final class RekeyCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    RekeyCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        var settings = configured.settings();
        try (var database = Configured.database(settings)) {
            var tokens = new Tokens(database.sql());
            var vault = Vault.open(settings, tokens.keyIds().keySet());
            var rekey = new Rekey(tokens, vault);
            var people = rekey.begin();
            var done = new AtomicLong();
            Rekey.Left left;
            try (var _ = ProgressDisplay.count("Encrypting anew", people, done::get)) {
                left = rekey.run(done::incrementAndGet);
            }
            tell(rekey, done.get(), vault.makesItsKeys());
            var err = spec.commandLine().getErr();
            left.unreadable()
                    .forEach(userId -> err.println("withings: the tokens of user " + userId
                            + " cannot be opened, they were damaged or made for another row: withings enrol"));
            left.held()
                    .forEach(userId -> err.println("withings: another process is at the tokens of user " + userId
                            + " and does not let go of them: run this again in five minutes"));
            return left.unreadable().isEmpty() && left.held().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
        }
    }

    private void tell(Rekey rekey, long people, boolean keysAreMadeHere) {
        var idle = rekey.idle();
        var advice = idle.isEmpty()
                ? "."
                : ". Opening nothing any more: " + String.join(", ", idle)
                        + (keysAreMadeHere ? "." : "; take it out of TOKEN_KEY.");
        spec.commandLine()
                .getOut()
                .println("The tokens of " + people + (people == 1 ? " person" : " people")
                        + " were encrypted anew, under key " + rekey.newest() + advice);
    }
}
