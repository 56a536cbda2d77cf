-- V8__run.sql: what each visit to a person brought, and what it could not read.

CREATE TABLE sync.run (
    user_id     bigint      NOT NULL,
    run_id      uuid        NOT NULL,
    cause       text        NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    outcome     text,
    PRIMARY KEY (user_id, run_id),
    CONSTRAINT run_cause CHECK (cause IN ('schedule', 'command', 'enrolment'))
);
COMMENT ON TABLE  sync.run             IS 'One visit to one person';
COMMENT ON COLUMN sync.run.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN sync.run.run_id      IS 'The visit; log lines carry it';
COMMENT ON COLUMN sync.run.cause       IS 'Why it took place: schedule, command or enrolment';
COMMENT ON COLUMN sync.run.started_at  IS 'When it began';
COMMENT ON COLUMN sync.run.finished_at IS 'When it ended; null while it goes on, and for good if the process died';
COMMENT ON COLUMN sync.run.outcome     IS 'How it ended; null while it goes on';

CREATE INDEX run_started ON sync.run (user_id, started_at);

CREATE TABLE sync.run_resource (
    user_id     bigint      NOT NULL,
    run_id      uuid        NOT NULL,
    resource    text        NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    pages       integer     NOT NULL DEFAULT 0,
    calls       integer     NOT NULL DEFAULT 0,
    fetched     bigint      NOT NULL DEFAULT 0,
    inserted    bigint      NOT NULL DEFAULT 0,
    changed     bigint      NOT NULL DEFAULT 0,
    unchanged   bigint      NOT NULL DEFAULT 0,
    removed     bigint      NOT NULL DEFAULT 0,
    rejected    bigint      NOT NULL DEFAULT 0,
    outcome     text,
    error       text,
    PRIMARY KEY (user_id, run_id, resource),
    FOREIGN KEY (user_id, run_id) REFERENCES sync.run ON DELETE CASCADE
);
COMMENT ON TABLE  sync.run_resource             IS 'One resource within a visit. Always fetched = inserted + changed + unchanged + rejected';
COMMENT ON COLUMN sync.run_resource.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN sync.run_resource.run_id      IS 'The visit';
COMMENT ON COLUMN sync.run_resource.resource    IS 'Resource that was read';
COMMENT ON COLUMN sync.run_resource.started_at  IS 'When reading began';
COMMENT ON COLUMN sync.run_resource.finished_at IS 'When reading ended; null while it goes on';
COMMENT ON COLUMN sync.run_resource.pages       IS 'Pages read';
COMMENT ON COLUMN sync.run_resource.calls       IS 'Calls spent on its pages, repeats included; refreshes of tokens are not among them';
COMMENT ON COLUMN sync.run_resource.fetched     IS 'Rows that came (a group with 3 measures is 4), and records that could not be read';
COMMENT ON COLUMN sync.run_resource.inserted    IS 'Rows that were new';
COMMENT ON COLUMN sync.run_resource.changed     IS 'Rows that replaced an earlier version';
COMMENT ON COLUMN sync.run_resource.unchanged   IS 'Rows that were here already, those repeated within a page included';
COMMENT ON COLUMN sync.run_resource.removed     IS 'Rows that left their set, e.g. a measure no longer in its group; not part of fetched';
COMMENT ON COLUMN sync.run_resource.rejected    IS 'Records that could not be read: see sync.rejected_record';
COMMENT ON COLUMN sync.run_resource.outcome     IS 'How it ended; null while it goes on';
COMMENT ON COLUMN sync.run_resource.error       IS 'Why it failed; null if it did not. Never a token, never a measured value';

-- A record we cannot read must neither stop its page nor be lost. The fingerprint is the key, so that a broken
-- record that comes again on every sync is one row, not a thousand.
CREATE TABLE sync.rejected_record (
    user_id       bigint      NOT NULL,
    resource      text        NOT NULL,
    fingerprint   bytea       NOT NULL,
    reason        text        NOT NULL,
    record        jsonb       NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),
    occurrences   bigint      NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, resource, fingerprint)
);
COMMENT ON TABLE  sync.rejected_record               IS 'A record that came but could not be read, in full';
COMMENT ON COLUMN sync.rejected_record.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN sync.rejected_record.resource      IS 'Resource it came with';
COMMENT ON COLUMN sync.rejected_record.fingerprint   IS 'SHA-256 of the record';
COMMENT ON COLUMN sync.rejected_record.reason        IS 'What is wrong with it';
COMMENT ON COLUMN sync.rejected_record.record        IS 'The record as it came; holds personal data';
COMMENT ON COLUMN sync.rejected_record.first_seen_at IS 'When it first came';
COMMENT ON COLUMN sync.rejected_record.last_seen_at  IS 'When it last came';
COMMENT ON COLUMN sync.rejected_record.occurrences   IS 'How many times it came';
