package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code getdevice devices[]}, as of yesterday's last use.
 *
 * <p>Awkward on purpose: the thermometer has a null {@code deviceid} (only the hash) and a null
 * {@code first_session_date}; {@code last_session_date} is text for people with an even id; the scale has the unknown
 * field {@code advertise_key}.
 */
final class Devices {
    private static final long FIRST_SESSION =
            LocalDate.of(2024, 3, 1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();

    private Devices() {}

    static List<JsonNode> of(Day yesterday) {
        var devices = new ArrayList<JsonNode>();
        for (var device : Device.values()) {
            if (device.ownedBy(yesterday.persona())) {
                devices.add(device(device, yesterday));
            }
        }
        return devices;
    }

    private static ObjectNode device(Device device, Day day) {
        var persona = day.persona();
        var json = Json.object()
                .put("type", device.type())
                .put("model", device.model())
                .put("model_id", device.modelId())
                .put("battery", battery(device, day))
                .put("fw", 2731)
                .put("timezone", persona.home().getId());
        device.identify(json, day);
        long used = day.end() - 3_600L - device.modelId() * 60L;
        if (persona.id() % 2 == 0) {
            json.put("last_session_date", Long.toString(used));
        } else {
            json.put("last_session_date", used);
        }
        if (device == Device.THERMO) {
            return json.putNull("deviceid").putNull("first_session_date");
        }
        if (device.type().equals("Scale")) {
            json.putNull("advertise_key");
        }
        return json.put("first_session_date", FIRST_SESSION + persona.number() * 86_400L);
    }

    private static String battery(Device device, Day day) {
        int charge = day.turn(30 + device.modelId() % 17);
        return device == Device.THERMO ? "unknown" : charge < 20 ? "high" : charge < 27 ? "medium" : "low";
    }
}
