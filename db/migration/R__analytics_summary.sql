-- R__analytics_summary.sql: people's days, weeks and months, and what is usual for them.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_summarised_day, by its name.

-- What is joined has one row for each day, so that it costs nothing where its columns are not asked for.
CREATE OR REPLACE VIEW analytics.daily AS
SELECT
    d.user_id,
    e.ref,
    d.day,
    d.timezone,
    d.weight_kg,
    d.fat_ratio_pct,
    d.steps,
    d.distance_m,
    d.floors,
    d.soft_s,
    d.moderate_s,
    d.intense_s,
    d.active_s,
    d.active_kcal,
    d.total_kcal,
    d.hr_average,
    d.hr_min,
    d.hr_max,
    d.hr_zone_0_s,
    d.hr_zone_1_s,
    d.hr_zone_2_s,
    d.hr_zone_3_s,
    d.activity_origin,
    d.asleep_s,
    d.time_in_bed_s,
    d.light_s,
    d.deep_s,
    d.rem_s,
    d.awake_s,
    d.sleep_efficiency,
    d.sleep_score,
    d.bedtime_min,
    d.wake_min,
    d.hr_resting,
    d.respiration_average,
    d.rmssd_ms,
    d.snoring_s,
    d.apnea_hypopnea_index,
    d.systolic,
    d.diastolic,
    d.blood_pressure_count,
    coalesce(
        d.worn_s,
        CASE WHEN d.day >= coalesce((SELECT p.first_kept_day FROM sync.pruned p WHERE p.resource = 'intraday'), '-infinity')
            AND analytics.is_over(d.day, d.timezone, ci.asked_at) THEN 0 END)       AS wear_s,
    coalesce(
        least(ca.asked_at, cs.asked_at, cm.asked_at) >= timestamptz '2000-01-02 12:00+00' + (d.day - date '2000-01-01') * interval '24 hours'
        AND (t.last_contact_at IS NULL OR analytics.is_over(d.day, d.timezone, t.last_contact_at)),
        false)                                                                      AS final
FROM sync.summarised_day d
LEFT JOIN sync.enrolment e ON e.user_id = d.user_id
LEFT JOIN sync.coverage ca ON ca.user_id = d.user_id AND ca.resource = 'activity' AND ca.day = d.day
LEFT JOIN sync.coverage cs ON cs.user_id = d.user_id AND cs.resource = 'sleep' AND cs.day = d.day
LEFT JOIN sync.coverage cm ON cm.user_id = d.user_id AND cm.resource = 'measures' AND cm.day = d.day
LEFT JOIN sync.coverage ci ON ci.user_id = d.user_id AND ci.resource = 'intraday' AND ci.day = d.day
LEFT JOIN sync.person_clock t ON t.user_id = d.user_id
WHERE d.has_activity
   OR d.nights > 0
   OR coalesce(d.weight_kg, d.fat_ratio_pct, d.systolic, d.diastolic) IS NOT NULL;
COMMENT ON VIEW   analytics.daily                      IS 'One row for each person and calendar date of which anything is known: movement, the main night that ended on it, weight and blood pressure. A date without a row has nothing (day_status says why); a null was not measured, and never means 0';
COMMENT ON COLUMN analytics.daily.user_id              IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.daily.ref                  IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.daily.day                  IS 'Local calendar date, as the person lived it; of 23 or 25 hours where clocks change';
COMMENT ON COLUMN analytics.daily.timezone             IS 'Timezone of the day: that of its activity, else of a night or reading; null when none is told, UTC then';
COMMENT ON COLUMN analytics.daily.weight_kg            IS 'Mean of the day''s weighings, kg, but for those that may be of someone else and the guess made when the account was; null without one';
COMMENT ON COLUMN analytics.daily.fat_ratio_pct        IS 'Mean share of fat in the body weight, %, of the same weighings; null when not measured';
COMMENT ON COLUMN analytics.daily.steps                IS 'Steps taken, all devices together; null when nothing was counted';
COMMENT ON COLUMN analytics.daily.distance_m           IS 'Distance travelled, m; null when nothing was counted';
COMMENT ON COLUMN analytics.daily.floors               IS 'Floors climbed; null when not counted';
COMMENT ON COLUMN analytics.daily.soft_s               IS 'Time in light activity, s';
COMMENT ON COLUMN analytics.daily.moderate_s           IS 'Time in moderate activity, s';
COMMENT ON COLUMN analytics.daily.intense_s            IS 'Time in intense activity, s';
COMMENT ON COLUMN analytics.daily.active_s             IS 'Time in moderate or intense activity, s';
COMMENT ON COLUMN analytics.daily.active_kcal          IS 'Energy burned by being active, kcal';
COMMENT ON COLUMN analytics.daily.total_kcal           IS 'Energy burned in all, at rest included, kcal';
COMMENT ON COLUMN analytics.daily.hr_average           IS 'Mean heart rate of the day, bpm; null when not measured';
COMMENT ON COLUMN analytics.daily.hr_min               IS 'Lowest heart rate of the day, bpm; null when not measured';
COMMENT ON COLUMN analytics.daily.hr_max               IS 'Highest heart rate of the day, bpm; null when not measured';
COMMENT ON COLUMN analytics.daily.hr_zone_0_s          IS 'Time with the heart rate in the light zone, s';
COMMENT ON COLUMN analytics.daily.hr_zone_1_s          IS 'Time with the heart rate in the moderate zone, s';
COMMENT ON COLUMN analytics.daily.hr_zone_2_s          IS 'Time with the heart rate in the intense zone, s';
COMMENT ON COLUMN analytics.daily.hr_zone_3_s          IS 'Time with the heart rate in the maximal zone, s';
COMMENT ON COLUMN analytics.daily.activity_origin      IS 'Who counted the steps: device (a tracker) or imported (a phone or another app); null when not told';
COMMENT ON COLUMN analytics.daily.asleep_s             IS 'Time asleep in the main night (analytics.sleep, is_main), s; naps are not in it';
COMMENT ON COLUMN analytics.daily.time_in_bed_s        IS 'Time in bed in the main night, s';
COMMENT ON COLUMN analytics.daily.light_s              IS 'Light sleep in the main night, s; null when stages are not told';
COMMENT ON COLUMN analytics.daily.deep_s               IS 'Deep sleep in the main night, s; null when stages are not told';
COMMENT ON COLUMN analytics.daily.rem_s                IS 'REM sleep in the main night, s; null when stages are not told';
COMMENT ON COLUMN analytics.daily.awake_s              IS 'Time awake in the main night, s';
COMMENT ON COLUMN analytics.daily.sleep_efficiency     IS 'Time asleep as a part of time in bed in the main night, 0 to 1';
COMMENT ON COLUMN analytics.daily.sleep_score          IS 'Sleep score of Withings for the main night, 0 to 100';
COMMENT ON COLUMN analytics.daily.bedtime_min          IS 'When the main night began, in minutes of wall time after noon of the day before: 690 is 23:30, 750 is 00:30';
COMMENT ON COLUMN analytics.daily.wake_min             IS 'When the main night ended, in minutes of wall time after noon of the day before: 1140 is 07:00';
COMMENT ON COLUMN analytics.daily.hr_resting           IS 'Resting heart rate, bpm. There is this one definition: the mean heart rate of the main night that ended on this day; null when it was not measured';
COMMENT ON COLUMN analytics.daily.respiration_average  IS 'Mean respiration rate of the main night, breaths per minute; null when not measured';
COMMENT ON COLUMN analytics.daily.rmssd_ms             IS 'Heart rate variability (RMSSD), mean at the end of the main night, ms; null when not measured';
COMMENT ON COLUMN analytics.daily.snoring_s            IS 'Time snoring in the main night, s; null when not measured';
COMMENT ON COLUMN analytics.daily.apnea_hypopnea_index IS 'Apneas and hypopneas per hour of the main night, medical grade; null when not measured';
COMMENT ON COLUMN analytics.daily.systolic             IS 'Mean systolic blood pressure of the day''s readings, mmHg, but for those that may be of someone else; null without one';
COMMENT ON COLUMN analytics.daily.diastolic            IS 'Mean diastolic blood pressure of the day''s readings, mmHg, but for those that may be of someone else; null without one';
COMMENT ON COLUMN analytics.daily.blood_pressure_count IS 'Readings of the blood pressure that went into the means; null without one';
COMMENT ON COLUMN analytics.daily.wear_s               IS 'How long something was worn, s: 900 for each quarter of an hour with a heart rate, another signal of the body, or steps of a named device (a phone does not count) in withings.activity_sample. 0 when the day''s samples were asked for after its end and none came; null when they were not, or are pruned. Devices without a heart sensor count only while they are moved';
COMMENT ON COLUMN analytics.daily.final                IS 'False while the day can still move: before activity, sleep and measures, as far as they are fetched, were asked for after the day was over everywhere on earth (noon UTC of the next day), or before a tracker or sleep monitor of the person, where there is one, was in contact with Withings after the day''s end. Withings may change any day later on: analytics.activity_as_of and analytics.sleep_as_of tell what it said before';

CREATE OR REPLACE VIEW analytics.weekly AS
SELECT
    d.user_id,
    max(d.ref) AS ref,
    date_trunc('week', d.day::timestamp)::date AS week,
    to_char(date_trunc('week', d.day::timestamp)::date::timestamp, 'IYYY-"W"IW') AS iso_week,
    count(*)::integer AS days,
    count(d.steps)::integer AS steps_days,
    count(d.weight_kg)::integer AS weight_days,
    count(d.asleep_s)::integer AS sleep_days,
    count(d.systolic)::integer AS blood_pressure_days,
    avg(d.steps)::numeric(12, 1) AS steps_mean,
    sum(d.distance_m)::numeric(14, 2) AS distance_m,
    sum(d.floors)::numeric(12, 2) AS floors,
    sum(d.moderate_s) AS moderate_s,
    sum(d.intense_s) AS intense_s,
    sum(d.active_s) AS active_s,
    sum(d.active_kcal)::numeric(12, 2) AS active_kcal,
    avg(d.weight_kg)::numeric(8, 3) AS weight_kg,
    avg(d.fat_ratio_pct)::numeric(6, 3) AS fat_ratio_pct,
    avg(d.asleep_s)::numeric(12, 1) AS asleep_s_mean,
    avg(d.deep_s)::numeric(12, 1) AS deep_s_mean,
    avg(d.rem_s)::numeric(12, 1) AS rem_s_mean,
    avg(d.sleep_score)::numeric(12, 2) AS sleep_score_mean,
    avg(d.bedtime_min)::numeric(12, 1) AS bedtime_min_mean,
    stddev_samp(d.bedtime_min)::numeric(12, 1) AS bedtime_min_sd,
    avg(d.wake_min)::numeric(12, 1) AS wake_min_mean,
    avg(d.hr_resting)::numeric(12, 2) AS hr_resting_mean,
    avg(d.systolic)::numeric(6, 1) AS systolic,
    avg(d.diastolic)::numeric(6, 1) AS diastolic,
    avg(d.wear_s)::numeric(12, 1) AS wear_s_mean,
    bool_and(d.final) AND date_trunc('week', d.day::timestamp)::date + 7 <= (now() AT TIME ZONE 'UTC')::date AS final
FROM analytics.daily d
GROUP BY d.user_id, date_trunc('week', d.day::timestamp)::date;
COMMENT ON VIEW   analytics.weekly                     IS 'One row for each person and week of which anything is known. Means are of the days that have a value, never of 0 in place of one';
COMMENT ON COLUMN analytics.weekly.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.weekly.ref                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.weekly.week                IS 'Monday of the week, local';
COMMENT ON COLUMN analytics.weekly.iso_week            IS 'The week by ISO 8601, such as 2026-W07';
COMMENT ON COLUMN analytics.weekly.days                IS 'Days of which anything is known';
COMMENT ON COLUMN analytics.weekly.steps_days          IS 'Days on which steps were counted';
COMMENT ON COLUMN analytics.weekly.weight_days         IS 'Days with a weighing';
COMMENT ON COLUMN analytics.weekly.sleep_days          IS 'Days with a main night';
COMMENT ON COLUMN analytics.weekly.blood_pressure_days IS 'Days with a reading of the blood pressure';
COMMENT ON COLUMN analytics.weekly.steps_mean          IS 'Mean steps of the days on which steps were counted; null without any';
COMMENT ON COLUMN analytics.weekly.distance_m          IS 'Sum of the distances travelled, m; null without any';
COMMENT ON COLUMN analytics.weekly.floors              IS 'Sum of the floors climbed; null without any';
COMMENT ON COLUMN analytics.weekly.moderate_s          IS 'Sum of the time in moderate activity, s; null without any';
COMMENT ON COLUMN analytics.weekly.intense_s           IS 'Sum of the time in intense activity, s; null without any';
COMMENT ON COLUMN analytics.weekly.active_s            IS 'Sum of the time in moderate or intense activity, s; null without any';
COMMENT ON COLUMN analytics.weekly.active_kcal         IS 'Sum of the energy burned by being active, kcal; null without any';
COMMENT ON COLUMN analytics.weekly.weight_kg           IS 'Mean of the daily weights, kg; null without any';
COMMENT ON COLUMN analytics.weekly.fat_ratio_pct       IS 'Mean of the daily shares of fat in the body weight, %; null without any';
COMMENT ON COLUMN analytics.weekly.asleep_s_mean       IS 'Mean time asleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.weekly.deep_s_mean         IS 'Mean deep sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.weekly.rem_s_mean          IS 'Mean REM sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.weekly.sleep_score_mean    IS 'Mean sleep score, 0 to 100; null without any';
COMMENT ON COLUMN analytics.weekly.bedtime_min_mean    IS 'Mean time at which main nights began, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.weekly.bedtime_min_sd      IS 'Standard deviation of that, minutes: the smaller, the more regular; null for fewer than two nights';
COMMENT ON COLUMN analytics.weekly.wake_min_mean       IS 'Mean time at which main nights ended, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.weekly.hr_resting_mean     IS 'Mean resting heart rate as in analytics.daily, bpm; null without any';
COMMENT ON COLUMN analytics.weekly.systolic            IS 'Mean of the daily systolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.weekly.diastolic           IS 'Mean of the daily diastolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.weekly.wear_s_mean         IS 'Mean of wear_s as in analytics.daily, s; null without any';
COMMENT ON COLUMN analytics.weekly.final               IS 'False while the week can still move: before it is over, and while any of its days in analytics.daily can';

CREATE OR REPLACE VIEW analytics.monthly AS
SELECT
    d.user_id,
    max(d.ref) AS ref,
    date_trunc('month', d.day::timestamp)::date AS month,
    count(*)::integer AS days,
    count(d.steps)::integer AS steps_days,
    count(d.weight_kg)::integer AS weight_days,
    count(d.asleep_s)::integer AS sleep_days,
    count(d.systolic)::integer AS blood_pressure_days,
    avg(d.steps)::numeric(12, 1) AS steps_mean,
    sum(d.distance_m)::numeric(14, 2) AS distance_m,
    sum(d.floors)::numeric(12, 2) AS floors,
    sum(d.moderate_s) AS moderate_s,
    sum(d.intense_s) AS intense_s,
    sum(d.active_s) AS active_s,
    sum(d.active_kcal)::numeric(12, 2) AS active_kcal,
    avg(d.weight_kg)::numeric(8, 3) AS weight_kg,
    avg(d.fat_ratio_pct)::numeric(6, 3) AS fat_ratio_pct,
    avg(d.asleep_s)::numeric(12, 1) AS asleep_s_mean,
    avg(d.deep_s)::numeric(12, 1) AS deep_s_mean,
    avg(d.rem_s)::numeric(12, 1) AS rem_s_mean,
    avg(d.sleep_score)::numeric(12, 2) AS sleep_score_mean,
    avg(d.bedtime_min)::numeric(12, 1) AS bedtime_min_mean,
    stddev_samp(d.bedtime_min)::numeric(12, 1) AS bedtime_min_sd,
    avg(d.wake_min)::numeric(12, 1) AS wake_min_mean,
    avg(d.hr_resting)::numeric(12, 2) AS hr_resting_mean,
    avg(d.systolic)::numeric(6, 1) AS systolic,
    avg(d.diastolic)::numeric(6, 1) AS diastolic,
    avg(d.wear_s)::numeric(12, 1) AS wear_s_mean,
    bool_and(d.final) AND (date_trunc('month', d.day::timestamp)::date + interval '1 month')::date <= (now() AT TIME ZONE 'UTC')::date AS final
FROM analytics.daily d
GROUP BY d.user_id, date_trunc('month', d.day::timestamp)::date;
COMMENT ON VIEW   analytics.monthly                     IS 'One row for each person and calendar month of which anything is known. Means are of the days that have a value, never of 0 in place of one';
COMMENT ON COLUMN analytics.monthly.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.monthly.ref                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.monthly.month               IS 'First day of the month, local';
COMMENT ON COLUMN analytics.monthly.days                IS 'Days of which anything is known';
COMMENT ON COLUMN analytics.monthly.steps_days          IS 'Days on which steps were counted';
COMMENT ON COLUMN analytics.monthly.weight_days         IS 'Days with a weighing';
COMMENT ON COLUMN analytics.monthly.sleep_days          IS 'Days with a main night';
COMMENT ON COLUMN analytics.monthly.blood_pressure_days IS 'Days with a reading of the blood pressure';
COMMENT ON COLUMN analytics.monthly.steps_mean          IS 'Mean steps of the days on which steps were counted; null without any';
COMMENT ON COLUMN analytics.monthly.distance_m          IS 'Sum of the distances travelled, m; null without any';
COMMENT ON COLUMN analytics.monthly.floors              IS 'Sum of the floors climbed; null without any';
COMMENT ON COLUMN analytics.monthly.moderate_s          IS 'Sum of the time in moderate activity, s; null without any';
COMMENT ON COLUMN analytics.monthly.intense_s           IS 'Sum of the time in intense activity, s; null without any';
COMMENT ON COLUMN analytics.monthly.active_s            IS 'Sum of the time in moderate or intense activity, s; null without any';
COMMENT ON COLUMN analytics.monthly.active_kcal         IS 'Sum of the energy burned by being active, kcal; null without any';
COMMENT ON COLUMN analytics.monthly.weight_kg           IS 'Mean of the daily weights, kg; null without any';
COMMENT ON COLUMN analytics.monthly.fat_ratio_pct       IS 'Mean of the daily shares of fat in the body weight, %; null without any';
COMMENT ON COLUMN analytics.monthly.asleep_s_mean       IS 'Mean time asleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.monthly.deep_s_mean         IS 'Mean deep sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.monthly.rem_s_mean          IS 'Mean REM sleep in the main nights, s; null without any';
COMMENT ON COLUMN analytics.monthly.sleep_score_mean    IS 'Mean sleep score, 0 to 100; null without any';
COMMENT ON COLUMN analytics.monthly.bedtime_min_mean    IS 'Mean time at which main nights began, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.monthly.bedtime_min_sd      IS 'Standard deviation of that, minutes: the smaller, the more regular; null for fewer than two nights';
COMMENT ON COLUMN analytics.monthly.wake_min_mean       IS 'Mean time at which main nights ended, in minutes of wall time after noon of the day before; null without any';
COMMENT ON COLUMN analytics.monthly.hr_resting_mean     IS 'Mean resting heart rate as in analytics.daily, bpm; null without any';
COMMENT ON COLUMN analytics.monthly.systolic            IS 'Mean of the daily systolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.monthly.diastolic           IS 'Mean of the daily diastolic blood pressures, mmHg; null without any';
COMMENT ON COLUMN analytics.monthly.wear_s_mean         IS 'Mean of wear_s as in analytics.daily, s; null without any';
COMMENT ON COLUMN analytics.monthly.final               IS 'False while the calendar month can still move: before it is over, and while any of its days in analytics.daily can';

CREATE OR REPLACE VIEW analytics.baseline AS
SELECT
    d.user_id,
    max(d.ref)                                                                      AS ref,
    q.quantity,
    q.unit,
    (now() AT TIME ZONE 'UTC')::date - 28                                           AS from_day,
    (now() AT TIME ZONE 'UTC')::date - 1                                            AS to_day,
    count(*)::integer                                                               AS days,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY q.value)::numeric(14, 3)            AS median,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY q.value)::numeric(14, 3)            AS p10,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY q.value)::numeric(14, 3)            AS p90
FROM analytics.daily d
CROSS JOIN LATERAL (VALUES
    ('weight_kg', 'kg', d.weight_kg::double precision),
    ('fat_ratio_pct', '%', d.fat_ratio_pct),
    ('steps', 'steps', d.steps),
    ('active_s', 's', d.active_s),
    ('active_kcal', 'kcal', d.active_kcal),
    ('asleep_s', 's', d.asleep_s),
    ('deep_s', 's', d.deep_s),
    ('rem_s', 's', d.rem_s),
    ('bedtime_min', 'min', d.bedtime_min),
    ('wake_min', 'min', d.wake_min),
    ('hr_resting', 'bpm', d.hr_resting),
    ('respiration_average', 'breaths/min', d.respiration_average),
    ('rmssd_ms', 'ms', d.rmssd_ms),
    ('systolic', 'mmHg', d.systolic),
    ('diastolic', 'mmHg', d.diastolic)
) AS q (quantity, unit, value)
WHERE d.day BETWEEN (now() AT TIME ZONE 'UTC')::date - 28 AND (now() AT TIME ZONE 'UTC')::date - 1
  AND q.value IS NOT NULL
GROUP BY d.user_id, q.quantity, q.unit;
COMMENT ON VIEW   analytics.baseline          IS 'What is usual for each person now: the middle and the span of each daily quantity over the 28 days before today (UTC). Today is not among them, since it still moves; a quantity without a value in this time has no row';
COMMENT ON COLUMN analytics.baseline.user_id  IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.baseline.ref      IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.baseline.quantity IS 'Column of analytics.daily';
COMMENT ON COLUMN analytics.baseline.unit     IS 'Its unit';
COMMENT ON COLUMN analytics.baseline.from_day IS 'First of the 28 days';
COMMENT ON COLUMN analytics.baseline.to_day   IS 'Last of the 28 days: yesterday in UTC';
COMMENT ON COLUMN analytics.baseline.days     IS 'Days that have a value';
COMMENT ON COLUMN analytics.baseline.median   IS 'Half of the days lie below this';
COMMENT ON COLUMN analytics.baseline.p10      IS 'A tenth of the days lies below this';
COMMENT ON COLUMN analytics.baseline.p90      IS 'A tenth of the days lies above this';
