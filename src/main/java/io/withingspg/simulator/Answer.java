package io.withingspg.simulator;

import java.time.Duration;
import java.util.Map;

/**
 * What goes back over HTTP.
 *
 * @param reset the connection is reset instead
 */
record Answer(int status, String type, String body, Map<String, String> headers, Duration delay, boolean reset) {
    static Answer json(String body) {
        return new Answer(200, "application/json; charset=utf-8", body, Map.of(), Duration.ZERO, false);
    }

    static Answer html(int status, String body) {
        return new Answer(status, "text/html; charset=utf-8", body, Map.of(), Duration.ZERO, false);
    }

    static Answer redirect(String location) {
        return html(302, "").with(Map.of("Location", location));
    }

    static Answer resetConnection() {
        return new Answer(200, "", "", Map.of(), Duration.ZERO, true);
    }

    Answer with(Map<String, String> headers) {
        return new Answer(status, type, body, headers, delay, reset);
    }

    Answer after(Duration delay) {
        return new Answer(status, type, body, headers, delay, reset);
    }
}
