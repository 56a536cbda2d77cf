-- V27__replay.sql: answers that were kept are read again after an update that has learned to read more of them.
ALTER TABLE sync.cursor ADD COLUMN replay_due boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sync.cursor.replay_due IS 'A replay has begun and has not come to this person''s resource yet: the next one goes on here';
