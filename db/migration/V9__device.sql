-- V9__device.sql: what people measure with, in its latest state.

CREATE TABLE withings.device (
    user_id          bigint      NOT NULL,
    device_id        text        NOT NULL,
    type             text,
    model            text,
    model_id         integer,
    battery          text,
    timezone         text,
    first_session_at timestamptz,
    last_session_at  timestamptz,
    extra            jsonb,
    synced_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, device_id)
);
COMMENT ON TABLE  withings.device                  IS 'A device linked to a person. API: user v2 getdevice, devices[]';
COMMENT ON COLUMN withings.device.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN withings.device.device_id        IS 'deviceid, or hash_deviceid where the API gives no deviceid';
COMMENT ON COLUMN withings.device.type             IS 'Kind of device, e.g. Scale. API: type';
COMMENT ON COLUMN withings.device.model            IS 'Product name. API: model';
COMMENT ON COLUMN withings.device.model_id         IS 'Product code: withings.device_model. API: model_id';
COMMENT ON COLUMN withings.device.battery          IS 'Charge: high (over 75 %), medium (over 30 %), low or unknown. API: battery';
COMMENT ON COLUMN withings.device.timezone         IS 'Timezone the device is set to, e.g. Europe/Paris. API: timezone';
COMMENT ON COLUMN withings.device.first_session_at IS 'First contact with Withings; null if not told. API: first_session_date';
COMMENT ON COLUMN withings.device.last_session_at  IS 'Latest contact with Withings; null if never. API: last_session_date';
COMMENT ON COLUMN withings.device.extra            IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.device.synced_at        IS 'When this version of the row was written here';
