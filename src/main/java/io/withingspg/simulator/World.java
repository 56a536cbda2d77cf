package io.withingspg.simulator;

import java.time.Clock;
import java.time.Duration;

/**
 * What is simulated. Two simulators of one world answer the same bytes.
 *
 * @param seed everything measured follows from it
 * @param users how many people, numbered from 1
 * @param days how much history they have: the UTC days that end with yesterday. The first day stays while the
 *     simulator runs, so that nothing looks deleted at midnight
 * @param pageSize rows of a list on one page
 * @param latency added to every answer
 * @param clock the server's time; tokens, codes, nonces and midnight go by it
 * @param client the application that is known; empty accepts any
 * @param secret its secret; empty accepts any, and any signature
 * @param sameArgumentsWithin how soon an identical call is refused with 601; zero never
 * @param callsPerMinute the application's quota; {@link Integer#MAX_VALUE} is none
 */
public record World(
        long seed,
        int users,
        int days,
        int pageSize,
        Duration latency,
        Clock clock,
        String client,
        String secret,
        Duration sameArgumentsWithin,
        int callsPerMinute) {
    public World {
        atLeast(0, users, "users");
        atLeast(0, days, "days");
        if (days > DAYS_MAX) {
            throw new IllegalArgumentException("days is " + days + ", and " + DAYS_MAX + " at most");
        }
        atLeast(1, pageSize, "page");
        atLeast(1, callsPerMinute, "calls-per-minute");
        if (latency.isNegative() || sameArgumentsWithin.isNegative()) {
            throw new IllegalArgumentException("latency and the spacing of identical calls cannot be negative");
        }
    }

    /** Twenty years: longer than there have been scales of Withings. */
    public static final int DAYS_MAX = 7300;

    /** Three people with 90 days, any client, no quota, identical calls refused within 10 s as the real API does. */
    public static World ordinary() {
        return new World(
                1, 3, 90, 100, Duration.ZERO, Clock.systemUTC(), "", "", Duration.ofSeconds(10), Integer.MAX_VALUE);
    }

    public World withSeed(long seed) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withUsers(int users) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withDays(int days) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withPageSize(int pageSize) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withLatency(Duration latency) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withClock(Clock clock) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withClient(String client, String secret) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withSameArgumentsWithin(Duration sameArgumentsWithin) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    public World withCallsPerMinute(int callsPerMinute) {
        return new World(
                seed, users, days, pageSize, latency, clock, client, secret, sameArgumentsWithin, callsPerMinute);
    }

    private static void atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ": it must be at least " + least);
        }
    }
}
