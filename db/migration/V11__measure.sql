-- V11__measure.sql: readings: a group is one act of measuring, its measures are what came out.
-- Withings edits groups in place (someone reassigns a weighing), so a group's measures are replaced as a set, and a
-- deleted group just stops being returned: only re-reading its days shows it.

CREATE TABLE withings.measure_group (
    user_id     bigint      NOT NULL,
    group_id    bigint      NOT NULL,
    measured_at timestamptz NOT NULL,
    day         date        NOT NULL,
    timezone    text,
    attribution integer,
    category    integer,
    device_id   text,
    model       text,
    model_id    integer,
    created_at  timestamptz,
    modified_at timestamptz,
    deleted_at  timestamptz,
    extra       jsonb,
    synced_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, group_id)
);
COMMENT ON TABLE  withings.measure_group             IS 'One act of measuring. API: measure getmeas, measuregrps[]';
COMMENT ON COLUMN withings.measure_group.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN withings.measure_group.group_id    IS 'API: grpid';
COMMENT ON COLUMN withings.measure_group.measured_at IS 'When it was measured. API: date';
COMMENT ON COLUMN withings.measure_group.day         IS 'Local calendar date of measured_at, in timezone';
COMMENT ON COLUMN withings.measure_group.timezone    IS 'Timezone it was measured in, e.g. Europe/Paris; null = not told, day is then in UTC. API: timezone, else body.timezone';
COMMENT ON COLUMN withings.measure_group.attribution IS 'Whose it is and how that is known: withings.attribution. API: attrib';
COMMENT ON COLUMN withings.measure_group.category    IS '1 a real reading, 2 a goal. API: category';
COMMENT ON COLUMN withings.measure_group.device_id   IS 'Device it came from: deviceid, else hash_deviceid; null when the API names none. API: deviceid, hash_deviceid';
COMMENT ON COLUMN withings.measure_group.model       IS 'Product name of the device; null for manual entries. API: model';
COMMENT ON COLUMN withings.measure_group.model_id    IS 'Product code of the device: withings.device_model. API: model_id';
COMMENT ON COLUMN withings.measure_group.created_at  IS 'When Withings stored it. API: created';
COMMENT ON COLUMN withings.measure_group.modified_at IS 'When Withings last changed it; the newer version wins. API: modified';
COMMENT ON COLUMN withings.measure_group.deleted_at  IS 'When it was found to be gone from Withings; null = still there';
COMMENT ON COLUMN withings.measure_group.extra       IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.measure_group.synced_at   IS 'When this version of the row was written here';

CREATE INDEX measure_group_measured_at ON withings.measure_group (user_id, measured_at);
CREATE INDEX measure_group_day ON withings.measure_group (user_id, day);

CREATE TABLE withings.measure (
    user_id     bigint      NOT NULL,
    group_id    bigint      NOT NULL,
    type        integer     NOT NULL,
    position    integer     NOT NULL,
    value       numeric     NOT NULL,
    measured_at timestamptz NOT NULL,
    algo        integer,
    fm          integer,
    extra       jsonb,
    synced_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, group_id, type, position),
    FOREIGN KEY (user_id, group_id) REFERENCES withings.measure_group ON DELETE CASCADE
);
COMMENT ON TABLE  withings.measure             IS 'One value of a reading. API: measure getmeas, measuregrps[].measures[]';
COMMENT ON COLUMN withings.measure.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN withings.measure.group_id    IS 'The reading it belongs to';
COMMENT ON COLUMN withings.measure.type        IS 'What was measured: withings.measure_type, or a code yet unknown. API: type';
COMMENT ON COLUMN withings.measure.position    IS 'Part of the body: withings.measure_position; -1 where the API gives none (it is part of the key). API: position';
COMMENT ON COLUMN withings.measure.value       IS 'Exact (value × 10^unit), in the unit of withings.measure_type; for a classification, its code. API: value, unit';
COMMENT ON COLUMN withings.measure.measured_at IS 'measured_at of the group, repeated so that a curve of one type is one index scan';
COMMENT ON COLUMN withings.measure.algo        IS 'Algorithm of the device: a step in a curve where it changes is the algorithm, not the body. API: algo';
COMMENT ON COLUMN withings.measure.fm          IS 'As the API gives it; obsolete there, meaning not told. API: fm';
COMMENT ON COLUMN withings.measure.extra       IS 'Fields of the API''s record that have no column here yet, as they came; null when there are none';
COMMENT ON COLUMN withings.measure.synced_at   IS 'When this version of the row was written here';

CREATE INDEX measure_type_measured_at ON withings.measure (user_id, type, measured_at);
