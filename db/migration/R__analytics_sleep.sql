-- R__analytics_sleep.sql: nights and naps.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

-- The window is of one person and day, so that a condition on these two reaches the table's index.
CREATE OR REPLACE VIEW analytics.sleep AS
SELECT
    s.user_id,
    e.ref,
    s.day,
    s.started_at,
    s.ended_at,
    s.local_started_at,
    s.local_ended_at,
    s.is_main,
    NOT s.is_main AND s.started_at < s.main_ended_at AND s.ended_at > s.main_started_at AS overlaps_main,
    CASE WHEN s.local_started_at BETWEEN s.day - 8 AND s.day + 8
        THEN (extract(epoch FROM s.local_started_at - ((s.day - 1) + time '12:00')) / 60)::integer END AS bedtime_min,
    CASE WHEN s.local_ended_at BETWEEN s.day - 8 AND s.day + 8
        THEN (extract(epoch FROM s.local_ended_at - ((s.day - 1) + time '12:00')) / 60)::integer END AS wake_min,
    coalesce(s.asleep_s, s.external_asleep_s)                                             AS asleep_s,
    s.time_in_bed_s,
    s.light_s,
    s.deep_s,
    s.rem_s,
    s.awake_s,
    coalesce(s.latency_s, s.duration_to_sleep_s)                                          AS latency_s,
    coalesce(s.wakeup_latency_s, s.duration_to_wakeup_s)                                  AS wakeup_latency_s,
    s.waso_s,
    (CASE WHEN abs(s.efficiency) < 1e2 THEN s.efficiency END)::numeric(6, 3)              AS efficiency,
    s.wakeup_count,
    s.out_of_bed_count,
    s.rem_episodes,
    s.hr_average,
    s.hr_min,
    s.hr_max,
    (CASE WHEN abs(s.respiration_average) < 1e3 THEN s.respiration_average END)::numeric(6, 2) AS respiration_average,
    (CASE WHEN abs(s.respiration_min) < 1e3 THEN s.respiration_min END)::numeric(6, 2)    AS respiration_min,
    (CASE WHEN abs(s.respiration_max) < 1e3 THEN s.respiration_max END)::numeric(6, 2)    AS respiration_max,
    s.snoring_s,
    s.snoring_episodes,
    s.score,
    (CASE WHEN abs(s.apnea_hypopnea_index) < 1e4 THEN s.apnea_hypopnea_index END)::numeric(8, 3) AS apnea_hypopnea_index,
    (CASE WHEN abs(s.breathing_disturbances) < 1e4 THEN s.breathing_disturbances END)::numeric(8, 3) AS breathing_disturbances,
    (CASE WHEN abs(s.withings_index) < 1e4 THEN s.withings_index END)::numeric(8, 3)      AS withings_index,
    (CASE WHEN abs(s.movement_score_avg) < 1e4 THEN s.movement_score_avg END)::numeric(8, 3) AS movement_score_avg,
    (CASE WHEN abs(s.rmssd_start_avg_ms) < 1e4 THEN s.rmssd_start_avg_ms END)::numeric(8, 3) AS rmssd_start_avg_ms,
    (CASE WHEN abs(s.rmssd_end_avg_ms) < 1e4 THEN s.rmssd_end_avg_ms END)::numeric(8, 3)  AS rmssd_end_avg_ms,
    s.breathing_sounds_s,
    s.breathing_sounds_episodes,
    (CASE WHEN abs(s.core_temperature_avg_c) < 1e3 THEN s.core_temperature_avg_c END)::numeric(6, 2) AS core_temperature_avg_c,
    s.completed,
    CASE
        WHEN coalesce(s.device_id, '') <> '' THEN 'device'
        WHEN m.type LIKE 'HealthKit%' OR (s.asleep_s IS NULL AND s.external_asleep_s IS NOT NULL) THEN 'imported'
        WHEN s.source IN (16, 32) THEN 'device'
    END                                                                                   AS origin,
    nullif(s.device_id, '')                                                               AS device_id,
    m.name                                                                                AS model,
    CASE s.source WHEN 16 THEN 'tracker' WHEN 32 THEN 'monitor' ELSE 'source_' || s.source END AS source,
    s.timezone,
    s.sleep_id
FROM (
    SELECT
        n.*,
        analytics.local_time(n.started_at, n.timezone)     AS local_started_at,
        analytics.local_time(n.ended_at, n.timezone)       AS local_ended_at,
        row_number() OVER longest = 1                      AS is_main,
        first_value(n.started_at) OVER longest             AS main_started_at,
        first_value(n.ended_at) OVER longest               AS main_ended_at
    FROM withings.sleep_summary n
    WHERE n.deleted_at IS NULL
    WINDOW longest AS (
        PARTITION BY n.user_id, n.day
        ORDER BY coalesce(n.asleep_s, n.external_asleep_s, n.time_in_bed_s, 0) DESC, n.source DESC NULLS LAST, n.started_at, n.sleep_id
    )
) s
LEFT JOIN sync.enrolment e ON e.user_id = s.user_id
LEFT JOIN withings.device_model m ON m.model_id = s.model_id;
COMMENT ON VIEW   analytics.sleep                           IS 'Every night and nap as one device saw it, one row each; nothing deleted. Where two devices saw the same night, both rows are here, and is_main is true for one of them';
COMMENT ON COLUMN analytics.sleep.user_id                   IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.sleep.ref                       IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.sleep.day                       IS 'Local calendar date of waking: a night from the 3rd to the 4th is of the 4th, and so is one that began after midnight';
COMMENT ON COLUMN analytics.sleep.started_at                IS 'When it began';
COMMENT ON COLUMN analytics.sleep.ended_at                  IS 'When it ended; null when not told';
COMMENT ON COLUMN analytics.sleep.local_started_at          IS 'Local wall time of its beginning, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.sleep.local_ended_at            IS 'Local wall time of its end; null when not told';
COMMENT ON COLUMN analytics.sleep.is_main                   IS 'True for one row of each person and day: the one with the most time asleep (of equals the bed''s monitor, then the earlier one). The others are naps, or the same night seen by another device';
COMMENT ON COLUMN analytics.sleep.overlaps_main             IS 'True for another device''s row of the same time as the main one: leave it out of sums, or it counts twice';
COMMENT ON COLUMN analytics.sleep.bedtime_min               IS 'When it began, in minutes of wall time after noon of the day before waking, so that means do not wrap at midnight: 690 is 23:30, 750 is 00:30; null where it is more than a week off its day';
COMMENT ON COLUMN analytics.sleep.wake_min                  IS 'When it ended, in minutes of wall time after noon of the day before waking: 1140 is 07:00; null when not told. On nights in which clocks change, the difference to bedtime_min is an hour off the time that passed';
COMMENT ON COLUMN analytics.sleep.asleep_s                  IS 'Time asleep, s; of nights from elsewhere, all that is told of them';
COMMENT ON COLUMN analytics.sleep.time_in_bed_s             IS 'Time in bed, s';
COMMENT ON COLUMN analytics.sleep.light_s                   IS 'Light sleep, s; null when stages are not told';
COMMENT ON COLUMN analytics.sleep.deep_s                    IS 'Deep sleep, s; null when stages are not told';
COMMENT ON COLUMN analytics.sleep.rem_s                     IS 'REM sleep, s; null when stages are not told';
COMMENT ON COLUMN analytics.sleep.awake_s                   IS 'Time awake, s';
COMMENT ON COLUMN analytics.sleep.latency_s                 IS 'From going to bed to falling asleep, s';
COMMENT ON COLUMN analytics.sleep.wakeup_latency_s          IS 'From the last waking to getting up, s';
COMMENT ON COLUMN analytics.sleep.waso_s                    IS 'Time awake in bed after first falling asleep, s';
COMMENT ON COLUMN analytics.sleep.efficiency                IS 'Time asleep as a part of time in bed, 0 to 1';
COMMENT ON COLUMN analytics.sleep.wakeup_count              IS 'Wakings without leaving the bed';
COMMENT ON COLUMN analytics.sleep.out_of_bed_count          IS 'Times the bed was left';
COMMENT ON COLUMN analytics.sleep.rem_episodes              IS 'Phases of REM sleep';
COMMENT ON COLUMN analytics.sleep.hr_average                IS 'Mean heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.sleep.hr_min                    IS 'Lowest heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.sleep.hr_max                    IS 'Highest heart rate, bpm; null when not measured';
COMMENT ON COLUMN analytics.sleep.respiration_average       IS 'Mean respiration rate, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.sleep.respiration_min           IS 'Lowest respiration rate, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.sleep.respiration_max           IS 'Highest respiration rate, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.sleep.snoring_s                 IS 'Time snoring, s; null when not measured';
COMMENT ON COLUMN analytics.sleep.snoring_episodes          IS 'Snoring spells of a minute or more; null when not measured';
COMMENT ON COLUMN analytics.sleep.score                     IS 'Sleep score of Withings, 0 to 100';
COMMENT ON COLUMN analytics.sleep.apnea_hypopnea_index      IS 'Apneas and hypopneas per hour of sleep, medical grade; null when not measured';
COMMENT ON COLUMN analytics.sleep.breathing_disturbances    IS 'Strength of breathing disturbances, a wellness figure without unit; null when not measured';
COMMENT ON COLUMN analytics.sleep.withings_index            IS 'Breathing events per hour (under 15 none or mild, over 30 severe); null when not measured';
COMMENT ON COLUMN analytics.sleep.movement_score_avg        IS 'Mean strength of movement in bed, 0 to 255; null when not measured';
COMMENT ON COLUMN analytics.sleep.rmssd_start_avg_ms        IS 'Heart rate variability (RMSSD), mean at the start of the night, ms; null when not measured';
COMMENT ON COLUMN analytics.sleep.rmssd_end_avg_ms          IS 'Heart rate variability (RMSSD), mean at the end of the night, ms; null when not measured';
COMMENT ON COLUMN analytics.sleep.breathing_sounds_s        IS 'Time with breathing sounds, s; null when not measured';
COMMENT ON COLUMN analytics.sleep.breathing_sounds_episodes IS 'Spells of breathing sounds of a minute or more; null when not measured';
COMMENT ON COLUMN analytics.sleep.core_temperature_avg_c    IS 'Mean core body temperature, °C; null when not measured';
COMMENT ON COLUMN analytics.sleep.completed                 IS 'Whether Withings has all of it; null when not told';
COMMENT ON COLUMN analytics.sleep.origin                    IS 'device, or imported (told without a device by a phone or another app); null when not told';
COMMENT ON COLUMN analytics.sleep.device_id                 IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.sleep.model                     IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.sleep.source                    IS 'tracker (worn), monitor (in the bed) or source_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.sleep.timezone                  IS 'Timezone it took place in; null when not told';
COMMENT ON COLUMN analytics.sleep.sleep_id                  IS 'Its number: withings.sleep_summary';

CREATE OR REPLACE VIEW analytics.sleep_night_hypnogram AS
SELECT
    n.user_id,
    n.ref,
    n.day,
    n.sleep_id,
    n.is_main,
    s.started_at,
    s.ended_at,
    analytics.local_time(s.started_at, n.timezone)              AS local_started_at,
    s.state,
    coalesce(t.name, 'state_' || s.state)                       AS state_name,
    extract(epoch FROM s.ended_at - s.started_at)::bigint       AS duration_s,
    n.origin,
    nullif(s.device_id, '')                                     AS device_id
FROM analytics.sleep n
JOIN withings.sleep_stage s
    ON s.user_id = n.user_id
    AND s.started_at >= n.started_at
    AND s.started_at < n.ended_at
    AND (s.device_id = coalesce(n.device_id, '')
        OR ((s.device_id = '' OR n.device_id IS NULL)
            AND CASE s.source WHEN 16 THEN 'tracker' WHEN 32 THEN 'monitor' ELSE 'source_' || s.source END
                IS NOT DISTINCT FROM n.source))
LEFT JOIN withings.sleep_state t ON t.state = s.state;
COMMENT ON VIEW   analytics.sleep_night_hypnogram                  IS 'The stages of each night in order, one row for each stretch in one state. Of nights seen by two devices, each has its own; is_main chooses. Empty where samples were not fetched (SAMPLES_BACKFILL_DAYS)';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.user_id          IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.ref              IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.day              IS 'Local calendar date of waking, as in analytics.sleep';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.sleep_id         IS 'The night: analytics.sleep';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.is_main          IS 'Whether it is the main night of its day, as in analytics.sleep';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.started_at       IS 'When the stretch began';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.ended_at         IS 'When it ended';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.local_started_at IS 'Local wall time of its beginning, in the night''s timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.state            IS 'Code of the state: 0 awake, 1 light, 2 deep, 3 REM, …; null when not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.state_name       IS 'The state by name, or state_<code> for one yet unknown; null when not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.duration_s       IS 'Its length, s';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.origin           IS 'device, or imported (told without a device by a phone or another app); null when not told';
COMMENT ON COLUMN analytics.sleep_night_hypnogram.device_id        IS 'The device; null when the API names none';

-- sync.day_summary is worked out from this, and is worked out anew where this changes. At the end, as Citus makes nothing
-- after it wrote to all workers at once.
UPDATE sync.summary_due SET due_from = '-infinity', due_to = 'infinity';
