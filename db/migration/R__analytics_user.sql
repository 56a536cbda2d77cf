-- R__analytics_user.sql: who is here, and how fresh their data is.
-- Columns are only ever appended, so nobody's own views break.

CREATE OR REPLACE VIEW analytics.enrolled_user AS
SELECT
    user_id,
    ref,
    status,
    status_reason,
    enrolled_at,
    consented_at,
    array_to_string(scopes, ',') AS scopes,
    fetch_from,
    fetch_until
FROM sync.enrolment;
COMMENT ON VIEW   analytics.enrolled_user               IS 'The people whose data is kept here';
COMMENT ON COLUMN analytics.enrolled_user.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.enrolled_user.ref           IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.enrolled_user.status        IS 'active (is synced), reconsent (the person must consent again) or unlinked (no longer synced)';
COMMENT ON COLUMN analytics.enrolled_user.status_reason IS 'Why the status is what it is; null while active';
COMMENT ON COLUMN analytics.enrolled_user.enrolled_at   IS 'When the person was first enrolled or imported here';
COMMENT ON COLUMN analytics.enrolled_user.consented_at  IS 'When the person last consented here; null for an imported authorisation';
COMMENT ON COLUMN analytics.enrolled_user.scopes        IS 'What the person granted, separated by commas';
COMMENT ON COLUMN analytics.enrolled_user.fetch_from    IS 'First local day to fetch; null = everything the API holds';
COMMENT ON COLUMN analytics.enrolled_user.fetch_until   IS 'Last local day to fetch; null = no end';

-- Asked often and over everybody, so it reads what syncing has noted, and counts nothing.
CREATE OR REPLACE VIEW analytics.freshness AS
SELECT
    c.user_id,
    e.ref,
    c.resource,
    c.last_row_at,
    c.last_success_at,
    c.next_due_at,
    c.consecutive_failures,
    c.last_error,
    c.row_count
FROM sync.cursor c
JOIN sync.enrolment e ON e.user_id = c.user_id;
COMMENT ON VIEW   analytics.freshness                      IS 'How fresh each resource of each person is';
COMMENT ON COLUMN analytics.freshness.user_id              IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.freshness.ref                  IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.freshness.resource             IS 'Resource: measures, activity, workouts, sleep, heart, devices, goals, …';
COMMENT ON COLUMN analytics.freshness.last_row_at          IS 'Time of the newest row: when it was measured or began, the start of the day for activity; null without rows, and for devices and goals';
COMMENT ON COLUMN analytics.freshness.last_success_at      IS 'When Withings was last asked to the end; null if never';
COMMENT ON COLUMN analytics.freshness.next_due_at          IS 'When Withings is asked again';
COMMENT ON COLUMN analytics.freshness.consecutive_failures IS 'Reads that failed since the last success';
COMMENT ON COLUMN analytics.freshness.last_error           IS 'Why the last read failed; null after a success';
COMMENT ON COLUMN analytics.freshness.row_count            IS 'Rows stored';
