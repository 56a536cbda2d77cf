-- R__analytics_trial.sql: why there is nothing, and who needs a call: what studies are run by.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_summary, by its name.

CREATE OR REPLACE VIEW sync.study_time AS
SELECT
    user_id,
    ref,
    status,
    coalesce(fetch_from, (enrolled_at AT TIME ZONE 'UTC')::date) AS from_day,
    least((now() AT TIME ZONE 'UTC')::date - 1, fetch_until)     AS to_day
FROM sync.enrolment;
COMMENT ON VIEW   sync.study_time          IS 'Which days count in analytics.adherence, one row for each person';
COMMENT ON COLUMN sync.study_time.user_id  IS 'The person: Withings userid';
COMMENT ON COLUMN sync.study_time.ref      IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN sync.study_time.status   IS 'As in sync.enrolment';
COMMENT ON COLUMN sync.study_time.from_day IS 'First day that counts';
COMMENT ON COLUMN sync.study_time.to_day   IS 'Last day that counts; before from_day while none counts yet';

-- Days that should be there, days that were asked for and rows that came are put under each other and grouped, so that a
-- condition on person, day and resource reaches each of them.
CREATE OR REPLACE VIEW analytics.day_status AS
SELECT
    d.user_id,
    e.ref,
    d.day,
    d.resource,
    CASE
        WHEN d.has_something THEN 'data'
        WHEN d.row_count > 0 THEN
            CASE
                WHEN d.resource = 'activity'
                    AND d.is_worn IS NULL
                    AND analytics.is_over(d.day, z.timezone, d.samples_asked_at) THEN 'not_worn'
                ELSE 'zero'
            END
        WHEN d.day < e.fetch_from OR d.day > e.fetch_until THEN 'outside_window'
        WHEN d.asked_at IS NULL THEN
            CASE
                WHEN e.status <> 'active' OR NOT (e.scopes = '{}' OR d.scope = ANY (e.scopes)) THEN 'not_permitted'
                ELSE 'not_asked'
            END
        WHEN NOT analytics.is_over(d.day, z.timezone, d.asked_at) THEN 'not_synced_yet'
        WHEN d.resource IN ('activity', 'intraday', 'sleep', 'sleep-samples') THEN
            CASE
                WHEN NOT analytics.is_over(d.day, z.timezone, z.last_contact_at) THEN 'not_synced_yet'
                ELSE 'not_worn'
            END
        ELSE 'zero'
    END                  AS status,
    d.row_count,
    d.asked_at
FROM (
    SELECT
        user_id,
        day,
        resource,
        CASE WHEN resource IN ('measures', 'heart') THEN 'user.metrics' ELSE 'user.activity' END AS scope,
        sum(row_count)::bigint                         AS row_count,
        bool_or(has_something)                         AS has_something,
        max(asked_at)                                  AS asked_at,
        bool_or(is_worn)                               AS is_worn,
        max(samples_asked_at)                          AS samples_asked_at
    FROM (
        SELECT e.user_id, c.day, r.resource, NULL::bigint AS row_count, false AS has_something,
            NULL::timestamptz AS asked_at, NULL::boolean AS is_worn, NULL::timestamptz AS samples_asked_at
        FROM sync.enrolment e
        JOIN analytics.calendar c
            ON c.day >= least((e.enrolled_at AT TIME ZONE 'UTC')::date, e.fetch_from)
            AND c.day <= ((now() + interval '14 hours') AT TIME ZONE 'UTC')::date
        CROSS JOIN (VALUES ('measures'), ('activity'), ('intraday'), ('workouts'), ('sleep'), ('sleep-samples'), ('heart'))
            AS r (resource)
        UNION ALL
        SELECT user_id, day, resource,
            CASE WHEN resource IN ('intraday', 'sleep-samples') THEN row_count END,
            resource IN ('intraday', 'sleep-samples') AND row_count > 0,
            asked_at, NULL, NULL
        FROM sync.coverage
        WHERE resource IN ('measures', 'activity', 'intraday', 'workouts', 'sleep', 'sleep-samples', 'heart')
          AND day <= ((now() + interval '14 hours') AT TIME ZONE 'UTC')::date
        UNION ALL
        SELECT user_id, day, 'activity', NULL, false, NULL, NULL, asked_at
        FROM sync.coverage
        WHERE resource = 'intraday'
          AND day >= coalesce((SELECT p.first_kept_day FROM sync.pruned p WHERE p.resource = 'intraday'), '-infinity')
        UNION ALL
        SELECT s.user_id, s.day, r.resource, r.row_count, r.has_something, NULL, CASE WHEN s.worn_s > 0 THEN true END, NULL
        FROM sync.summarised_day s
        CROSS JOIN LATERAL (VALUES
            ('measures', s.measure_groups, true),
            ('activity', CASE WHEN s.has_activity THEN 1 END, s.has_movement),
            ('workouts', s.workouts, true),
            ('sleep', s.nights, s.has_sleep),
            ('heart', s.heart_records, true)
        ) AS r (resource, row_count, has_something)
        WHERE r.row_count > 0
    ) source
    GROUP BY user_id, day, resource
) d
JOIN sync.enrolment e ON e.user_id = d.user_id
LEFT JOIN sync.person_clock z ON z.user_id = d.user_id
WHERE d.row_count > 0 OR d.day <= analytics.local_time(now(), z.timezone)::date;
COMMENT ON VIEW   analytics.day_status           IS 'What became of each day of each resource that has days (measures, activity, intraday, workouts, sleep, sleep-samples, heart), one row each: from the day the person was enrolled, or fetched from where that is earlier, to today, and every day before that was asked for or has rows';
COMMENT ON COLUMN analytics.day_status.user_id   IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.day_status.ref       IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.day_status.day       IS 'Local calendar date; of intraday and sleep-samples, the date in UTC';
COMMENT ON COLUMN analytics.day_status.resource  IS 'The resource';
COMMENT ON COLUMN analytics.day_status.status    IS 'The first of these that holds. data: rows came that say something. zero: rows came that hold only zeros; or, of measures, workouts and heart, the day was asked for after its end and there was nothing. not_worn: a day of activity came that holds only zeros, and its samples, asked for after its end, show nobody wearing anything (as in the wear_s of daily); or, of activity, intraday, sleep and sleep-samples, the day was asked for after its end and there was nothing, although the person''s tracker or sleep monitor was in contact with Withings since (or none is known). outside_window: before the first or after the last day to fetch. not_permitted: never asked for, since the person did not grant the scope, or the consent is gone. not_asked: never asked for, though it may be. not_synced_yet: not asked for since its end, or no tracker or sleep monitor was in contact with Withings since: something may still come. A day ends at midnight in the timezone of the device that was last used';
COMMENT ON COLUMN analytics.day_status.row_count IS 'Rows that are there; null for none. Of samples, those that were new when they came';
COMMENT ON COLUMN analytics.day_status.asked_at  IS 'When the day was last asked for; null if never';

-- What is counted of days that have something, of days that have nothing, and of samples is grouped by person each for
-- itself and then joined: in one, days would multiply. The rules are those of day_status, which a test holds this against;
-- it is not read here, as it would lay out every day of every resource.
CREATE OR REPLACE VIEW analytics.adherence AS
SELECT
    b.user_id,
    b.ref,
    b.status,
    b.from_day,
    b.to_day,
    greatest(b.to_day - b.from_day + 1, 0)                                              AS days_expected,
    coalesce(s.measures_days, 0)::integer                                               AS measures_days,
    coalesce(s.activity_days, 0)::integer                                               AS activity_days,
    coalesce(s.workouts_days, 0)::integer                                               AS workouts_days,
    coalesce(s.sleep_days, 0)::integer                                                  AS sleep_days,
    coalesce(s.heart_days, 0)::integer                                                  AS heart_days,
    coalesce(s.weight_days, 0)::integer                                                 AS weight_days,
    coalesce(s.blood_pressure_days, 0)::integer                                         AS blood_pressure_days,
    coalesce(s.wear_known_days, 0)::integer                                             AS wear_known_days,
    coalesce(s.valid_days, 0)::integer                                                  AS valid_days,
    (100.0 * coalesce(s.valid_days, 0) / nullif(greatest(b.to_day - b.from_day + 1, 0), 0))::numeric(5, 1) AS valid_pct,
    (coalesce(s.not_worn_days, 0) + coalesce(n.not_worn_days, 0))::integer              AS not_worn_days,
    coalesce(n.not_synced_yet_days, 0)::integer                                         AS not_synced_yet_days,
    greatest(s.last_data_day, p.last_data_day)                                          AS last_data_day,
    c.last_sync_at,
    v.last_contact_at,
    CASE v.charge WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' END         AS battery
FROM sync.study_time b
LEFT JOIN (
    SELECT
        t.user_id,
        count(*) FILTER (WHERE t.is_expected AND t.measure_groups > 0)                  AS measures_days,
        count(*) FILTER (WHERE t.is_expected AND t.has_movement)                        AS activity_days,
        count(*) FILTER (WHERE t.is_expected AND t.workouts > 0)                        AS workouts_days,
        count(*) FILTER (WHERE t.is_expected AND t.has_sleep)                           AS sleep_days,
        count(*) FILTER (WHERE t.is_expected AND t.heart_records > 0)                   AS heart_days,
        count(t.weight_kg) FILTER (WHERE t.is_expected)                                 AS weight_days,
        count(t.blood_pressure_count) FILTER (WHERE t.is_expected)                      AS blood_pressure_days,
        count(*) FILTER (WHERE t.is_expected AND t.is_in_daily AND (t.worn_s IS NOT NULL OR t.has_no_samples)) AS wear_known_days,
        count(*) FILTER (WHERE t.is_expected AND t.is_in_daily AND (t.worn_s >= 36000
            OR (t.worn_s IS NULL AND NOT t.has_no_samples AND t.activity_origin = 'device' AND t.steps > 0))) AS valid_days,
        count(*) FILTER (WHERE t.is_expected AND t.has_activity AND NOT t.has_movement AND NOT coalesce(t.worn_s > 0, false)
            AND t.are_samples_over)                                                     AS not_worn_days,
        max(t.day) FILTER (WHERE t.is_expected
            AND (t.has_movement OR t.has_sleep OR t.measure_groups + t.workouts + t.heart_records > 0)) AS last_data_day
    FROM (
        SELECT
            d.*,
            d.day BETWEEN b.from_day AND b.to_day                                       AS is_expected,
            d.has_activity OR d.nights > 0 OR coalesce(d.weight_kg, d.fat_ratio_pct, d.systolic, d.diastolic) IS NOT NULL
                                                                                        AS is_in_daily,
            coalesce(analytics.is_over(d.day, z.timezone, i.asked_at), false)           AS are_samples_over,
            d.worn_s IS NULL
                AND coalesce(analytics.is_over(d.day, d.timezone, i.asked_at), false)   AS has_no_samples
        FROM sync.summarised_day d
        -- By the person alone: of a range, PostgreSQL expects few rows, and sorts. OFFSET 0: the two days are worked out once
        -- for each person and not in each of the counts.
        JOIN (SELECT user_id, from_day, to_day FROM sync.study_time OFFSET 0) b ON b.user_id = d.user_id
        LEFT JOIN sync.coverage i
            ON i.user_id = d.user_id
            AND i.resource = 'intraday'
            AND i.day = d.day
            AND i.day >= coalesce((SELECT p.first_kept_day FROM sync.pruned p WHERE p.resource = 'intraday'), '-infinity')
        LEFT JOIN sync.person_clock z ON z.user_id = d.user_id
    ) t
    GROUP BY t.user_id
) s ON s.user_id = b.user_id
LEFT JOIN ( -- days of which no row came
    SELECT
        a.user_id,
        count(*) FILTER (WHERE NOT a.is_settled)                                        AS not_synced_yet_days,
        count(*) FILTER (WHERE a.is_settled)                                            AS not_worn_days
    FROM (
        SELECT
            t.user_id,
            analytics.is_over(t.day, z.timezone, t.asked_at)
                AND coalesce(analytics.is_over(t.day, z.timezone, z.last_contact_at), true) AS is_settled
        FROM sync.coverage t
        JOIN sync.study_time b ON b.user_id = t.user_id AND t.day BETWEEN b.from_day AND b.to_day
        LEFT JOIN sync.person_clock z ON z.user_id = t.user_id
        WHERE t.resource = 'activity'
          AND t.row_count = 0
          AND t.asked_at IS NOT NULL
          AND NOT EXISTS (SELECT FROM withings.activity_day a WHERE a.user_id = t.user_id AND a.day = t.day)
    ) a
    GROUP BY a.user_id
) n ON n.user_id = b.user_id
LEFT JOIN (
    SELECT t.user_id, max(t.day) AS last_data_day
    FROM sync.coverage t
    JOIN sync.study_time b ON b.user_id = t.user_id AND t.day BETWEEN b.from_day AND b.to_day
    WHERE t.resource IN ('intraday', 'sleep-samples') AND t.row_count > 0
    GROUP BY t.user_id
) p ON p.user_id = b.user_id
LEFT JOIN (
    SELECT user_id, max(last_success_at) AS last_sync_at
    FROM sync.cursor
    GROUP BY user_id
) c ON c.user_id = b.user_id
LEFT JOIN (
    SELECT
        user_id,
        max(last_session_at)                                                              AS last_contact_at,
        min(CASE battery WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 END)   AS charge
    FROM withings.device
    GROUP BY user_id
) v ON v.user_id = b.user_id;
COMMENT ON VIEW   analytics.adherence                     IS 'How well each person keeps to the study, one row each, over the days from the first day to fetch (where none is set: the day of enrolment) to yesterday in UTC (or the last day to fetch, where that is earlier)';
COMMENT ON COLUMN analytics.adherence.user_id             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.adherence.ref                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.adherence.status              IS 'active (is synced), reconsent (the person must consent again) or unlinked (no longer synced)';
COMMENT ON COLUMN analytics.adherence.from_day            IS 'First day that counts';
COMMENT ON COLUMN analytics.adherence.to_day              IS 'Last day that counts; before from_day while none counts yet';
COMMENT ON COLUMN analytics.adherence.days_expected       IS 'Days that count; 0 on the day of enrolment where no first day to fetch is set';
COMMENT ON COLUMN analytics.adherence.measures_days       IS 'Days with a reading of any kind: status data in day_status';
COMMENT ON COLUMN analytics.adherence.activity_days       IS 'Days with movement: status data in day_status';
COMMENT ON COLUMN analytics.adherence.workouts_days       IS 'Days with a workout';
COMMENT ON COLUMN analytics.adherence.sleep_days          IS 'Days with a night: status data in day_status';
COMMENT ON COLUMN analytics.adherence.heart_days          IS 'Days with a heart recording';
COMMENT ON COLUMN analytics.adherence.weight_days         IS 'Days with a weighing that is surely the person''s';
COMMENT ON COLUMN analytics.adherence.blood_pressure_days IS 'Days with a reading of the blood pressure that is surely the person''s';
COMMENT ON COLUMN analytics.adherence.wear_known_days     IS 'Days of which it is known for how long something was worn';
COMMENT ON COLUMN analytics.adherence.valid_days          IS 'Valid days: something was worn for at least 10 hours (wear_s of daily at least 36,000); where that is not known, a tracker counted at least one step';
COMMENT ON COLUMN analytics.adherence.valid_pct           IS 'valid_days as a part of days_expected, %; null when none is expected';
COMMENT ON COLUMN analytics.adherence.not_worn_days       IS 'Days of activity with status not_worn in day_status';
COMMENT ON COLUMN analytics.adherence.not_synced_yet_days IS 'Days of activity with status not_synced_yet in day_status: a reminder to open the app may bring them';
COMMENT ON COLUMN analytics.adherence.last_data_day       IS 'Last of these days on which anything came; null if none did';
COMMENT ON COLUMN analytics.adherence.last_sync_at        IS 'When Withings was last asked to the end, for any resource; null if never';
COMMENT ON COLUMN analytics.adherence.last_contact_at     IS 'When any device of the person was last in contact with Withings; null if never or not told';
COMMENT ON COLUMN analytics.adherence.battery             IS 'Lowest charge among the person''s devices: low, medium or high; null when none is told';
