-- V14__sleep_summary.sql: nights and naps, summed by Withings.
-- A summary is written again when a nap is merged into it or a second device syncs late, sometimes days later.

CREATE TABLE withings.sleep_summary (
    user_id                         bigint      NOT NULL,
    sleep_id                        bigint      NOT NULL,
    started_at                      timestamptz NOT NULL,
    ended_at                        timestamptz,
    day                             date        NOT NULL,
    timezone                        text,
    source                          integer,
    model_id                        integer,
    device_id                       text,
    completed                       boolean,
    time_in_bed_s                   integer,
    asleep_s                        integer,
    external_asleep_s               integer,
    light_s                         integer,
    deep_s                          integer,
    rem_s                           integer,
    awake_s                         integer,
    latency_s                       integer,
    wakeup_latency_s                integer,
    duration_to_sleep_s             integer,
    duration_to_wakeup_s            integer,
    waso_s                          integer,
    efficiency                      numeric,
    wakeup_count                    integer,
    out_of_bed_count                integer,
    rem_episodes                    integer,
    hr_average                      integer,
    hr_min                          integer,
    hr_max                          integer,
    respiration_average             numeric,
    respiration_min                 numeric,
    respiration_max                 numeric,
    snoring_s                       integer,
    snoring_episodes                integer,
    score                           integer,
    apnea_hypopnea_index            numeric,
    breathing_disturbances          numeric,
    breathing_quality               numeric,
    withings_index                  numeric,
    movement_score_avg              numeric,
    movement_active_s               integer,
    rmssd_start_avg_ms              numeric,
    rmssd_end_avg_ms                numeric,
    chest_movement_average          numeric,
    chest_movement_min              numeric,
    chest_movement_max              numeric,
    chest_movement_wellness_average numeric,
    chest_movement_wellness_min     numeric,
    chest_movement_wellness_max     numeric,
    breathing_sounds_s              integer,
    breathing_sounds_episodes       integer,
    core_temperature_avg_c          numeric,
    core_temperature_min_c          numeric,
    core_temperature_max_c          numeric,
    core_temperature_status         text,
    created_at                      timestamptz,
    modified_at                     timestamptz,
    deleted_at                      timestamptz,
    extra                           jsonb,
    synced_at                       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, sleep_id)
);
COMMENT ON TABLE  withings.sleep_summary                                 IS 'One night or nap as one device saw it. API: sleep v2 getsummary, series[]';
COMMENT ON COLUMN withings.sleep_summary.user_id                         IS 'The person: Withings userid';
COMMENT ON COLUMN withings.sleep_summary.sleep_id                        IS 'API: id';
COMMENT ON COLUMN withings.sleep_summary.started_at                      IS 'Start. API: startdate';
COMMENT ON COLUMN withings.sleep_summary.ended_at                        IS 'End. API: enddate';
COMMENT ON COLUMN withings.sleep_summary.day                             IS 'Local calendar day of waking. API: date';
COMMENT ON COLUMN withings.sleep_summary.timezone                        IS 'Timezone it took place in, e.g. Europe/Paris. API: timezone';
COMMENT ON COLUMN withings.sleep_summary.source                          IS '16 a tracker that is worn, 32 a monitor in the bed. API: model';
COMMENT ON COLUMN withings.sleep_summary.model_id                        IS 'Product code of the device: withings.device_model. API: model_id';
COMMENT ON COLUMN withings.sleep_summary.device_id                       IS 'Device it came from: deviceid, else hash_deviceid; null when the API names none. API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.sleep_summary.completed                       IS 'Whether the summary is complete. API: completed';
COMMENT ON COLUMN withings.sleep_summary.time_in_bed_s                   IS 'Time in bed, s. API: data.total_timeinbed';
COMMENT ON COLUMN withings.sleep_summary.asleep_s                        IS 'Time asleep (light, deep and REM), s. API: data.total_sleep_time';
COMMENT ON COLUMN withings.sleep_summary.external_asleep_s               IS 'Time asleep in a night from elsewhere, whose stages are null, s. API: data.asleepduration';
COMMENT ON COLUMN withings.sleep_summary.light_s                         IS 'Light sleep, s. API: data.lightsleepduration';
COMMENT ON COLUMN withings.sleep_summary.deep_s                          IS 'Deep sleep, s. API: data.deepsleepduration';
COMMENT ON COLUMN withings.sleep_summary.rem_s                           IS 'REM sleep, s. API: data.remsleepduration';
COMMENT ON COLUMN withings.sleep_summary.awake_s                         IS 'Time awake, s. API: data.wakeupduration';
COMMENT ON COLUMN withings.sleep_summary.latency_s                       IS 'From going to bed to falling asleep, s. API: data.sleep_latency';
COMMENT ON COLUMN withings.sleep_summary.wakeup_latency_s                IS 'From the last waking to getting up, s. API: data.wakeup_latency';
COMMENT ON COLUMN withings.sleep_summary.duration_to_sleep_s             IS 'Older form of latency_s, s. API: data.durationtosleep';
COMMENT ON COLUMN withings.sleep_summary.duration_to_wakeup_s            IS 'Older form of wakeup_latency_s, s. API: data.durationtowakeup';
COMMENT ON COLUMN withings.sleep_summary.waso_s                          IS 'Time awake in bed after first falling asleep, s. API: data.waso';
COMMENT ON COLUMN withings.sleep_summary.efficiency                      IS 'Time asleep as a part of time in bed, 0 to 1. API: data.sleep_efficiency';
COMMENT ON COLUMN withings.sleep_summary.wakeup_count                    IS 'Wakings without leaving the bed. API: data.wakeupcount';
COMMENT ON COLUMN withings.sleep_summary.out_of_bed_count                IS 'Times the bed was left. API: data.out_of_bed_count';
COMMENT ON COLUMN withings.sleep_summary.rem_episodes                    IS 'Phases of REM sleep. API: data.nb_rem_episodes';
COMMENT ON COLUMN withings.sleep_summary.hr_average                      IS 'Mean heart rate, bpm; null when not measured. API: data.hr_average';
COMMENT ON COLUMN withings.sleep_summary.hr_min                          IS 'Lowest heart rate, bpm; null when not measured. API: data.hr_min';
COMMENT ON COLUMN withings.sleep_summary.hr_max                          IS 'Highest heart rate, bpm; null when not measured. API: data.hr_max';
COMMENT ON COLUMN withings.sleep_summary.respiration_average             IS 'Mean respiration rate, breaths per minute. API: data.rr_average';
COMMENT ON COLUMN withings.sleep_summary.respiration_min                 IS 'Lowest respiration rate, breaths per minute. API: data.rr_min';
COMMENT ON COLUMN withings.sleep_summary.respiration_max                 IS 'Highest respiration rate, breaths per minute. API: data.rr_max';
COMMENT ON COLUMN withings.sleep_summary.snoring_s                       IS 'Time snoring, s. API: data.snoring';
COMMENT ON COLUMN withings.sleep_summary.snoring_episodes                IS 'Snoring spells of a minute or more. API: data.snoringepisodecount';
COMMENT ON COLUMN withings.sleep_summary.score                           IS 'Sleep score of Withings, 0 to 100. API: data.sleep_score';
COMMENT ON COLUMN withings.sleep_summary.apnea_hypopnea_index            IS 'Apneas and hypopneas per hour of sleep, medical grade. API: data.apnea_hypopnea_index';
COMMENT ON COLUMN withings.sleep_summary.breathing_disturbances          IS 'Strength of breathing disturbances, a wellness figure without unit. API: data.breathing_disturbances_intensity';
COMMENT ON COLUMN withings.sleep_summary.breathing_quality               IS 'Rating of breathing disturbances, a wellness figure without unit. API: data.breathing_quality_assessment';
COMMENT ON COLUMN withings.sleep_summary.withings_index                  IS 'Breathing events per hour (under 15 none or mild, over 30 severe); needs 5 h of sleep. API: data.withings_index';
COMMENT ON COLUMN withings.sleep_summary.movement_score_avg              IS 'Mean strength of movement in bed, 0 to 255. API: data.mvt_score_avg';
COMMENT ON COLUMN withings.sleep_summary.movement_active_s               IS 'Time moving in bed, s. API: data.mvt_active_duration';
COMMENT ON COLUMN withings.sleep_summary.rmssd_start_avg_ms              IS 'Heart rate variability (RMSSD), mean at the start of the night, ms. API: data.rmssd_start_avg';
COMMENT ON COLUMN withings.sleep_summary.rmssd_end_avg_ms                IS 'Heart rate variability (RMSSD), mean at the end of the night, ms. API: data.rmssd_end_avg';
COMMENT ON COLUMN withings.sleep_summary.chest_movement_average          IS 'Mean rate of chest movements, per minute. API: data.chest_movement_rate_average';
COMMENT ON COLUMN withings.sleep_summary.chest_movement_min              IS 'Lowest rate of chest movements, per minute. API: data.chest_movement_rate_min';
COMMENT ON COLUMN withings.sleep_summary.chest_movement_max              IS 'Highest rate of chest movements, per minute. API: data.chest_movement_rate_max';
COMMENT ON COLUMN withings.sleep_summary.chest_movement_wellness_average IS 'Mean respiration rate by chest movement, wellness figure, per minute. API: data.chest_movement_rate_wellness_average';
COMMENT ON COLUMN withings.sleep_summary.chest_movement_wellness_min     IS 'Lowest respiration rate by chest movement, wellness figure, per minute. API: data.chest_movement_rate_wellness_min';
COMMENT ON COLUMN withings.sleep_summary.chest_movement_wellness_max     IS 'Highest respiration rate by chest movement, wellness figure, per minute. API: data.chest_movement_rate_wellness_max';
COMMENT ON COLUMN withings.sleep_summary.breathing_sounds_s              IS 'Time with breathing sounds, s. API: data.breathing_sounds';
COMMENT ON COLUMN withings.sleep_summary.breathing_sounds_episodes       IS 'Spells of breathing sounds of a minute or more. API: data.breathing_sounds_episode_count';
COMMENT ON COLUMN withings.sleep_summary.core_temperature_avg_c          IS 'Mean core body temperature, °C. API: data.core_body_temperature_avg';
COMMENT ON COLUMN withings.sleep_summary.core_temperature_min_c          IS 'Lowest core body temperature, °C. API: data.core_body_temperature_min';
COMMENT ON COLUMN withings.sleep_summary.core_temperature_max_c          IS 'Highest core body temperature, °C. API: data.core_body_temperature_max';
COMMENT ON COLUMN withings.sleep_summary.core_temperature_status         IS 'unknown, usual or elevated. API: data.core_body_temperature_status';
COMMENT ON COLUMN withings.sleep_summary.created_at                      IS 'When Withings stored it. API: created';
COMMENT ON COLUMN withings.sleep_summary.modified_at                     IS 'When Withings last changed it; the newer version wins. API: modified';
COMMENT ON COLUMN withings.sleep_summary.deleted_at                      IS 'When it was found to be gone from Withings; null = still there';
COMMENT ON COLUMN withings.sleep_summary.extra                           IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.sleep_summary.synced_at                       IS 'When this version of the row was written here';

CREATE INDEX sleep_summary_started_at ON withings.sleep_summary (user_id, started_at);
CREATE INDEX sleep_summary_day ON withings.sleep_summary (user_id, day);

CREATE TABLE withings.sleep_event (
    user_id     bigint      NOT NULL,
    sleep_id    bigint      NOT NULL,
    event       integer     NOT NULL,
    occurred_at timestamptz NOT NULL,
    extra       jsonb,
    synced_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, sleep_id, event, occurred_at),
    FOREIGN KEY (user_id, sleep_id) REFERENCES withings.sleep_summary ON DELETE CASCADE
);
COMMENT ON TABLE  withings.sleep_event             IS 'Something that happened in a night. API: sleep v2 getsummary, series[].data.night_events';
COMMENT ON COLUMN withings.sleep_event.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN withings.sleep_event.sleep_id    IS 'The night';
COMMENT ON COLUMN withings.sleep_event.event       IS 'What happened: withings.sleep_event_type, or a code yet unknown. API: the key within night_events';
COMMENT ON COLUMN withings.sleep_event.occurred_at IS 'When. API: startdate + each number of the list, s';
COMMENT ON COLUMN withings.sleep_event.extra       IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.sleep_event.synced_at   IS 'When this version of the row was written here';
