package io.withingspg.sync;

import io.withingspg.resource.Reading;
import io.withingspg.resource.Resource;
import io.withingspg.store.Counts;
import io.withingspg.store.Cursor;
import io.withingspg.withings.Request;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A resource's turn under way.
 *
 * @param visit null until the visit begins
 * @param reading the next page to ask for
 * @param movesCursor false for a span of days that somebody asked for beside the usual order of things
 * @param startedAt when the first page was asked for, also where that was before a crash
 * @param reachesAt what the cursor becomes at the end; null until the first page came
 * @param morePages whether the reading goes on
 * @param complete false where it ended before its end
 */
record Job(
        @Nullable Visit visit,
        Resource resource,
        Cursor cursor,
        Reading reading,
        boolean movesCursor,
        Instant startedAt,
        @Nullable Instant reachesAt,
        boolean morePages,
        boolean complete,
        int pages,
        Counts counts) {

    static Job first(Resource resource, Cursor cursor, Reading reading, boolean movesCursor, Instant startedAt) {
        return new Job(null, resource, cursor, reading, movesCursor, startedAt, null, true, true, 0, Counts.NONE);
    }

    Job of(Visit own) {
        return new Job(
                own, resource, cursor, reading, movesCursor, startedAt, reachesAt, morePages, complete, pages, counts);
    }

    Job reaching(@Nullable Instant at) {
        return new Job(
                visit, resource, cursor, reading, movesCursor, startedAt, at, morePages, complete, pages, counts);
    }

    /** After a page that was the last, or the last that can be asked for. */
    Job ended(boolean whole) {
        return new Job(
                visit, resource, cursor, reading, movesCursor, startedAt, reachesAt, false, whole, pages, counts);
    }

    Job goingOn(long offset) {
        return new Job(
                visit,
                resource,
                cursor,
                reading.at(offset),
                movesCursor,
                startedAt,
                reachesAt,
                true,
                true,
                pages,
                counts);
    }

    Job plus(Counts page) {
        return new Job(
                visit,
                resource,
                cursor,
                reading,
                movesCursor,
                startedAt,
                reachesAt,
                morePages,
                complete,
                pages + 1,
                counts.plus(page));
    }

    Visit ofVisit() {
        return Objects.requireNonNull(visit);
    }

    long userId() {
        return ofVisit().person().userId();
    }

    Request request() {
        return new Request(userId(), resource.call(), resource.form(reading, Resource.Fields.ALL));
    }

    /** Where a crash would go on; null where the reading is over, or is nobody's to go on with. */
    Cursor.@Nullable Interrupted resumption() {
        return morePages && movesCursor
                ? new Cursor.Interrupted(reading.span(), reading.offset(), reachesAt, startedAt)
                : null;
    }
}
