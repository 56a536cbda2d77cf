-- R__analytics_summarised_day.sql: sync.day_summary, and in place of what is due there, the same from the tables.
-- Runs after R__analytics_measure and R__analytics_sleep, whose views it reads, and before R__analytics_summary.

-- The person comes from outside each part, so that each reads one person's rows by an index, and nothing is read where
-- nobody is due. Sources are put under each other and grouped, and not joined in full; what is joined has one row for each
-- day. sync.day_summary is written from this view, so its columns are those of the table and in its order.
--
-- db/distributed/citus.sql has this view once more, in the form that Citus takes. DistributionIT holds one against the other.
CREATE OR REPLACE VIEW sync.summarised_day AS
SELECT
    s.user_id, s.day, s.timezone, s.weight_kg, s.fat_ratio_pct, s.systolic, s.diastolic, s.blood_pressure_count,
    s.has_activity, s.has_movement, s.steps, s.distance_m, s.floors, s.soft_s, s.moderate_s, s.intense_s, s.active_s,
    s.active_kcal, s.total_kcal, s.hr_average, s.hr_min, s.hr_max, s.hr_zone_0_s, s.hr_zone_1_s, s.hr_zone_2_s, s.hr_zone_3_s,
    s.activity_origin, s.asleep_s, s.time_in_bed_s, s.light_s, s.deep_s, s.rem_s, s.awake_s, s.sleep_efficiency,
    s.sleep_score, s.bedtime_min, s.wake_min, s.hr_resting, s.respiration_average, s.rmssd_ms, s.snoring_s,
    s.apnea_hypopnea_index, s.worn_s, s.measure_groups, s.workouts, s.nights, s.has_sleep, s.heart_records
FROM sync.day_summary s
JOIN sync.summary_due t ON t.user_id = s.user_id AND s.day NOT BETWEEN t.due_from AND t.due_to
UNION ALL
SELECT due.user_id, fresh.*
FROM (
    SELECT
        e.user_id,
        coalesce(t.due_from, '-infinity') AS due_from,
        coalesce(t.due_to, 'infinity')    AS due_to
    FROM sync.enrolment e
    LEFT JOIN sync.summary_due t ON t.user_id = e.user_id
    WHERE t.user_id IS NULL OR t.due_from <= t.due_to
) due
CROSS JOIN LATERAL (
    SELECT
        d.day,
        z.timezone,
        (CASE WHEN abs(d.weight_kg) < 1e4 THEN d.weight_kg END)::numeric(8, 3)          AS weight_kg,
        (CASE WHEN abs(d.fat_ratio_pct) < 1e2 THEN d.fat_ratio_pct END)::numeric(6, 3)  AS fat_ratio_pct,
        (CASE WHEN abs(d.systolic) < 1e4 THEN d.systolic END)::numeric(6, 1)            AS systolic,
        (CASE WHEN abs(d.diastolic) < 1e4 THEN d.diastolic END)::numeric(6, 1)          AS diastolic,
        nullif(d.blood_pressure_count, 0)::integer                                      AS blood_pressure_count,
        a.day IS NOT NULL                                                               AS has_activity,
        coalesce(a.steps > 0 OR a.distance_m > 0 OR a.floors > 0 OR a.active_s > 0 OR a.soft_s > 0 OR a.hr_average > 0, false)
                                                                                        AS has_movement,
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
        n.asleep_s,
        n.time_in_bed_s,
        n.light_s,
        n.deep_s,
        n.rem_s,
        n.awake_s,
        n.efficiency                                                                    AS sleep_efficiency,
        n.score                                                                         AS sleep_score,
        n.bedtime_min,
        n.wake_min,
        n.hr_average                                                                    AS hr_resting,
        n.respiration_average,
        n.rmssd_end_avg_ms                                                              AS rmssd_ms,
        n.snoring_s,
        n.apnea_hypopnea_index,
        CASE WHEN w.samples > 0 THEN w.quarters * 900 END::integer                      AS worn_s,
        d.measure_groups::integer                                                       AS measure_groups,
        d.workouts::integer                                                             AS workouts,
        d.nights::integer                                                               AS nights,
        coalesce(d.has_sleep, false)                                                    AS has_sleep,
        d.heart_records::integer                                                        AS heart_records
    FROM (
        SELECT
            day,
            max(timezone)                                            AS timezone,
            avg(value) FILTER (WHERE type = 1)                       AS weight_kg,
            avg(value) FILTER (WHERE type = 6)                       AS fat_ratio_pct,
            avg(value) FILTER (WHERE type = 10)                      AS systolic,
            avg(value) FILTER (WHERE type = 9)                       AS diastolic,
            count(value) FILTER (WHERE type = 10)                    AS blood_pressure_count,
            count(*) FILTER (WHERE source = 'measure_group')         AS measure_groups,
            count(*) FILTER (WHERE source = 'workout')               AS workouts,
            count(*) FILTER (WHERE source = 'sleep_summary')         AS nights,
            bool_or(asleep) FILTER (WHERE source = 'sleep_summary')  AS has_sleep,
            count(*) FILTER (WHERE source = 'heart_record')          AS heart_records
        FROM (
            SELECT 'measure' AS source, m.day, m.timezone, m.type, m.value, NULL::boolean AS asleep
            FROM analytics.measure m
            WHERE m.user_id = due.user_id
              AND m.day BETWEEN due.due_from AND due.due_to
              AND m.type IN (1, 6, 9, 10)
              AND m.origin IS DISTINCT FROM 'ambiguous'
              AND m.attribution IS DISTINCT FROM 'manual_at_creation'
            UNION ALL
            SELECT 'measure_group', g.day, NULL, NULL, NULL, NULL
            FROM withings.measure_group g
            WHERE g.user_id = due.user_id
              AND g.day BETWEEN due.due_from AND due.due_to
              AND g.deleted_at IS NULL
              AND g.category IS DISTINCT FROM 2
            UNION ALL
            SELECT 'activity_day', a.day, NULL, NULL, NULL, NULL
            FROM withings.activity_day a
            WHERE a.user_id = due.user_id AND a.day BETWEEN due.due_from AND due.due_to
            UNION ALL
            SELECT 'workout', o.day, NULL, NULL, NULL, NULL
            FROM withings.workout o
            WHERE o.user_id = due.user_id AND o.day BETWEEN due.due_from AND due.due_to AND o.deleted_at IS NULL
            UNION ALL
            SELECT 'sleep_summary', s.day, NULL, NULL, NULL, coalesce(s.asleep_s, s.external_asleep_s, s.time_in_bed_s, 1) > 0
            FROM withings.sleep_summary s
            WHERE s.user_id = due.user_id AND s.day BETWEEN due.due_from AND due.due_to AND s.deleted_at IS NULL
            UNION ALL
            SELECT 'heart_record', h.day, NULL, NULL, NULL, NULL
            FROM withings.heart_record h
            WHERE h.user_id = due.user_id AND h.day BETWEEN due.due_from AND due.due_to AND h.deleted_at IS NULL
        ) sources
        GROUP BY day
    ) d
    LEFT JOIN withings.activity_day a ON a.user_id = due.user_id AND a.day = d.day
    LEFT JOIN analytics.sleep n
        ON n.user_id = due.user_id
        AND n.day = d.day
        AND n.day BETWEEN due.due_from AND due.due_to
        AND n.is_main
    CROSS JOIN LATERAL (SELECT coalesce(a.timezone, greatest(d.timezone, n.timezone)) AS timezone) z
    LEFT JOIN LATERAL (
        SELECT
            count(*) AS samples,
            count(DISTINCT date_bin(interval '15 minutes', s.sampled_at, timestamptz '2000-01-01 00:00:00+00')) FILTER (
                WHERE coalesce(s.heart_rate, s.spo2_pct, s.rmssd_ms, s.sdnn_ms, s.core_temperature_c, s.respiration_rate,
                        s.chest_movement_rate) IS NOT NULL
                    OR (s.device_id <> '' AND (s.steps > 0 OR s.floors > 0 OR s.strokes > 0))
            ) AS quarters
        FROM withings.activity_sample s
        WHERE s.user_id = due.user_id
          AND s.sampled_at >= analytics.day_starts_at(d.day, z.timezone)
          AND s.sampled_at < analytics.day_starts_at(d.day + 1, z.timezone)
    ) w ON true
) fresh;
COMMENT ON VIEW sync.summarised_day IS 'What analytics tells of each day of each person: sync.day_summary, and from the tables what is due there. Columns as there';
DO $$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT a.attname, col_description(a.attrelid, a.attnum) AS said
        FROM pg_attribute a
        WHERE a.attrelid = 'sync.day_summary'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN sync.summarised_day.%I IS %L', described.attname, described.said);
    END LOOP;
END
$$;

-- A day ends by the clock of the device that was last used, and something of it may come until a device was in contact.
CREATE OR REPLACE VIEW sync.person_clock AS
SELECT
    user_id,
    (array_agg(timezone ORDER BY last_session_at DESC NULLS LAST, device_id) FILTER (WHERE timezone IS NOT NULL))[1] AS timezone,
    max(last_session_at) FILTER (WHERE type IN ('Activity Tracker', 'Sleep Monitor')) AS last_contact_at
FROM withings.device
GROUP BY user_id;
COMMENT ON VIEW   sync.person_clock                 IS 'By which clock a person''s days end, one row for each person with a device';
COMMENT ON COLUMN sync.person_clock.user_id         IS 'The person: Withings userid';
COMMENT ON COLUMN sync.person_clock.timezone        IS 'Timezone of the device that was last used; null when none tells its own';
COMMENT ON COLUMN sync.person_clock.last_contact_at IS 'When a tracker or sleep monitor was last in contact with Withings; null when there is none, or none ever was';

-- This may count otherwise than it did before, so all days of all people are worked out anew: by each person's next visit or
-- by the schedule, whichever comes first, and until then at every question. Migrations that change what the codes of
-- measure_type, attribution or device_model mean must do the same. At the end, as Citus makes nothing after it wrote to all
-- workers at once.
UPDATE sync.summary_due SET due_from = '-infinity', due_to = 'infinity';
