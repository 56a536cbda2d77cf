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
