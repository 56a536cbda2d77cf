-- V24__drift.sql: what Withings sends and this version does not know, so that nobody finds it out years later.
-- By person, so that no two people's pages wait for each other's row; `withings status` adds them up.

CREATE TABLE sync.drift (
    user_id       bigint      NOT NULL,
    resource      text        NOT NULL,
    kind          text        NOT NULL,
    name          text        NOT NULL,
    shape         text        NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    row_count     bigint      NOT NULL,
    PRIMARY KEY (user_id, resource, kind, name),
    CONSTRAINT drift_kind CHECK (kind IN ('field', 'type', 'code'))
);
COMMENT ON TABLE  sync.drift               IS 'Fields, measure types and codes that came and that the schema did not know; they are stored all the same';
COMMENT ON COLUMN sync.drift.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN sync.drift.resource      IS 'Resource it came with';
COMMENT ON COLUMN sync.drift.kind          IS 'field (kept in extra), type (of a measure) or code (stored as its number)';
COMMENT ON COLUMN sync.drift.name          IS 'A field by where it is kept, such as sleep_summary.extra.data.new_score, with # for a name that is a number; a code by its list, such as measure type 229';
COMMENT ON COLUMN sync.drift.shape         IS 'What kind of JSON it is: number, string, boolean, array, object or null; never a value';
COMMENT ON COLUMN sync.drift.first_seen_at IS 'When it was first written';
COMMENT ON COLUMN sync.drift.last_seen_at  IS 'When it was last written';
COMMENT ON COLUMN sync.drift.row_count     IS 'Rows that were new with it, at least 1: a row that changes is not counted again';
