package io.withingspg.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a resource's turn ended. */
public sealed interface Outcome {
    /**
     * The last page is stored.
     *
     * @param complete false where the API announced more and did not say where: the cursor stays, to ask again
     */
    record Done(boolean complete) implements Outcome {}

    /** The last page is stored, and rows that Withings no longer gives were kept all the same. */
    record Kept(String reason) implements Outcome {}

    /** The person's scopes or plan do not include it. */
    record NotPermitted(String reason) implements Outcome {}

    /**
     * No token works: the person must consent again.
     *
     * @param pairStoredAt which pair was refused
     */
    record ConsentGone(String reason, Instant pairStoredAt) implements Outcome {}

    /** Withings says that the call itself is wrong; the same one will not be right in an hour. */
    record Refused(String reason) implements Outcome {}

    /** It did not work this time. */
    record GaveUp(String reason) implements Outcome {}

    /** Not even a connection: nothing else is tried for this person in this visit. */
    record Unreachable(String reason) implements Outcome {}

    /** The person was erased during the visit: nothing of what still came was written. */
    record PersonErased(String reason) implements Outcome {}

    /** Not even this ending could be written. */
    record DatabaseGone() implements Outcome {}

    /** The process is ending: the reading goes on from its last page at the next start. */
    record Stopped() implements Outcome {}

    /** This process stood still for so long that another one went on with the person: the cursor is that one's. */
    record Overtaken() implements Outcome {}

    /** As stored in {@code sync.cursor.last_outcome}, and as a metric's tag. */
    default String label() {
        return switch (this) {
            case Done(var complete) -> complete ? "done" : "incomplete";
            case Kept _ -> "kept";
            case NotPermitted _ -> "not_permitted";
            case ConsentGone _ -> "consent_gone";
            case Refused _ -> "refused";
            case GaveUp _ -> "gave_up";
            case Unreachable _ -> "unreachable";
            case PersonErased _ -> "erased";
            case Stopped() -> "stopped";
            case Overtaken() -> "overtaken";
            case DatabaseGone() -> "database_gone";
        };
    }

    /** Null where nothing went wrong. */
    default @Nullable String reason() {
        return switch (this) {
            case Done(var complete) -> complete ? null : "the API announced more and did not say where";
            case Kept(var reason) -> reason;
            case NotPermitted(var reason) -> reason;
            case ConsentGone(var reason, var _) -> reason;
            case Refused(var reason) -> reason;
            case GaveUp(var reason) -> reason;
            case Unreachable(var reason) -> reason;
            case PersonErased(var reason) -> reason;
            case Stopped() -> "stopped before the last page";
            case Overtaken() -> "this process stood still, and another one went on";
            case DatabaseGone() -> "the database does not answer";
        };
    }

    /** Whether there is nothing for the owner to do; what a person did not permit is no failure. */
    default boolean succeeded() {
        return this instanceof Done || this instanceof NotPermitted;
    }

    /** Whether it failed in a way that the next sync makes up for: it asks for the same again. */
    default boolean isAskedAgain() {
        return switch (this) {
            case Done _, Kept _, NotPermitted _, ConsentGone _, PersonErased _ -> false;
            case Refused _, GaveUp _, Unreachable _, Stopped _, Overtaken _, DatabaseGone _ -> true;
        };
    }

    /** Whether the last page is stored. */
    default boolean ended() {
        return this instanceof Done || this instanceof Kept;
    }
}
