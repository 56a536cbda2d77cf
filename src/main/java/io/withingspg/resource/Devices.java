package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.DEVICE;

import io.withingspg.schema.withings.tables.records.DeviceRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;

/** The person's devices: {@code POST /v2/user action=getdevice}, the whole list in one answer. */
final class Devices {
    static final Resource DEVICES = new Resource(
            "devices",
            Scope.USER_INFO,
            new Call("/v2/user", "getdevice"),
            Map.of(),
            Resource.Paging.SINGLE,
            new Movement.Whole(),
            List.of(new Target.Rows(DEVICE)),
            Devices::normalise);

    private Devices() {}

    private static Normalised normalise(Page page) {
        return page.each(
                "devices",
                device -> new DeviceRecord()
                        .setDeviceId(device.text("deviceid", "hash_deviceid"))
                        .setType(device.textOrNull("type"))
                        .setModel(device.textOrNull("model"))
                        .setModelId(device.modelIdOrNull())
                        .setBattery(device.textOrNull("battery"))
                        .setFirmware(device.textOrNull("fw"))
                        .setMacAddress(device.textOrNull("mac_address"))
                        .setNetwork(device.textOrNull("network"))
                        .setLastUsedNetwork(device.textOrNull("last_used_network"))
                        .setSimStatus(device.textOrNull("sim_status"))
                        .setTimezone(device.zoneOrNull("timezone"))
                        .setFirstSessionAt(device.epochOrNull("first_session_date"))
                        .setLastSessionAt(device.epochOrNull("last_session_date"))
                        .setExtra(device.extra()));
    }
}
