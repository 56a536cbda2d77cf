package io.withingspg.store;

import io.withingspg.resource.Bounds;
import java.time.Instant;
import java.time.LocalDate;
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
 * @param bounds the person's own: the days of which data may be fetched
 */
public record Person(
        long userId,
        @Nullable String ref,
        String status,
        @Nullable String statusReason,
        List<String> scopes,
        Bounds bounds,
        Instant enrolledAt) {

    /**
     * The days of which data is fetched.
     *
     * @param backfillFrom the first day that is fetched of anybody; null where there is none
     */
    public Bounds bounds(@Nullable LocalDate backfillFrom) {
        var own = bounds.from();
        var from = own == null || (backfillFrom != null && backfillFrom.isAfter(own)) ? backfillFrom : own;
        return new Bounds(from, bounds.until());
    }

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
