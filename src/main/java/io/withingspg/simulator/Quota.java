package io.withingspg.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The two meanings of 601: too many calls in a minute, and the same call again too soon. */
final class Quota {
    static final String TOO_MANY = "Too Many Requests";

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int REMEMBERED_MAX = 50_000;

    private final World world;
    private final Deque<Instant> admitted = new ArrayDeque<>();
    private final Map<String, Instant> seen = new HashMap<>();

    Quota(World world) {
        this.world = world;
    }

    /** @param user null for calls without a token: of those only a refresh is compared with earlier ones */
    void admit(Ask ask, @Nullable Long user) {
        if (world.callsPerMinute() < Integer.MAX_VALUE) {
            admitOnePerSlot(world.clock().instant());
        }
        if (world.sameArgumentsWithin().isPositive() && (user != null || ask.has("refresh_token"))) {
            admitUnlessRepeated(ask, user, world.clock().instant());
        }
    }

    private synchronized void admitOnePerSlot(Instant now) {
        while (!admitted.isEmpty() && !admitted.getFirst().isAfter(now.minus(WINDOW))) {
            admitted.removeFirst();
        }
        if (admitted.size() >= world.callsPerMinute()) {
            throw new Refused(601, TOO_MANY, null);
        }
        admitted.addLast(now);
    }

    private synchronized void admitUnlessRepeated(Ask ask, @Nullable Long user, Instant now) {
        var arguments = new TreeMap<>(ask.arguments());
        arguments.remove("access_token");
        var last = seen.put(user + ask.path() + arguments, now);
        if (last != null && now.isBefore(last.plus(world.sameArgumentsWithin()))) {
            seen.put(user + ask.path() + arguments, last); // a refused call does not start the wait anew
            long waitMs = Duration.between(now, last.plus(world.sameArgumentsWithin()))
                    .toMillis();
            var body = Json.object().put("wait_seconds", (waitMs + 999) / 1000);
            throw new Refused(601, "Same arguments in less than 10 seconds", body);
        }
        if (seen.size() > REMEMBERED_MAX) {
            seen.values().removeIf(at -> now.isAfter(at.plus(world.sameArgumentsWithin())));
        }
    }
}
