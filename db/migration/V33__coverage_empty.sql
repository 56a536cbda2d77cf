-- V33__coverage_empty.sql: days on which nobody moved, or from which nothing came yet, are few among all that were asked for,
-- and are looked for over all the people of a study.
CREATE INDEX coverage_empty ON sync.coverage (user_id, day) WHERE resource = 'activity' AND row_count = 0;
