package io.withingspg.token;

import java.time.Instant;

/** No token of this person works any more: only the person can help, by consenting again. */
public final class ConsentGone extends RuntimeException {
    private final Instant pairStoredAt;

    /** @param pairStoredAt which pair was refused: one stored since then, by a new consent, was not */
    ConsentGone(String reason, Instant pairStoredAt) {
        super(reason);
        this.pairStoredAt = pairStoredAt;
    }

    public Instant pairStoredAt() {
        return pairStoredAt;
    }
}
