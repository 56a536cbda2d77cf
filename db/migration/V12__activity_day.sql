-- V12__activity_day.sql: a day's movement, summed by Withings over all devices.
-- Today's row changes all day, and any row may change weeks later, when a device syncs late.

CREATE TABLE withings.activity_day (
    user_id     bigint      NOT NULL,
    day         date        NOT NULL,
    timezone    text,
    steps       integer,
    distance_m  numeric,
    floors      numeric,
    soft_s      integer,
    moderate_s  integer,
    intense_s   integer,
    active_s    integer,
    active_kcal numeric,
    total_kcal  numeric,
    hr_average  integer,
    hr_min      integer,
    hr_max      integer,
    hr_zone_0_s integer,
    hr_zone_1_s integer,
    hr_zone_2_s integer,
    hr_zone_3_s integer,
    brand       integer,
    is_tracker  boolean,
    device_id   text,
    model       text,
    model_id    integer,
    modified_at timestamptz,
    extra       jsonb,
    synced_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, day)
);
COMMENT ON TABLE  withings.activity_day             IS 'What a person did in one local day. API: measure v2 getactivity, activities[]';
COMMENT ON COLUMN withings.activity_day.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN withings.activity_day.day         IS 'Local calendar day. API: date';
COMMENT ON COLUMN withings.activity_day.timezone    IS 'Timezone of the day, e.g. Europe/Paris. API: timezone';
COMMENT ON COLUMN withings.activity_day.steps       IS 'Steps taken. API: steps';
COMMENT ON COLUMN withings.activity_day.distance_m  IS 'Distance travelled, m. API: distance';
COMMENT ON COLUMN withings.activity_day.floors      IS 'Floors climbed. API: elevation';
COMMENT ON COLUMN withings.activity_day.soft_s      IS 'Time in light activity, s. API: soft';
COMMENT ON COLUMN withings.activity_day.moderate_s  IS 'Time in moderate activity, s. API: moderate';
COMMENT ON COLUMN withings.activity_day.intense_s   IS 'Time in intense activity, s. API: intense';
COMMENT ON COLUMN withings.activity_day.active_s    IS 'Time in moderate or intense activity, s. API: active';
COMMENT ON COLUMN withings.activity_day.active_kcal IS 'Energy burned by being active, kcal. API: calories';
COMMENT ON COLUMN withings.activity_day.total_kcal  IS 'Energy burned in all, at rest included, kcal. API: totalcalories';
COMMENT ON COLUMN withings.activity_day.hr_average  IS 'Mean heart rate, bpm; null when not measured. API: hr_average';
COMMENT ON COLUMN withings.activity_day.hr_min      IS 'Lowest heart rate, bpm; null when not measured. API: hr_min';
COMMENT ON COLUMN withings.activity_day.hr_max      IS 'Highest heart rate, bpm; null when not measured. API: hr_max';
COMMENT ON COLUMN withings.activity_day.hr_zone_0_s IS 'Time with the heart rate in the light zone, s. API: hr_zone_0';
COMMENT ON COLUMN withings.activity_day.hr_zone_1_s IS 'Time with the heart rate in the moderate zone, s. API: hr_zone_1';
COMMENT ON COLUMN withings.activity_day.hr_zone_2_s IS 'Time with the heart rate in the intense zone, s. API: hr_zone_2';
COMMENT ON COLUMN withings.activity_day.hr_zone_3_s IS 'Time with the heart rate in the maximal zone, s. API: hr_zone_3';
COMMENT ON COLUMN withings.activity_day.brand       IS '1 counted by Withings (device or phone app), 18 imported from elsewhere. API: brand';
COMMENT ON COLUMN withings.activity_day.is_tracker  IS 'True if a Withings tracker counted, false if a phone or another app did. API: is_tracker';
COMMENT ON COLUMN withings.activity_day.device_id   IS 'Device it came from: deviceid, else hash_deviceid; null when the API names none. API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.activity_day.model       IS 'Product name of the device. API: model';
COMMENT ON COLUMN withings.activity_day.model_id    IS 'Product code of the device: withings.device_model. API: modelid';
COMMENT ON COLUMN withings.activity_day.modified_at IS 'When Withings last changed it; the newer version wins. API: modified';
COMMENT ON COLUMN withings.activity_day.extra       IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.activity_day.synced_at   IS 'When this version of the row was written here';
