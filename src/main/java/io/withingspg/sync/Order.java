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
        /** The owner, or a program of the owner, asked for it. */
        REQUEST;

        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * @param resources names, in the order in which they are fetched
     * @param dueOnly leaves out what is not due
     * @param full reads everything again, whatever the cursors say
     * @param from first day of a span to be read again, with {@code to}; null for what is new
     */
    public record What(
            List<String> resources,
            boolean dueOnly,
            boolean full,
            @Nullable LocalDate from,
            @Nullable LocalDate to) {
        public static What due(List<String> resources) {
            return new What(resources, true, false, null, null);
        }

        /** What is new, due or not. */
        public static What now(List<String> resources) {
            return new What(resources, false, false, null, null);
        }
    }
}
