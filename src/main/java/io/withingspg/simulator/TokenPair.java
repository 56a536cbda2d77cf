package io.withingspg.simulator;

import java.time.Instant;
import java.util.Set;

/** A pair that was issued, as a test may want to hand it to an import. */
public record TokenPair(long user, String accessToken, String refreshToken, Instant expiresAt, Set<String> scopes) {}
