-- V31__quartz.sql: the schedules of all nodes on this database, in the tables Quartz 2.5 asks for.
-- Names and types are Quartz's own. Its indexes are left out: there are as many rows as there are schedules and nodes, and
-- each statement names the whole key or reads them all.

CREATE SCHEMA quartz;
COMMENT ON SCHEMA quartz IS 'Quartz''s own tables: which schedule fires next, and on which of the nodes. Nothing about people';

CREATE TABLE quartz.qrtz_job_details (
    sched_name        text    NOT NULL,
    job_name          text    NOT NULL,
    job_group         text    NOT NULL,
    description       text,
    job_class_name    text    NOT NULL,
    is_durable        boolean NOT NULL,
    is_nonconcurrent  boolean NOT NULL,
    is_update_data    boolean NOT NULL,
    requests_recovery boolean NOT NULL,
    job_data          bytea,
    PRIMARY KEY (sched_name, job_name, job_group)
);
COMMENT ON TABLE quartz.qrtz_job_details IS 'What is done at a due time: which Camel route is started';

CREATE TABLE quartz.qrtz_triggers (
    sched_name     text     NOT NULL,
    trigger_name   text     NOT NULL,
    trigger_group  text     NOT NULL,
    job_name       text     NOT NULL,
    job_group      text     NOT NULL,
    description    text,
    next_fire_time bigint,
    prev_fire_time bigint,
    priority       integer,
    trigger_state  text     NOT NULL,
    trigger_type   text     NOT NULL,
    start_time     bigint   NOT NULL,
    end_time       bigint,
    calendar_name  text,
    misfire_instr  smallint,
    job_data       bytea,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, job_name, job_group) REFERENCES quartz.qrtz_job_details
);
COMMENT ON TABLE quartz.qrtz_triggers IS 'The schedules: when each fired last and fires next (milliseconds since 1970), and its state';

CREATE TABLE quartz.qrtz_simple_triggers (
    sched_name      text   NOT NULL,
    trigger_name    text   NOT NULL,
    trigger_group   text   NOT NULL,
    repeat_count    bigint NOT NULL,
    repeat_interval bigint NOT NULL,
    times_triggered bigint NOT NULL,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES quartz.qrtz_triggers
);
COMMENT ON TABLE quartz.qrtz_simple_triggers IS 'Schedules of one interval; we have none';

CREATE TABLE quartz.qrtz_cron_triggers (
    sched_name      text NOT NULL,
    trigger_name    text NOT NULL,
    trigger_group   text NOT NULL,
    cron_expression text NOT NULL,
    time_zone_id    text,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES quartz.qrtz_triggers
);
COMMENT ON TABLE quartz.qrtz_cron_triggers IS 'The cron expression of each schedule';

CREATE TABLE quartz.qrtz_simprop_triggers (
    sched_name    text NOT NULL,
    trigger_name  text NOT NULL,
    trigger_group text NOT NULL,
    str_prop_1    text,
    str_prop_2    text,
    str_prop_3    text,
    int_prop_1    integer,
    int_prop_2    integer,
    long_prop_1   bigint,
    long_prop_2   bigint,
    dec_prop_1    numeric(13, 4),
    dec_prop_2    numeric(13, 4),
    bool_prop_1   boolean,
    bool_prop_2   boolean,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES quartz.qrtz_triggers
);
COMMENT ON TABLE quartz.qrtz_simprop_triggers IS 'Schedules by calendar interval or time of day; we have none';

CREATE TABLE quartz.qrtz_blob_triggers (
    sched_name    text NOT NULL,
    trigger_name  text NOT NULL,
    trigger_group text NOT NULL,
    blob_data     bytea,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES quartz.qrtz_triggers
);
COMMENT ON TABLE quartz.qrtz_blob_triggers IS 'Schedules of kinds that Quartz does not know itself; we have none';

CREATE TABLE quartz.qrtz_calendars (
    sched_name    text  NOT NULL,
    calendar_name text  NOT NULL,
    calendar      bytea NOT NULL,
    PRIMARY KEY (sched_name, calendar_name)
);
COMMENT ON TABLE quartz.qrtz_calendars IS 'Days on which schedules rest; we have none';

CREATE TABLE quartz.qrtz_paused_trigger_grps (
    sched_name    text NOT NULL,
    trigger_group text NOT NULL,
    PRIMARY KEY (sched_name, trigger_group)
);
COMMENT ON TABLE quartz.qrtz_paused_trigger_grps IS 'Groups of schedules that somebody paused';

CREATE TABLE quartz.qrtz_fired_triggers (
    sched_name        text    NOT NULL,
    entry_id          text    NOT NULL,
    trigger_name      text    NOT NULL,
    trigger_group     text    NOT NULL,
    instance_name     text    NOT NULL,
    fired_time        bigint  NOT NULL,
    sched_time        bigint  NOT NULL,
    priority          integer NOT NULL,
    state             text    NOT NULL,
    job_name          text,
    job_group         text,
    is_nonconcurrent  boolean,
    requests_recovery boolean,
    PRIMARY KEY (sched_name, entry_id)
);
COMMENT ON TABLE quartz.qrtz_fired_triggers IS 'Which node is at which schedule right now, or will be at its next due time';

CREATE TABLE quartz.qrtz_scheduler_state (
    sched_name        text   NOT NULL,
    instance_name     text   NOT NULL,
    last_checkin_time bigint NOT NULL,
    checkin_interval  bigint NOT NULL,
    PRIMARY KEY (sched_name, instance_name)
);
COMMENT ON TABLE quartz.qrtz_scheduler_state IS 'The nodes that run schedules, and when each last said that it lives (milliseconds since 1970)';

CREATE TABLE quartz.qrtz_locks (
    sched_name text NOT NULL,
    lock_name  text NOT NULL,
    PRIMARY KEY (sched_name, lock_name)
);
COMMENT ON TABLE quartz.qrtz_locks IS 'Rows that nodes lock so that one schedule is taken by one of them';
