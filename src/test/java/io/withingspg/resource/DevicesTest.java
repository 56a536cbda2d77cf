package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.DEVICE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DevicesTest {
    @Test
    void a_device_becomes_a_row() {
        var device = Sample.DEVICES
                .normalise(Sample.DEVICES.record())
                .rows()
                .getFirst()
                .into(DEVICE);

        assertThat(device.getDeviceId()).isEqualTo("d6");
        assertThat(device.getModel()).isEqualTo("Body Cardio");
        assertThat(device.getModelId()).isEqualTo(6);
        assertThat(device.getBattery()).isEqualTo("medium");
        assertThat(device.getTimezone()).isEqualTo("Europe/Paris");
    }

    @Test
    void without_deviceid_the_hash_is_the_key_and_without_either_there_is_none() {
        var hashed = Sample.DEVICES.record().putNull("deviceid").put("hash_deviceid", "h");
        var nameless = Sample.DEVICES.record().put("deviceid", "");
        nameless.remove("hash_deviceid");

        var page = Sample.DEVICES.normalise(hashed, nameless);

        assertThat(page.rows()).extracting(row -> row.get("device_id")).containsExactly("h");
        assertThat(page.rejects()).extracting(Rejected::reason).containsExactly("deviceid or hash_deviceid: missing");
    }

    @Test
    void zero_is_never() {
        var device = Sample.DEVICES
                .normalise(Sample.DEVICES.record().put("last_session_date", 0))
                .rows()
                .getFirst();

        assertThat(device.into(DEVICE).getLastSessionAt()).isNull();
    }

    @Test
    void what_only_partners_get_has_its_columns_and_what_is_new_is_kept_aside() {
        var device = Sample.DEVICES
                .normalise(Sample.DEVICES.record().put("fw", 2731).put("colour", "black"))
                .rows()
                .getFirst()
                .into(DEVICE);

        assertThat(device.getFirmware()).isEqualTo("2731");
        assertThat(device.getSimStatus()).isEqualTo("active");
        assertThat(device.getExtra().data()).isEqualTo("{\"colour\":\"black\"}");
    }
}
