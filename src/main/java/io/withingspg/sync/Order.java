package io.withingspg.sync;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That somebody's data shall be fetched.
 *
 * @param what what of it
 * @param progress is told what happens
 */
public record Order(long userId, Cause cause, What what, Progress progress) {
    /** Why. */
    public enum Cause {
        SCHEDULE,
        COMMAND,
        ENROLMENT,
        /** An enrolment whose page waits for what comes. */
        WELCOME,
        /** The owner, or a program of the owner, asked for it. */
        REQUEST;

        String label() {
            return (this == WELCOME ? ENROLMENT : this).name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * @param resources names, in the order in which they are fetched
     * @param dueOnly leaves out what is not due
     */
    public record What(List<String> resources, boolean dueOnly, How how) {
        public static What due(List<String> resources) {
            return new What(resources, true, new How.New());
        }

        /** What is new, due or not. */
        public static What now(List<String> resources) {
            return new What(resources, false, new How.New());
        }
    }

    /** Which part of a resource. */
    public sealed interface How {
        /** What the cursors have not reached. */
        record New() implements How {}

        /** Everything again, whatever the cursors say. */
        record Full() implements How {}

        /** These days again, both included. */
        record Days(LocalDate from, LocalDate to) implements How {}

        /**
         * Days again, to find out what the API no longer gives.
         *
         * @param days null for the usual stretch
         * @param acceptDeletions also where so much is gone that something else must be suspected
         */
        record Reconcile(@Nullable Days days, boolean acceptDeletions) implements How {}
    }
}
