package io.withingspg.store;

import org.jooq.exception.DataAccessException;

/** The person was erased while something was about to be written: nothing was, and nothing may be. */
public final class Erased extends RuntimeException {
    /** PostgreSQL's foreign_key_violation; of the tables beside a page, only the enrolment is referred to. */
    private static final String NO_SUCH_PARENT = "23503";

    public Erased() {
        super("the person was erased meanwhile");
    }

    /** This, where a row was refused for want of its person; else what it was. */
    static RuntimeException or(DataAccessException refusal) {
        return NO_SUCH_PARENT.equals(refusal.sqlState()) ? new Erased() : refusal;
    }
}
