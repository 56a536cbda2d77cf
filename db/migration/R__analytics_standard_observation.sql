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
