-- V13__workout.sql: workouts, whether detected, started on a watch or typed in.

CREATE TABLE withings.workout (
    user_id                 bigint      NOT NULL,
    workout_id              bigint      NOT NULL,
    category                integer,
    started_at              timestamptz NOT NULL,
    ended_at                timestamptz,
    day                     date        NOT NULL,
    timezone                text,
    attribution             integer,
    device_id               text,
    model                   text,
    model_id                integer,
    active_kcal             numeric,
    manual_kcal             numeric,
    distance_m              numeric,
    manual_distance_m       numeric,
    steps                   integer,
    floors                  numeric,
    intensity               integer,
    manual_intensity        integer,
    hr_average              integer,
    hr_min                  integer,
    hr_max                  integer,
    hr_zone_0_s             integer,
    hr_zone_1_s             integer,
    hr_zone_2_s             integer,
    hr_zone_3_s             integer,
    pause_s                 integer,
    algo_pause_s            integer,
    spo2_average_pct        numeric,
    pool_laps               integer,
    strokes                 integer,
    pool_length_m           numeric,
    core_temperature_avg_c  numeric,
    core_temperature_min_c  numeric,
    core_temperature_max_c  numeric,
    core_temperature_status text,
    modified_at             timestamptz,
    deleted_at              timestamptz,
    extra                   jsonb,
    synced_at               timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, workout_id)
);
COMMENT ON TABLE  withings.workout                         IS 'One workout. API: measure v2 getworkouts, series[]';
COMMENT ON COLUMN withings.workout.user_id                 IS 'The person: Withings userid';
COMMENT ON COLUMN withings.workout.workout_id              IS 'API: id';
COMMENT ON COLUMN withings.workout.category                IS 'Kind of workout: withings.workout_category, or a code yet unknown. API: category';
COMMENT ON COLUMN withings.workout.started_at              IS 'Start. API: startdate';
COMMENT ON COLUMN withings.workout.ended_at                IS 'End. API: enddate';
COMMENT ON COLUMN withings.workout.day                     IS 'Local calendar day. API: date';
COMMENT ON COLUMN withings.workout.timezone                IS 'Timezone it took place in, e.g. Europe/Paris. API: timezone';
COMMENT ON COLUMN withings.workout.attribution             IS 'How it came to be this person''s: withings.attribution. API: attrib';
COMMENT ON COLUMN withings.workout.device_id               IS 'Device it came from: deviceid, else hash_deviceid; null when the API names none. API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.workout.model                   IS 'Model of the device as the API writes it here: a code or a name. API: model';
COMMENT ON COLUMN withings.workout.model_id                IS 'model where that is a code: withings.device_model. API: model';
COMMENT ON COLUMN withings.workout.active_kcal             IS 'Energy burned by being active, kcal. API: data.calories';
COMMENT ON COLUMN withings.workout.manual_kcal             IS 'The same as typed in by the person, kcal. API: data.manual_calories';
COMMENT ON COLUMN withings.workout.distance_m              IS 'Distance travelled, m. API: data.distance';
COMMENT ON COLUMN withings.workout.manual_distance_m       IS 'The same as typed in by the person, m. API: data.manual_distance';
COMMENT ON COLUMN withings.workout.steps                   IS 'Steps taken. API: data.steps';
COMMENT ON COLUMN withings.workout.floors                  IS 'Floors climbed. API: data.elevation';
COMMENT ON COLUMN withings.workout.intensity               IS 'Intensity, 0 to 100, 0 where nobody gave one. API: data.intensity';
COMMENT ON COLUMN withings.workout.manual_intensity        IS 'Intensity as typed in by the person, 0 to 100, 0 where nobody gave one. API: data.manual_intensity';
COMMENT ON COLUMN withings.workout.hr_average              IS 'Mean heart rate, bpm; null when not measured. API: data.hr_average';
COMMENT ON COLUMN withings.workout.hr_min                  IS 'Lowest heart rate, bpm; null when not measured. API: data.hr_min';
COMMENT ON COLUMN withings.workout.hr_max                  IS 'Highest heart rate, bpm; null when not measured. API: data.hr_max';
COMMENT ON COLUMN withings.workout.hr_zone_0_s             IS 'Time with the heart rate in the light zone, s. API: data.hr_zone_0';
COMMENT ON COLUMN withings.workout.hr_zone_1_s             IS 'Time with the heart rate in the moderate zone, s. API: data.hr_zone_1';
COMMENT ON COLUMN withings.workout.hr_zone_2_s             IS 'Time with the heart rate in the intense zone, s. API: data.hr_zone_2';
COMMENT ON COLUMN withings.workout.hr_zone_3_s             IS 'Time with the heart rate in the maximal zone, s. API: data.hr_zone_3';
COMMENT ON COLUMN withings.workout.pause_s                 IS 'Pauses as entered by the person, s. API: data.pause_duration';
COMMENT ON COLUMN withings.workout.algo_pause_s            IS 'Pauses as detected by the device, s; swimming only. API: data.algo_pause_duration';
COMMENT ON COLUMN withings.workout.spo2_average_pct        IS 'Mean oxygen saturation, %; null when not measured. API: data.spo2_average';
COMMENT ON COLUMN withings.workout.pool_laps               IS 'Lengths swum. API: data.pool_laps';
COMMENT ON COLUMN withings.workout.strokes                 IS 'Swimming strokes. API: data.strokes';
COMMENT ON COLUMN withings.workout.pool_length_m           IS 'Length of the pool, m. API: data.pool_length';
COMMENT ON COLUMN withings.workout.core_temperature_avg_c  IS 'Mean core body temperature, °C. API: data.core_body_temperature_avg';
COMMENT ON COLUMN withings.workout.core_temperature_min_c  IS 'Lowest core body temperature, °C. API: data.core_body_temperature_min';
COMMENT ON COLUMN withings.workout.core_temperature_max_c  IS 'Highest core body temperature, °C. API: data.core_body_temperature_max';
COMMENT ON COLUMN withings.workout.core_temperature_status IS 'unknown, usual or elevated. API: data.core_body_temperature_status';
COMMENT ON COLUMN withings.workout.modified_at             IS 'When Withings last changed it; the newer version wins. API: modified';
COMMENT ON COLUMN withings.workout.deleted_at              IS 'When it was found to be gone from Withings; null = still there';
COMMENT ON COLUMN withings.workout.extra                   IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.workout.synced_at               IS 'When this version of the row was written here';

CREATE INDEX workout_started_at ON withings.workout (user_id, started_at);
CREATE INDEX workout_day ON withings.workout (user_id, day);
