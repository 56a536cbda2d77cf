package io.withingspg.store;

import java.time.Instant;

/** A pair of tokens, encrypted. */
public record TokenPair(Ciphertext accessToken, Ciphertext refreshToken, Instant expiresAt) {}
