-- V7__cursor.sql: what is due, and how far each resource of each person has come.

CREATE TABLE sync.cursor (
    user_id              bigint      NOT NULL REFERENCES sync.enrolment ON DELETE CASCADE,
    resource             text        NOT NULL,
    reached_at           timestamptz,
    resume_offset        bigint,
    resume_since         timestamptz,
    resume_from          date,
    resume_to            date,
    resume_reached_at    timestamptz,
    resume_started_at    timestamptz,
    next_due_at          timestamptz NOT NULL,
    last_success_at      timestamptz,
    last_attempt_at      timestamptz,
    consecutive_failures integer     NOT NULL DEFAULT 0,
    last_outcome         text,
    last_error           text,
    row_count            bigint      NOT NULL DEFAULT 0,
    last_row_at          timestamptz,
    PRIMARY KEY (user_id, resource)
);
COMMENT ON TABLE  sync.cursor                      IS 'How far one resource of one person has been fetched and when it is due again';
COMMENT ON COLUMN sync.cursor.user_id              IS 'The person: Withings userid';
COMMENT ON COLUMN sync.cursor.resource             IS 'Resource: measures, activity, workouts, sleep, heart, devices, goals, …';
COMMENT ON COLUMN sync.cursor.reached_at           IS 'Every change before this instant is here; null until the first full read ends';
COMMENT ON COLUMN sync.cursor.resume_offset        IS 'An interrupted read goes on at this offset; null, like all resume_…, when none was interrupted. API: offset';
COMMENT ON COLUMN sync.cursor.resume_since         IS 'The lastupdate the interrupted read asks with; null if it asks by day';
COMMENT ON COLUMN sync.cursor.resume_from          IS 'First day the interrupted read asks for; null if it asks by lastupdate';
COMMENT ON COLUMN sync.cursor.resume_to            IS 'Last day the interrupted read asks for; null if it asks by lastupdate';
COMMENT ON COLUMN sync.cursor.resume_reached_at    IS 'What reached_at becomes when the interrupted read ends';
COMMENT ON COLUMN sync.cursor.resume_started_at    IS 'When the interrupted read began: an offset is a place in a live list and ages';
COMMENT ON COLUMN sync.cursor.next_due_at          IS 'When to ask again';
COMMENT ON COLUMN sync.cursor.last_success_at      IS 'When a read last came to its end; null if never';
COMMENT ON COLUMN sync.cursor.last_attempt_at      IS 'When a read last began; null if never';
COMMENT ON COLUMN sync.cursor.consecutive_failures IS 'Reads that failed since the last success';
COMMENT ON COLUMN sync.cursor.last_outcome         IS 'How the last read ended; null before the first';
COMMENT ON COLUMN sync.cursor.last_error           IS 'Why the last read failed; null after a success. Never a token, never a measured value';
COMMENT ON COLUMN sync.cursor.row_count            IS 'Rows of this resource stored for this person; counted when they are written, so that nobody has to count them again';
COMMENT ON COLUMN sync.cursor.last_row_at          IS 'Time of the newest row ever stored: when it was measured or began; null without rows';

CREATE INDEX cursor_due ON sync.cursor (next_due_at);

CREATE TABLE sync.lease (
    user_id    bigint      PRIMARY KEY,
    holder     text        NOT NULL,
    held_until timestamptz NOT NULL
);
COMMENT ON TABLE  sync.lease            IS 'Who is syncing a person right now: two ticks or two processes must never sync one person at once';
COMMENT ON COLUMN sync.lease.user_id    IS 'The person: Withings userid';
COMMENT ON COLUMN sync.lease.holder     IS 'Process and run that hold the person';
COMMENT ON COLUMN sync.lease.held_until IS 'When the lease ends by itself, should the holder die';

-- Withings counts calls per application, so every process draws from the same bucket.
CREATE TABLE sync.quota (
    id    bigint PRIMARY KEY,
    state bytea
);
COMMENT ON TABLE  sync.quota       IS 'The call quota of the application, as Bucket4j keeps it';
COMMENT ON COLUMN sync.quota.id    IS 'Which bucket';
COMMENT ON COLUMN sync.quota.state IS 'What the bucket holds, in Bucket4j''s own form; null until first used';
