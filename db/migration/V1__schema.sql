-- V1__schema.sql: what lies where.
-- Data and operations are apart so that a reader of the data needs no right on a token, and what reports
-- build on (analytics) is apart from both, so that tables can change without breaking them.

CREATE SCHEMA withings;
COMMENT ON SCHEMA withings  IS 'What Withings holds about the people enrolled here, one row per thing it tells, and its code lists';

-- Flyway keeps its own history here, so it may have made this one already.
CREATE SCHEMA IF NOT EXISTS sync;
COMMENT ON SCHEMA sync      IS 'How the data got here: who is enrolled, their encrypted tokens, what was fetched when and what failed';

CREATE SCHEMA analytics;
COMMENT ON SCHEMA analytics IS 'Views for reports and analyses: names and units in place, deleted rows out, columns only ever appended';
