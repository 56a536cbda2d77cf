package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/** One sample in the making: {@code getintradayactivity series[epoch]}. Two workouts may meet in one: amounts add up. */
record Moment(long at, ObjectNode json) {
    Moment add(String field, int amount) {
        if (amount > 0) {
            json.put(field, json.path(field).asInt() + amount);
        }
        return this;
    }

    /** The amount is {@code unscaled} with so many decimal places. */
    Moment add(String field, int unscaled, int places) {
        if (unscaled > 0) {
            json.put(field, json.path(field).decimalValue().add(BigDecimal.valueOf(unscaled, places)));
        }
        return this;
    }
}
