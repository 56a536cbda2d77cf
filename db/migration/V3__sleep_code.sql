-- V3__sleep_code.sql: what the numbers in a night stand for.
-- As with measures, no foreign key leads here.

CREATE TABLE withings.sleep_state (
    state       integer PRIMARY KEY,
    name        text    NOT NULL,
    description text    NOT NULL
);
COMMENT ON TABLE  withings.sleep_state             IS 'The states a sleeper can be in';
COMMENT ON COLUMN withings.sleep_state.state       IS 'Code. API: sleep get, series[].state';
COMMENT ON COLUMN withings.sleep_state.name        IS 'Short name, as the views show it';
COMMENT ON COLUMN withings.sleep_state.description IS 'What it means';

INSERT INTO withings.sleep_state (state, name, description) VALUES
    ( 0, 'awake',       'In bed and awake'),
    ( 1, 'light',       'Light sleep'),
    ( 2, 'deep',        'Deep sleep'),
    ( 3, 'rem',         'Sleep with rapid eye movements, when most dreams occur'),
    ( 4, 'manual',      'Sleep that was typed in'),
    ( 5, 'unspecified', 'Asleep, stage not told'),
    (15, 'out_of_bed',  'Left the bed during the night');

CREATE TABLE withings.sleep_event_type (
    event       integer PRIMARY KEY,
    name        text    NOT NULL,
    description text    NOT NULL
);
COMMENT ON TABLE  withings.sleep_event_type             IS 'What can happen in a night';
COMMENT ON COLUMN withings.sleep_event_type.event       IS 'Code. API: sleep getsummary, a key of series[].data.night_events';
COMMENT ON COLUMN withings.sleep_event_type.name        IS 'Short name, as the views show it';
COMMENT ON COLUMN withings.sleep_event_type.description IS 'What it means';

INSERT INTO withings.sleep_event_type (event, name, description) VALUES
    (1, 'in_bed',        'Lay down'),
    (2, 'asleep',        'Fell asleep'),
    (3, 'awake',         'Woke up'),
    (4, 'out_of_bed',    'Got up'),
    (5, 'manual_asleep', 'Falling asleep, as typed in'),
    (6, 'manual_awake',  'Waking up, as typed in');
