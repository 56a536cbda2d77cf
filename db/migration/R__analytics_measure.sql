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

-- Looking a timezone up costs more than all else in a question about many days. So it is done only where it matters: from
-- 10:00 UTC of the day, when it begins to be over somewhere on earth, to noon UTC of the next, when it is everywhere.
CREATE OR REPLACE FUNCTION analytics.is_over(day date, zone text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN at IS NULL THEN NULL
        WHEN at >= timestamptz '2000-01-02 12:00+00' + (day - date '2000-01-01') * interval '24 hours' THEN true
        WHEN at < timestamptz '2000-01-01 10:00+00' + (day - date '2000-01-01') * interval '24 hours' THEN false
        ELSE at >= analytics.day_starts_at(day + 1, zone)
    END
$$;
COMMENT ON FUNCTION analytics.is_over IS 'Whether a local calendar date was over at an instant, in a timezone (UTC where that is null or not known here); null where the instant is';

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

-- Made by V2, whose comment lacks the apostrophe.
COMMENT ON TABLE withings.attribution IS 'How a reading or workout came to be this person''s';

-- sync.day_summary is worked out from this, and is worked out anew where this changes. At the end, as Citus makes nothing
-- after it wrote to all workers at once.
UPDATE sync.summary_due SET due_from = '-infinity', due_to = 'infinity';
