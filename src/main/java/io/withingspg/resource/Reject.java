package io.withingspg.resource;

/** This record cannot be normalised; the page's others still land. Thrown often, so without a stack trace. */
final class Reject extends RuntimeException {
    Reject(String reason) {
        super(reason, null, false, false);
    }
}
