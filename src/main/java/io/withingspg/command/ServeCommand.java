package io.withingspg.command;

import io.withingspg.command.Service.Part;
import io.withingspg.config.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = "Run the service: schedules, enrolment, console.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    ServeCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var service = Service.start(configured.settings(), Part.ENROLMENT, Part.CONSOLE, Part.SCHEDULES)) {
            var err = spec.commandLine().getErr();
            var base = base(service.settings());
            warnOfOtherPort(service.settings(), err);
            err.println("Console:  " + base + "/");
            err.println("Enrol:    " + base + "/authorize");
            var embedded = service.database().embeddedUrl();
            if (embedded != null) {
                err.println("Database: psql '" + embedded + "'");
            }
            err.println("Ctrl-C stops.");
            err.flush();
            new CountDownLatch(1).await();
        }
        return ExitCode.DONE;
    }

    /** The consent would end at a door that nobody opens. */
    private static void warnOfOtherPort(Settings settings, PrintWriter err) {
        var callback = Service.application(settings).callbackUrl();
        if (settings.web().loopback()
                && Settings.Web.isLoopback(callback.getHost())
                && callback.getPort() != settings.web().port()) {
            err.println("Warning:  WITHINGS_CALLBACK_URL=" + callback + " is not port "
                    + settings.web().port() + ", where this listens: change it, or HTTP_PORT");
        }
    }

    /** As a browser would reach it: an address for all interfaces is none to open, but the callback's is. */
    private static String base(Settings settings) {
        var host = settings.web().host();
        if (settings.web().loopback()) {
            return "http://" + host + ":" + settings.web().port();
        }
        var callback = Service.application(settings).callbackUrl();
        return callback.getScheme() + "://" + callback.getAuthority();
    }
}
