-- R__analytics_coverage.sql: which days were asked for, and what came of them.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.coverage AS
SELECT
    c.user_id,
    e.ref,
    c.resource,
    c.day,
    c.asked_at,
    c.row_count
FROM sync.coverage c
LEFT JOIN sync.enrolment e ON e.user_id = c.user_id;
COMMENT ON VIEW   analytics.coverage           IS 'What was asked of which day, and what came: a row with row_count 0 says that Withings had nothing, a day without a row was never asked for';
COMMENT ON COLUMN analytics.coverage.user_id   IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.coverage.ref       IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.coverage.resource  IS 'Resource: measures, activity, workouts, sleep, heart, …';
COMMENT ON COLUMN analytics.coverage.day       IS 'Local calendar date; of samples, the date in UTC';
COMMENT ON COLUMN analytics.coverage.asked_at  IS 'When the day was last asked for, until that was 12 hours after its end in UTC; what asked later is not noted. The day is final once this is after its end. Null where rows came that nobody asked this day for';
COMMENT ON COLUMN analytics.coverage.row_count IS 'Records of the day that came, those that were deleted since among them (a night with its events is one)';
COMMENT ON COLUMN sync.coverage.row_count      IS 'Records of the day that came, those that were deleted since among them (a night with its events is one)';
