package io.withingspg.sync;

import io.withingspg.resource.Span;
import io.withingspg.store.Counts;
import io.withingspg.store.Pages;
import io.withingspg.store.Standing;
import io.withingspg.sync.Leg.Suspects;
import io.withingspg.sync.Order.How;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;

/**
 * A row that is deleted at Withings just stops being returned, so what was read of some days is held against what stands
 * here of them. Rows are marked, never removed, and one that comes back loses its mark.
 */
final class Reconciliation {
    /** Where more than this share of a stretch is gone, something else is more likely than that it was deleted. */
    private static final int GONE_MAX_PERCENT = 20;

    private final Pages pages;
    private final Standing standing;

    Reconciliation(Pages pages, Standing standing) {
        this.pages = pages;
        this.standing = standing;
    }

    /** A leg that compares has come to its end. */
    void settle(Job job, Leg leg, Comparison read, Instant now) {
        var table = Objects.requireNonNull(job.resource().compared());
        if (!(leg.reading().span() instanceof Span.Days(var from, var to))) {
            throw new IllegalStateException("only days can be compared");
        }
        // The API's idea of where a day begins may differ from ours at the rims.
        var stands = standing.keys(job.userId(), table, from.plusDays(1), to.minusDays(1));
        var missing = new HashSet<>(read.missing(stands));
        var suspects = leg.suspects();
        if (suspects != null) {
            missing.retainAll(suspects.keys());
        }
        if (missing.isEmpty()) {
            job.reconciled(Counts.NONE);
            return;
        }
        var of = suspects == null ? stands.size() : suspects.standing();
        if (read.unread() > 0) {
            job.keep(
                    "%d rows are not among what Withings gives, and kept: %d records of the same days cannot be read, see sync.rejected_record"
                            .formatted(missing.size(), read.unread()));
        } else if (suspects == null && read.mayHaveSlippedThrough()) {
            var days = standing.days(job.userId(), table, missing);
            job.goAgain(leg.again(
                    new Suspects(missing, of),
                    new Span.Days(days.getFirst().minusDays(1), days.getLast().plusDays(1)),
                    now));
        } else if (missing.size() * 100 > of * GONE_MAX_PERCENT && !accepted(job.how())) {
            job.keep(
                    "%d of %d rows of %s to %s are not among what Withings gives any more, and kept, as that is suspiciously many: if they are really gone, withings sync --user %d --resource %s --reconcile --accept-deletions"
                            .formatted(missing.size(), of, from, to, job.userId(), job.resource()));
        } else {
            job.reconciled(
                    pages.delete(job.userId(), job.visit().run(), job.resource().name(), table, missing, now));
        }
    }

    private static boolean accepted(How how) {
        return how instanceof How.Reconcile(var _, var acceptDeletions) && acceptDeletions;
    }
}
