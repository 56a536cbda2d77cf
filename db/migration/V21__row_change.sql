-- V21__row_change.sql: what rows said before they changed, so that "what did we know then?" has an answer.
-- Written by the statement that changes the row, not by a trigger: triggers hide work, and cannot be distributed. Of
-- samples no earlier version is kept: they do not change once they came, and there are too many of them.

CREATE TABLE sync.row_change (
    user_id    bigint      NOT NULL,
    change_id  bigint      GENERATED ALWAYS AS IDENTITY,
    table_name text        NOT NULL,
    act        text        NOT NULL,
    written_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    row        jsonb       NOT NULL,
    PRIMARY KEY (user_id, change_id),
    CONSTRAINT row_change_act CHECK (act IN ('changed', 'deleted'))
);
COMMENT ON TABLE  sync.row_change            IS 'The previous version of every row of withings that changed or was deleted, samples excepted. analytics.sleep_as_of and analytics.activity_as_of read it';
COMMENT ON COLUMN sync.row_change.user_id    IS 'The person: Withings userid';
COMMENT ON COLUMN sync.row_change.change_id  IS 'Counts up; gaps are normal';
COMMENT ON COLUMN sync.row_change.table_name IS 'Table of schema withings the row is of';
COMMENT ON COLUMN sync.row_change.act        IS 'changed (another version came) or deleted (it was gone from Withings, or left its set)';
COMMENT ON COLUMN sync.row_change.written_at IS 'When this version was written: its synced_at';
COMMENT ON COLUMN sync.row_change.changed_at IS 'When it ceased to hold: this version stood from written_at until just before this instant';
COMMENT ON COLUMN sync.row_change.row        IS 'The version: each column of the table by name; holds measured values';

CREATE INDEX row_change_as_of ON sync.row_change (user_id, table_name, changed_at);
-- Old versions are forgotten by age, over everybody; rows come in the order of time, so this index is next to nothing.
CREATE INDEX row_change_age ON sync.row_change USING brin (changed_at);
