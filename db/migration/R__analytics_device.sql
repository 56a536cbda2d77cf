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
