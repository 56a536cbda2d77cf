-- V10__goal.sql: what people aim at.
-- The API tells only today's goals, so the history is made here: a goal that differs closes its row and opens the
-- next, a goal that is gone closes its row.

CREATE TABLE withings.goal (
    user_id    bigint      NOT NULL,
    goal       text        NOT NULL,
    valid_from timestamptz NOT NULL,
    value      numeric     NOT NULL,
    unit       text,
    valid_to   timestamptz,
    extra      jsonb,
    synced_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, goal, valid_from)
);
COMMENT ON TABLE  withings.goal            IS 'A goal of a person over the time it held. API: user v2 getgoals, goals';
COMMENT ON COLUMN withings.goal.user_id    IS 'The person: Withings userid';
COMMENT ON COLUMN withings.goal.goal       IS 'What the goal is about: steps (a day), sleep (a night), weight, or a name yet unknown. API: the key within goals';
COMMENT ON COLUMN withings.goal.valid_from IS 'When this value was first seen here';
COMMENT ON COLUMN withings.goal.value      IS 'The goal, exact, in unit. API: the number, or value × 10^unit for weight';
COMMENT ON COLUMN withings.goal.unit       IS 'Unit of value: steps, s or kg; null for a goal yet unknown';
COMMENT ON COLUMN withings.goal.valid_to   IS 'When another value, or none, was first seen; null = holds now';
COMMENT ON COLUMN withings.goal.extra      IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.goal.synced_at  IS 'When this version of the row was written here';
