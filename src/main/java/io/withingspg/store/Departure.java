package io.withingspg.store;

/** Why nothing is fetched for a person any more. */
public enum Departure {
    REMOVED("removed", "removed by the owner"),
    UNLINKED("left", "unlinked at Withings"),
    DELETED("left", "account deleted at Withings");

    private final String act;
    private final String reason;

    Departure(String act, String reason) {
        this.act = act;
        this.reason = reason;
    }

    /** As {@code sync.event} knows it. */
    String act() {
        return act;
    }

    /** For the owner. */
    public String reason() {
        return reason;
    }
}
