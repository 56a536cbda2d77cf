-- V15__heart_record.sql: what a device found when it listened to the heart; the ECG curve itself is fetched apart.

CREATE TABLE withings.heart_record (
    user_id          bigint      NOT NULL,
    recorded_at      timestamptz NOT NULL,
    device_id        text        NOT NULL DEFAULT '',
    heart_rate       integer,
    afib             integer,
    systolic         integer,
    diastolic        integer,
    ecg_signal_id    bigint,
    stetho_signal_id bigint,
    vhd              integer,
    model            text,
    model_id         integer,
    day              date        NOT NULL,
    timezone         text,
    modified_at      timestamptz,
    deleted_at       timestamptz,
    extra            jsonb,
    synced_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, recorded_at, device_id)
);
COMMENT ON TABLE  withings.heart_record                  IS 'One heart recording with its findings. API: heart v2 list, series[]';
COMMENT ON COLUMN withings.heart_record.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN withings.heart_record.recorded_at      IS 'When it was recorded. API: timestamp';
COMMENT ON COLUMN withings.heart_record.device_id        IS 'Device it came from: deviceid, else hash_deviceid; '''' when the API names none (it is part of the key). API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.heart_record.heart_rate       IS 'Mean heart rate, bpm; null when not measured. API: heart_rate';
COMMENT ON COLUMN withings.heart_record.afib             IS 'Finding on atrial fibrillation: withings.afib_class; null without an ECG. API: ecg.afib';
COMMENT ON COLUMN withings.heart_record.systolic         IS 'Systolic blood pressure, mmHg; null when not measured. API: bloodpressure.systole';
COMMENT ON COLUMN withings.heart_record.diastolic        IS 'Diastolic blood pressure, mmHg; null when not measured. API: bloodpressure.diastole';
COMMENT ON COLUMN withings.heart_record.ecg_signal_id    IS 'The ECG curve; null without one. API: ecg.signalid';
COMMENT ON COLUMN withings.heart_record.stetho_signal_id IS 'The heart sound recording; null without one. API: stetho.signalid';
COMMENT ON COLUMN withings.heart_record.vhd              IS 'Finding on valvular heart disease, a code; null without a heart sound recording. API: stetho.vhd';
COMMENT ON COLUMN withings.heart_record.model            IS 'Model of the device as the API writes it here: a code or a name. API: model';
COMMENT ON COLUMN withings.heart_record.model_id         IS 'model where that is a code: withings.device_model. API: model';
COMMENT ON COLUMN withings.heart_record.day              IS 'Local calendar date of the recording, in its timezone; of UTC where that is not told';
COMMENT ON COLUMN withings.heart_record.timezone         IS 'Timezone it was recorded in, e.g. Europe/Paris; null = not told. API: timezone';
COMMENT ON COLUMN withings.heart_record.modified_at      IS 'When Withings last changed it; the newer version wins. API: modified';
COMMENT ON COLUMN withings.heart_record.deleted_at       IS 'When it was found to be gone from Withings; null = still there';
COMMENT ON COLUMN withings.heart_record.extra            IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.heart_record.synced_at        IS 'When this version of the row was written here';
