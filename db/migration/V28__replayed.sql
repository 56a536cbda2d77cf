-- V28__replayed.sql: a row that a replay wrote says no more than the answer it was read from, so a later replay, after a
-- later update, may write it again; one that was written after its answer by anything else is newer than that.
ALTER TABLE sync.cursor ADD COLUMN replayed_at timestamptz[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN sync.cursor.replayed_at IS 'When the last replays wrote here: their rows have one of these as synced_at';
