package io.withingspg.token;

/** No token of this person works any more: only the person can help, by consenting again. */
public final class ConsentGone extends RuntimeException {
    public ConsentGone(String reason) {
        super(reason);
    }
}
