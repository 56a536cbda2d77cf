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
