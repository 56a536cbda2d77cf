-- V16__token_custody.sql: what a refresh must remember to survive the death of the process that began it.

-- Committed before the call: whoever comes after a crash sees that the same call may just have been sent, and Withings
-- refuses a twin within 10 s. As long as the pair that is here was not replaced, its refresh token is the one sent.
ALTER TABLE sync.token ADD COLUMN attempted_at timestamptz;
COMMENT ON COLUMN sync.token.attempted_at IS 'When a refresh of this pair was last begun; null where none was, and once it brought a new pair';

-- All ciphertexts of a row are made with one key. Read out of the ciphertext itself, so that it cannot disagree.
ALTER TABLE sync.token ADD COLUMN key_id integer GENERATED ALWAYS AS (
    (get_byte(refresh_token, 1) << 24) | (get_byte(refresh_token, 2) << 16)
        | (get_byte(refresh_token, 3) << 8) | get_byte(refresh_token, 4)) STORED;
COMMENT ON COLUMN sync.token.key_id IS 'Which key opens this row: the first four bytes of the key''s SHA-256 without the topmost bit, as a number';

ALTER TABLE sync.event DROP CONSTRAINT event_act;
ALTER TABLE sync.event ADD CONSTRAINT event_act
    CHECK (act IN ('enrolled', 'imported', 'reconsented', 'reconsent_needed', 'refused', 'bounded', 'named', 'removed',
        'left', 'exported', 'erased'));
COMMENT ON COLUMN sync.event.act IS 'What was done: enrolled, imported, reconsented, reconsent_needed, refused (a consent under another''s reference), bounded, named, removed, left (account deleted or unlinked at Withings), exported or erased';
