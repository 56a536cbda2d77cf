-- size-types.sql: for size.sh --types. Half a million made-up rows of activity_sample, as the table holds them and in other
-- ways: ten watches, a sample each ten minutes, four numbers of twelve present.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS size_types CASCADE;
CREATE SCHEMA size_types;
SET search_path = size_types;

CREATE TABLE made AS
SELECT
    30000000 + u::bigint                                                          AS user_id,
    timestamptz '2026-01-01 00:00:00+00' + n * interval '10 minutes'              AS sampled_at,
    md5(u::text) || left(md5((u + 1)::text), 8)                                   AS device_id,
    300                                                                           AS duration_s,
    CASE WHEN n % 144 BETWEEN 42 AND 132 THEN n % 700 END                         AS steps,
    NULL::numeric                                                                 AS floors,
    CASE WHEN n % 144 BETWEEN 42 AND 132 THEN round((n % 700 * 0.72)::numeric, 2) END AS distance_m,
    CASE WHEN n % 144 BETWEEN 42 AND 132 THEN round((n % 700 / 22.0)::numeric, 2) END AS active_kcal,
    NULL::integer                                                                 AS strokes,
    NULL::integer                                                                 AS pool_laps,
    55 + n % 40                                                                   AS heart_rate,
    CASE WHEN n % 36 = 0 THEN 96.5 END                                            AS spo2_pct,
    NULL::numeric AS rmssd_ms, NULL::numeric AS sdnn_ms, NULL::integer AS hrv_quality, NULL::numeric AS core_temperature_c,
    NULL::numeric AS respiration_rate, NULL::numeric AS chest_movement_rate,
    'ScanWatch 2'                                                                 AS model,
    93                                                                            AS model_id,
    NULL::jsonb                                                                   AS extra,
    now()                                                                         AS synced_at
FROM generate_series(1, 10) u
CROSS JOIN generate_series(0, 49999) n;

CREATE TABLE weighed (n integer GENERATED ALWAYS AS IDENTITY, what text, heap bigint, key bigint);

DO $$
DECLARE
    -- What a way does to each column; the others stay as they are.
    plain text := 'user_id, sampled_at, device_id, duration_s, steps, floors, distance_m, active_kcal, strokes, pool_laps,'
        ' heart_rate, spo2_pct, rmssd_ms, sdnn_ms, hrv_quality, core_temperature_c, respiration_rate, chest_movement_rate,'
        ' model, model_id, extra, synced_at';
    way   record;
BEGIN
    FOR way IN
        SELECT * FROM (VALUES
            (1, 'as it is',                                   plain, 'user_id, sampled_at, device_id'),
            (2, 'real instead of numeric',                    regexp_replace(plain, '(distance_m|active_kcal|spo2_pct)', '\1::real', 'g'),
                'user_id, sampled_at, device_id'),
            (3, 'smallint instead of integer',                regexp_replace(plain, '(duration_s|steps|heart_rate|model_id)', '\1::smallint', 'g'),
                'user_id, sampled_at, device_id'),
            (4, 'without model, which model_id names',        replace(plain, ' model,', ''), 'user_id, sampled_at, device_id'),
            (5, 'without synced_at',                          replace(plain, ', synced_at', ''), 'user_id, sampled_at, device_id'),
            (6, 'device_id an integer, from withings.device', replace(plain, ' device_id,', ' length(device_id) AS device_id,'),
                'user_id, sampled_at, device_id'),
            (7, 'device_id an integer, no model',             replace(replace(plain, ' device_id,', ' length(device_id) AS device_id,'), ' model,', ''),
                'user_id, sampled_at, device_id'),
            (8, 'all of these but synced_at',                 regexp_replace(regexp_replace(replace(replace(plain, ' device_id,', ' length(device_id) AS device_id,'), ' model,', ''),
                '(distance_m|active_kcal|spo2_pct)', '\1::real', 'g'), '(duration_s|steps|heart_rate|model_id)', '\1::smallint', 'g'),
                'user_id, sampled_at, device_id')) w (n, what, columns, key)
    LOOP
        EXECUTE format('CREATE TABLE way AS SELECT %s FROM made ORDER BY user_id, sampled_at', way.columns);
        EXECUTE format('ALTER TABLE way ADD PRIMARY KEY (%s)', way.key);
        INSERT INTO weighed (what, heap, key) VALUES (way.what, pg_relation_size('way'), pg_indexes_size('way'));
        DROP TABLE way;
    END LOOP;
END
$$;

SELECT what, round(heap / 500000.0), round(key / 500000.0), round((heap + key) / 500000.0) FROM weighed ORDER BY n;

DROP SCHEMA size_types CASCADE;
