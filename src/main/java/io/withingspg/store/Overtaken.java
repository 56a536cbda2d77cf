package io.withingspg.store;

/** Another process has, or had, the person by now: nothing was written, and nothing may be. */
public final class Overtaken extends RuntimeException {
    public Overtaken() {
        super("another process went on with this person", null, false, false);
    }
}
