package io.withingspg.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** The ways out and in: to Withings, and from a person's browser back to us. No call is made that costs quota. */
final class NetworkCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final String CALLBACK = "/callback";
    /** Withings refuses longer ones. */
    private static final int CALLBACK_LENGTH_MAX = 255;

    private final Settings settings;

    NetworkCheck(Settings settings) {
        this.settings = settings;
    }

    /** Connects, and over TLS sees whose certificate answers; asks nothing. */
    Finding withings() {
        var url = settings.apiUrl();
        try (var socket = new Socket()) {
            connect(socket, url);
            return Finding.ok("withings", url + " can be reached");
        } catch (IOException e) {
            var reason = reason(url, e);
            return settings.camel().keySet().stream().anyMatch(key -> key.matches("(?i).*proxy.*"))
                    ? Finding.warning(
                            "withings",
                            reason + ", directly; a proxy is configured, which was not tried",
                            "doctor --probe USER goes through it")
                    : Finding.problem(
                            "withings",
                            reason,
                            "check this machine's network, its firewall and WITHINGS_API_URL",
                            ExitCode.WITHINGS_UNREACHABLE);
        }
    }

    private void connect(Socket socket, URI url) throws IOException {
        var patience = Math.toIntExact(settings.calls().connectTimeout().toMillis());
        var encrypted = "https".equals(url.getScheme());
        var port = url.getPort() >= 0 ? url.getPort() : encrypted ? 443 : 80;
        var address = new InetSocketAddress(url.getHost(), port);
        if (address.isUnresolved()) {
            throw new UnknownHostException(url.getHost());
        }
        socket.connect(address, patience);
        socket.setSoTimeout(patience);
        if (encrypted) {
            var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            try (var tls = (SSLSocket) factory.createSocket(socket, url.getHost(), port, true)) {
                var parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
                tls.startHandshake();
            }
        }
    }

    private static String reason(URI url, IOException e) {
        return switch (e) {
            case UnknownHostException _ -> url + ": this name cannot be looked up";
            case SocketTimeoutException _ -> url + " does not answer";
            case SSLException _ -> url + " answers, but not with a certificate that is trusted here";
            default -> url + " cannot be reached (" + e.getMessage() + ")";
        };
    }

    /** Whether anybody on the internet could come back to this address, as far as its form tells. */
    static boolean isPublic(URI callback) {
        var host = callback.getHost().toLowerCase(Locale.ROOT);
        return "https".equals(callback.getScheme())
                && (callback.getPort() < 0 || callback.getPort() == 443)
                && callback.toString().length() <= CALLBACK_LENGTH_MAX
                && host.matches("([a-z0-9-]+\\.)+[a-z][a-z0-9-]*")
                && !host.matches(".*\\.(local|localhost|localdomain|internal|intranet|lan|home|corp|test|invalid)");
    }

    Finding callback(URI callback) {
        var web = settings.web();
        var here = Settings.Web.isLoopback(callback.getHost());
        if (!callback.toString().endsWith(CALLBACK)) {
            return Finding.problem(
                    "callback",
                    callback + " does not end in " + CALLBACK + ", where consents are taken",
                    "set WITHINGS_CALLBACK_URL to your address + " + CALLBACK + ", exactly as registered");
        }
        if (here && web.loopback() && port(callback) != web.port()) {
            return Finding.problem(
                    "callback",
                    callback + " is not port " + web.port() + ", where serve listens: no consent can end",
                    "change WITHINGS_CALLBACK_URL, or HTTP_PORT");
        }
        if (isPublic(callback)) {
            return Finding.ok("callback", callback + " is public HTTPS, by its form; from here it cannot be tried");
        }
        return Finding.warning(
                "callback",
                callback + " is not public HTTPS: "
                        + (here ? "only this machine's own browser can consent" : "Withings may not accept it"),
                "good for a try; for more, a domain name with HTTPS on port 443, registered with Withings");
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
    }

    /** Whether the web door is open, could be opened, or is somebody else's. */
    Finding door() {
        var web = settings.web();
        var place = "port " + web.port() + " of " + web.host();
        if (Port.isFree(web)) {
            return Finding.ok("port", place + " is free: withings serve does not run");
        }
        return health().map(health -> door(place, health))
                .orElseGet(() -> Finding.problem(
                        "port",
                        place + " cannot be listened on, and no withings serve answers there",
                        "stop what uses it, or choose another with HTTP_PORT"));
    }

    private static Finding door(String place, JsonNode health) {
        return health.path("status").asText().equals("UP")
                ? Finding.ok("port", "withings serve answers on " + place)
                : Finding.problem(
                        "port",
                        "withings serve answers on " + place + " and is not well: database "
                                + health.path("database").asText("?") + ", scheduler "
                                + health.path("scheduler").asText("?"),
                        "see its log; restart it if this does not pass");
    }

    /** Empty where what answers is nothing of ours. */
    private Optional<JsonNode> health() {
        var web = settings.web();
        var host = web.host().equals("0.0.0.0") || web.host().equals("::") ? "127.0.0.1" : web.host();
        var url = URI.create(
                "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + web.port() + "/observe/health");
        try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var answer =
                    client.send(HttpRequest.newBuilder(url).timeout(PATIENCE).build(), BodyHandlers.ofString());
            return Optional.of(new ObjectMapper().readTree(answer.body())).filter(health -> health.has("scheduler"));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
