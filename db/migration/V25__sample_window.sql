-- V25__sample_window.sql: how far samples reach back, which fields a person may be asked for, and when rows were last
-- held against what Withings still has.

ALTER TABLE sync.cursor ADD COLUMN backfilled_to timestamptz;
ALTER TABLE sync.cursor ADD COLUMN basic_fields_since timestamptz;
ALTER TABLE sync.cursor ADD COLUMN reconciled_at timestamptz;
ALTER TABLE sync.cursor ADD COLUMN reconcile_kept text;
COMMENT ON COLUMN sync.cursor.backfilled_to      IS 'Where samples are fetched a day at a time: all from here to reached_at was asked for; null before the first window, and for other resources';
COMMENT ON COLUMN sync.cursor.basic_fields_since IS 'When this account was refused the fields that must be named: until that is a week ago, only those are asked for that come unnamed. Null where it is given all';
COMMENT ON COLUMN sync.cursor.reconciled_at      IS 'When rows here were last held against those that Withings still has; null if never';
COMMENT ON COLUMN sync.cursor.reconcile_kept     IS 'Why rows were kept that Withings does not give any more, when they were last compared; null where none were';
