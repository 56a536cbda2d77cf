package io.withingspg.console;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.BCrypt.Version;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The owner's password as a slow hash, which is all that the door keeps of it; the settings know it as it was given. */
final class Password {
    /** A tenth of a second and more for each guess; a small home server takes half a second. */
    private static final int COST = 11;

    /** So many guesses are computed at a time, and so many wait: a flood of them leaves room for everybody else. */
    private static final int AT_ONCE_MAX = 2;

    private static final int WAITING_MAX = 8;
    private static final int WAIT_MAX_S = 5;

    /** bcrypt itself would ignore what comes after 72 bytes. */
    private static final LongPasswordStrategy LONG = LongPasswordStrategies.hashSha512(Version.VERSION_2B);

    private final byte[] hash;
    private final Semaphore hashing = new Semaphore(AT_ONCE_MAX, true);

    /** What came of comparing. */
    enum Verdict {
        RIGHT,
        WRONG,
        /** Not compared: too many others are. */
        BUSY
    }

    /** @param clear is not kept */
    Password(String clear) {
        this.hash = BCrypt.with(Version.VERSION_2B, LONG).hash(COST, clear.getBytes(StandardCharsets.UTF_8));
    }

    Verdict compare(String given) {
        try {
            if (hashing.getQueueLength() >= WAITING_MAX || !hashing.tryAcquire(WAIT_MAX_S, TimeUnit.SECONDS)) {
                return Verdict.BUSY;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Verdict.BUSY;
        }
        try {
            return BCrypt.verifyer(Version.VERSION_2B, LONG)
                            .verify(given.getBytes(StandardCharsets.UTF_8), hash)
                            .verified
                    ? Verdict.RIGHT
                    : Verdict.WRONG;
        } finally {
            hashing.release();
        }
    }
}
