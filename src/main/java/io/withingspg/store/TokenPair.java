package io.withingspg.store;

import java.time.Instant;

/**
 * A pair of tokens, encrypted.
 *
 * @param askedAt when we asked for it
 * @param grantedAt when Withings answered with it
 */
public record TokenPair(
        Ciphertext accessToken, Ciphertext refreshToken, Instant expiresAt, Instant askedAt, Instant grantedAt) {}
