-- R__analytics_as_of.sql: what rows said at an earlier time.
-- Functions and not views, since a view cannot be asked for a time. plpgsql and with the person as a parameter, so that
-- they work on distributed tables as well; with their owner's rights, since sync.row_change holds every table's values
-- and is no reader's.

CREATE OR REPLACE FUNCTION analytics.sleep_as_of(user_id bigint, at timestamptz) RETURNS SETOF withings.sleep_summary
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.*
    FROM withings.sleep_summary s
    WHERE s.user_id = sleep_as_of.user_id AND s.synced_at <= sleep_as_of.at AND s.deleted_at IS NULL
    UNION ALL
    SELECT version.*
    FROM sync.row_change c
    CROSS JOIN LATERAL jsonb_populate_record(NULL::withings.sleep_summary, c.row) version
    WHERE c.user_id = sleep_as_of.user_id
      AND c.table_name = 'sleep_summary'
      AND c.written_at <= sleep_as_of.at
      AND c.changed_at > sleep_as_of.at
      AND version.deleted_at IS NULL;
END
$$;
COMMENT ON FUNCTION analytics.sleep_as_of IS 'The nights and naps of a person as they stood here at an instant: neither what came or changed later, nor what was deleted by then. Versions are kept for history.keep';

CREATE OR REPLACE FUNCTION analytics.activity_as_of(user_id bigint, at timestamptz) RETURNS SETOF withings.activity_day
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT d.*
    FROM withings.activity_day d
    WHERE d.user_id = activity_as_of.user_id AND d.synced_at <= activity_as_of.at
    UNION ALL
    SELECT version.*
    FROM sync.row_change c
    CROSS JOIN LATERAL jsonb_populate_record(NULL::withings.activity_day, c.row) version
    WHERE c.user_id = activity_as_of.user_id
      AND c.table_name = 'activity_day'
      AND c.written_at <= activity_as_of.at
      AND c.changed_at > activity_as_of.at;
END
$$;
COMMENT ON FUNCTION analytics.activity_as_of IS 'The days of movement of a person as they stood here at an instant: neither what came nor what changed later. Versions are kept for history.keep';

REVOKE EXECUTE ON FUNCTION analytics.sleep_as_of, analytics.activity_as_of FROM PUBLIC;
-- R__analytics_calendar.sql: every day there is, for reports that also show the days on which nothing came.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.calendar AS
SELECT
    day::date                                         AS day,
    date_trunc('week', day)::date                     AS week,
    date_trunc('month', day)::date                    AS month,
    extract(year FROM day)::integer                   AS year,
    extract(isoyear FROM day)::integer                AS iso_year,
    extract(week FROM day)::integer                   AS iso_week,
    extract(isodow FROM day)::integer                 AS iso_weekday,
    extract(isodow FROM day) >= 6                     AS is_weekend
FROM generate_series('2009-01-01'::timestamp, '2040-12-31'::timestamp, interval '1 day') AS series (day);
COMMENT ON VIEW   analytics.calendar             IS 'Every day from 2009, when the first scale was sold, to 2040, the same for everybody';
COMMENT ON COLUMN analytics.calendar.day         IS 'The day';
COMMENT ON COLUMN analytics.calendar.week        IS 'Monday of its week';
COMMENT ON COLUMN analytics.calendar.month       IS 'First day of its month';
COMMENT ON COLUMN analytics.calendar.year        IS 'Its year';
COMMENT ON COLUMN analytics.calendar.iso_year    IS 'Year its week belongs to, by ISO 8601';
COMMENT ON COLUMN analytics.calendar.iso_week    IS 'Number of its week, 1 to 53, by ISO 8601';
COMMENT ON COLUMN analytics.calendar.iso_weekday IS '1 Monday … 7 Sunday';
COMMENT ON COLUMN analytics.calendar.is_weekend  IS 'Saturday or Sunday';
-- R__analytics_coverage.sql: which days were asked for, and what came of them.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.coverage AS
SELECT
    c.user_id,
    e.ref,
    c.resource,
    c.day,
    c.asked_at,
    c.row_count
FROM sync.coverage c
LEFT JOIN sync.enrolment e ON e.user_id = c.user_id;
COMMENT ON VIEW   analytics.coverage           IS 'What was asked of which day, and what came: a row with row_count 0 says that Withings had nothing, a day without a row was never asked for';
COMMENT ON COLUMN analytics.coverage.user_id   IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.coverage.ref       IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.coverage.resource  IS 'Resource: measures, activity, workouts, sleep, heart, …';
COMMENT ON COLUMN analytics.coverage.day       IS 'Local calendar date; of samples, the date in UTC';
COMMENT ON COLUMN analytics.coverage.asked_at  IS 'When the day was last asked for, until that was 12 hours after its end in UTC; what asked later is not noted. The day is final once this is after its end. Null where rows came that nobody asked this day for';
COMMENT ON COLUMN analytics.coverage.row_count IS 'Records of the day that were new when they came (a night with its events is one)';
-- R__analytics_data_dictionary.sql: the schema explains itself, from the comments on it.

CREATE OR REPLACE VIEW analytics.data_dictionary AS
SELECT
    n.nspname::text                                                    AS schema_name,
    c.relname::text                                                    AS table_name,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END               AS kind,
    a.attnum::integer                                                  AS column_position,
    a.attname::text                                                    AS column_name,
    format_type(a.atttypid, a.atttypmod)                               AS data_type,
    NOT a.attnotnull                                                   AS nullable,
    col_description(c.oid, a.attnum)                                   AS description,
    obj_description(c.oid, 'pg_class')                                 AS table_description,
    array_position(i.indkey::smallint[], a.attnum) + 1                 AS key_position
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname IN ('withings', 'analytics')
  AND c.relkind IN ('r', 'p', 'v')
  AND a.attnum > 0
  AND NOT a.attisdropped;
COMMENT ON VIEW   analytics.data_dictionary                   IS 'Every column of the schemas withings and analytics with its meaning';
COMMENT ON COLUMN analytics.data_dictionary.schema_name       IS 'withings (tables) or analytics (views)';
COMMENT ON COLUMN analytics.data_dictionary.table_name        IS 'Table or view';
COMMENT ON COLUMN analytics.data_dictionary.kind              IS 'table or view';
COMMENT ON COLUMN analytics.data_dictionary.column_position   IS 'Place of the column in its table, from 1; gaps where one was dropped';
COMMENT ON COLUMN analytics.data_dictionary.column_name       IS 'Column';
COMMENT ON COLUMN analytics.data_dictionary.data_type         IS 'Type, as PostgreSQL writes it';
COMMENT ON COLUMN analytics.data_dictionary.nullable          IS 'Whether the column may be null; always true for views, which do not tell';
COMMENT ON COLUMN analytics.data_dictionary.description       IS 'What the column means, its unit and the API field it comes from';
COMMENT ON COLUMN analytics.data_dictionary.table_description IS 'What the table or view holds';
COMMENT ON COLUMN analytics.data_dictionary.key_position      IS 'Place of the column in the primary key of its table, from 1; null where it is no part of it, and for views';
-- R__analytics_device.sql: what people measure with, and what they aim at.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.device AS
SELECT
    d.user_id,
    e.ref,
    nullif(d.device_id, '')     AS device_id,
    coalesce(d.type, m.type)    AS type,
    coalesce(d.model, m.name)   AS model,
    d.battery,
    d.timezone,
    d.first_session_at,
    d.last_session_at,
    d.firmware,
    d.synced_at
FROM withings.device d
LEFT JOIN sync.enrolment e ON e.user_id = d.user_id
LEFT JOIN withings.device_model m ON m.model_id = d.model_id;
COMMENT ON VIEW   analytics.device                  IS 'The devices linked to each person, in their latest state';
COMMENT ON COLUMN analytics.device.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.device.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.device.device_id        IS 'The device';
COMMENT ON COLUMN analytics.device.type             IS 'Kind of device, e.g. Scale, Activity Tracker, Sleep Monitor, Blood Pressure Monitor; null when not told';
COMMENT ON COLUMN analytics.device.model            IS 'Product name; null when not told';
COMMENT ON COLUMN analytics.device.battery          IS 'Charge: high (over 75 %), medium (over 30 %), low or unknown; null when not told';
COMMENT ON COLUMN analytics.device.timezone         IS 'Timezone the device is set to; null when not told';
COMMENT ON COLUMN analytics.device.first_session_at IS 'First contact with Withings; null when not told';
COMMENT ON COLUMN analytics.device.last_session_at  IS 'Latest contact with Withings, when what it measured until then came in; null if never';
COMMENT ON COLUMN analytics.device.firmware         IS 'Version of its software; null when not told';
COMMENT ON COLUMN analytics.device.synced_at        IS 'When this state was written here';

CREATE OR REPLACE VIEW analytics.goal AS
SELECT
    g.user_id,
    e.ref,
    g.goal,
    (CASE WHEN abs(g.value) < 1e14 THEN g.value END)::numeric(18, 3) AS value,
    g.unit,
    g.valid_from,
    g.valid_to
FROM withings.goal g
LEFT JOIN sync.enrolment e ON e.user_id = g.user_id;
COMMENT ON VIEW   analytics.goal            IS 'What people aim at, a row for each value over the time it held';
COMMENT ON COLUMN analytics.goal.user_id    IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.goal.ref        IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.goal.goal       IS 'What the goal is about: steps (a day), sleep (a night), weight, or a name yet unknown';
COMMENT ON COLUMN analytics.goal.value      IS 'The goal in unit';
COMMENT ON COLUMN analytics.goal.unit       IS 'steps, s or kg; null for a goal yet unknown';
COMMENT ON COLUMN analytics.goal.valid_from IS 'When this value was first seen here';
COMMENT ON COLUMN analytics.goal.valid_to   IS 'When another value, or none, was first seen; null = holds now';
-- R__analytics_measure.sql: readings as reports want them.
-- Columns are only ever appended, so nobody's own views break. Every numeric is cast last, since tools such as Trino
-- drop a column of bare numeric; the bounds keep one absurd row from failing the cast, and with it the whole view.

-- Not every PostgreSQL knows every zone (some images leave the old names out), and one such row must not fail a view.
CREATE OR REPLACE FUNCTION analytics.local_time(instant timestamptz, zone text) RETURNS timestamp
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN instant AT TIME ZONE coalesce(zone, 'UTC');
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN instant AT TIME ZONE 'UTC';
END
$$;
COMMENT ON FUNCTION analytics.local_time IS 'Wall time of an instant in a timezone; UTC where the timezone is null or not known here';

CREATE OR REPLACE FUNCTION analytics.day_starts_at(day date, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN day::timestamp AT TIME ZONE coalesce(zone, 'UTC');
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN day::timestamp AT TIME ZONE 'UTC';
END
$$;
COMMENT ON FUNCTION analytics.day_starts_at IS 'First instant of a local calendar date in a timezone; UTC where the timezone is null or not known here. The next day''s is 23, 24 or 25 hours later';

CREATE OR REPLACE VIEW analytics.measure AS
SELECT
    m.user_id,
    e.ref,
    m.measured_at,
    g.day,
    analytics.local_time(m.measured_at, g.timezone)                         AS local_started_at,
    m.type,
    coalesce(t.name, 'type_' || m.type)                                     AS name,
    t.unit,
    (CASE WHEN abs(m.value) < 1e21 THEN m.value END)::numeric(28, 6)        AS value,
    nullif(m.position, -1)                                                  AS position,
    CASE WHEN m.position <> -1 THEN coalesce(p.name, 'position_' || m.position) END AS position_name,
    CASE
        WHEN a.origin = 'device' AND coalesce(g.device_id, '') = '' AND d.type LIKE 'HealthKit%' THEN 'imported'
        ELSE a.origin
    END                                                                     AS origin,
    nullif(g.device_id, '')                                                 AS device_id,
    coalesce(g.model, d.name)                                               AS model,
    g.timezone,
    m.group_id,
    coalesce(a.name, 'attribution_' || g.attribution)                       AS attribution,
    m.algo
FROM withings.measure m
JOIN withings.measure_group g ON g.user_id = m.user_id AND g.group_id = m.group_id
LEFT JOIN sync.enrolment e ON e.user_id = m.user_id
LEFT JOIN withings.measure_type t ON t.type = m.type
LEFT JOIN withings.measure_position p ON p.position = m.position
LEFT JOIN withings.attribution a ON a.attribution = g.attribution
LEFT JOIN withings.device_model d ON d.model_id = g.model_id
WHERE g.deleted_at IS NULL
  AND g.category IS DISTINCT FROM 2;
COMMENT ON VIEW   analytics.measure                  IS 'Every measured value with its name and unit, one row each; no goals, nothing deleted';
COMMENT ON COLUMN analytics.measure.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.measure.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.measure.measured_at      IS 'When it was measured';
COMMENT ON COLUMN analytics.measure.day              IS 'Local calendar date of the reading';
COMMENT ON COLUMN analytics.measure.local_started_at IS 'Local wall time of the reading, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.measure.type             IS 'Code of what was measured';
COMMENT ON COLUMN analytics.measure.name             IS 'What was measured: name of withings.measure_type, or type_<code> for one yet unknown';
COMMENT ON COLUMN analytics.measure.unit             IS 'Unit of value; null for classifications, unknown types and where Withings names none';
COMMENT ON COLUMN analytics.measure.value            IS 'The value in unit; for a classification (afib_ecg, afib_ppg), its code in withings.afib_class';
COMMENT ON COLUMN analytics.measure.position         IS 'Code of the part of the body; null where none is told';
COMMENT ON COLUMN analytics.measure.position_name    IS 'The part of the body by name, or position_<code> for one yet unknown; null where none is told';
COMMENT ON COLUMN analytics.measure.origin           IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.measure.device_id        IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.measure.model            IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.measure.timezone         IS 'Timezone of the reading; null when not told';
COMMENT ON COLUMN analytics.measure.group_id         IS 'The act of measuring it is part of: withings.measure_group';
COMMENT ON COLUMN analytics.measure.attribution      IS 'How it came to be this person''s, by name of withings.attribution, or attribution_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.measure.algo             IS 'Algorithm of the device: a step in a curve where it changes is the algorithm, not the body; null when not told';

CREATE OR REPLACE VIEW analytics.weight AS
SELECT
    user_id,
    ref,
    day,
    measured_at,
    local_started_at,
    (CASE WHEN abs(value) < 10000 THEN value END)::numeric(8, 3) AS weight_kg,
    origin,
    device_id,
    model
FROM analytics.measure
WHERE type = 1;
COMMENT ON VIEW   analytics.weight                  IS 'Every weighing, one row each; no goals, nothing deleted';
COMMENT ON COLUMN analytics.weight.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.weight.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.weight.day              IS 'Local calendar date of the weighing';
COMMENT ON COLUMN analytics.weight.measured_at      IS 'When it was measured';
COMMENT ON COLUMN analytics.weight.local_started_at IS 'Local wall time of the weighing, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.weight.weight_kg        IS 'Body weight, kg';
COMMENT ON COLUMN analytics.weight.origin           IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.weight.device_id        IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.weight.model            IS 'Product name of the device; null when not told';
-- R__analytics_measure_blood_pressure.sql: blood pressure, a reading a row.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

CREATE OR REPLACE VIEW analytics.blood_pressure AS
SELECT
    user_id,
    ref,
    day,
    measured_at,
    analytics.local_time(measured_at, timezone) AS local_started_at,
    CASE WHEN extract(hour FROM analytics.local_time(measured_at, timezone)) < 12 THEN 'morning' ELSE 'evening' END AS half,
    (CASE WHEN abs(systolic) < 1e4 THEN systolic END)::numeric(6, 1)     AS systolic,
    (CASE WHEN abs(diastolic) < 1e4 THEN diastolic END)::numeric(6, 1)   AS diastolic,
    (CASE WHEN abs(heart_rate) < 1e4 THEN heart_rate END)::numeric(6, 1) AS heart_rate,
    origin,
    attribution,
    device_id,
    model,
    group_id
FROM (
    SELECT
        user_id,
        ref,
        group_id,
        day,
        measured_at,
        timezone,
        origin,
        attribution,
        device_id,
        model,
        max(value) FILTER (WHERE type = 10) AS systolic,
        max(value) FILTER (WHERE type = 9)  AS diastolic,
        max(value) FILTER (WHERE type = 11) AS heart_rate
    FROM analytics.measure
    WHERE type IN (9, 10, 11)
    GROUP BY user_id, ref, group_id, day, measured_at, timezone, origin, attribution, device_id, model
) reading
WHERE systolic IS NOT NULL OR diastolic IS NOT NULL;
COMMENT ON VIEW   analytics.blood_pressure                  IS 'Every reading of the blood pressure, one row each; no goals, nothing deleted';
COMMENT ON COLUMN analytics.blood_pressure.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.blood_pressure.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.blood_pressure.day              IS 'Local calendar date of the reading';
COMMENT ON COLUMN analytics.blood_pressure.measured_at      IS 'When it was measured';
COMMENT ON COLUMN analytics.blood_pressure.local_started_at IS 'Local wall time of the reading, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.blood_pressure.half             IS 'morning (before local noon) or evening (from local noon on)';
COMMENT ON COLUMN analytics.blood_pressure.systolic         IS 'Systolic blood pressure, mmHg; null when not measured';
COMMENT ON COLUMN analytics.blood_pressure.diastolic        IS 'Diastolic blood pressure, mmHg; null when not measured';
COMMENT ON COLUMN analytics.blood_pressure.heart_rate       IS 'Heart rate taken along with it, bpm; null when not measured';
COMMENT ON COLUMN analytics.blood_pressure.origin           IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.blood_pressure.attribution      IS 'How it came to be this person''s, by name of withings.attribution. device_mean was worked out by the monitor from several readings in a row, which may stand here as well';
COMMENT ON COLUMN analytics.blood_pressure.device_id        IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.blood_pressure.model            IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.blood_pressure.group_id         IS 'The act of measuring: withings.measure_group';
-- R__analytics_measure_body.sql: what a weighing says of the body.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

-- A scale tells one weighing in several groups of the same second (weight first, then what the current through the body
-- said). What was told twice counts as told last: by the highest number of its group, which the pair begins with.
CREATE OR REPLACE VIEW analytics.body_composition AS
SELECT
    user_id,
    ref,
    day,
    measured_at,
    analytics.local_time(measured_at, timezone) AS local_started_at,
    origin,
    device_id,
    model,
    (CASE WHEN abs(weight_kg) < 1e4 THEN weight_kg END)::numeric(8, 3) AS weight_kg,
    (CASE WHEN abs(fat_ratio_pct) < 1e2 THEN fat_ratio_pct END)::numeric(6, 3) AS fat_ratio_pct,
    (CASE WHEN abs(fat_mass_kg) < 1e4 THEN fat_mass_kg END)::numeric(8, 3) AS fat_mass_kg,
    (CASE WHEN abs(fat_free_mass_kg) < 1e4 THEN fat_free_mass_kg END)::numeric(8, 3) AS fat_free_mass_kg,
    (CASE WHEN abs(muscle_mass_kg) < 1e4 THEN muscle_mass_kg END)::numeric(8, 3) AS muscle_mass_kg,
    (CASE WHEN abs(bone_mass_kg) < 1e4 THEN bone_mass_kg END)::numeric(8, 3) AS bone_mass_kg,
    (CASE WHEN abs(hydration_kg) < 1e4 THEN hydration_kg END)::numeric(8, 3) AS hydration_kg,
    (CASE WHEN abs(extracellular_water_kg) < 1e4 THEN extracellular_water_kg END)::numeric(8, 3) AS extracellular_water_kg,
    (CASE WHEN abs(intracellular_water_kg) < 1e4 THEN intracellular_water_kg END)::numeric(8, 3) AS intracellular_water_kg,
    (CASE WHEN abs(visceral_fat) < 1e4 THEN visceral_fat END)::numeric(8, 3) AS visceral_fat,
    (CASE WHEN abs(basal_metabolic_rate_kcal) < 1e5 THEN basal_metabolic_rate_kcal END)::numeric(8, 2) AS basal_metabolic_rate_kcal,
    (CASE WHEN abs(metabolic_age_years) < 1e3 THEN metabolic_age_years END)::numeric(6, 2) AS metabolic_age_years,
    (CASE WHEN abs(heart_rate) < 1e3 THEN heart_rate END)::numeric(6, 2) AS heart_rate,
    (CASE WHEN abs(pulse_wave_velocity_m_s) < 1e3 THEN pulse_wave_velocity_m_s END)::numeric(8, 4) AS pulse_wave_velocity_m_s,
    (CASE WHEN abs(vascular_age_years) < 1e3 THEN vascular_age_years END)::numeric(6, 2) AS vascular_age_years,
    (CASE WHEN abs(nerve_health_left_foot) < 1e4 THEN nerve_health_left_foot END)::numeric(8, 3) AS nerve_health_left_foot,
    (CASE WHEN abs(nerve_health_right_foot) < 1e4 THEN nerve_health_right_foot END)::numeric(8, 3) AS nerve_health_right_foot,
    (CASE WHEN abs(nerve_health_feet) < 1e4 THEN nerve_health_feet END)::numeric(8, 3) AS nerve_health_feet,
    (CASE WHEN abs(electrodermal_activity_left_foot) < 1e4 THEN electrodermal_activity_left_foot END)::numeric(8, 3) AS electrodermal_activity_left_foot,
    (CASE WHEN abs(electrodermal_activity_right_foot) < 1e4 THEN electrodermal_activity_right_foot END)::numeric(8, 3) AS electrodermal_activity_right_foot,
    (CASE WHEN abs(electrodermal_activity_feet) < 1e4 THEN electrodermal_activity_feet END)::numeric(8, 3) AS electrodermal_activity_feet,
    (CASE WHEN abs(electrochemical_skin_conductance_us) < 1e4 THEN electrochemical_skin_conductance_us END)::numeric(8, 3) AS electrochemical_skin_conductance_us,
    (CASE WHEN abs(fat_mass_left_arm_kg) < 1e4 THEN fat_mass_left_arm_kg END)::numeric(8, 3) AS fat_mass_left_arm_kg,
    (CASE WHEN abs(fat_mass_right_arm_kg) < 1e4 THEN fat_mass_right_arm_kg END)::numeric(8, 3) AS fat_mass_right_arm_kg,
    (CASE WHEN abs(fat_mass_left_leg_kg) < 1e4 THEN fat_mass_left_leg_kg END)::numeric(8, 3) AS fat_mass_left_leg_kg,
    (CASE WHEN abs(fat_mass_right_leg_kg) < 1e4 THEN fat_mass_right_leg_kg END)::numeric(8, 3) AS fat_mass_right_leg_kg,
    (CASE WHEN abs(fat_mass_torso_kg) < 1e4 THEN fat_mass_torso_kg END)::numeric(8, 3) AS fat_mass_torso_kg,
    (CASE WHEN abs(fat_free_mass_left_arm_kg) < 1e4 THEN fat_free_mass_left_arm_kg END)::numeric(8, 3) AS fat_free_mass_left_arm_kg,
    (CASE WHEN abs(fat_free_mass_right_arm_kg) < 1e4 THEN fat_free_mass_right_arm_kg END)::numeric(8, 3) AS fat_free_mass_right_arm_kg,
    (CASE WHEN abs(fat_free_mass_left_leg_kg) < 1e4 THEN fat_free_mass_left_leg_kg END)::numeric(8, 3) AS fat_free_mass_left_leg_kg,
    (CASE WHEN abs(fat_free_mass_right_leg_kg) < 1e4 THEN fat_free_mass_right_leg_kg END)::numeric(8, 3) AS fat_free_mass_right_leg_kg,
    (CASE WHEN abs(fat_free_mass_torso_kg) < 1e4 THEN fat_free_mass_torso_kg END)::numeric(8, 3) AS fat_free_mass_torso_kg,
    (CASE WHEN abs(muscle_mass_left_arm_kg) < 1e4 THEN muscle_mass_left_arm_kg END)::numeric(8, 3) AS muscle_mass_left_arm_kg,
    (CASE WHEN abs(muscle_mass_right_arm_kg) < 1e4 THEN muscle_mass_right_arm_kg END)::numeric(8, 3) AS muscle_mass_right_arm_kg,
    (CASE WHEN abs(muscle_mass_left_leg_kg) < 1e4 THEN muscle_mass_left_leg_kg END)::numeric(8, 3) AS muscle_mass_left_leg_kg,
    (CASE WHEN abs(muscle_mass_right_leg_kg) < 1e4 THEN muscle_mass_right_leg_kg END)::numeric(8, 3) AS muscle_mass_right_leg_kg,
    (CASE WHEN abs(muscle_mass_torso_kg) < 1e4 THEN muscle_mass_torso_kg END)::numeric(8, 3) AS muscle_mass_torso_kg
FROM (
    SELECT
        user_id,
        ref,
        day,
        measured_at,
        timezone,
        origin,
        device_id,
        max(model) AS model,
        bool_or(type NOT IN (11, 91, 155, 158, 159, 167, 196, 197, 198, 229)) AS is_weighing,
        (max(told) FILTER (WHERE type = 1))[2] AS weight_kg,
        (max(told) FILTER (WHERE type = 6))[2] AS fat_ratio_pct,
        (max(told) FILTER (WHERE type = 8))[2] AS fat_mass_kg,
        (max(told) FILTER (WHERE type = 5))[2] AS fat_free_mass_kg,
        (max(told) FILTER (WHERE type = 76))[2] AS muscle_mass_kg,
        (max(told) FILTER (WHERE type = 88))[2] AS bone_mass_kg,
        (max(told) FILTER (WHERE type = 77))[2] AS hydration_kg,
        (max(told) FILTER (WHERE type = 168))[2] AS extracellular_water_kg,
        (max(told) FILTER (WHERE type = 169))[2] AS intracellular_water_kg,
        (max(told) FILTER (WHERE type = 170))[2] AS visceral_fat,
        (max(told) FILTER (WHERE type = 226))[2] AS basal_metabolic_rate_kcal,
        (max(told) FILTER (WHERE type = 227))[2] AS metabolic_age_years,
        (max(told) FILTER (WHERE type = 11))[2] AS heart_rate,
        (max(told) FILTER (WHERE type = 91))[2] AS pulse_wave_velocity_m_s,
        (max(told) FILTER (WHERE type = 155))[2] AS vascular_age_years,
        (max(told) FILTER (WHERE type = 158))[2] AS nerve_health_left_foot,
        (max(told) FILTER (WHERE type = 159))[2] AS nerve_health_right_foot,
        (max(told) FILTER (WHERE type = 167))[2] AS nerve_health_feet,
        (max(told) FILTER (WHERE type = 197))[2] AS electrodermal_activity_left_foot,
        (max(told) FILTER (WHERE type = 198))[2] AS electrodermal_activity_right_foot,
        (max(told) FILTER (WHERE type = 196))[2] AS electrodermal_activity_feet,
        (max(told) FILTER (WHERE type = 229))[2] AS electrochemical_skin_conductance_us,
        (max(told) FILTER (WHERE type = 174 AND position = 3))[2] AS fat_mass_left_arm_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 2))[2] AS fat_mass_right_arm_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 10))[2] AS fat_mass_left_leg_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 11))[2] AS fat_mass_right_leg_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 12))[2] AS fat_mass_torso_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 3))[2] AS fat_free_mass_left_arm_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 2))[2] AS fat_free_mass_right_arm_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 10))[2] AS fat_free_mass_left_leg_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 11))[2] AS fat_free_mass_right_leg_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 12))[2] AS fat_free_mass_torso_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 3))[2] AS muscle_mass_left_arm_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 2))[2] AS muscle_mass_right_arm_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 10))[2] AS muscle_mass_left_leg_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 11))[2] AS muscle_mass_right_leg_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 12))[2] AS muscle_mass_torso_kg
    FROM (
        SELECT user_id, ref, day, measured_at, timezone, origin, device_id, model, type, position,
            ARRAY[group_id, value] AS told
        FROM analytics.measure
        WHERE type IN (1, 5, 6, 8, 11, 76, 77, 88, 91, 155, 158, 159, 167,
            168, 169, 170, 173, 174, 175, 196, 197, 198, 226, 227, 229)
    ) m
    GROUP BY user_id, ref, day, measured_at, timezone, origin, device_id
) weighing
WHERE is_weighing;
COMMENT ON VIEW   analytics.body_composition                                     IS 'Every weighing, one row each with a column per quantity. A weighing is what one device told of one instant, however many readings it came in; of a quantity told twice, the later reading counts. What scales also measure (pulse, arteries, feet) is here only along with a weight or a part of it';
COMMENT ON COLUMN analytics.body_composition.user_id                             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.body_composition.ref                                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.body_composition.day                                 IS 'Local calendar date of the weighing';
COMMENT ON COLUMN analytics.body_composition.measured_at                         IS 'When it was measured';
COMMENT ON COLUMN analytics.body_composition.local_started_at                    IS 'Local wall time of the weighing, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.body_composition.origin                              IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.body_composition.device_id                           IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.body_composition.model                               IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.body_composition.weight_kg                           IS 'Body weight, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_ratio_pct                       IS 'Share of fat in the body weight, %; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_kg                         IS 'Body fat, kg. With fat_free_mass_kg it makes up weight_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_kg                    IS 'Body weight without its fat, kg: muscles, bones and what is left; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_kg                      IS 'Muscles, kg; a part of fat_free_mass_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.bone_mass_kg                        IS 'Bones, kg; a part of fat_free_mass_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.hydration_kg                        IS 'Water in the body, kg. It is inside the other masses, most of all the muscles: never add it to them; null when not measured';
COMMENT ON COLUMN analytics.body_composition.extracellular_water_kg              IS 'Body water outside the cells, kg; a part of hydration_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.intracellular_water_kg              IS 'Body water inside the cells, kg; a part of hydration_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.visceral_fat                        IS 'Index of the fat around the organs; has no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.basal_metabolic_rate_kcal           IS 'Energy the body burns at rest in a day, kcal; an estimate; null when not measured';
COMMENT ON COLUMN analytics.body_composition.metabolic_age_years                 IS 'Age at which such a basal metabolic rate is usual, years; null when not measured';
COMMENT ON COLUMN analytics.body_composition.heart_rate                          IS 'Heart rate while standing on the scale, bpm; null when not measured';
COMMENT ON COLUMN analytics.body_composition.pulse_wave_velocity_m_s             IS 'Speed of the pulse along the arteries, m/s; null when not measured';
COMMENT ON COLUMN analytics.body_composition.vascular_age_years                  IS 'Age at which such arteries are usual, years; null when not measured';
COMMENT ON COLUMN analytics.body_composition.nerve_health_left_foot              IS 'Nerve health score of the left foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.nerve_health_right_foot             IS 'Nerve health score of the right foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.nerve_health_feet                   IS 'Nerve health score of both feet; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrodermal_activity_left_foot    IS 'Electrodermal activity of the left foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrodermal_activity_right_foot   IS 'Electrodermal activity of the right foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrodermal_activity_feet         IS 'Electrodermal activity of both feet; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrochemical_skin_conductance_us IS 'How well the sweat glands of the skin conduct, µS; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_left_arm_kg                IS 'Fat of the left arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_right_arm_kg               IS 'Fat of the right arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_left_leg_kg                IS 'Fat of the left leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_right_leg_kg               IS 'Fat of the right leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_torso_kg                   IS 'Fat of the torso, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_left_arm_kg           IS 'Fat-free mass of the left arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_right_arm_kg          IS 'Fat-free mass of the right arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_left_leg_kg           IS 'Fat-free mass of the left leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_right_leg_kg          IS 'Fat-free mass of the right leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_torso_kg              IS 'Fat-free mass of the torso, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_left_arm_kg             IS 'Muscles of the left arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_right_arm_kg            IS 'Muscles of the right arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_left_leg_kg             IS 'Muscles of the left leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_right_leg_kg            IS 'Muscles of the right leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_torso_kg                IS 'Muscles of the torso, kg; null when not measured';
-- R__analytics_recording.sql: what was recorded of the heart.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

CREATE OR REPLACE VIEW analytics.ecg AS
SELECT
    h.user_id,
    e.ref,
    h.day,
    h.recorded_at,
    analytics.local_time(h.recorded_at, h.timezone)                     AS local_started_at,
    h.ecg_signal_id                                                     AS signal_id,
    h.afib,
    coalesce(f.name, 'afib_' || h.afib)                                 AS afib_name,
    coalesce(h.heart_rate, s.heart_rate)                                AS heart_rate,
    s.sampling_hz,
    cardinality(s.microvolts)                                           AS sample_count,
    coalesce(p.name, 'position_' || s.wear_position)                    AS wear_position,
    'device'::text                                                      AS origin,
    nullif(h.device_id, '')                                             AS device_id,
    coalesce(m.name, h.model)                                           AS model,
    h.timezone
FROM withings.heart_record h
LEFT JOIN sync.enrolment e ON e.user_id = h.user_id
LEFT JOIN withings.ecg_signal s ON s.user_id = h.user_id AND s.signal_id = h.ecg_signal_id
LEFT JOIN withings.afib_class f ON f.afib = h.afib
LEFT JOIN withings.measure_position p ON p.position = s.wear_position
LEFT JOIN withings.device_model m ON m.model_id = h.model_id
WHERE h.ecg_signal_id IS NOT NULL
  AND h.deleted_at IS NULL;
COMMENT ON VIEW   analytics.ecg                  IS 'Every ECG with its finding, one row each; nothing deleted';
COMMENT ON COLUMN analytics.ecg.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.ecg.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.ecg.day              IS 'Local calendar date of the recording';
COMMENT ON COLUMN analytics.ecg.recorded_at      IS 'When it was recorded';
COMMENT ON COLUMN analytics.ecg.local_started_at IS 'Local wall time of the recording, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.ecg.signal_id        IS 'Number of the curve: analytics.ecg_sample';
COMMENT ON COLUMN analytics.ecg.afib             IS 'Code of the finding on atrial fibrillation: withings.afib_class; null when not told';
COMMENT ON COLUMN analytics.ecg.afib_name        IS 'The finding by name, or afib_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.ecg.heart_rate       IS 'Mean heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.ecg.sampling_hz      IS 'Values per second of the curve; null when it was not fetched';
COMMENT ON COLUMN analytics.ecg.sample_count     IS 'Values of the curve; null when it was not fetched';
COMMENT ON COLUMN analytics.ecg.wear_position    IS 'Where on the body, by name, or position_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.ecg.origin           IS 'Always device';
COMMENT ON COLUMN analytics.ecg.device_id        IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.ecg.model            IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.ecg.timezone         IS 'Timezone it was recorded in; null when not told';

CREATE OR REPLACE VIEW analytics.ecg_sample AS
SELECT
    h.user_id,
    e.ref,
    h.day,
    h.ecg_signal_id                                                     AS signal_id,
    sample.number::integer                                              AS sample_number,
    ((sample.number - 1) * 1000.0 / nullif(s.sampling_hz, 0))::numeric(12, 3) AS offset_ms,
    h.recorded_at,
    sample.microvolts
FROM withings.heart_record h
JOIN withings.ecg_signal s ON s.user_id = h.user_id AND s.signal_id = h.ecg_signal_id
CROSS JOIN LATERAL unnest(s.microvolts) WITH ORDINALITY AS sample (microvolts, number)
LEFT JOIN sync.enrolment e ON e.user_id = h.user_id
WHERE h.deleted_at IS NULL;
COMMENT ON VIEW   analytics.ecg_sample               IS 'The curves of ECGs, one row for each value: about 10,000 to a curve, so ask for one signal_id';
COMMENT ON COLUMN analytics.ecg_sample.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.ecg_sample.ref           IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.ecg_sample.day           IS 'Local calendar date of the recording';
COMMENT ON COLUMN analytics.ecg_sample.signal_id     IS 'The curve: analytics.ecg';
COMMENT ON COLUMN analytics.ecg_sample.sample_number IS 'Place in the curve, from 1';
COMMENT ON COLUMN analytics.ecg_sample.offset_ms     IS 'Time since the beginning of the curve, ms; null when the values per second are not told';
COMMENT ON COLUMN analytics.ecg_sample.recorded_at   IS 'When it was recorded';
COMMENT ON COLUMN analytics.ecg_sample.microvolts    IS 'The value, µV';
-- R__analytics_sleep.sql: nights and naps.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

-- The window is of one person and day, so that a condition on these two reaches the table's index.
CREATE OR REPLACE VIEW analytics.sleep AS
SELECT
    s.user_id,
    e.ref,
    s.day,
    s.started_at,
    s.ended_at,
    s.local_started_at,
    s.local_ended_at,
    s.is_main,
    NOT s.is_main AND s.started_at < s.main_ended_at AND s.ended_at > s.main_started_at AS overlaps_main,
    CASE WHEN s.local_started_at BETWEEN s.day - 8 AND s.day + 8
        THEN (extract(epoch FROM s.local_started_at - ((s.day - 1) + time '12:00')) / 60)::integer END AS bedtime_min,
    CASE WHEN s.local_ended_at BETWEEN s.day - 8 AND s.day + 8
        THEN (extract(epoch FROM s.local_ended_at - ((s.day - 1) + time '12:00')) / 60)::integer END AS wake_min,
    coalesce(s.asleep_s, s.external_asleep_s)                                             AS asleep_s,
    s.time_in_bed_s,
    s.light_s,
    s.deep_s,
    s.rem_s,
    s.awake_s,
    coalesce(s.latency_s, s.duration_to_sleep_s)                                          AS latency_s,
    coalesce(s.wakeup_latency_s, s.duration_to_wakeup_s)                                  AS wakeup_latency_s,
    s.waso_s,
    (CASE WHEN abs(s.efficiency) < 1e2 THEN s.efficiency END)::numeric(6, 3)              AS efficiency,
    s.wakeup_count,
    s.out_of_bed_count,
    s.rem_episodes,
    s.hr_average,
    s.hr_min,
    s.hr_max,
    (CASE WHEN abs(s.respiration_average) < 1e3 THEN s.respiration_average END)::numeric(6, 2) AS respiration_average,
    (CASE WHEN abs(s.respiration_min) < 1e3 THEN s.respiration_min END)::numeric(6, 2)    AS respiration_min,
    (CASE WHEN abs(s.respiration_max) < 1e3 THEN s.respiration_max END)::numeric(6, 2)    AS respiration_max,
    s.snoring_s,
    s.snoring_episodes,
    s.score,
    (CASE WHEN abs(s.apnea_hypopnea_index) < 1e4 THEN s.apnea_hypopnea_index END)::numeric(8, 3) AS apnea_hypopnea_index,
    (CASE WHEN abs(s.breathing_disturbances) < 1e4 THEN s.breathing_disturbances END)::numeric(8, 3) AS breathing_disturbances,
    (CASE WHEN abs(s.withings_index) < 1e4 THEN s.withings_index END)::numeric(8, 3)      AS withings_index,
    (CASE WHEN abs(s.movement_score_avg) < 1e4 THEN s.movement_score_avg END)::numeric(8, 3) AS movement_score_avg,
    (CASE WHEN abs(s.rmssd_start_avg_ms) < 1e4 THEN s.rmssd_start_avg_ms END)::numeric(8, 3) AS rmssd_start_avg_ms,
    (CASE WHEN abs(s.rmssd_end_avg_ms) < 1e4 THEN s.rmssd_end_avg_ms END)::numeric(8, 3)  AS rmssd_end_avg_ms,
    s.breathing_sounds_s,
    s.breathing_sounds_episodes,
    (CASE WHEN abs(s.core_temperature_avg_c) < 1e3 THEN s.core_temperature_avg_c END)::numeric(6, 2) AS core_temperature_avg_c,
    s.completed,
    CASE
        WHEN coalesce(s.device_id, '') <> '' THEN 'device'
        WHEN m.type LIKE 'HealthKit%' OR (s.asleep_s IS NULL AND s.external_asleep_s IS NOT NULL) THEN 'imported'
        WHEN s.source IN (16, 32) THEN 'device'
    END                                                                                   AS origin,
    nullif(s.device_id, '')                                                               AS device_id,
    m.name                                                                                AS model,
    CASE s.source WHEN 16 THEN 'tracker' WHEN 32 THEN 'monitor' ELSE 'source_' || s.source END AS source,
    s.timezone,
    s.sleep_id
FROM (
    SELECT
        n.*,
        analytics.local_time(n.started_at, n.timezone)     AS local_started_at,
        analytics.local_time(n.ended_at, n.timezone)       AS local_ended_at,
        row_number() OVER longest = 1                      AS is_main,
        first_value(n.started_at) OVER longest             AS main_started_at,
        first_value(n.ended_at) OVER longest               AS main_ended_at
    FROM withings.sleep_summary n
    WHERE n.deleted_at IS NULL
    WINDOW longest AS (
        PARTITION BY n.user_id, n.day
        ORDER BY coalesce(n.asleep_s, n.external_asleep_s, n.time_in_bed_s, 0) DESC, n.source DESC NULLS LAST, n.started_at, n.sleep_id
    )
) s
LEFT JOIN sync.enrolment e ON e.user_id = s.user_id
LEFT JOIN withings.device_model m ON m.model_id = s.model_id;
COMMENT ON VIEW   analytics.sleep                           IS 'Every night and nap as one device saw it, one row each; nothing deleted. Where two devices saw the same night, both rows are here, and is_main is true for one of them';
COMMENT ON COLUMN analytics.sleep.user_id                   IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.sleep.ref                       IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.sleep.day                       IS 'Local calendar date of waking: a night from the 3rd to the 4th is of the 4th, and so is one that began after midnight';
COMMENT ON COLUMN analytics.sleep.started_at                IS 'When it began';
COMMENT ON COLUMN analytics.sleep.ended_at                  IS 'When it ended; null when not told';
COMMENT ON COLUMN analytics.sleep.local_started_at          IS 'Local wall time of its beginning, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.sleep.local_ended_at            IS 'Local wall time of its end; null when not told';
COMMENT ON COLUMN analytics.sleep.is_main                   IS 'True for one row of each person and day: the one with the most time asleep (of equals the bed''s monitor, then the earlier one). The others are naps, or the same night seen by another device';
COMMENT ON COLUMN analytics.sleep.overlaps_main             IS 'True for another device''s row of the same time as the main one: leave it out of sums, or it counts twice';
COMMENT ON COLUMN analytics.sleep.bedtime_min               IS 'When it began, in minutes of wall time after noon of the day before waking, so that means do not wrap at midnight: 690 is 23:30, 750 is 00:30; null where it is more than a week off its day';
COMMENT ON COLUMN analytics.sleep.wake_min                  IS 'When it ended, in minutes of wall time after noon of the day before waking: 1140 is 07:00; null when not told. On nights in which clocks change, the difference to bedtime_min is an hour off the time that passed';
COMMENT ON COLUMN analytics.sleep.asleep_s                  IS 'Time asleep, s; of nights from elsewhere, all that is told of them';
COMMENT ON COLUMN analytics.sleep.time_in_bed_s             IS 'Time in bed, s';
COMMENT ON COLUMN analytics.sleep.light_s                   IS 'Light sleep, s; null when stages are not told';
COMMENT ON COLUMN analytics.sleep.deep_s                    IS 'Deep sleep, s; null when stages are not told';
COMMENT ON COLUMN analytics.sleep.rem_s                     IS 'REM sleep, s; null when stages are not told';
COMMENT ON COLUMN analytics.sleep.awake_s                   IS 'Time awake, s';
COMMENT ON COLUMN analytics.sleep.latency_s                 IS 'From going to bed to falling asleep, s';
COMMENT ON COLUMN analytics.sleep.wakeup_latency_s          IS 'From the last waking to getting up, s';
COMMENT ON COLUMN analytics.sleep.waso_s                    IS 'Time awake in bed after first falling asleep, s';
COMMENT ON COLUMN analytics.sleep.efficiency                IS 'Time asleep as a part of time in bed, 0 to 1';
COMMENT ON COLUMN analytics.sleep.wakeup_count              IS 'Wakings without leaving the bed';
COMMENT ON COLUMN analytics.sleep.out_of_bed_count          IS 'Times the bed was left';
COMMENT ON COLUMN analytics.sleep.rem_episodes              IS 'Phases of REM sleep';
COMMENT ON COLUMN analytics.sleep.hr_average                IS 'Mean heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.sleep.hr_min                    IS 'Lowest heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.sleep.hr_max                    IS 'Highest heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.sleep.respiration_average       IS 'Mean respiration rate, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.sleep.respiration_min           IS 'Lowest respiration rate, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.sleep.respiration_max           IS 'Highest respiration rate, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.sleep.snoring_s                 IS 'Time snoring, s; null when not measured';
COMMENT ON COLUMN analytics.sleep.snoring_episodes          IS 'Snoring spells of a minute or more; null when not measured';
COMMENT ON COLUMN analytics.sleep.score                     IS 'Sleep score of Withings, 0 to 100';
COMMENT ON COLUMN analytics.sleep.apnea_hypopnea_index      IS 'Apneas and hypopneas per hour of sleep, medical grade; null when not measured';
COMMENT ON COLUMN analytics.sleep.breathing_disturbances    IS 'Strength of breathing disturbances, a wellness figure without unit; null when not measured';
COMMENT ON COLUMN analytics.sleep.withings_index            IS 'Breathing events per hour (under 15 none or mild, over 30 severe); null when not measured';
COMMENT ON COLUMN analytics.sleep.movement_score_avg        IS 'Mean strength of movement in bed, 0 to 255; null when not measured';
COMMENT ON COLUMN analytics.sleep.rmssd_start_avg_ms        IS 'Heart rate variability (RMSSD), mean at the start of the night, ms; null when not measured';
COMMENT ON COLUMN analytics.sleep.rmssd_end_avg_ms          IS 'Heart rate variability (RMSSD), mean at the end of the night, ms; null when not measured';
COMMENT ON COLUMN analytics.sleep.breathing_sounds_s        IS 'Time with breathing sounds, s; null when not measured';
COMMENT ON COLUMN analytics.sleep.breathing_sounds_episodes IS 'Spells of breathing sounds of a minute or more; null when not measured';
COMMENT ON COLUMN analytics.sleep.core_temperature_avg_c    IS 'Mean core body temperature, °C; null when not measured';
COMMENT ON COLUMN analytics.sleep.completed                 IS 'Whether Withings has all of it; null when not told';
COMMENT ON COLUMN analytics.sleep.origin                    IS 'device, or imported (told without a device by a phone or another app); null when not told';
COMMENT ON COLUMN analytics.sleep.device_id                 IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.sleep.model                     IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.sleep.source                    IS 'tracker (worn), monitor (in the bed) or source_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.sleep.timezone                  IS 'Timezone it took place in; null when not told';
COMMENT ON COLUMN analytics.sleep.sleep_id                  IS 'Its number: withings.sleep_summary';

CREATE OR REPLACE VIEW analytics.sleep_night_hypnogram AS
SELECT
    n.user_id,
    n.ref,
    n.day,
    n.sleep_id,
    n.is_main,
    s.started_at,
    s.ended_at,
    analytics.local_time(s.started_at, n.timezone)              AS local_started_at,
    s.state,
    coalesce(t.name, 'state_' || s.state)                       AS state_name,
    extract(epoch FROM s.ended_at - s.started_at)::bigint       AS duration_s,
    n.origin,
    nullif(s.device_id, '')                                     AS device_id
FROM analytics.sleep n
JOIN withings.sleep_stage s
    ON s.user_id = n.user_id
    AND s.started_at >= n.started_at
    AND s.started_at < n.ended_at
    AND (s.device_id = coalesce(n.device_id, '')
        OR ((s.device_id = '' OR n.device_id IS NULL)
            AND CASE s.source WHEN 16 THEN 'tracker' WHEN 32 THEN 'monitor' ELSE 'source_' || s.source END
                IS NOT DISTINCT FROM n.source))
LEFT JOIN withings.sleep_state t ON t.state = s.state;
COMMENT ON VIEW   analytics.sleep_night_hypnogram                  IS 'The stages of each night in order, one row for each stretch in one state. Of nights seen by two devices, each has its own; is_main chooses. Empty where samples were not fetched (SAMPLES_BACKFILL_DAYS)';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.day              IS 'Local calendar date of waking, as in analytics.sleep';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.sleep_id         IS 'The night: analytics.sleep';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.is_main          IS 'Whether it is the main night of its day, as in analytics.sleep';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.started_at       IS 'When the stretch began';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.ended_at         IS 'When it ended';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.local_started_at IS 'Local wall time of its beginning, in the night''s timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.state            IS 'Code of the state: 0 awake, 1 light, 2 deep, 3 REM, …; null when not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.state_name       IS 'The state by name, or state_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.duration_s       IS 'Its length, s';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.origin           IS 'device, or imported (told without a device by a phone or another app); null when not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.device_id        IS 'The device; null when the API names none';
-- R__analytics_standard_observation.sql: all quantities in one form, under the names the rest of medicine uses.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_sleep, by its name.

CREATE OR REPLACE VIEW analytics.observation AS
SELECT
    o.user_id,
    o.ref,
    o.day,
    o.started_at,
    o.ended_at,
    o.local_started_at,
    o.quantity,
    CASE WHEN o.code IS NOT NULL THEN 'http://loinc.org' END AS code_system,
    o.code,
    o.value::numeric(28, 6)                                  AS value,
    CASE WHEN o.ucum IS NOT NULL THEN 'http://unitsofmeasure.org' END AS unit_system,
    o.ucum                                                   AS unit,
    o.position_name,
    o.origin,
    o.device_id,
    o.model,
    o.source_table,
    o.source_id
FROM (
    SELECT m.user_id, m.ref, m.day, m.measured_at AS started_at, m.measured_at AS ended_at, m.local_started_at,
        m.name AS quantity, t.loinc AS code, m.value, t.ucum, m.position_name, m.origin, m.device_id, m.model,
        'measure_group'::text AS source_table, m.group_id AS source_id
    FROM analytics.measure m
    LEFT JOIN withings.measure_type t ON t.type = m.type
    UNION ALL
    SELECT s.user_id, s.ref, s.day, s.started_at, s.ended_at, s.local_started_at,
        q.quantity, q.code, q.value, 's', NULL, s.origin, s.device_id, s.model, 'sleep_summary', s.sleep_id
    FROM analytics.sleep s
    CROSS JOIN LATERAL (VALUES
        ('sleep', '93832-4', s.asleep_s),
        ('deep_sleep', '93831-6', s.deep_s),
        ('light_sleep', '93830-8', s.light_s),
        ('rem_sleep', '93829-0', s.rem_s)
    ) AS q (quantity, code, value)
    WHERE s.is_main AND q.value IS NOT NULL
    UNION ALL
    SELECT d.user_id, e.ref, d.day, analytics.day_starts_at(d.day, d.timezone), analytics.day_starts_at(d.day + 1, d.timezone),
        d.day::timestamp, 'steps', NULL, d.steps, NULL, NULL, CASE WHEN d.is_tracker THEN 'device' ELSE 'imported' END,
        nullif(d.device_id, ''), d.model, 'activity_day', NULL
    FROM withings.activity_day d
    LEFT JOIN sync.enrolment e ON e.user_id = d.user_id
    WHERE d.steps IS NOT NULL
) o;
COMMENT ON VIEW   analytics.observation                  IS 'Every measured value, the durations of each main night and the steps of each day, one row each, with codes as FHIR and OMOP want them. Codes are here only where they are sure; no goals, nothing deleted';
COMMENT ON COLUMN analytics.observation.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.observation.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.observation.day              IS 'Local calendar date; of a night, that of waking';
COMMENT ON COLUMN analytics.observation.started_at       IS 'When it was measured or began';
COMMENT ON COLUMN analytics.observation.ended_at         IS 'When it ended; the same as started_at for what is of one moment; null when not told';
COMMENT ON COLUMN analytics.observation.local_started_at IS 'Local wall time of started_at; UTC where the timezone is not told';
COMMENT ON COLUMN analytics.observation.quantity         IS 'What it is: name of withings.measure_type, or sleep, deep_sleep, light_sleep, rem_sleep, steps';
COMMENT ON COLUMN analytics.observation.code_system      IS 'http://loinc.org; null where there is no code';
COMMENT ON COLUMN analytics.observation.code             IS 'LOINC code; null where none is sure';
COMMENT ON COLUMN analytics.observation.value            IS 'The value in unit; of a classification, its code in withings.afib_class';
COMMENT ON COLUMN analytics.observation.unit_system      IS 'http://unitsofmeasure.org; null where there is no unit';
COMMENT ON COLUMN analytics.observation.unit             IS 'UCUM unit of value; null for counts, classifications and where Withings names none';
COMMENT ON COLUMN analytics.observation.position_name    IS 'Part of the body; null where none is told';
COMMENT ON COLUMN analytics.observation.origin           IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.observation.device_id        IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.observation.model            IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.observation.source_table     IS 'Table of schema withings it came from: measure_group, sleep_summary or activity_day';
COMMENT ON COLUMN analytics.observation.source_id        IS 'Key there, along with user_id: group_id or sleep_id; of activity_day it is the day, and this is null';
-- R__analytics_summary.sql: people's days, weeks and months, and what is usual for them.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure and R__analytics_sleep, by
-- its name.

-- The sources are put under each other and grouped, and not joined in full, so that a condition on the person and the day
-- reaches each of them, also where tables are distributed over several servers. What is joined has one row for each day,
-- so that it costs nothing where its columns are not asked for; wear_s has to count samples.
CREATE OR REPLACE VIEW analytics.daily AS
SELECT
    d.user_id,
    e.ref,
    d.day,
    coalesce(a.timezone, d.timezone)                                                AS timezone,
    (CASE WHEN abs(d.weight_kg) < 1e4 THEN d.weight_kg END)::numeric(8, 3)          AS weight_kg,
    (CASE WHEN abs(d.fat_ratio_pct) < 1e2 THEN d.fat_ratio_pct END)::numeric(6, 3)  AS fat_ratio_pct,
    a.steps,
    (CASE WHEN abs(a.distance_m) < 1e9 THEN a.distance_m END)::numeric(12, 2)       AS distance_m,
    (CASE WHEN abs(a.floors) < 1e7 THEN a.floors END)::numeric(10, 2)               AS floors,
    a.soft_s,
    a.moderate_s,
    a.intense_s,
    a.active_s,
    (CASE WHEN abs(a.active_kcal) < 1e7 THEN a.active_kcal END)::numeric(10, 2)     AS active_kcal,
    (CASE WHEN abs(a.total_kcal) < 1e7 THEN a.total_kcal END)::numeric(10, 2)       AS total_kcal,
    a.hr_average,
    a.hr_min,
    a.hr_max,
    a.hr_zone_0_s,
    a.hr_zone_1_s,
    a.hr_zone_2_s,
    a.hr_zone_3_s,
    CASE WHEN a.is_tracker THEN 'device' WHEN NOT a.is_tracker THEN 'imported' END  AS activity_origin,
    d.asleep_s,
    d.time_in_bed_s,
    d.light_s,
    d.deep_s,
    d.rem_s,
    d.awake_s,
    d.sleep_efficiency::numeric(6, 3)                                               AS sleep_efficiency,
    d.sleep_score,
    d.bedtime_min,
    d.wake_min,
    d.hr_resting,
    d.respiration_average::numeric(6, 2)                                            AS respiration_average,
    d.rmssd_ms::numeric(8, 3)                                                       AS rmssd_ms,
    d.snoring_s,
    d.apnea_hypopnea_index::numeric(8, 3)                                           AS apnea_hypopnea_index,
    (CASE WHEN abs(d.systolic) < 1e4 THEN d.systolic END)::numeric(6, 1)            AS systolic,
    (CASE WHEN abs(d.diastolic) < 1e4 THEN d.diastolic END)::numeric(6, 1)          AS diastolic,
    nullif(d.blood_pressure_count, 0)::integer                                      AS blood_pressure_count,
    CASE
        WHEN w.samples > 0 THEN w.quarters * 900
        WHEN ci.asked_at >= analytics.day_starts_at(d.day + 1, coalesce(a.timezone, d.timezone)) THEN 0
    END::integer                                                                    AS wear_s,
    coalesce(
        least(ca.asked_at, cs.asked_at, cm.asked_at) >= ((d.day + 1)::timestamp + interval '12 hours') AT TIME ZONE 'UTC'
        AND (t.last_session_at IS NULL
            OR t.last_session_at >= analytics.day_starts_at(d.day + 1, coalesce(a.timezone, d.timezone))),
        false)                                                                      AS final
FROM (
    SELECT
        user_id,
        day,
        max(timezone)                          AS timezone,
        avg(value) FILTER (WHERE type = 1)     AS weight_kg,
        avg(value) FILTER (WHERE type = 6)     AS fat_ratio_pct,
        avg(value) FILTER (WHERE type = 10)    AS systolic,
        avg(value) FILTER (WHERE type = 9)     AS diastolic,
        count(value) FILTER (WHERE type = 10)  AS blood_pressure_count,
        max(asleep_s)                          AS asleep_s,
        max(time_in_bed_s)                     AS time_in_bed_s,
        max(light_s)                           AS light_s,
        max(deep_s)                            AS deep_s,
        max(rem_s)                             AS rem_s,
        max(awake_s)                           AS awake_s,
        max(efficiency)                        AS sleep_efficiency,
        max(score)                             AS sleep_score,
        max(bedtime_min)                       AS bedtime_min,
        max(wake_min)                          AS wake_min,
        max(hr_resting)                        AS hr_resting,
        max(respiration_average)               AS respiration_average,
        max(rmssd_ms)                          AS rmssd_ms,
        max(snoring_s)                         AS snoring_s,
        max(apnea_hypopnea_index)              AS apnea_hypopnea_index
    FROM (
        SELECT user_id, day, timezone, type, value,
            NULL::integer AS asleep_s, NULL::integer AS time_in_bed_s, NULL::integer AS light_s, NULL::integer AS deep_s,
            NULL::integer AS rem_s, NULL::integer AS awake_s, NULL::numeric AS efficiency, NULL::integer AS score,
            NULL::integer AS bedtime_min, NULL::integer AS wake_min, NULL::integer AS hr_resting,
            NULL::numeric AS respiration_average, NULL::numeric AS rmssd_ms, NULL::integer AS snoring_s,
            NULL::numeric AS apnea_hypopnea_index
        FROM analytics.measure
        WHERE type IN (1, 6, 9, 10)
          AND origin IS DISTINCT FROM 'ambiguous'
          AND attribution IS DISTINCT FROM 'manual_at_creation'
        UNION ALL
        SELECT user_id, day, timezone, NULL, NULL,
            asleep_s, time_in_bed_s, light_s, deep_s, rem_s, awake_s, efficiency, score, bedtime_min, wake_min, hr_average,
            respiration_average, rmssd_end_avg_ms, snoring_s, apnea_hypopnea_index
        FROM analytics.sleep
        WHERE is_main
        UNION ALL
        SELECT user_id, day, NULL, NULL, NULL,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM withings.activity_day
    ) source
    GROUP BY user_id, day
) d
LEFT JOIN sync.enrolment e ON e.user_id = d.user_id
LEFT JOIN withings.activity_day a ON a.user_id = d.user_id AND a.day = d.day
LEFT JOIN sync.coverage ca ON ca.user_id = d.user_id AND ca.resource = 'activity' AND ca.day = d.day
LEFT JOIN sync.coverage cs ON cs.user_id = d.user_id AND cs.resource = 'sleep' AND cs.day = d.day
LEFT JOIN sync.coverage cm ON cm.user_id = d.user_id AND cm.resource = 'measures' AND cm.day = d.day
LEFT JOIN sync.coverage ci ON ci.user_id = d.user_id AND ci.resource = 'intraday' AND ci.day = d.day
LEFT JOIN (
    SELECT user_id, max(last_session_at) AS last_session_at
    FROM withings.device
    WHERE type IN ('Activity Tracker', 'Sleep Monitor')
    GROUP BY user_id
) t ON t.user_id = d.user_id
LEFT JOIN LATERAL (
    SELECT
        count(*) AS samples,
        count(DISTINCT date_bin(interval '15 minutes', s.sampled_at, timestamptz '2000-01-01 00:00:00+00')) FILTER (
            WHERE coalesce(s.heart_rate, s.spo2_pct, s.rmssd_ms, s.sdnn_ms, s.core_temperature_c, s.respiration_rate,
                    s.chest_movement_rate) IS NOT NULL
                OR (s.device_id <> '' AND (s.steps > 0 OR s.floors > 0 OR s.strokes > 0))
        ) AS quarters
    FROM withings.activity_sample s
    WHERE s.user_id = d.user_id
      AND s.sampled_at >= analytics.day_starts_at(d.day, coalesce(a.timezone, d.timezone))
      AND s.sampled_at < analytics.day_starts_at(d.day + 1, coalesce(a.timezone, d.timezone))
) w ON true;
COMMENT ON VIEW   analytics.daily                      IS 'One row for each person and calendar date of which anything is known: movement, the main night that ended on it, weight and blood pressure. A date without a row has nothing (day_status says why); a null was not measured, and never means 0';
COMMENT ON COLUMN analytics.daily.user_id              IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.daily.ref                  IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.daily.day                  IS 'Local calendar date, as the person lived it; of 23 or 25 hours where clocks change';
COMMENT ON COLUMN analytics.daily.timezone             IS 'Timezone of the day: that of its activity, else of a night or reading; null when none is told, UTC then';
COMMENT ON COLUMN analytics.daily.weight_kg            IS 'Mean of the day''s weighings, kg, but for those that may be of someone else and the guess made when the account was; null without one';
COMMENT ON COLUMN analytics.daily.fat_ratio_pct        IS 'Mean share of fat in the body weight, %, of the same weighings; null when not measured';
COMMENT ON COLUMN analytics.daily.steps                IS 'Steps taken, all devices together; null when nothing was counted';
COMMENT ON COLUMN analytics.daily.distance_m           IS 'Distance travelled, m; null when nothing was counted';
COMMENT ON COLUMN analytics.daily.floors               IS 'Floors climbed; null when not counted';
COMMENT ON COLUMN analytics.daily.soft_s               IS 'Time in light activity, s';
COMMENT ON COLUMN analytics.daily.moderate_s           IS 'Time in moderate activity, s';
COMMENT ON COLUMN analytics.daily.intense_s            IS 'Time in intense activity, s';
COMMENT ON COLUMN analytics.daily.active_s             IS 'Time in moderate or intense activity, s';
COMMENT ON COLUMN analytics.daily.active_kcal          IS 'Energy burned by being active, kcal';
COMMENT ON COLUMN analytics.daily.total_kcal           IS 'Energy burned in all, at rest included, kcal';
COMMENT ON COLUMN analytics.daily.hr_average           IS 'Mean heart rate of the day, bpm; null when not measured';
COMMENT ON COLUMN analytics.daily.hr_min               IS 'Lowest heart rate of the day, bpm; null when not measured';
COMMENT ON COLUMN analytics.daily.hr_max               IS 'Highest heart rate of the day, bpm; null when not measured';
COMMENT ON COLUMN analytics.daily.hr_zone_0_s          IS 'Time with the heart rate in the light zone, s';
COMMENT ON COLUMN analytics.daily.hr_zone_1_s          IS 'Time with the heart rate in the moderate zone, s';
COMMENT ON COLUMN analytics.daily.hr_zone_2_s          IS 'Time with the heart rate in the intense zone, s';
COMMENT ON COLUMN analytics.daily.hr_zone_3_s          IS 'Time with the heart rate in the maximal zone, s';
COMMENT ON COLUMN analytics.daily.activity_origin      IS 'Who counted the steps: device (a tracker) or imported (a phone or another app); null when not told';
COMMENT ON COLUMN analytics.daily.asleep_s             IS 'Time asleep in the main night (analytics.sleep, is_main), s; naps are not in it';
COMMENT ON COLUMN analytics.daily.time_in_bed_s        IS 'Time in bed in the main night, s';
COMMENT ON COLUMN analytics.daily.light_s              IS 'Light sleep in the main night, s; null when stages are not told';
COMMENT ON COLUMN analytics.daily.deep_s               IS 'Deep sleep in the main night, s; null when stages are not told';
COMMENT ON COLUMN analytics.daily.rem_s                IS 'REM sleep in the main night, s; null when stages are not told';
COMMENT ON COLUMN analytics.daily.awake_s              IS 'Time awake in the main night, s';
COMMENT ON COLUMN analytics.daily.sleep_efficiency     IS 'Time asleep as a part of time in bed in the main night, 0 to 1';
COMMENT ON COLUMN analytics.daily.sleep_score          IS 'Sleep score of Withings for the main night, 0 to 100';
COMMENT ON COLUMN analytics.daily.bedtime_min          IS 'When the main night began, in minutes of wall time after noon of the day before: 690 is 23:30, 750 is 00:30';
COMMENT ON COLUMN analytics.daily.wake_min             IS 'When the main night ended, in minutes of wall time after noon of the day before: 1140 is 07:00';
COMMENT ON COLUMN analytics.daily.hr_resting           IS 'Resting heart rate, bpm. There is this one definition: the mean heart rate of the main night that ended on this day; null when it was not measured';
COMMENT ON COLUMN analytics.daily.respiration_average  IS 'Mean respiration rate of the main night, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.daily.rmssd_ms             IS 'Heart rate variability (RMSSD), mean at the end of the main night, ms; null when not measured';
COMMENT ON COLUMN analytics.daily.snoring_s            IS 'Time snoring in the main night, s; null when not measured';
COMMENT ON COLUMN analytics.daily.apnea_hypopnea_index IS 'Apneas and hypopneas per hour of the main night, medical grade; null when not measured';
COMMENT ON COLUMN analytics.daily.systolic             IS 'Mean systolic blood pressure of the day''s readings, mmHg, but for those that may be of someone else; null without one';
COMMENT ON COLUMN analytics.daily.diastolic            IS 'Mean diastolic blood pressure of the day''s readings, mmHg, but for those that may be of someone else; null without one';
COMMENT ON COLUMN analytics.daily.blood_pressure_count IS 'Readings of the blood pressure that went into the means; null without one';
COMMENT ON COLUMN analytics.daily.wear_s               IS 'How long something was worn, s: 900 for each quarter of an hour with a heart rate, another signal of the body, or steps of a named device (a phone does not count) in withings.activity_sample. 0 when the day''s samples were asked for after its end and none came; null when they were not. Devices without a heart sensor count only while they are moved';
COMMENT ON COLUMN analytics.daily.final                IS 'False while the day can still move: before activity, sleep and measures, as far as they are fetched, were asked for after the day was over everywhere on earth (noon UTC of the next day), or before a tracker or sleep monitor of the person, where there is one, was in contact with Withings after the day''s end. Withings may change any day later on; changes are in sync.row_change';

CREATE OR REPLACE VIEW analytics.weekly AS
SELECT
    d.user_id,
    max(d.ref) AS ref,
    date_trunc('week', d.day::timestamp)::date AS week,
    to_char(date_trunc('week', d.day::timestamp)::date::timestamp, 'IYYY-"W"IW') AS iso_week,
    count(*)::integer AS days,
    count(d.steps)::integer AS steps_days,
    count(d.weight_kg)::integer AS weight_days,
    count(d.asleep_s)::integer AS sleep_days,
    count(d.systolic)::integer AS blood_pressure_days,
    avg(d.steps)::numeric(12, 1) AS steps_mean,
    sum(d.distance_m)::numeric(14, 2) AS distance_m,
    sum(d.floors)::numeric(12, 2) AS floors,
    sum(d.moderate_s) AS moderate_s,
    sum(d.intense_s) AS intense_s,
    sum(d.active_s) AS active_s,
    sum(d.active_kcal)::numeric(12, 2) AS active_kcal,
    avg(d.weight_kg)::numeric(8, 3) AS weight_kg,
    avg(d.fat_ratio_pct)::numeric(6, 3) AS fat_ratio_pct,
    avg(d.asleep_s)::numeric(12, 1) AS asleep_s_mean,
    avg(d.deep_s)::numeric(12, 1) AS deep_s_mean,
    avg(d.rem_s)::numeric(12, 1) AS rem_s_mean,
    avg(d.sleep_score)::numeric(12, 2) AS sleep_score_mean,
    avg(d.bedtime_min)::numeric(12, 1) AS bedtime_min_mean,
    stddev_samp(d.bedtime_min)::numeric(12, 1) AS bedtime_min_sd,
    avg(d.wake_min)::numeric(12, 1) AS wake_min_mean,
    avg(d.hr_resting)::numeric(12, 2) AS hr_resting_mean,
    avg(d.systolic)::numeric(6, 1) AS systolic,
    avg(d.diastolic)::numeric(6, 1) AS diastolic,
    avg(d.wear_s)::numeric(12, 1) AS wear_s_mean,
    bool_and(d.final) AND date_trunc('week', d.day::timestamp)::date + 7 <= (now() AT TIME ZONE 'UTC')::date AS final
FROM analytics.daily d
GROUP BY d.user_id, date_trunc('week', d.day::timestamp)::date;
COMMENT ON VIEW   analytics.weekly                     IS 'One row for each person and week of which anything is known. Means are of the days that have a value, never of 0 in place of one';
COMMENT ON COLUMN analytics.weekly.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.weekly.ref                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.weekly.week                IS 'Monday of the week, local';
COMMENT ON COLUMN analytics.weekly.iso_week            IS 'The week by ISO 8601, such as 2026-W07';
COMMENT ON COLUMN analytics.weekly.days                IS 'Days of which anything is known';
COMMENT ON COLUMN analytics.weekly.steps_days          IS 'Days on which steps were counted';
COMMENT ON COLUMN analytics.weekly.weight_days         IS 'Days with a weighing';
COMMENT ON COLUMN analytics.weekly.sleep_days          IS 'Days with a main night';
COMMENT ON COLUMN analytics.weekly.blood_pressure_days IS 'Days with a reading of the blood pressure';
COMMENT ON COLUMN analytics.weekly.steps_mean          IS 'Mean steps of the days on which steps were counted; null without any';
COMMENT ON COLUMN analytics.weekly.distance_m          IS 'Distance travelled, m; null without any';
COMMENT ON COLUMN analytics.weekly.floors              IS 'Floors climbed; null without any';
COMMENT ON COLUMN analytics.weekly.moderate_s          IS 'Time in moderate activity, s; null without any';
COMMENT ON COLUMN analytics.weekly.intense_s           IS 'Time in intense activity, s; null without any';
COMMENT ON COLUMN analytics.weekly.active_s            IS 'Time in moderate or intense activity, s; null without any';
COMMENT ON COLUMN analytics.weekly.active_kcal         IS 'Energy burned by being active, kcal; null without any';
COMMENT ON COLUMN analytics.weekly.weight_kg           IS 'Mean of the daily weights, kg; null without any';
COMMENT ON COLUMN analytics.weekly.fat_ratio_pct       IS 'Mean of the daily shares of fat in the body weight, %; null without any';
COMMENT ON COLUMN analytics.weekly.asleep_s_mean       IS 'Mean time asleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.weekly.deep_s_mean         IS 'Mean deep sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.weekly.rem_s_mean          IS 'Mean REM sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.weekly.sleep_score_mean    IS 'Mean sleep score, 0 to 100; null without any';
COMMENT ON COLUMN analytics.weekly.bedtime_min_mean    IS 'Mean time at which main nights began, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.weekly.bedtime_min_sd      IS 'Standard deviation of that, minutes: the smaller, the more regular; null for fewer than two nights';
COMMENT ON COLUMN analytics.weekly.wake_min_mean       IS 'Mean time at which main nights ended, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.weekly.hr_resting_mean     IS 'Mean resting heart rate as in analytics.daily, bpm; null without any';
COMMENT ON COLUMN analytics.weekly.systolic            IS 'Mean of the daily systolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.weekly.diastolic           IS 'Mean of the daily diastolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.weekly.wear_s_mean         IS 'Mean of wear_s as in analytics.daily, s; null without any';
COMMENT ON COLUMN analytics.weekly.final               IS 'False while the week can still move: before it is over, and while any of its days in analytics.daily can';

CREATE OR REPLACE VIEW analytics.monthly AS
SELECT
    d.user_id,
    max(d.ref) AS ref,
    date_trunc('month', d.day::timestamp)::date AS month,
    count(*)::integer AS days,
    count(d.steps)::integer AS steps_days,
    count(d.weight_kg)::integer AS weight_days,
    count(d.asleep_s)::integer AS sleep_days,
    count(d.systolic)::integer AS blood_pressure_days,
    avg(d.steps)::numeric(12, 1) AS steps_mean,
    sum(d.distance_m)::numeric(14, 2) AS distance_m,
    sum(d.floors)::numeric(12, 2) AS floors,
    sum(d.moderate_s) AS moderate_s,
    sum(d.intense_s) AS intense_s,
    sum(d.active_s) AS active_s,
    sum(d.active_kcal)::numeric(12, 2) AS active_kcal,
    avg(d.weight_kg)::numeric(8, 3) AS weight_kg,
    avg(d.fat_ratio_pct)::numeric(6, 3) AS fat_ratio_pct,
    avg(d.asleep_s)::numeric(12, 1) AS asleep_s_mean,
    avg(d.deep_s)::numeric(12, 1) AS deep_s_mean,
    avg(d.rem_s)::numeric(12, 1) AS rem_s_mean,
    avg(d.sleep_score)::numeric(12, 2) AS sleep_score_mean,
    avg(d.bedtime_min)::numeric(12, 1) AS bedtime_min_mean,
    stddev_samp(d.bedtime_min)::numeric(12, 1) AS bedtime_min_sd,
    avg(d.wake_min)::numeric(12, 1) AS wake_min_mean,
    avg(d.hr_resting)::numeric(12, 2) AS hr_resting_mean,
    avg(d.systolic)::numeric(6, 1) AS systolic,
    avg(d.diastolic)::numeric(6, 1) AS diastolic,
    avg(d.wear_s)::numeric(12, 1) AS wear_s_mean,
    bool_and(d.final) AND (date_trunc('month', d.day::timestamp)::date + interval '1 month')::date <= (now() AT TIME ZONE 'UTC')::date AS final
FROM analytics.daily d
GROUP BY d.user_id, date_trunc('month', d.day::timestamp)::date;
COMMENT ON VIEW   analytics.monthly                     IS 'One row for each person and calendar month of which anything is known. Means are of the days that have a value, never of 0 in place of one';
COMMENT ON COLUMN analytics.monthly.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.monthly.ref                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.monthly.month               IS 'First day of the month, local';
COMMENT ON COLUMN analytics.monthly.days                IS 'Days of which anything is known';
COMMENT ON COLUMN analytics.monthly.steps_days          IS 'Days on which steps were counted';
COMMENT ON COLUMN analytics.monthly.weight_days         IS 'Days with a weighing';
COMMENT ON COLUMN analytics.monthly.sleep_days          IS 'Days with a main night';
COMMENT ON COLUMN analytics.monthly.blood_pressure_days IS 'Days with a reading of the blood pressure';
COMMENT ON COLUMN analytics.monthly.steps_mean          IS 'Mean steps of the days on which steps were counted; null without any';
COMMENT ON COLUMN analytics.monthly.distance_m          IS 'Distance travelled, m; null without any';
COMMENT ON COLUMN analytics.monthly.floors              IS 'Floors climbed; null without any';
COMMENT ON COLUMN analytics.monthly.moderate_s          IS 'Time in moderate activity, s; null without any';
COMMENT ON COLUMN analytics.monthly.intense_s           IS 'Time in intense activity, s; null without any';
COMMENT ON COLUMN analytics.monthly.active_s            IS 'Time in moderate or intense activity, s; null without any';
COMMENT ON COLUMN analytics.monthly.active_kcal         IS 'Energy burned by being active, kcal; null without any';
COMMENT ON COLUMN analytics.monthly.weight_kg           IS 'Mean of the daily weights, kg; null without any';
COMMENT ON COLUMN analytics.monthly.fat_ratio_pct       IS 'Mean of the daily shares of fat in the body weight, %; null without any';
COMMENT ON COLUMN analytics.monthly.asleep_s_mean       IS 'Mean time asleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.monthly.deep_s_mean         IS 'Mean deep sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.monthly.rem_s_mean          IS 'Mean REM sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.monthly.sleep_score_mean    IS 'Mean sleep score, 0 to 100; null without any';
COMMENT ON COLUMN analytics.monthly.bedtime_min_mean    IS 'Mean time at which main nights began, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.monthly.bedtime_min_sd      IS 'Standard deviation of that, minutes: the smaller, the more regular; null for fewer than two nights';
COMMENT ON COLUMN analytics.monthly.wake_min_mean       IS 'Mean time at which main nights ended, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.monthly.hr_resting_mean     IS 'Mean resting heart rate as in analytics.daily, bpm; null without any';
COMMENT ON COLUMN analytics.monthly.systolic            IS 'Mean of the daily systolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.monthly.diastolic           IS 'Mean of the daily diastolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.monthly.wear_s_mean         IS 'Mean of wear_s as in analytics.daily, s; null without any';
COMMENT ON COLUMN analytics.monthly.final               IS 'False while the calendar month can still move: before it is over, and while any of its days in analytics.daily can';

CREATE OR REPLACE VIEW analytics.baseline AS
SELECT
    d.user_id,
    max(d.ref)                                                                      AS ref,
    q.quantity,
    q.unit,
    (now() AT TIME ZONE 'UTC')::date - 28                                           AS from_day,
    (now() AT TIME ZONE 'UTC')::date - 1                                            AS to_day,
    count(*)::integer                                                               AS days,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY q.value)::numeric(14, 3)            AS median,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY q.value)::numeric(14, 3)            AS p10,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY q.value)::numeric(14, 3)            AS p90
FROM analytics.daily d
CROSS JOIN LATERAL (VALUES
    ('weight_kg', 'kg', d.weight_kg::double precision),
    ('fat_ratio_pct', '%', d.fat_ratio_pct),
    ('steps', 'steps', d.steps),
    ('active_s', 's', d.active_s),
    ('active_kcal', 'kcal', d.active_kcal),
    ('asleep_s', 's', d.asleep_s),
    ('deep_s', 's', d.deep_s),
    ('rem_s', 's', d.rem_s),
    ('bedtime_min', 'min', d.bedtime_min),
    ('wake_min', 'min', d.wake_min),
    ('hr_resting', 'bpm', d.hr_resting),
    ('respiration_average', 'breaths/min', d.respiration_average),
    ('rmssd_ms', 'ms', d.rmssd_ms),
    ('systolic', 'mmHg', d.systolic),
    ('diastolic', 'mmHg', d.diastolic)
) AS q (quantity, unit, value)
WHERE d.day BETWEEN (now() AT TIME ZONE 'UTC')::date - 28 AND (now() AT TIME ZONE 'UTC')::date - 1
  AND q.value IS NOT NULL
GROUP BY d.user_id, q.quantity, q.unit;
COMMENT ON VIEW   analytics.baseline          IS 'What is usual for each person now: the middle and the span of each daily quantity over the 28 days before today (UTC). Today is not among them, since it still moves; a quantity without a value in this time has no row';
COMMENT ON COLUMN analytics.baseline.user_id  IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.baseline.ref      IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.baseline.quantity IS 'Column of analytics.daily';
COMMENT ON COLUMN analytics.baseline.unit     IS 'Its unit';
COMMENT ON COLUMN analytics.baseline.from_day IS 'First of the 28 days';
COMMENT ON COLUMN analytics.baseline.to_day   IS 'Last of the 28 days: yesterday in UTC';
COMMENT ON COLUMN analytics.baseline.days     IS 'Days that have a value';
COMMENT ON COLUMN analytics.baseline.median   IS 'Half of the days lie below this';
COMMENT ON COLUMN analytics.baseline.p10      IS 'A tenth of the days lies below this';
COMMENT ON COLUMN analytics.baseline.p90      IS 'A tenth of the days lies above this';
-- R__analytics_switch.sql: where a curve steps because of what measured it.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_sleep, by its name.

-- The window is of one person and quantity, so that a condition on these two reaches the table's index. Readings that
-- were typed in are no part of a device's curve; what is not told is not taken for a change.
CREATE OR REPLACE VIEW analytics.series_break AS
SELECT
    b.user_id,
    e.ref,
    b.quantity,
    b.position_name,
    b.day,
    b.measured_at,
    analytics.local_time(b.measured_at, b.timezone)             AS local_started_at,
    coalesce(b.device_id <> b.device_id_before, false)          AS device_changed,
    coalesce(b.model <> b.model_before, false)                  AS model_changed,
    coalesce(b.algo <> b.algo_before, false)                    AS algo_changed,
    b.device_id_before,
    b.device_id,
    b.model_before,
    b.model,
    b.algo_before,
    b.algo,
    b.measured_before_at,
    'device'::text                                              AS origin
FROM (
    SELECT
        s.*,
        lag(s.device_id) OVER series   AS device_id_before,
        lag(s.model) OVER series       AS model_before,
        lag(s.algo) OVER series        AS algo_before,
        lag(s.measured_at) OVER series AS measured_before_at
    FROM (
        SELECT user_id, name AS quantity, position_name, day, measured_at, timezone, device_id, model, algo
        FROM analytics.measure
        WHERE origin = 'device' AND type <> 11
        UNION ALL
        SELECT d.user_id, 'steps', NULL, d.day, analytics.day_starts_at(d.day, d.timezone), d.timezone,
            nullif(d.device_id, ''), coalesce(m.name, d.model), NULL
        FROM withings.activity_day d
        LEFT JOIN withings.device_model m ON m.model_id = d.model_id
        WHERE d.is_tracker
        UNION ALL
        SELECT user_id, 'sleep', NULL, day, started_at, timezone, device_id, model, NULL
        FROM analytics.sleep
        WHERE is_main AND origin = 'device'
    ) s
    WINDOW series AS (PARTITION BY s.user_id, s.quantity, s.position_name ORDER BY s.measured_at)
) b
LEFT JOIN sync.enrolment e ON e.user_id = b.user_id
WHERE b.device_id <> b.device_id_before
   OR b.model <> b.model_before
   OR b.algo <> b.algo_before;
COMMENT ON VIEW   analytics.series_break                    IS 'Where the device, the model or the algorithm of a quantity changed: a step in the curve here is the instrument, not the body. One row for the first reading after each change; two devices used in turn break the series each time';
COMMENT ON COLUMN analytics.series_break.user_id            IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.series_break.ref                IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.series_break.quantity           IS 'The quantity: name of withings.measure_type, or steps (days of a tracker) or sleep (main nights). heart_pulse is left out: scales and blood pressure monitors take it in turn';
COMMENT ON COLUMN analytics.series_break.position_name      IS 'Part of the body, for quantities that have one; else null';
COMMENT ON COLUMN analytics.series_break.day                IS 'Local calendar date of the first reading after the change';
COMMENT ON COLUMN analytics.series_break.measured_at        IS 'When that was measured; of steps, when the day began';
COMMENT ON COLUMN analytics.series_break.local_started_at   IS 'Local wall time of that; UTC where the timezone is not told';
COMMENT ON COLUMN analytics.series_break.device_changed     IS 'Another device; false where either is not told';
COMMENT ON COLUMN analytics.series_break.model_changed      IS 'Another product; false where either is not told';
COMMENT ON COLUMN analytics.series_break.algo_changed       IS 'Another algorithm of the device; false where either is not told';
COMMENT ON COLUMN analytics.series_break.device_id_before   IS 'The device before; null when not told';
COMMENT ON COLUMN analytics.series_break.device_id          IS 'The device from here on; null when not told';
COMMENT ON COLUMN analytics.series_break.model_before       IS 'Product name before; null when not told';
COMMENT ON COLUMN analytics.series_break.model              IS 'Product name from here on; null when not told';
COMMENT ON COLUMN analytics.series_break.algo_before        IS 'Algorithm before; null when not told';
COMMENT ON COLUMN analytics.series_break.algo               IS 'Algorithm from here on; null when not told';
COMMENT ON COLUMN analytics.series_break.measured_before_at IS 'When the last reading before the change was measured';
COMMENT ON COLUMN analytics.series_break.origin             IS 'Always device: readings that were typed in or imported are left out';
-- R__analytics_trial.sql: why there is nothing, and who needs a call: what studies are run by.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_summary, by its name.

-- Days that should be there, days that were asked for and rows that came are put under each other and grouped, so that a
-- condition on person, day and resource reaches each of them.
CREATE OR REPLACE VIEW analytics.day_status AS
SELECT
    d.user_id,
    e.ref,
    d.day,
    d.resource,
    CASE
        WHEN d.has_something THEN 'data'
        WHEN d.row_count > 0 THEN
            CASE
                WHEN d.resource = 'activity'
                    AND d.is_worn IS NULL
                    AND d.samples_asked_at >= analytics.day_starts_at(d.day + 1, z.timezone) THEN 'not_worn'
                ELSE 'zero'
            END
        WHEN d.day < e.fetch_from OR d.day > e.fetch_until THEN 'outside_window'
        WHEN d.asked_at IS NULL THEN
            CASE
                WHEN e.status <> 'active' OR NOT (e.scopes = '{}' OR d.scope = ANY (e.scopes)) THEN 'not_permitted'
                ELSE 'not_asked'
            END
        WHEN d.asked_at < analytics.day_starts_at(d.day + 1, z.timezone) THEN 'not_synced_yet'
        WHEN d.resource IN ('activity', 'intraday', 'sleep', 'sleep-samples') THEN
            CASE
                WHEN z.last_session_at < analytics.day_starts_at(d.day + 1, z.timezone) THEN 'not_synced_yet'
                ELSE 'not_worn'
            END
        ELSE 'zero'
    END                  AS status,
    d.row_count,
    d.asked_at
FROM (
    SELECT
        user_id,
        day,
        resource,
        CASE WHEN resource IN ('measures', 'heart') THEN 'user.metrics' ELSE 'user.activity' END AS scope,
        sum(row_count)::bigint                         AS row_count,
        bool_or(has_something)                         AS has_something,
        max(asked_at)                                  AS asked_at,
        bool_or(is_worn)                               AS is_worn,
        max(samples_asked_at)                          AS samples_asked_at
    FROM (
        SELECT e.user_id, c.day, r.resource, NULL::bigint AS row_count, false AS has_something,
            NULL::timestamptz AS asked_at, NULL::boolean AS is_worn, NULL::timestamptz AS samples_asked_at
        FROM sync.enrolment e
        JOIN analytics.calendar c
            ON c.day >= least((e.enrolled_at AT TIME ZONE 'UTC')::date, e.fetch_from)
            AND c.day <= ((now() + interval '14 hours') AT TIME ZONE 'UTC')::date
        CROSS JOIN (VALUES ('measures'), ('activity'), ('intraday'), ('workouts'), ('sleep'), ('sleep-samples'), ('heart'))
            AS r (resource)
        UNION ALL
        SELECT user_id, day, resource,
            CASE WHEN resource IN ('intraday', 'sleep-samples') THEN row_count END,
            resource IN ('intraday', 'sleep-samples') AND row_count > 0,
            asked_at, NULL, NULL
        FROM sync.coverage
        WHERE resource IN ('measures', 'activity', 'intraday', 'workouts', 'sleep', 'sleep-samples', 'heart')
          AND day <= ((now() + interval '14 hours') AT TIME ZONE 'UTC')::date
        UNION ALL
        SELECT user_id, day, 'activity', NULL, false, NULL, NULL, asked_at
        FROM sync.coverage
        WHERE resource = 'intraday'
        UNION ALL -- only of days on which Withings tells no movement at all: worn as in the wear_s of analytics.daily
        SELECT a.user_id, a.day, 'activity', NULL, false, NULL, true, NULL
        FROM withings.activity_day a
        JOIN withings.activity_sample s
            ON s.user_id = a.user_id
            AND s.sampled_at >= analytics.day_starts_at(a.day, a.timezone)
            AND s.sampled_at < analytics.day_starts_at(a.day + 1, a.timezone)
        WHERE NOT coalesce(a.steps > 0 OR a.distance_m > 0 OR a.floors > 0 OR a.active_s > 0 OR a.soft_s > 0 OR a.hr_average > 0, false)
          AND (coalesce(s.heart_rate, s.spo2_pct, s.rmssd_ms, s.sdnn_ms, s.core_temperature_c, s.respiration_rate,
                  s.chest_movement_rate) IS NOT NULL
              OR (s.device_id <> '' AND (s.steps > 0 OR s.floors > 0 OR s.strokes > 0)))
        UNION ALL
        SELECT user_id, day, 'measures', 1, true, NULL, NULL, NULL
        FROM withings.measure_group
        WHERE deleted_at IS NULL AND category IS DISTINCT FROM 2
        UNION ALL
        SELECT user_id, day, 'activity', 1,
            coalesce(steps > 0 OR distance_m > 0 OR floors > 0 OR active_s > 0 OR soft_s > 0 OR hr_average > 0, false),
            NULL, NULL, NULL
        FROM withings.activity_day
        UNION ALL
        SELECT user_id, day, 'workouts', 1, true, NULL, NULL, NULL
        FROM withings.workout
        WHERE deleted_at IS NULL
        UNION ALL
        SELECT user_id, day, 'sleep', 1, coalesce(asleep_s, external_asleep_s, time_in_bed_s, 1) > 0, NULL, NULL, NULL
        FROM withings.sleep_summary
        WHERE deleted_at IS NULL
        UNION ALL
        SELECT user_id, day, 'heart', 1, true, NULL, NULL, NULL
        FROM withings.heart_record
        WHERE deleted_at IS NULL
    ) source
    GROUP BY user_id, day, resource
) d
JOIN sync.enrolment e ON e.user_id = d.user_id
LEFT JOIN (
    SELECT
        user_id,
        max(last_session_at) FILTER (WHERE type IN ('Activity Tracker', 'Sleep Monitor'))         AS last_session_at,
        (array_agg(timezone ORDER BY last_session_at DESC NULLS LAST, device_id) FILTER (WHERE timezone IS NOT NULL))[1] AS timezone
    FROM withings.device
    GROUP BY user_id
) z ON z.user_id = d.user_id
WHERE d.row_count > 0 OR d.day <= analytics.local_time(now(), z.timezone)::date;
COMMENT ON VIEW   analytics.day_status           IS 'What became of each day of each resource that has days (measures, activity, intraday, workouts, sleep, sleep-samples, heart), one row each: from the day the person was enrolled, or fetched from where that is earlier, to today, and every day before that was asked for or has rows';
COMMENT ON COLUMN analytics.day_status.user_id   IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.day_status.ref       IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.day_status.day       IS 'Local calendar date; of intraday and sleep-samples, the date in UTC';
COMMENT ON COLUMN analytics.day_status.resource  IS 'The resource';
COMMENT ON COLUMN analytics.day_status.status    IS 'The first of these that holds. data: rows came that say something. zero: rows came that hold only zeros; or, of measures, workouts and heart, the day was asked for after its end and there was nothing. not_worn: a day of activity came that holds only zeros, and its samples, asked for after its end, show nobody wearing anything (as in the wear_s of daily); or, of activity, intraday, sleep and sleep-samples, the day was asked for after its end and there was nothing, although the person''s tracker or sleep monitor was in contact with Withings since (or none is known). outside_window: before the first or after the last day to fetch. not_permitted: never asked for, since the person did not grant the scope, or the consent is gone. not_asked: never asked for, though it may be. not_synced_yet: not asked for since its end, or no tracker or sleep monitor was in contact with Withings since: something may still come. A day ends at midnight in the timezone of the device that was last used';
COMMENT ON COLUMN analytics.day_status.row_count IS 'Rows that are there; null for none. Of samples, those that were new when they came';
COMMENT ON COLUMN analytics.day_status.asked_at  IS 'When the day was last asked for; null if never';

-- The two halves are grouped by person each for itself and then joined: in one, days would multiply.
CREATE OR REPLACE VIEW analytics.adherence AS
SELECT
    b.user_id,
    b.ref,
    b.status,
    b.from_day,
    b.to_day,
    b.days_expected,
    coalesce(s.measures_days, 0)::integer                                               AS measures_days,
    coalesce(s.activity_days, 0)::integer                                               AS activity_days,
    coalesce(s.workouts_days, 0)::integer                                               AS workouts_days,
    coalesce(s.sleep_days, 0)::integer                                                  AS sleep_days,
    coalesce(s.heart_days, 0)::integer                                                  AS heart_days,
    coalesce(d.weight_days, 0)::integer                                                 AS weight_days,
    coalesce(d.blood_pressure_days, 0)::integer                                         AS blood_pressure_days,
    coalesce(d.wear_known_days, 0)::integer                                             AS wear_known_days,
    coalesce(d.valid_days, 0)::integer                                                  AS valid_days,
    (100.0 * coalesce(d.valid_days, 0) / nullif(b.days_expected, 0))::numeric(5, 1)     AS valid_pct,
    coalesce(s.not_worn_days, 0)::integer                                               AS not_worn_days,
    coalesce(s.not_synced_yet_days, 0)::integer                                         AS not_synced_yet_days,
    s.last_data_day,
    c.last_sync_at,
    v.last_contact_at,
    CASE v.charge WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' END         AS battery
FROM (
    SELECT
        user_id,
        ref,
        status,
        from_day,
        to_day,
        greatest(to_day - from_day + 1, 0) AS days_expected
    FROM (
        SELECT
            user_id,
            ref,
            status,
            coalesce(fetch_from, (enrolled_at AT TIME ZONE 'UTC')::date) AS from_day,
            least((now() AT TIME ZONE 'UTC')::date - 1, fetch_until)     AS to_day
        FROM sync.enrolment
    ) bounds
) b
LEFT JOIN (
    SELECT
        t.user_id,
        count(*) FILTER (WHERE t.resource = 'measures' AND t.status = 'data')             AS measures_days,
        count(*) FILTER (WHERE t.resource = 'activity' AND t.status = 'data')             AS activity_days,
        count(*) FILTER (WHERE t.resource = 'workouts' AND t.status = 'data')             AS workouts_days,
        count(*) FILTER (WHERE t.resource = 'sleep' AND t.status = 'data')                AS sleep_days,
        count(*) FILTER (WHERE t.resource = 'heart' AND t.status = 'data')                AS heart_days,
        count(*) FILTER (WHERE t.resource = 'activity' AND t.status = 'not_worn')         AS not_worn_days,
        count(*) FILTER (WHERE t.resource = 'activity' AND t.status = 'not_synced_yet')   AS not_synced_yet_days,
        max(t.day) FILTER (WHERE t.status = 'data')                                       AS last_data_day
    FROM analytics.day_status t
    JOIN sync.enrolment e ON e.user_id = t.user_id
    WHERE t.day >= coalesce(e.fetch_from, (e.enrolled_at AT TIME ZONE 'UTC')::date)
      AND t.day <= least((now() AT TIME ZONE 'UTC')::date - 1, e.fetch_until)
    GROUP BY t.user_id
) s ON s.user_id = b.user_id
LEFT JOIN (
    SELECT
        t.user_id,
        count(t.weight_kg)                                                                AS weight_days,
        count(t.blood_pressure_count)                                                     AS blood_pressure_days,
        count(t.wear_s)                                                                   AS wear_known_days,
        count(*) FILTER (WHERE t.wear_s >= 36000
            OR (t.wear_s IS NULL AND t.activity_origin = 'device' AND t.steps > 0))          AS valid_days
    FROM analytics.daily t
    JOIN sync.enrolment e ON e.user_id = t.user_id
    WHERE t.day >= coalesce(e.fetch_from, (e.enrolled_at AT TIME ZONE 'UTC')::date)
      AND t.day <= least((now() AT TIME ZONE 'UTC')::date - 1, e.fetch_until)
    GROUP BY t.user_id
) d ON d.user_id = b.user_id
LEFT JOIN (
    SELECT user_id, max(last_success_at) AS last_sync_at
    FROM sync.cursor
    GROUP BY user_id
) c ON c.user_id = b.user_id
LEFT JOIN (
    SELECT
        user_id,
        max(last_session_at)                                                              AS last_contact_at,
        min(CASE battery WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 END)   AS charge
    FROM withings.device
    GROUP BY user_id
) v ON v.user_id = b.user_id;
COMMENT ON VIEW   analytics.adherence                     IS 'How well each person keeps to the study, one row each, over the days from the first day to fetch (where none is set: the day of enrolment) to yesterday in UTC (or the last day to fetch, where that is earlier)';
COMMENT ON COLUMN analytics.adherence.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.adherence.ref                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.adherence.status              IS 'active (is synced), reconsent (the person must consent again) or unlinked (no longer synced)';
COMMENT ON COLUMN analytics.adherence.from_day            IS 'First day that counts';
COMMENT ON COLUMN analytics.adherence.to_day              IS 'Last day that counts; before from_day while none counts yet';
COMMENT ON COLUMN analytics.adherence.days_expected       IS 'Days that count; 0 on the day of enrolment where no first day to fetch is set';
COMMENT ON COLUMN analytics.adherence.measures_days       IS 'Days with a reading of any kind: status data in day_status';
COMMENT ON COLUMN analytics.adherence.activity_days       IS 'Days with movement: status data in day_status';
COMMENT ON COLUMN analytics.adherence.workouts_days       IS 'Days with a workout';
COMMENT ON COLUMN analytics.adherence.sleep_days          IS 'Days with a night: status data in day_status';
COMMENT ON COLUMN analytics.adherence.heart_days          IS 'Days with a heart recording';
COMMENT ON COLUMN analytics.adherence.weight_days         IS 'Days with a weighing that is surely the person''s';
COMMENT ON COLUMN analytics.adherence.blood_pressure_days IS 'Days with a reading of the blood pressure that is surely the person''s';
COMMENT ON COLUMN analytics.adherence.wear_known_days     IS 'Days of which it is known for how long something was worn';
COMMENT ON COLUMN analytics.adherence.valid_days          IS 'Valid days: something was worn for at least 10 hours (wear_s of daily at least 36,000); where that is not known, a tracker counted at least one step';
COMMENT ON COLUMN analytics.adherence.valid_pct           IS 'valid_days as a part of days_expected, %; null when none is expected';
COMMENT ON COLUMN analytics.adherence.not_worn_days       IS 'Days of activity with status not_worn in day_status';
COMMENT ON COLUMN analytics.adherence.not_synced_yet_days IS 'Days of activity with status not_synced_yet in day_status: a reminder to open the app may bring them';
COMMENT ON COLUMN analytics.adherence.last_data_day       IS 'Last of these days on which anything came; null if none did';
COMMENT ON COLUMN analytics.adherence.last_sync_at        IS 'When Withings was last asked to the end, for any resource; null if never';
COMMENT ON COLUMN analytics.adherence.last_contact_at     IS 'When any device of the person was last in contact with Withings; null if never or not told';
COMMENT ON COLUMN analytics.adherence.battery             IS 'Lowest charge among the person''s devices: low, medium or high; null when none is told';
-- R__analytics_user.sql: who is here, and how fresh their data is.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.enrolled_user AS
SELECT
    user_id,
    ref,
    status,
    status_reason,
    enrolled_at,
    consented_at,
    array_to_string(scopes, ',') AS scopes,
    fetch_from,
    fetch_until
FROM sync.enrolment;
COMMENT ON VIEW   analytics.enrolled_user               IS 'The people whose data is kept here';
COMMENT ON COLUMN analytics.enrolled_user.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.enrolled_user.ref           IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.enrolled_user.status        IS 'active (is synced), reconsent (the person must consent again) or unlinked (no longer synced)';
COMMENT ON COLUMN analytics.enrolled_user.status_reason IS 'Why the status is what it is; null while active';
COMMENT ON COLUMN analytics.enrolled_user.enrolled_at   IS 'When the person was first enrolled or imported here';
COMMENT ON COLUMN analytics.enrolled_user.consented_at  IS 'When the person last consented here; null for an imported authorisation';
COMMENT ON COLUMN analytics.enrolled_user.scopes        IS 'What the person granted, separated by commas';
COMMENT ON COLUMN analytics.enrolled_user.fetch_from    IS 'First local day to fetch; null = everything the API holds';
COMMENT ON COLUMN analytics.enrolled_user.fetch_until   IS 'Last local day to fetch; null = no end';

-- Asked often and over everybody, so it reads what syncing has noted, and counts nothing.
CREATE OR REPLACE VIEW analytics.freshness AS
SELECT
    c.user_id,
    e.ref,
    c.resource,
    c.last_row_at,
    c.last_success_at,
    c.next_due_at,
    c.consecutive_failures,
    c.last_error,
    c.row_count
FROM sync.cursor c
JOIN sync.enrolment e ON e.user_id = c.user_id;
COMMENT ON VIEW   analytics.freshness                      IS 'How fresh each resource of each person is';
COMMENT ON COLUMN analytics.freshness.user_id              IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.freshness.ref                  IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.freshness.resource             IS 'Resource: measures, activity, workouts, sleep, heart, devices, goals, …';
COMMENT ON COLUMN analytics.freshness.last_row_at          IS 'Time of the newest row: when it was measured or began, the start of the day for activity; null without rows, and for devices and goals';
COMMENT ON COLUMN analytics.freshness.last_success_at      IS 'When Withings was last asked to the end; null if never';
COMMENT ON COLUMN analytics.freshness.next_due_at          IS 'When Withings is asked again';
COMMENT ON COLUMN analytics.freshness.consecutive_failures IS 'Reads that failed since the last success';
COMMENT ON COLUMN analytics.freshness.last_error           IS 'Why the last read failed; null after a success';
COMMENT ON COLUMN analytics.freshness.row_count            IS 'Rows stored';
-- R__analytics_workout.sql: workouts.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

CREATE OR REPLACE VIEW analytics.workout AS
SELECT
    w.user_id,
    e.ref,
    w.day,
    w.started_at,
    w.ended_at,
    analytics.local_time(w.started_at, w.timezone)                      AS local_started_at,
    w.category,
    coalesce(c.name, 'category_' || w.category)                         AS category_name,
    extract(epoch FROM w.ended_at - w.started_at)::bigint               AS duration_s,
    w.pause_s,
    w.algo_pause_s,
    (CASE WHEN abs(w.active_kcal) < 1e7 THEN w.active_kcal END)::numeric(10, 2) AS active_kcal,
    (CASE WHEN abs(w.manual_kcal) < 1e7 THEN w.manual_kcal END)::numeric(10, 2) AS manual_kcal,
    (CASE WHEN abs(w.distance_m) < 1e9 THEN w.distance_m END)::numeric(12, 2) AS distance_m,
    (CASE WHEN abs(w.manual_distance_m) < 1e9 THEN w.manual_distance_m END)::numeric(12, 2) AS manual_distance_m,
    w.steps,
    (CASE WHEN abs(w.floors) < 1e7 THEN w.floors END)::numeric(10, 2)   AS floors,
    nullif(w.intensity, 0)                                              AS intensity,
    nullif(w.manual_intensity, 0)                                       AS manual_intensity,
    w.hr_average,
    w.hr_min,
    w.hr_max,
    w.hr_zone_0_s,
    w.hr_zone_1_s,
    w.hr_zone_2_s,
    w.hr_zone_3_s,
    (CASE WHEN abs(w.spo2_average_pct) < 1e3 THEN w.spo2_average_pct END)::numeric(6, 2) AS spo2_average_pct,
    w.pool_laps,
    w.strokes,
    (CASE WHEN abs(w.pool_length_m) < 1e5 THEN w.pool_length_m END)::numeric(8, 2) AS pool_length_m,
    (CASE WHEN abs(w.core_temperature_avg_c) < 1e3 THEN w.core_temperature_avg_c END)::numeric(6, 2) AS core_temperature_avg_c,
    CASE
        WHEN a.origin = 'device' AND coalesce(w.device_id, '') = '' AND m.type LIKE 'HealthKit%' THEN 'imported'
        ELSE a.origin
    END                                                                 AS origin,
    nullif(w.device_id, '')                                             AS device_id,
    coalesce(m.name, w.model)                                           AS model,
    w.timezone,
    w.workout_id
FROM withings.workout w
LEFT JOIN sync.enrolment e ON e.user_id = w.user_id
LEFT JOIN withings.workout_category c ON c.category = w.category
LEFT JOIN withings.attribution a ON a.attribution = w.attribution
LEFT JOIN withings.device_model m ON m.model_id = w.model_id
WHERE w.deleted_at IS NULL;
COMMENT ON VIEW   analytics.workout                        IS 'Every workout, one row each, whether detected, started on a watch or typed in; nothing deleted';
COMMENT ON COLUMN analytics.workout.user_id                IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.workout.ref                    IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.workout.day                    IS 'Local calendar date it is of';
COMMENT ON COLUMN analytics.workout.started_at             IS 'Start';
COMMENT ON COLUMN analytics.workout.ended_at               IS 'End; null when not told';
COMMENT ON COLUMN analytics.workout.local_started_at       IS 'Local wall time of its start, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.workout.category               IS 'Code of the kind of workout; null when not told';
COMMENT ON COLUMN analytics.workout.category_name          IS 'The kind of workout by name of withings.workout_category, or category_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.workout.duration_s             IS 'From start to end, pauses included, s; null without an end';
COMMENT ON COLUMN analytics.workout.pause_s                IS 'Pauses as entered by the person, s';
COMMENT ON COLUMN analytics.workout.algo_pause_s           IS 'Pauses as detected by the device, s; swimming only';
COMMENT ON COLUMN analytics.workout.active_kcal            IS 'Energy burned by being active, kcal; null when not measured';
COMMENT ON COLUMN analytics.workout.manual_kcal            IS 'The same as typed in by the person, kcal';
COMMENT ON COLUMN analytics.workout.distance_m             IS 'Distance travelled, m; null when not measured';
COMMENT ON COLUMN analytics.workout.manual_distance_m      IS 'The same as typed in by the person, m';
COMMENT ON COLUMN analytics.workout.steps                  IS 'Steps taken; null when not counted';
COMMENT ON COLUMN analytics.workout.floors                 IS 'Floors climbed; null when not counted';
COMMENT ON COLUMN analytics.workout.intensity              IS 'Intensity, 1 to 100; null where nobody gave one';
COMMENT ON COLUMN analytics.workout.manual_intensity       IS 'Intensity as typed in by the person, 1 to 100; null where nobody gave one';
COMMENT ON COLUMN analytics.workout.hr_average             IS 'Mean heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.workout.hr_min                 IS 'Lowest heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.workout.hr_max                 IS 'Highest heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.workout.hr_zone_0_s            IS 'Time with the heart rate in the light zone, s';
COMMENT ON COLUMN analytics.workout.hr_zone_1_s            IS 'Time with the heart rate in the moderate zone, s';
COMMENT ON COLUMN analytics.workout.hr_zone_2_s            IS 'Time with the heart rate in the intense zone, s';
COMMENT ON COLUMN analytics.workout.hr_zone_3_s            IS 'Time with the heart rate in the maximal zone, s';
COMMENT ON COLUMN analytics.workout.spo2_average_pct       IS 'Mean oxygen saturation, %; null when not measured';
COMMENT ON COLUMN analytics.workout.pool_laps              IS 'Lengths swum; null when not swimming';
COMMENT ON COLUMN analytics.workout.strokes                IS 'Swimming strokes; null when not swimming';
COMMENT ON COLUMN analytics.workout.pool_length_m          IS 'Length of the pool, m; null when not told';
COMMENT ON COLUMN analytics.workout.core_temperature_avg_c IS 'Mean core body temperature, °C; null when not measured';
COMMENT ON COLUMN analytics.workout.origin                 IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.workout.device_id              IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.workout.model                  IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.workout.timezone               IS 'Timezone it took place in; null when not told';
COMMENT ON COLUMN analytics.workout.workout_id             IS 'Its number: withings.workout';
