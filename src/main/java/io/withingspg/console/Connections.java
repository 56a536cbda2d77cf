package io.withingspg.console;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections, each of which has so long for its next complete request: one that sends half a request, or a byte now and
 * then, holds nobody's place. While a request is being answered, which for a consent can take a minute, nothing is
 * asked of its connection.
 */
final class Connections {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final int CONNECTIONS_MAX = 1_000;

    private static final class State {
        /** {@link System#nanoTime} since when a request is owed. */
        private volatile long since = System.nanoTime();

        private volatile boolean answering;

        private long waits(long now) {
            return answering ? 0 : now - since;
        }
    }

    private final Map<HttpConnection, State> states = new ConcurrentHashMap<>();

    void opened(HttpConnection connection) {
        states.put(connection, new State());
        connection.closeHandler(_ -> states.remove(connection));
        if (states.size() > CONNECTIONS_MAX) {
            closeLongestWaiting();
        }
    }

    /** Its request is complete. */
    void answering(HttpConnection connection) {
        var state = states.get(connection);
        if (state != null) {
            state.answering = true;
        }
    }

    void answered(HttpConnection connection) {
        var state = states.get(connection); // null where it has been closed meanwhile
        if (state != null) {
            state.since = System.nanoTime();
            state.answering = false;
        }
    }

    /** To be called every second or so. */
    void closeOverdue() {
        var now = System.nanoTime();
        states.forEach((connection, state) -> {
            if (state.waits(now) > PATIENCE.toNanos()) {
                connection.close();
            }
        });
    }

    private void closeLongestWaiting() {
        var now = System.nanoTime();
        states.entrySet().stream()
                .max(Map.Entry.comparingByValue((one, other) -> Long.compare(one.waits(now), other.waits(now))))
                .ifPresent(longest -> {
                    states.remove(longest.getKey());
                    longest.getKey().close();
                });
    }
}
