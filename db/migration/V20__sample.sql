-- V20__sample.sql: what is measured minute by minute, and the curves of ECGs.
-- There are more samples than all else together, so they lie in a partition for each year, which this migration makes
-- for a working life: nobody has to remember to. What a wrong clock dates outside of them goes to a default one. The
-- partitions have a schema of their own, since report tools list them as tables; everybody asks the table above them,
-- and needs no right on the partitions to do so.

CREATE SCHEMA partition;
COMMENT ON SCHEMA partition IS 'The parts of the partitioned tables of schema withings, one for each year: ask those tables, not these';

CREATE TABLE withings.activity_sample (
    user_id             bigint      NOT NULL,
    sampled_at          timestamptz NOT NULL,
    device_id           text        NOT NULL DEFAULT '',
    duration_s          integer,
    steps               integer,
    floors              numeric,
    distance_m          numeric,
    active_kcal         numeric,
    strokes             integer,
    pool_laps           integer,
    heart_rate          integer,
    spo2_pct            numeric,
    rmssd_ms            numeric,
    sdnn_ms             numeric,
    hrv_quality         integer,
    core_temperature_c  numeric,
    respiration_rate    numeric,
    chest_movement_rate numeric,
    model               text,
    model_id            integer,
    extra               jsonb,
    synced_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, sampled_at, device_id)
) PARTITION BY RANGE (sampled_at);
COMMENT ON TABLE  withings.activity_sample                     IS 'What a device counted or measured from one moment on, all through the day. Lies in partitions by year. API: measure v2 getintradayactivity, series{}';
COMMENT ON COLUMN withings.activity_sample.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN withings.activity_sample.sampled_at          IS 'The moment. API: the key within series';
COMMENT ON COLUMN withings.activity_sample.device_id           IS 'Device it came from: deviceid, else hash_deviceid; '''' when the API names none (it is part of the key). API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.activity_sample.duration_s          IS 'How long the counts cover, s; null when the API tells none or less than 0. API: duration';
COMMENT ON COLUMN withings.activity_sample.steps               IS 'Steps taken. API: steps';
COMMENT ON COLUMN withings.activity_sample.floors              IS 'Floors climbed. API: elevation';
COMMENT ON COLUMN withings.activity_sample.distance_m          IS 'Distance travelled, m. API: distance';
COMMENT ON COLUMN withings.activity_sample.active_kcal         IS 'Energy burned by being active, kcal; null when not measured. API: calories';
COMMENT ON COLUMN withings.activity_sample.strokes             IS 'Strokes swum. API: stroke';
COMMENT ON COLUMN withings.activity_sample.pool_laps           IS 'Pool laps swum. API: pool_lap';
COMMENT ON COLUMN withings.activity_sample.heart_rate          IS 'Heart rate, bpm; null when not measured. API: heart_rate';
COMMENT ON COLUMN withings.activity_sample.spo2_pct            IS 'Oxygen saturation of the blood, %, as the device measures it by itself; null when not measured. API: spo2_auto';
COMMENT ON COLUMN withings.activity_sample.rmssd_ms            IS 'Heart rate variability over a few seconds (RMSSD), ms. API: rmssd';
COMMENT ON COLUMN withings.activity_sample.sdnn_ms             IS 'Heart rate variability over one minute (SDNN), ms. API: sdnn1';
COMMENT ON COLUMN withings.activity_sample.hrv_quality         IS 'How far the heart rate variability can be trusted; Withings names no scale. API: hrv_quality';
COMMENT ON COLUMN withings.activity_sample.core_temperature_c  IS 'Temperature inside the body, °C. API: core_body_temperature';
COMMENT ON COLUMN withings.activity_sample.respiration_rate    IS 'Breaths per minute. API: rr';
COMMENT ON COLUMN withings.activity_sample.chest_movement_rate IS 'Movements of the chest per minute. API: chest_movement_rate';
COMMENT ON COLUMN withings.activity_sample.model               IS 'Product name of the device. API: model';
COMMENT ON COLUMN withings.activity_sample.model_id            IS 'Product code of the device: withings.device_model. API: model_id';
COMMENT ON COLUMN withings.activity_sample.extra               IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.activity_sample.synced_at           IS 'When this version of the row was written here';

CREATE TABLE withings.sleep_stage (
    user_id    bigint      NOT NULL,
    started_at timestamptz NOT NULL,
    device_id  text        NOT NULL DEFAULT '',
    ended_at   timestamptz NOT NULL,
    state      integer,
    source     integer,
    model      text,
    model_id   integer,
    extra      jsonb,
    synced_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, started_at, device_id)
);
COMMENT ON TABLE  withings.sleep_stage            IS 'A stretch of a night in one state of sleep. API: sleep v2 get, series[]';
COMMENT ON COLUMN withings.sleep_stage.user_id    IS 'The person: Withings userid';
COMMENT ON COLUMN withings.sleep_stage.started_at IS 'When it began. API: startdate';
COMMENT ON COLUMN withings.sleep_stage.device_id  IS 'Device it came from: deviceid, else hash_deviceid; '''' when the API names none (it is part of the key). API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.sleep_stage.ended_at   IS 'When it ended, never before it began. API: enddate';
COMMENT ON COLUMN withings.sleep_stage.state      IS 'The state: withings.sleep_state; null when the API tells none that can be read. API: state';
COMMENT ON COLUMN withings.sleep_stage.source     IS '16 tracker, 32 sleep monitor. API: body.model';
COMMENT ON COLUMN withings.sleep_stage.model      IS 'Product name of the device. API: model';
COMMENT ON COLUMN withings.sleep_stage.model_id   IS 'Product code of the device: withings.device_model. API: model_id';
COMMENT ON COLUMN withings.sleep_stage.extra      IS 'Fields of the API''s record that have no column here yet, as they came, series of samples among them; null when there are none';
COMMENT ON COLUMN withings.sleep_stage.synced_at  IS 'When this version of the row was written here';

CREATE TABLE withings.sleep_sample (
    user_id             bigint      NOT NULL,
    sampled_at          timestamptz NOT NULL,
    device_id           text        NOT NULL DEFAULT '',
    heart_rate          integer,
    respiration_rate    numeric,
    snoring_s           integer,
    sdnn_ms             numeric,
    rmssd_ms            numeric,
    hrv_quality         integer,
    movement_score      integer,
    chest_movement_rate numeric,
    withings_index      numeric,
    breathing_sounds_s  integer,
    extra               jsonb,
    synced_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, sampled_at, device_id)
) PARTITION BY RANGE (sampled_at);
COMMENT ON TABLE  withings.sleep_sample                     IS 'What a device measured at one moment of a night. Lies in partitions by year. API: sleep v2 get, the objects of time → value within series[]';
COMMENT ON COLUMN withings.sleep_sample.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN withings.sleep_sample.sampled_at          IS 'The moment. API: the key within hr, rr, …';
COMMENT ON COLUMN withings.sleep_sample.device_id           IS 'Device it came from: deviceid, else hash_deviceid; '''' when the API names none (it is part of the key). API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.sleep_sample.heart_rate          IS 'Heart rate, bpm; null when not measured. API: hr';
COMMENT ON COLUMN withings.sleep_sample.respiration_rate    IS 'Breaths per minute. API: rr';
COMMENT ON COLUMN withings.sleep_sample.snoring_s           IS 'Time of snoring, s. API: snoring';
COMMENT ON COLUMN withings.sleep_sample.sdnn_ms             IS 'Heart rate variability over one minute (SDNN), ms. API: sdnn_1';
COMMENT ON COLUMN withings.sleep_sample.rmssd_ms            IS 'Heart rate variability over a few seconds (RMSSD), ms. API: rmssd';
COMMENT ON COLUMN withings.sleep_sample.hrv_quality         IS 'How far the heart rate variability can be trusted; Withings names no scale. API: hrv_quality';
COMMENT ON COLUMN withings.sleep_sample.movement_score      IS 'How much the sleeper moved within a minute, 0 to 255. API: mvt_score';
COMMENT ON COLUMN withings.sleep_sample.chest_movement_rate IS 'Movements of the chest per minute. API: chest_movement_rate';
COMMENT ON COLUMN withings.sleep_sample.withings_index      IS 'Breathing events per hour, estimated from the sounds of breathing. API: withings_index';
COMMENT ON COLUMN withings.sleep_sample.breathing_sounds_s  IS 'Time with sounds of breathing, s. API: breathing_sounds';
COMMENT ON COLUMN withings.sleep_sample.extra               IS 'Nothing so far: what has no column here yet is in withings.sleep_stage.extra, with the stretch it came with';
COMMENT ON COLUMN withings.sleep_sample.synced_at           IS 'When this version of the row was written here';

-- Years are cut in UTC, whatever the session's own timezone.
DO $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['activity_sample', 'sleep_sample'] LOOP
        FOR year IN 2009..2040 LOOP
            EXECUTE format('CREATE TABLE partition.%I PARTITION OF withings.%I FOR VALUES FROM (%L) TO (%L)',
                parent || '_' || year, parent, year || '-01-01 00:00:00+00', year + 1 || '-01-01 00:00:00+00');
        END LOOP;
        EXECUTE format('CREATE TABLE partition.%I PARTITION OF withings.%I DEFAULT', parent || '_default', parent);
    END LOOP;
END
$$;

CREATE TABLE withings.ecg_signal (
    user_id       bigint      NOT NULL,
    signal_id     bigint      NOT NULL,
    sampling_hz   integer,
    microvolts    integer[]   NOT NULL,
    wear_position integer,
    heart_rate    integer,
    model         text,
    model_id      integer,
    extra         jsonb,
    synced_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, signal_id)
);
COMMENT ON TABLE  withings.ecg_signal               IS 'The curve of an ECG; withings.heart_record.ecg_signal_id tells when it was recorded. API: heart v2 get';
COMMENT ON COLUMN withings.ecg_signal.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN withings.ecg_signal.signal_id     IS 'The curve''s number. API: signalid, as it was asked for';
COMMENT ON COLUMN withings.ecg_signal.sampling_hz   IS 'Values per second. API: sampling_frequency';
COMMENT ON COLUMN withings.ecg_signal.microvolts    IS 'The curve from its beginning, µV. API: signal';
COMMENT ON COLUMN withings.ecg_signal.wear_position IS 'Where on the body: withings.measure_position. API: wearposition';
COMMENT ON COLUMN withings.ecg_signal.heart_rate    IS 'Mean heart rate, bpm; null when not measured. API: heart_rate';
COMMENT ON COLUMN withings.ecg_signal.model         IS 'Model of the device as the API writes it here: a code or a name. API: model';
COMMENT ON COLUMN withings.ecg_signal.model_id      IS 'model where that is a code: withings.device_model. API: model';
COMMENT ON COLUMN withings.ecg_signal.extra         IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.ecg_signal.synced_at     IS 'When this version of the row was written here';
