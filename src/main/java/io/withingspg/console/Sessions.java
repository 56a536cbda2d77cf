package io.withingspg.console;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Browsers that showed the password. In memory only: a restart asks for it again. */
final class Sessions {
    static final Duration IDLE_MAX = Duration.ofHours(12);
    static final Duration LIFE_MAX = Duration.ofDays(7);
    static final int SESSIONS_MAX = 1_000;
    private static final int ID_BYTES = 32;

    private record Session(long openedAt, long seenAt) {}

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanos;
    /** By the hash of its id, so that nobody can read an id out of memory; who was away longest makes room first. */
    private final Map<Secret, Session> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Secret, Session> eldest) {
            return size() > SESSIONS_MAX;
        }
    };

    /** @param nanos a clock that no change of the time of day moves, such as {@link System#nanoTime} */
    Sessions(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @return the id, which is told once and not kept */
    String open() {
        var bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        var id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var now = nanos.getAsLong();
        synchronized (sessions) {
            sessions.put(Secret.of(id), new Session(now, now));
        }
        return id;
    }

    /** Whether this is a session; if so, it has been seen now. */
    boolean isOpen(String id) {
        var key = Secret.of(id);
        var now = nanos.getAsLong();
        synchronized (sessions) {
            var session = sessions.get(key);
            if (session == null) {
                return false;
            }
            if (now - session.openedAt() > LIFE_MAX.toNanos() || now - session.seenAt() > IDLE_MAX.toNanos()) {
                sessions.remove(key);
                return false;
            }
            sessions.put(key, new Session(session.openedAt(), now));
            return true;
        }
    }

    void close(String id) {
        synchronized (sessions) {
            sessions.remove(Secret.of(id));
        }
    }
}
