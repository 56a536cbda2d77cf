-- citus.sql: spreads the data over the workers of a Citus cluster, each person's rows together on one of them.
--
-- Run it on the coordinator as the owner of the schemas, in a database with the extension citus, its workers added, and
-- its schema up to date (withings migrate); again after every update of withings-postgres. What is distributed already
-- stays as it is. Each table is a transaction of its own: interrupted, run it again.
--
--   psql -X -v ON_ERROR_STOP=1 -d health -f db/distributed/citus.sql
--
-- Do it before there is much data, and while no withings process runs: rows that are there are copied. docs/scale.md
-- says when it is worth it, and what to set on the servers.

-- Where each table of schemas withings and sync goes; a test compares this list with the tables there are.
--   reference    on every server, whole: code lists, and who is enrolled, since data of people refers to it
--   distributed  by user_id, all tables alike, so that a person's rows join on one worker
--   local        on the coordinator: small, and locked over many people at once, which no distributed table allows
-- What schema quartz holds is local too, and knows nothing of the others. Parents come before their children.
CREATE TEMPORARY TABLE IF NOT EXISTS placement (place text NOT NULL, table_name text NOT NULL, n integer GENERATED ALWAYS AS IDENTITY);
TRUNCATE placement;
INSERT INTO placement (place, table_name) VALUES
    ('reference',   'withings.afib_class'),
    ('reference',   'withings.attribution'),
    ('reference',   'withings.device_model'),
    ('reference',   'withings.measure_position'),
    ('reference',   'withings.measure_type'),
    ('reference',   'withings.sleep_event_type'),
    ('reference',   'withings.sleep_state'),
    ('reference',   'withings.workout_category'),
    ('reference',   'sync.enrolment'),
    ('reference',   'sync.pruned'),
    ('distributed', 'withings.device'),
    ('distributed', 'withings.goal'),
    ('distributed', 'withings.measure_group'),
    ('distributed', 'withings.measure'),
    ('distributed', 'withings.activity_day'),
    ('distributed', 'withings.activity_sample'),
    ('distributed', 'withings.workout'),
    ('distributed', 'withings.sleep_summary'),
    ('distributed', 'withings.sleep_event'),
    ('distributed', 'withings.sleep_stage'),
    ('distributed', 'withings.sleep_sample'),
    ('distributed', 'withings.heart_record'),
    ('distributed', 'withings.ecg_signal'),
    ('distributed', 'sync.coverage'),
    ('distributed', 'sync.drift'),
    ('distributed', 'sync.raw_page'),
    ('distributed', 'sync.rejected_record'),
    ('distributed', 'sync.row_change'),
    ('distributed', 'sync.day_summary'),
    ('distributed', 'sync.summary_due'),
    ('local',       'sync.cursor'),
    ('local',       'sync.event'),
    ('local',       'sync.flyway_schema_history'),
    ('local',       'sync.invitation'),
    ('local',       'sync.lease'),
    ('local',       'sync.oauth_state'),
    ('local',       'sync.quota'),
    ('local',       'sync.run'),
    ('local',       'sync.run_resource'),
    ('local',       'sync.token');

DO $$
DECLARE
    missing text;
    placed  record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        RAISE EXCEPTION 'this database has no extension citus: nothing was done. A superuser adds it with CREATE EXTENSION citus';
    END IF;
    IF to_regclass('sync.enrolment') IS NULL THEN
        RAISE EXCEPTION 'this database has no tables to distribute: nothing was done. Run withings migrate first';
    END IF;
    SELECT string_agg(c.oid::regclass::text, ', ') INTO missing
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('withings', 'sync') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM placement p WHERE to_regclass(p.table_name) = c.oid);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'this script does not say where % belongs: nothing was done. Take the script of the version that migrated', missing;
    END IF;

    FOR placed IN
        SELECT p.place, p.table_name FROM placement p
        WHERE to_regclass(p.table_name) IS NOT NULL -- of a later version
          AND (p.place <> 'local' OR EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = to_regclass(p.table_name) AND f.contype = 'f'))
        ORDER BY p.n
    LOOP
        -- A foreign key to enrolment would make the tables that are not yet distributed Citus's own.
        SET LOCAL citus.enable_local_reference_table_foreign_keys = off;
        CONTINUE WHEN EXISTS (SELECT FROM pg_dist_partition d WHERE d.logicalrelid = to_regclass(placed.table_name));
        CASE placed.place
            WHEN 'reference' THEN
                PERFORM create_reference_table(placed.table_name);
            WHEN 'distributed' THEN
                PERFORM create_distributed_table(placed.table_name, 'user_id');
            ELSE
                -- Without this, erasing somebody would leave that person's rows here, silently.
                PERFORM citus_add_local_table_to_metadata(placed.table_name, cascade_via_foreign_keys => true);
        END CASE;
        RAISE NOTICE '%: %', placed.table_name, placed.place;
        COMMIT;
    END LOOP;

    -- What was here before was copied. An erasure reaches the copies only, so the originals go.
    FOR placed IN
        SELECT p.place, p.table_name FROM placement p
        WHERE to_regclass(p.table_name) IS NOT NULL AND p.place <> 'local'
        ORDER BY p.n DESC
    LOOP
        PERFORM truncate_local_data_after_distributing_table(placed.table_name);
    END LOOP;
END
$$;

-- Everybody has a row in sync.summary_due, so that nobody is looked for who has none: that would be asked of all workers and
-- joined on the coordinator, in every question about days. Whoever is enrolled later gets the row with the first page.
INSERT INTO sync.summary_due (user_id) SELECT user_id FROM sync.enrolment ON CONFLICT DO NOTHING;

-- The view of R__analytics_summarised_day.sql in a form that goes to the server of the person. There, each day finds its parts
-- by an index; here, all parts are joined by the person, and DISTINCT though they are so already, as else Citus does not see
-- that all of it is on one server, and fetches everybody's days to the coordinator. On one server this form would be slower.
CREATE OR REPLACE VIEW sync.summarised_day AS
WITH due AS (
    SELECT user_id, due_from, due_to
    FROM sync.summary_due
    WHERE due_from <= due_to
)
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
SELECT fresh.*
FROM due
JOIN LATERAL (
    SELECT
        d.user_id,
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
            user_id,
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
            SELECT m.user_id, 'measure' AS source, g.day, g.timezone, m.type,
                (CASE WHEN abs(m.value) < 1e21 THEN m.value END)::numeric(28, 6) AS value, NULL::boolean AS asleep
            FROM withings.measure m
            JOIN withings.measure_group g ON g.user_id = m.user_id AND g.group_id = m.group_id
            WHERE m.user_id = due.user_id
              AND g.day BETWEEN due.due_from AND due.due_to
              AND g.deleted_at IS NULL
              AND g.category IS DISTINCT FROM 2
              AND m.type IN (1, 6, 9, 10)
              AND NOT EXISTS (
                SELECT FROM withings.attribution a
                WHERE a.attribution = g.attribution AND (a.origin = 'ambiguous' OR a.name = 'manual_at_creation'))
            UNION ALL
            SELECT g.user_id, 'measure_group', g.day, NULL, NULL, NULL, NULL
            FROM withings.measure_group g
            WHERE g.user_id = due.user_id
              AND g.day BETWEEN due.due_from AND due.due_to
              AND g.deleted_at IS NULL
              AND g.category IS DISTINCT FROM 2
            UNION ALL
            SELECT a.user_id, 'activity_day', a.day, NULL, NULL, NULL, NULL
            FROM withings.activity_day a
            WHERE a.user_id = due.user_id AND a.day BETWEEN due.due_from AND due.due_to
            UNION ALL
            SELECT o.user_id, 'workout', o.day, NULL, NULL, NULL, NULL
            FROM withings.workout o
            WHERE o.user_id = due.user_id AND o.day BETWEEN due.due_from AND due.due_to AND o.deleted_at IS NULL
            UNION ALL
            SELECT s.user_id, 'sleep_summary', s.day, NULL, NULL, NULL, coalesce(s.asleep_s, s.external_asleep_s, s.time_in_bed_s, 1) > 0
            FROM withings.sleep_summary s
            WHERE s.user_id = due.user_id AND s.day BETWEEN due.due_from AND due.due_to AND s.deleted_at IS NULL
            UNION ALL
            SELECT h.user_id, 'heart_record', h.day, NULL, NULL, NULL, NULL
            FROM withings.heart_record h
            WHERE h.user_id = due.user_id AND h.day BETWEEN due.due_from AND due.due_to AND h.deleted_at IS NULL
        ) sources
        GROUP BY user_id, day
    ) d
    LEFT JOIN (
        SELECT DISTINCT
            a.user_id, a.day, a.timezone, a.steps, a.distance_m, a.floors, a.soft_s, a.moderate_s, a.intense_s, a.active_s,
            a.active_kcal, a.total_kcal, a.hr_average, a.hr_min, a.hr_max, a.hr_zone_0_s, a.hr_zone_1_s, a.hr_zone_2_s,
            a.hr_zone_3_s, a.is_tracker
        FROM withings.activity_day a
        WHERE a.user_id = due.user_id AND a.day BETWEEN due.due_from AND due.due_to
    ) a ON a.user_id = d.user_id AND a.day = d.day
    LEFT JOIN (
        SELECT DISTINCT
            n.user_id, n.day, n.timezone, n.asleep_s, n.time_in_bed_s, n.light_s, n.deep_s, n.rem_s, n.awake_s, n.efficiency,
            n.score, n.bedtime_min, n.wake_min, n.hr_average, n.respiration_average, n.rmssd_end_avg_ms, n.snoring_s,
            n.apnea_hypopnea_index
        FROM analytics.sleep n
        WHERE n.user_id = due.user_id AND n.day BETWEEN due.due_from AND due.due_to AND n.is_main
    ) n ON n.user_id = d.user_id AND n.day = d.day
    CROSS JOIN LATERAL (SELECT coalesce(a.timezone, greatest(d.timezone, n.timezone)) AS timezone) z
    LEFT JOIN LATERAL (
        SELECT
            s.user_id,
            count(*) AS samples,
            count(DISTINCT date_bin(interval '15 minutes', s.sampled_at, timestamptz '2000-01-01 00:00:00+00')) FILTER (
                WHERE coalesce(s.heart_rate, s.spo2_pct, s.rmssd_ms, s.sdnn_ms, s.core_temperature_c, s.respiration_rate,
                        s.chest_movement_rate) IS NOT NULL
                    OR (s.device_id <> '' AND (s.steps > 0 OR s.floors > 0 OR s.strokes > 0))
            ) AS quarters
        FROM withings.activity_sample s
        WHERE s.user_id = d.user_id
          AND s.sampled_at >= analytics.day_starts_at(d.day, z.timezone)
          AND s.sampled_at < analytics.day_starts_at(d.day + 1, z.timezone)
        GROUP BY s.user_id
    ) w ON w.user_id = d.user_id
) fresh ON fresh.user_id = due.user_id;

DROP TABLE placement;
