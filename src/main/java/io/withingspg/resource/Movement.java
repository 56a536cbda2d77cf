package io.withingspg.resource;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.jooq.TableField;

/** How a resource tells what is new. */
public sealed interface Movement {
    /** How the call names a span of days. */
    Dates dates();

    /** {@code lastupdate} returns what was created or changed since. */
    record Changes(Dates dates) implements Movement {}

    /** No change filter: a trailing stretch of days is read again. */
    record Trailing(Dates dates) implements Movement {}

    /** The whole list, each time. */
    record Whole() implements Movement {
        @Override
        public Dates dates() {
            return Dates.NONE;
        }
    }

    /** No change filter and no paging: one call for each 24 hours at most. */
    record Windows() implements Movement {
        @Override
        public Dates dates() {
            return Dates.EPOCH;
        }

        static Map<String, String> parameters(Instant from, Instant to) {
            return Map.of(
                    "startdate", Long.toString(from.getEpochSecond()), "enddate", Long.toString(to.getEpochSecond()));
        }
    }

    /**
     * One call for each thing that another resource's rows name; it never changes, so it is fetched once.
     *
     * @param parameter of the call
     * @param named where ids are found
     * @param key where those are found that are here already
     */
    record Each(String parameter, TableField<?, Long> named, TableField<?, Long> key) implements Movement {
        @Override
        public Dates dates() {
            return Dates.NONE;
        }
    }

    /** The parameters for a span of days. */
    enum Dates {
        /** {@code startdate}, {@code enddate}: epoch seconds. */
        EPOCH {
            /** Local days begin up to 14 h before and end up to 12 h after those of UTC. */
            @Override
            Map<String, String> parameters(LocalDate from, LocalDate to) {
                var start = from.atStartOfDay(ZoneOffset.UTC).minusHours(14).toEpochSecond();
                var end = to.plusDays(1)
                        .atStartOfDay(ZoneOffset.UTC)
                        .plusHours(12)
                        .toEpochSecond();
                return Map.of("startdate", Long.toString(Math.max(1, start)), "enddate", Long.toString(end));
            }
        },
        /** {@code startdateymd}, {@code enddateymd}: local calendar days. */
        CALENDAR {
            @Override
            Map<String, String> parameters(LocalDate from, LocalDate to) {
                return Map.of("startdateymd", from.toString(), "enddateymd", to.toString());
            }
        },
        /** The call takes none. */
        NONE {
            @Override
            Map<String, String> parameters(LocalDate from, LocalDate to) {
                return Map.of();
            }
        };

        abstract Map<String, String> parameters(LocalDate from, LocalDate to);
    }
}
