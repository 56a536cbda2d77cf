package io.withingspg.resource;

/**
 * One way through the pages of a resource.
 *
 * @param offset the next page's position, 0 for the first
 */
public record Reading(Span span, long offset) {
    public Reading at(long next) {
        return new Reading(span, next);
    }
}
