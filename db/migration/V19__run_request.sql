-- V19__run_request.sql: the owner presses "Sync now", or a program asks for it.
ALTER TABLE sync.run DROP CONSTRAINT run_cause;
ALTER TABLE sync.run ADD CONSTRAINT run_cause CHECK (cause IN ('schedule', 'command', 'enrolment', 'request'));
COMMENT ON COLUMN sync.run.cause IS 'Why it took place: schedule, command, enrolment or request ("Sync now")';
