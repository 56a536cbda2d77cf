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
