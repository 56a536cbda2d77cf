package io.withingspg.console;

import io.github.bucket4j.Bucket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often an address may guess. An attempt is paid for before it is looked at, and given back where it was right: once
 * an address has none left, its guesses cost nothing.
 */
final class Attempts {
    static final int AT_ONCE_MAX = 5;
    static final Duration ONE_MORE = Duration.ofSeconds(12);
    private static final int ADDRESSES_MAX = 10_000;

    /** Who is asked about longest ago makes room first. */
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > ADDRESSES_MAX;
        }
    };

    /** @return how long to wait before the next one; zero where this one may be made */
    Duration take(Caller caller) {
        var taken = new java.util.ArrayList<Bucket>();
        for (var bucket : buckets(caller)) {
            var probe = bucket.tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                taken.forEach(earlier -> earlier.addTokens(1));
                return Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill()));
            }
            taken.add(bucket);
        }
        return Duration.ZERO;
    }

    /** It was right. */
    void giveBack(Caller caller) {
        buckets(caller).forEach(bucket -> bucket.addTokens(1));
    }

    /**
     * Whom a proxy speaks for has a bucket of its own, so that a stranger does not use up the owner's attempts. Anybody
     * can claim to be a proxy, so that what comes over one connection's address has a bound as well.
     */
    private List<Bucket> buckets(Caller caller) {
        var address = network(caller.address());
        var spokenFor = caller.spokenFor();
        return spokenFor == null
                ? List.of(bucket(address, 1))
                : List.of(bucket(address + " for " + network(spokenFor), 1), bucket(address + " for all", 2));
    }

    private Bucket bucket(String key, int times) {
        synchronized (buckets) {
            return buckets.computeIfAbsent(
                    key,
                    _ -> Bucket.builder()
                            .addLimit(limit -> limit.capacity((long) times * AT_ONCE_MAX)
                                    .refillGreedy(1, ONE_MORE.dividedBy(times)))
                            .withNanosecondPrecision() // System.nanoTime: a clock step neither forgives nor punishes
                            .build());
        }
    }

    /** With IPv6, one home or one server has all addresses of a /64. */
    private static String network(String address) {
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address six
                    ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), 8))
                    : address;
        } catch (IllegalArgumentException e) {
            return address.substring(0, Math.min(address.length(), 64));
        }
    }
}
