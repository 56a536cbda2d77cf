-- V30__day_summary.sql: what analytics tells of each day of each person, worked out once and not at every question.
-- Nothing is here that the tables of schema withings do not say. Whoever writes there says in sync.summary_due for which
-- days this must be worked out anew, in the same transaction; the view sync.summarised_day (R__analytics_summarised_day) works
-- those out at every question until that was done. So no question ever sees an old day, whatever came in between.
CREATE TABLE sync.day_summary (
    user_id              bigint        NOT NULL,
    day                  date          NOT NULL,
    timezone             text,
    weight_kg            numeric(8, 3),
    fat_ratio_pct        numeric(6, 3),
    systolic             numeric(6, 1),
    diastolic            numeric(6, 1),
    blood_pressure_count integer,
    has_activity         boolean       NOT NULL,
    has_movement         boolean       NOT NULL,
    steps                integer,
    distance_m           numeric(12, 2),
    floors               numeric(10, 2),
    soft_s               integer,
    moderate_s           integer,
    intense_s            integer,
    active_s             integer,
    active_kcal          numeric(10, 2),
    total_kcal           numeric(10, 2),
    hr_average           integer,
    hr_min               integer,
    hr_max               integer,
    hr_zone_0_s          integer,
    hr_zone_1_s          integer,
    hr_zone_2_s          integer,
    hr_zone_3_s          integer,
    activity_origin      text,
    asleep_s             integer,
    time_in_bed_s        integer,
    light_s              integer,
    deep_s               integer,
    rem_s                integer,
    awake_s              integer,
    sleep_efficiency     numeric(6, 3),
    sleep_score          integer,
    bedtime_min          integer,
    wake_min             integer,
    hr_resting           integer,
    respiration_average  numeric(6, 2),
    rmssd_ms             numeric(8, 3),
    snoring_s            integer,
    apnea_hypopnea_index numeric(8, 3),
    worn_s               integer,
    measure_groups       integer       NOT NULL,
    workouts             integer       NOT NULL,
    nights               integer       NOT NULL,
    has_sleep            boolean       NOT NULL,
    heart_records        integer       NOT NULL,
    PRIMARY KEY (user_id, day)
);

COMMENT ON TABLE  sync.day_summary                      IS 'What analytics tells of each day, worked out from the tables of schema withings; read it through sync.summarised_day, which knows what is due to be worked out anew';
COMMENT ON COLUMN sync.day_summary.user_id              IS 'The person: Withings userid';
COMMENT ON COLUMN sync.day_summary.day                  IS 'Local calendar date';
COMMENT ON COLUMN sync.day_summary.timezone             IS 'Timezone of the day: that of its activity, else of a night or reading; null when none is told';
COMMENT ON COLUMN sync.day_summary.weight_kg            IS 'As in analytics.daily, kg';
COMMENT ON COLUMN sync.day_summary.fat_ratio_pct        IS 'As in analytics.daily, %';
COMMENT ON COLUMN sync.day_summary.systolic             IS 'As in analytics.daily, mmHg';
COMMENT ON COLUMN sync.day_summary.diastolic            IS 'As in analytics.daily, mmHg';
COMMENT ON COLUMN sync.day_summary.blood_pressure_count IS 'As in analytics.daily; null for none';
COMMENT ON COLUMN sync.day_summary.has_activity         IS 'There is a row in withings.activity_day';
COMMENT ON COLUMN sync.day_summary.has_movement         IS 'That row says something, and does not hold only zeros';
COMMENT ON COLUMN sync.day_summary.steps                IS 'As in analytics.daily';
COMMENT ON COLUMN sync.day_summary.distance_m           IS 'As in analytics.daily, m';
COMMENT ON COLUMN sync.day_summary.floors               IS 'As in analytics.daily';
COMMENT ON COLUMN sync.day_summary.soft_s               IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.moderate_s           IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.intense_s            IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.active_s             IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.active_kcal          IS 'As in analytics.daily, kcal';
COMMENT ON COLUMN sync.day_summary.total_kcal           IS 'As in analytics.daily, kcal';
COMMENT ON COLUMN sync.day_summary.hr_average           IS 'As in analytics.daily, bpm';
COMMENT ON COLUMN sync.day_summary.hr_min               IS 'As in analytics.daily, bpm';
COMMENT ON COLUMN sync.day_summary.hr_max               IS 'As in analytics.daily, bpm';
COMMENT ON COLUMN sync.day_summary.hr_zone_0_s          IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.hr_zone_1_s          IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.hr_zone_2_s          IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.hr_zone_3_s          IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.activity_origin      IS 'As in analytics.daily';
COMMENT ON COLUMN sync.day_summary.asleep_s             IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.time_in_bed_s        IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.light_s              IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.deep_s               IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.rem_s                IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.awake_s              IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.sleep_efficiency     IS 'As in analytics.daily, 0 to 1';
COMMENT ON COLUMN sync.day_summary.sleep_score          IS 'As in analytics.daily, 0 to 100';
COMMENT ON COLUMN sync.day_summary.bedtime_min          IS 'As in analytics.daily, min';
COMMENT ON COLUMN sync.day_summary.wake_min             IS 'As in analytics.daily, min';
COMMENT ON COLUMN sync.day_summary.hr_resting           IS 'As in analytics.daily, bpm';
COMMENT ON COLUMN sync.day_summary.respiration_average  IS 'As in analytics.daily, breaths per minute';
COMMENT ON COLUMN sync.day_summary.rmssd_ms             IS 'As in analytics.daily, ms';
COMMENT ON COLUMN sync.day_summary.snoring_s            IS 'As in analytics.daily, s';
COMMENT ON COLUMN sync.day_summary.apnea_hypopnea_index IS 'As in analytics.daily';
COMMENT ON COLUMN sync.day_summary.worn_s               IS 'As wear_s in analytics.daily, s; null where the day has no samples';
COMMENT ON COLUMN sync.day_summary.measure_groups       IS 'Readings of any kind; nothing deleted, no goals';
COMMENT ON COLUMN sync.day_summary.workouts             IS 'Workouts; nothing deleted';
COMMENT ON COLUMN sync.day_summary.nights               IS 'Nights and naps; nothing deleted';
COMMENT ON COLUMN sync.day_summary.has_sleep            IS 'One of them says something, and does not hold only zeros';
COMMENT ON COLUMN sync.day_summary.heart_records        IS 'Heart recordings; nothing deleted';

-- A person without a row here is due from end to end: so are those who were there before this migration, and those whose
-- rows were loaded from elsewhere.
CREATE TABLE sync.summary_due (
    user_id  bigint NOT NULL PRIMARY KEY,
    due_from date   NOT NULL DEFAULT '-infinity',
    due_to   date   NOT NULL DEFAULT 'infinity'
);

COMMENT ON TABLE  sync.summary_due          IS 'Which days of a person are to be worked out anew in sync.day_summary. Without a row: all of them';
COMMENT ON COLUMN sync.summary_due.user_id  IS 'The person: Withings userid';
COMMENT ON COLUMN sync.summary_due.due_from IS 'First of these days; after due_to where none are due';
COMMENT ON COLUMN sync.summary_due.due_to   IS 'Last of these days';
