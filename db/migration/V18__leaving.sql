-- V18__leaving.sql: what must hold when somebody leaves.

-- A process that was paused, and wakes up after its person was erased, must not be able to write a row about that
-- person again. Pages are fenced by the cursor they move; these two are written beside it.
DELETE FROM sync.lease WHERE user_id NOT IN (SELECT user_id FROM sync.enrolment);
ALTER TABLE sync.lease ADD CONSTRAINT lease_enrolment
    FOREIGN KEY (user_id) REFERENCES sync.enrolment ON DELETE CASCADE;
DELETE FROM sync.run WHERE user_id NOT IN (SELECT user_id FROM sync.enrolment);
ALTER TABLE sync.run ADD CONSTRAINT run_enrolment
    FOREIGN KEY (user_id) REFERENCES sync.enrolment ON DELETE CASCADE;
