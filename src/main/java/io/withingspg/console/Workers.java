package io.withingspg.console;

import java.util.Set;

/** Those who visit people when something is due, and can be asked to visit somebody now. */
public interface Workers {
    /** What became of asking. */
    enum Asked {
        /** Somebody is on the way. */
        ACCEPTED,
        NO_SUCH_PERSON,
        /** Someone is with this person already, of this process or another. */
        BUSY,
        /** The person left, has to consent again, or is past the last day to be fetched. */
        NOT_ACTIVE,
        /** This process visits nobody, or too many are waiting. */
        NO_WORKER
    }

    /** Whether this process has any. */
    boolean areHere();

    /** Whom they, and those of other processes, are with right now. */
    Set<Long> areWith();

    /** Asks for everything of a person, due or not. */
    Asked sendTo(long userId);
}
