package io.withingspg.sync;

import io.withingspg.resource.Normalised;
import io.withingspg.resource.Page.Continuation;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.store.Counts;
import io.withingspg.store.Cursor;
import io.withingspg.withings.Request;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A resource's turn under way: the legs that are still to go, and what came. One thread's at a time. */
final class Job {
    private final Visit visit;
    private final Resource resource;
    private final Cursor cursor;
    private final Deque<Leg> legs = new ArrayDeque<>();
    private Course course = Course.usual(List.of(), false);
    private Fields fields = Fields.ALL;
    private Comparison comparison = new Comparison();
    private @Nullable Leg compared;
    private @Nullable Instant reachedAt;
    private @Nullable String kept;
    private boolean reconciled;
    private boolean complete = true;
    private boolean thoughtNew;
    private int pages;
    private Counts counts = Counts.NONE;

    Job(Visit visit, Resource resource, Cursor cursor) {
        this.visit = visit;
        this.resource = resource;
        this.cursor = cursor;
        // Devices are of no time, so that their cursor never has a last row.
        this.thoughtNew = cursor.lastRowAt() == null && cursor.reachedAt() == null && cursor.interrupted() == null;
    }

    void begin(Course taken, Fields asked) {
        course = taken;
        legs.addAll(taken.legs());
        fields = asked;
    }

    Visit visit() {
        return visit;
    }

    Resource resource() {
        return resource;
    }

    Cursor cursor() {
        return cursor;
    }

    Course course() {
        return course;
    }

    Fields fields() {
        return fields;
    }

    Order.How how() {
        return visit.order().what().how();
    }

    long userId() {
        return visit.person().userId();
    }

    boolean morePages() {
        return !legs.isEmpty();
    }

    Leg leg() {
        return legs.element();
    }

    Request request() {
        return new Request(userId(), resource.call(), resource.form(leg().reading(), fields));
    }

    /** Whether asking for fewer fields may help where the call was refused. */
    boolean mayAskForFewerFields() {
        return fields == Fields.ALL && resource.namesFields();
    }

    void askForFewerFields() {
        fields = Fields.BASIC;
    }

    /**
     * Where the current leg goes from here.
     *
     * @return null where it ends with this page
     */
    @Nullable
    Leg next(Continuation page) {
        return page.more()
                        && resource.paging() == Resource.Paging.OFFSET
                        && page.offset() != null
                        && page.offset() > leg().reading().offset()
                ? leg().at(page.offset())
                : null;
    }

    /** Whether the list ends here; false where the API announced more and did not say where. */
    boolean isLast(Continuation page) {
        return !page.more() || resource.paging() == Resource.Paging.SINGLE;
    }

    /** A page of the current leg is stored, or a part of it. */
    void stored(Normalised part, Counts became) {
        counts = counts.plus(became);
        thoughtNew &= became.changed() == 0 && became.unchanged() == 0;
        if (leg().compares()) {
            comparison.saw(part);
        }
    }

    /**
     * A page of the current leg is stored to its end.
     *
     * @param next null where the leg has ended
     * @param last whether the list has ended too
     */
    void turned(@Nullable Leg next, boolean last, Instant reachesAt) {
        pages++;
        comparison.sawPage();
        var current = legs.remove();
        if (next != null) {
            legs.addFirst(next.reaching(reachesAt));
        } else if (last) {
            compared = current.compares() ? current : null;
            reachedAt = current.aim() == Leg.Aim.ADVANCE ? reachesAt : reachedAt;
        } else {
            complete = false;
            legs.clear(); // the cursor stays, and all of it is asked for again
        }
    }

    /** The leg that has just come to its end and is to be held against what stands here; null if none is. */
    @Nullable
    Leg takeCompared() {
        var taken = compared;
        compared = null;
        return taken;
    }

    Comparison takeComparison() {
        var taken = comparison;
        comparison = new Comparison();
        return taken;
    }

    void goAgain(Leg leg) {
        legs.addFirst(leg);
    }

    void reconciled(Counts removed) {
        reconciled = true;
        counts = counts.plus(removed);
    }

    void keep(String reason) {
        kept = reason;
    }

    /** Why rows were kept that the API no longer gives; null where none were. */
    @Nullable
    String kept() {
        return kept;
    }

    /** Of this person nothing of the resource was ever here, so that the next page holds nothing that stands already. */
    boolean thoughtNew() {
        return thoughtNew;
    }

    /** What the cursor becomes; null where it stays. */
    @Nullable
    Instant reachedAt() {
        return reachedAt;
    }

    boolean reconciled() {
        return reconciled;
    }

    boolean complete() {
        return complete;
    }

    int pages() {
        return pages;
    }

    Counts counts() {
        return counts;
    }

    /** What the store is to note of a page, so that a crash goes on after it. */
    Cursor.Step step(@Nullable Leg next, Instant reachesAt) {
        var leg = leg();
        return switch (leg.aim()) {
            case BESIDE -> new Cursor.Step.Stay();
            case ADVANCE ->
                next == null
                        ? new Cursor.Step.Stay()
                        : new Cursor.Step.Resume(new Cursor.Interrupted(
                                next.reading().span(), next.reading().offset(), reachesAt, next.startedAt()));
            case EXTEND ->
                leg.reading().span() instanceof Span.Window(var from, var to)
                        ? new Cursor.Step.Extend(from, to)
                        : new Cursor.Step.Stay();
        };
    }
}
