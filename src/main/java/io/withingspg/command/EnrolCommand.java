package io.withingspg.command;

import io.withingspg.command.Service.Part;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.enrol.Consents.Ended;
import io.withingspg.enrol.Consents.Return;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.withings.CallFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "enrol",
        description = "Enrol a person: prints the consent link and waits for the person to come back from it.",
        mixinStandardHelpOptions = true)
final class EnrolCommand implements Callable<Integer> {
    private final Configured configured;

    private static final Duration WAIT_MAX = Duration.ofMinutes(10);
    /** Once somebody has come back: the code is exchanged, and the person greeted. */
    private static final Duration ENDS_WITHIN = Settings.Calls.EXCHANGE_MAX.plus(Welcome.PATIENCE);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    @Spec
    CommandSpec spec;

    @Option(names = "--ref", paramLabel = "R", description = "Your own name for this person.")
    @Nullable
    String ref;

    @Option(
            names = "--code",
            paramLabel = "-|C",
            description =
                    "Finish by hand, with what Withings sent the person back with: - takes the whole address of the"
                            + " callback, or the code alone, from standard input. The code itself works as well, but everybody on"
                            + " this machine can read a command's arguments.")
    @Nullable
    String code;

    @Option(
            names = "--state",
            paramLabel = "S",
            description = "The state that came with the code; not needed where the whole address is given.")
    @Nullable
    String state;

    EnrolCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() throws InterruptedException {
        var given = code == null ? null : code.equals("-") ? read() : code;
        var back = given == null ? null : CallbackAddress.parse(given, state);
        if (back == null && (given != null || state != null)) {
            throw new ConfigurationException(
                    "--code and --state belong together: give both, as they stand in the callback's"
                            + " address, or that whole address on standard input with --code -");
        }
        if (ref != null && !People.isUsable(ref)) {
            throw new ConfigurationException("--ref is not usable: at most 200 readable characters");
        }
        var settings = configured.settings();
        if (back != null) {
            try (var service = Service.start(settings)) {
                return finish(service, back);
            }
        }
        // Where `serve` is running, it has the port, and the callback comes in there.
        Service.application(settings);
        var parts = Port.isFree(settings.web()) ? new Part[] {Part.ENROLMENT} : new Part[0];
        try (var service = Service.start(settings, parts)) {
            return await(service);
        }
    }

    /** A line: nothing in it shows in the process's arguments, nor, pasted, in the shell's history. */
    private static String read() {
        try {
            var line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new ConfigurationException("standard input cannot be read: give the callback's address in one line");
        }
    }

    private int finish(Service service, Return back) {
        var err = spec.commandLine().getErr();
        try {
            return switch (service.consents().finishByHand(back)) {
                case Ended.Linked ended -> {
                    out().println("Enrolled Withings user " + ended.userId()
                            + (ended.ref() == null ? "" : " as " + ended.ref())
                            + (ended.missing().isEmpty() ? "" : ", without " + String.join(", ", ended.missing()))
                            + ".");
                    yield ExitCode.DONE;
                }
                case Ended.Declined() -> {
                    err.println("withings: the person refused; nothing is stored");
                    yield ExitCode.SOME_FAILED;
                }
                case Ended.Stale() -> {
                    err.println(
                            "withings: this state is unknown, used or older than 10 minutes: run withings enrol again");
                    yield ExitCode.WRONG_USE;
                }
                case Ended.Refused(var reason) -> {
                    err.println("withings: " + reason);
                    yield ExitCode.WRONG_USE;
                }
                case Ended.NotInvited(var invitation) -> {
                    err.println("withings: the invitation is " + invitation.label()
                            + ": make a new one with withings invite --ref R");
                    yield ExitCode.WRONG_USE;
                }
                case Ended.Busy() -> {
                    err.println(
                            "withings: somebody else is being enrolled with this invitation: look at withings users,"
                                    + " and try again in three minutes");
                    yield ExitCode.SOME_FAILED;
                }
                case Ended.Failed(var error) -> {
                    err.println("withings: Withings could not ask for the consent, it says " + error
                            + ": run withings enrol again in a few minutes");
                    yield ExitCode.SOME_FAILED;
                }
                case Ended.Elsewhere() -> throw new IllegalStateException("only a browser comes back so");
            };
        } catch (CallFailure.Unreachable e) {
            err.println("withings: " + e.getMessage());
            return ExitCode.WITHINGS_UNREACHABLE;
        } catch (CallFailure e) {
            err.println("withings: Withings did not accept the code (" + e.getMessage()
                    + "): it lives 30 s and works once; run withings enrol again");
            return ExitCode.SOME_FAILED;
        }
    }

    private int await(Service service) throws InterruptedException {
        var since = service.clock().instant();
        var linkedHere = new AtomicLong();
        service.whenLinked(linkedHere::set);
        var begun = service.consents().begin(ref);
        out().println("Open this link, log in to Withings and allow access:");
        out().println();
        out().println("  " + begun.url());
        out().println();
        out().println("Waiting for the answer at "
                + Service.application(service.settings()).callbackUrl() + " ...");
        out().flush();
        var giveUpAt = since.plus(WAIT_MAX);
        while (service.consents().awaits(begun.state())) {
            if (service.clock().instant().isAfter(giveUpAt)) {
                spec.commandLine()
                        .getErr()
                        .println("withings: nobody came back within 10 minutes: run withings enrol again");
                return ExitCode.SOME_FAILED;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        // The state is taken first and the tokens are stored a call later.
        giveUpAt = service.clock().instant().plus(ENDS_WITHIN);
        while (!service.consents().failedHere(begun.state())
                && service.clock().instant().isBefore(giveUpAt)) {
            var linked = linked(service, begun.state(), linkedHere.get(), since);
            if (linked.isPresent()) {
                out().println("Enrolled " + linked.get().label() + devices(service, linked.get())
                        + (linkedHere.get() != 0
                                ? ". Fetch the data with: withings sync"
                                : ". The running service fetches the data."));
                return ExitCode.DONE;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        spec.commandLine()
                .getErr()
                .println(
                        "withings: the consent was refused or could not be finished: the page in the browser says why");
        return ExitCode.SOME_FAILED;
    }

    /** Where another process has the callback, the last one to consent is as near as we can tell. */
    private static Optional<Person> linked(Service service, String state, long linkedHere, Instant since) {
        if (linkedHere != 0) {
            return service.people().find(linkedHere);
        }
        return service.consents().returnedHere(state)
                ? Optional.empty() // stored or not, we are told once the page is ready
                : service.people().lastLinked(since);
    }

    /** So that the owner sees at once whose account it is. */
    private static String devices(Service service, Person person) {
        var names = service.devices().names(person.userId());
        return names.isEmpty() ? "" : ", who has " + String.join(", ", names);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
