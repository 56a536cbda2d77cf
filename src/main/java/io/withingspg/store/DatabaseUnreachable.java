package io.withingspg.store;

/** No connection to PostgreSQL; the message is one line and says what to check. */
public final class DatabaseUnreachable extends RuntimeException {
    DatabaseUnreachable(String message) {
        super(message);
    }
}
