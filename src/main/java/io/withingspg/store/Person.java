package io.withingspg.store;

import io.withingspg.resource.Bounds;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is enrolled.
 *
 * @param userId as Withings knows the person
 * @param ref the owner's own name for this person; null if none was given
 * @param status {@code active}, {@code reconsent} or {@code unlinked}
 * @param statusReason null while active
 * @param scopes as granted; empty where the grant did not say, which counts as all
 * @param bounds the days of which data may be fetched
 */
public record Person(
        long userId,
        @Nullable String ref,
        String status,
        @Nullable String statusReason,
        List<String> scopes,
        Bounds bounds,
        Instant enrolledAt) {

    public boolean active() {
        return status.equals("active");
    }

    /** The owner removed this person, or the person left. */
    public boolean unlinked() {
        return status.equals("unlinked");
    }

    /** No call is made once the last day of which data may be fetched has ended everywhere. */
    public boolean isOver(Instant now) {
        var until = bounds.until();
        return until != null && Coverage.firstOpen(now).isAfter(until);
    }

    /** For log lines and people: the reference where there is one. */
    public String label() {
        return ref == null ? Long.toString(userId) : ref + " (" + userId + ")";
    }
}
