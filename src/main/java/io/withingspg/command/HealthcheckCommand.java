package io.withingspg.command;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "healthcheck",
        description =
                "Ask the running service how it is: exit code 0 if well, 1 if not. For images and service managers.",
        mixinStandardHelpOptions = true)
final class HealthcheckCommand implements Callable<Integer> {
    private final Configured configured;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Spec
    CommandSpec spec;

    HealthcheckCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() throws InterruptedException {
        var web = configured.settings().web();
        var host = web.host().equals("0.0.0.0") || web.host().equals("::") ? "127.0.0.1" : web.host();
        var url = URI.create("http://" + host + ":" + web.port() + "/observe/health");
        try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var answer =
                    client.send(HttpRequest.newBuilder(url).timeout(PATIENCE).build(), BodyHandlers.ofString());
            spec.commandLine().getOut().println(answer.body());
            return answer.statusCode() == 200 ? ExitCode.DONE : ExitCode.SOME_FAILED;
        } catch (IOException e) {
            spec.commandLine().getErr().println("withings: nothing answers at " + url + ": is withings serve running?");
            return ExitCode.SOME_FAILED;
        }
    }
}
