package io.withingspg.simulator;

/** How a call is answered that names a field in {@code data_fields} which the account's plan does not have. */
public enum BeyondPlan {
    /** As an invalid parameter, the whole of it. */
    REFUSED,
    /** With status 0 and no rows at all. */
    EMPTY,
    /** As if the field had not been named; only it is missing. */
    OMITTED
}
