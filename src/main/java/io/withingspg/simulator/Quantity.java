package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One measure of a group that a test writes.
 *
 * @param value in the type's unit; sent as its digits and a power of ten, so exact
 * @param position body segment; absent from the JSON if null
 */
public record Quantity(int type, BigDecimal value, @Nullable Integer position) {
    public static Quantity of(int type, String value) {
        return new Quantity(type, new BigDecimal(value), null);
    }

    public static Quantity of(int type, String value, int position) {
        return new Quantity(type, new BigDecimal(value), position);
    }

    ObjectNode json() {
        var json = Json.object()
                .put("value", value.unscaledValue().longValueExact())
                .put("type", type)
                .put("unit", -value.scale())
                .put("algo", 0)
                .put("fm", 131);
        return position == null ? json : json.put("position", position);
    }
}
