-- V23__coverage.sql: which days were asked for, and when, so that "nothing came" is a fact of its own and not the same as
-- "nobody asked".

CREATE TABLE sync.coverage (
    user_id   bigint      NOT NULL,
    resource  text        NOT NULL,
    day       date        NOT NULL,
    asked_at  timestamptz,
    row_count bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, resource, day)
);
COMMENT ON TABLE  sync.coverage           IS 'What was asked of which day, and what came. A day without a row was never asked for, and nothing of it ever came';
COMMENT ON COLUMN sync.coverage.user_id   IS 'The person: Withings userid';
COMMENT ON COLUMN sync.coverage.resource  IS 'Resource that was read';
COMMENT ON COLUMN sync.coverage.day       IS 'Local calendar date of the rows; of samples, the date in UTC';
COMMENT ON COLUMN sync.coverage.asked_at  IS 'When the day was last asked for, to the end of the reading, until that was 12 hours after its end in UTC; what asked later is not noted. The day is final once this is after its end. Null where rows came that nobody asked this day for';
COMMENT ON COLUMN sync.coverage.row_count IS 'Records of the day that were new when they came (a night with its events is one)';
