-- population.sql: a made-up population straight into the tables, for questions of speed. For an empty, migrated database.
--
--   SET population.people = 1000; SET population.days = 1095; SET population.sample_days = 30;
--   \i bench/population.sql
--
-- Everybody has a watch, a scale, a blood pressure monitor and a mat under the mattress; the watch is changed in the middle,
-- and so is the scale. One in five lives in Tokyo, one in five in Los Angeles, the others in Paris. One day in nine the watch
-- is not worn, one night in ten is seen by two devices, one day in five has no weighing. Samples are a minute's or ten
-- minutes' apart, of the last sample_days only.

SELECT setseed(0.42);

CREATE TEMPORARY TABLE person ON COMMIT PRESERVE ROWS AS
SELECT
    u::bigint                                                                       AS user_id,
    (ARRAY['Asia/Tokyo', 'America/Los_Angeles', 'Europe/Paris', 'Europe/Paris', 'Europe/Paris'])[1 + u % 5] AS timezone,
    60 + (u * 7919 % 40)                                                            AS weight_kg,
    5000 + (u * 104729 % 7000)                                                      AS steps,
    52 + (u * 31 % 20)                                                              AS pulse,
    115 + (u * 17 % 30)                                                             AS systolic
FROM generate_series(1, current_setting('population.people')::integer) u;

CREATE TEMPORARY TABLE person_day ON COMMIT PRESERVE ROWS AS
SELECT
    p.*,
    d.n,
    current_date - d.n                                      AS day,
    (current_date - d.n)::timestamp AT TIME ZONE p.timezone AS begins_at,
    (p.user_id + d.n) % 9 = 4                               AS is_idle
FROM person p
CROSS JOIN generate_series(0, current_setting('population.days')::integer - 1) d (n);
ANALYZE person_day;

INSERT INTO sync.enrolment (user_id, ref, status, scopes, enrolled_at)
SELECT user_id, 'P-' || lpad(user_id::text, 5, '0'), 'active', '{user.info,user.metrics,user.activity}',
    now() - current_setting('population.days')::integer * interval '1 day'
FROM person;

INSERT INTO sync.cursor (user_id, resource, reached_at, next_due_at, last_success_at)
SELECT p.user_id, r.resource, now(), now() + interval '1 hour', now() - interval '10 minutes'
FROM person p
CROSS JOIN unnest('{measures,activity,intraday,workouts,sleep,sleep-samples,heart,ecg,devices,goals}'::text[]) r (resource);

INSERT INTO sync.coverage (user_id, resource, day, asked_at, row_count)
SELECT p.user_id, r.resource, p.day, p.begins_at + interval '40 hours', 1
FROM person_day p
CROSS JOIN unnest('{measures,activity,workouts,sleep,heart}'::text[]) r (resource);
INSERT INTO sync.coverage (user_id, resource, day, asked_at, row_count)
SELECT p.user_id, r.resource, p.day, p.begins_at + interval '40 hours', 1
FROM person_day p
CROSS JOIN unnest('{intraday,sleep-samples}'::text[]) r (resource)
WHERE p.n < current_setting('population.sample_days')::integer;

INSERT INTO withings.device (user_id, device_id, type, model, timezone, battery, last_session_at)
SELECT p.user_id, d.kind || '-' || p.user_id, d.type, d.model, p.timezone, (ARRAY['low', 'medium', 'high'])[1 + p.user_id % 3],
    now() - interval '1 hour'
FROM person p
CROSS JOIN (VALUES
    ('watch', 'Activity Tracker', 'ScanWatch 2'),
    ('oldwatch', 'Activity Tracker', 'Steel HR'),
    ('scale', 'Scale', 'Body Scan'),
    ('oldscale', 'Scale', 'Body+'),
    ('cuff', 'Blood Pressure Monitor', 'BPM Connect'),
    ('mat', 'Sleep Monitor', 'Sleep Analyzer')) d (kind, type, model);

INSERT INTO withings.goal (user_id, goal, valid_from, value, unit)
SELECT user_id, g.goal, now() - interval '60 days', g.value, g.unit
FROM person
CROSS JOIN (VALUES ('steps', 8000, NULL), ('sleep', 28800, 's'), ('weight', 68, 'kg')) g (goal, value, unit);

INSERT INTO withings.activity_day (user_id, day, timezone, steps, distance_m, floors, soft_s, moderate_s, intense_s, active_s,
    active_kcal, total_kcal, hr_average, hr_min, hr_max, hr_zone_0_s, hr_zone_1_s, hr_zone_2_s, hr_zone_3_s, brand, is_tracker,
    device_id, model_id, modified_at)
SELECT user_id, day, timezone, walked, walked * 0.72, walked / 900, walked / 3, walked / 8, walked / 20, walked / 8 + walked / 20,
    walked / 22.0, 1500 + walked / 22.0, pulse + 14, pulse - 6, pulse + 70, 20000, walked / 4, walked / 10, walked / 60, 18, true,
    CASE WHEN 2 * n > current_setting('population.days')::integer THEN 'oldwatch-' ELSE 'watch-' END || user_id,
    CASE WHEN 2 * n > current_setting('population.days')::integer THEN 55 ELSE 93 END,
    begins_at + interval '25 hours'
FROM (SELECT *, CASE WHEN is_idle THEN 0 ELSE (steps * (0.4 + random()))::integer END AS walked FROM person_day) d;

INSERT INTO withings.measure_group (user_id, group_id, measured_at, day, timezone, attribution, category, device_id, model_id,
    modified_at)
SELECT user_id, n * 10 + g.slot, begins_at + g.hour * interval '1 hour' + n % 50 * interval '1 minute', day, timezone,
    CASE WHEN n % 60 = 59 THEN 1 ELSE 0 END, 1,
    CASE WHEN g.slot > 0 THEN 'cuff-' WHEN 2 * n > current_setting('population.days')::integer THEN 'oldscale-' ELSE 'scale-' END
        || user_id,
    CASE WHEN g.slot > 0 THEN 45 WHEN 2 * n > current_setting('population.days')::integer THEN 5 ELSE 18 END,
    begins_at + g.hour * interval '1 hour' + interval '1 hour'
FROM person_day
CROSS JOIN (VALUES (0, 7), (1, 8), (2, 20)) g (slot, hour)
WHERE CASE g.slot WHEN 0 THEN n % 5 > 0 ELSE n % 3 = 0 END;

INSERT INTO withings.measure (user_id, group_id, type, position, value, measured_at)
SELECT g.user_id, g.group_id, t.type, -1, round(
        CASE t.of WHEN 'kg' THEN (p.weight_kg + sin(g.group_id / 900.0) * 3 + random()) * t.share
            ELSE p.systolic * t.share + random() * 12 END::numeric, 3),
    g.measured_at
FROM withings.measure_group g
JOIN person p USING (user_id)
JOIN (VALUES
    (0, 1, 'kg', 1.0), (0, 8, 'kg', 0.24), (0, 6, 'kg', 0.30), (0, 5, 'kg', 0.76), (0, 76, 'kg', 0.72), (0, 77, 'kg', 0.55),
    (0, 88, 'kg', 0.04), (1, 10, 'mmHg', 1.0), (1, 9, 'mmHg', 0.65), (1, 11, 'mmHg', 0.5), (2, 10, 'mmHg', 1.0),
    (2, 9, 'mmHg', 0.65), (2, 11, 'mmHg', 0.5)) t (slot, type, of, share) ON t.slot = g.group_id % 10;

INSERT INTO withings.sleep_summary (user_id, sleep_id, started_at, ended_at, day, timezone, source, model_id, device_id,
    completed, time_in_bed_s, asleep_s, light_s, deep_s, rem_s, awake_s, latency_s, wakeup_latency_s, waso_s, efficiency,
    wakeup_count, out_of_bed_count, rem_episodes, hr_average, hr_min, hr_max, respiration_average, respiration_min,
    respiration_max, snoring_s, snoring_episodes, score, apnea_hypopnea_index, breathing_disturbances, rmssd_start_avg_ms,
    rmssd_end_avg_ms, modified_at)
SELECT user_id, n * 10 + s.slot, fell_at, fell_at + (asleep_s + 1800) * interval '1 second', day, timezone, s.source, s.model_id,
    s.device || user_id, true, asleep_s + 1800, asleep_s - s.slot * 600, asleep_s / 2, asleep_s / 4, asleep_s / 4 - s.slot * 600, 1800, 600,
    300, 900, round(asleep_s / (asleep_s + 1800.0), 3), n % 4, n % 2, 4, pulse + n % 7, pulse - 5, pulse + 25, 14, 11, 19,
    n % 5 * 300, n % 5, 60 + n % 35, n % 20, n % 30, 30 + n % 25, 35 + n % 25, begins_at + interval '10 hours'
FROM (
    SELECT *, begins_at - interval '1 hour' + (random() * 5400) * interval '1 second' AS fell_at,
        (24000 + random() * 5000)::integer AS asleep_s
    FROM person_day
) d
JOIN (VALUES (0, 32, 63, 'mat-'), (1, 16, 93, 'watch-')) s (slot, source, model_id, device) ON s.slot = 0 OR d.n % 10 = 3;

INSERT INTO withings.workout (user_id, workout_id, category, started_at, ended_at, day, timezone, attribution, device_id,
    model_id, active_kcal, distance_m, steps, intensity, hr_average, hr_min, hr_max, hr_zone_0_s, hr_zone_1_s, hr_zone_2_s,
    hr_zone_3_s, pause_s, modified_at)
SELECT user_id, n, CASE WHEN n % 2 = 0 THEN 2 ELSE 1 END, begins_at + interval '17 hours', begins_at + interval '17 hours 45 minutes',
    day, timezone, 0, 'watch-' || user_id, 93, 380, 6400, 7100, 55, pulse + 70, pulse + 30, pulse + 100, 300, 900, 1000, 500, 0,
    begins_at + interval '19 hours'
FROM person_day
WHERE NOT is_idle AND (n + user_id) % 3 = 0;

INSERT INTO withings.heart_record (user_id, recorded_at, device_id, heart_rate, afib, ecg_signal_id, model_id, day, timezone,
    modified_at)
SELECT user_id, begins_at + interval '9 hours', 'watch-' || user_id, pulse + 5, CASE WHEN n % 90 = 0 THEN 1 ELSE 0 END,
    CASE WHEN n < 35 THEN n END, 93, day, timezone, begins_at + interval '10 hours'
FROM person_day
WHERE n % 7 = 0;

INSERT INTO withings.ecg_signal (user_id, signal_id, sampling_hz, microvolts, wear_position, heart_rate, model_id)
SELECT h.user_id, h.ecg_signal_id, 300,
    (SELECT array_agg((40 * sin(i / 20.0) + CASE WHEN i % 250 < 6 THEN 900 ELSE 0 END)::integer ORDER BY i)
     FROM generate_series(1, 9000) i WHERE h.user_id IS NOT NULL),
    1, h.heart_rate, 93
FROM withings.heart_record h
WHERE h.ecg_signal_id = 0;

INSERT INTO withings.activity_sample (user_id, sampled_at, device_id, duration_s, steps, distance_m, active_kcal, heart_rate,
    spo2_pct, rmssd_ms, model_id)
SELECT user_id, begins_at + m * interval '10 minutes', 'watch-' || user_id, 300, CASE WHEN m BETWEEN 42 AND 132 THEN steps / 90 END,
    CASE WHEN m BETWEEN 42 AND 132 THEN steps / 120 END, CASE WHEN m BETWEEN 42 AND 132 THEN 4 END, pulse + m % 30,
    CASE WHEN m % 36 = 0 THEN 96 END, CASE WHEN m < 40 AND m % 3 = 0 THEN 45 END, 93
FROM person_day
CROSS JOIN generate_series(0, 143) m
WHERE n < current_setting('population.sample_days')::integer AND NOT is_idle;

INSERT INTO withings.sleep_stage (user_id, started_at, device_id, ended_at, state, source, model_id)
SELECT user_id, started_at + m * interval '20 minutes', device_id, started_at + (m + 1) * interval '20 minutes',
    (ARRAY[1, 2, 1, 3, 1, 0])[1 + m % 6], source, model_id
FROM withings.sleep_summary
CROSS JOIN generate_series(0, 20) m
WHERE day > current_date - current_setting('population.sample_days')::integer;

INSERT INTO withings.sleep_sample (user_id, sampled_at, device_id, heart_rate, respiration_rate, snoring_s, rmssd_ms)
SELECT user_id, started_at + m * interval '10 minutes', device_id, hr_average + m % 8, 14, m % 5, 40
FROM withings.sleep_summary
CROSS JOIN generate_series(0, 42) m
WHERE day > current_date - current_setting('population.sample_days')::integer;

DROP TABLE person_day, person;
ANALYZE;

-- As the visits that brought all this would have done.
INSERT INTO sync.day_summary SELECT * FROM sync.summarised_day;
INSERT INTO sync.summary_due SELECT user_id, 'infinity', '-infinity' FROM sync.enrolment;
ANALYZE sync.day_summary;
ANALYZE sync.summary_due;
