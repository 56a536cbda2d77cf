-- R__analytics_operations.sql: how syncing goes: calls, what could not be read, what the schema did not know, and sizes.
-- Columns are only ever appended, so nobody's own views break.

-- By way of sync.run, whose index begins with person and time: these tables keep the visits of weeks, each with many rows.
CREATE OR REPLACE VIEW analytics.sync_run AS
SELECT
    v.user_id,
    e.ref,
    r.resource,
    v.started_at  AS run_started_at,
    v.cause,
    r.started_at,
    r.finished_at,
    r.outcome,
    r.pages,
    r.calls,
    r.fetched,
    r.inserted,
    r.changed,
    r.unchanged,
    r.removed,
    r.rejected
FROM sync.run v
JOIN sync.run_resource r ON r.user_id = v.user_id AND r.run_id = v.run_id
LEFT JOIN sync.enrolment e ON e.user_id = v.user_id;
COMMENT ON VIEW   analytics.sync_run                IS 'Every reading of a resource: when, how many calls it cost and what it brought. Ask for a time by run_started_at, which is the quicker way';
COMMENT ON COLUMN analytics.sync_run.user_id        IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.sync_run.ref            IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.sync_run.resource       IS 'Resource that was read';
COMMENT ON COLUMN analytics.sync_run.run_started_at IS 'When the visit began that this is part of';
COMMENT ON COLUMN analytics.sync_run.cause          IS 'Why the visit took place: schedule, command, enrolment or request ("Sync now")';
COMMENT ON COLUMN analytics.sync_run.started_at     IS 'When reading began';
COMMENT ON COLUMN analytics.sync_run.finished_at    IS 'When reading ended; null while it goes on, and for good if the process died';
COMMENT ON COLUMN analytics.sync_run.outcome        IS 'How it ended: done is good, everything else is not; null while it goes on';
COMMENT ON COLUMN analytics.sync_run.pages          IS 'Pages read';
COMMENT ON COLUMN analytics.sync_run.calls          IS 'Calls spent on its pages, repeats included; refreshes of tokens are not among them';
COMMENT ON COLUMN analytics.sync_run.fetched        IS 'Rows that came, and records that could not be read';
COMMENT ON COLUMN analytics.sync_run.inserted       IS 'Rows that were new';
COMMENT ON COLUMN analytics.sync_run.changed        IS 'Rows that replaced an earlier version';
COMMENT ON COLUMN analytics.sync_run.unchanged      IS 'Rows that were here already';
COMMENT ON COLUMN analytics.sync_run.removed        IS 'Rows that left their set or are gone at Withings; not part of fetched';
COMMENT ON COLUMN analytics.sync_run.rejected       IS 'Records that could not be read: analytics.reject';

-- With its owner's rights, since sync.rejected_record holds what was measured and is no reader's. A reason names a field
-- and what was expected of it, never what stood there.
CREATE OR REPLACE FUNCTION analytics.rejects() RETURNS TABLE (
    user_id       bigint,
    resource      text,
    reason        text,
    record_count  bigint,
    occurrences   bigint,
    first_seen_at timestamptz,
    last_seen_at  timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT r.user_id, r.resource, r.reason, count(*), sum(r.occurrences)::bigint, min(r.first_seen_at), max(r.last_seen_at)
    FROM sync.rejected_record r
    GROUP BY r.user_id, r.resource, r.reason;
END
$$;
COMMENT ON FUNCTION analytics.rejects IS 'What analytics.reject shows: how many records could not be read and why, without the records';

REVOKE EXECUTE ON FUNCTION analytics.rejects FROM PUBLIC;

CREATE OR REPLACE VIEW analytics.reject AS
SELECT
    r.user_id,
    e.ref,
    r.resource,
    r.reason,
    r.record_count,
    r.occurrences,
    r.first_seen_at,
    r.last_seen_at
FROM analytics.rejects() r
LEFT JOIN sync.enrolment e ON e.user_id = r.user_id;
COMMENT ON VIEW   analytics.reject               IS 'Why records could not be read, one row for each person, resource and reason. The records themselves are in sync.rejected_record, for the owner of the database';
COMMENT ON COLUMN analytics.reject.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.reject.ref           IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.reject.resource      IS 'Resource they came with';
COMMENT ON COLUMN analytics.reject.reason        IS 'The field and what is wrong with it; never a value';
COMMENT ON COLUMN analytics.reject.record_count  IS 'Different records';
COMMENT ON COLUMN analytics.reject.occurrences   IS 'How many times they came: the same record may come with every sync';
COMMENT ON COLUMN analytics.reject.first_seen_at IS 'When the first of them first came';
COMMENT ON COLUMN analytics.reject.last_seen_at  IS 'When the last of them last came';

CREATE OR REPLACE VIEW analytics.drift AS
SELECT
    d.user_id,
    e.ref,
    d.resource,
    d.kind,
    d.name,
    d.shape,
    d.row_count,
    d.first_seen_at,
    d.last_seen_at
FROM sync.drift d
LEFT JOIN sync.enrolment e ON e.user_id = d.user_id;
COMMENT ON VIEW   analytics.drift               IS 'Fields, measure types and codes that came and that this version does not know; they are stored all the same, and an update may bring columns for them';
COMMENT ON COLUMN analytics.drift.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.drift.ref           IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.drift.resource      IS 'Resource it came with';
COMMENT ON COLUMN analytics.drift.kind          IS 'field (kept in extra), type (of a measure) or code (stored as its number)';
COMMENT ON COLUMN analytics.drift.name          IS 'A field by where it is kept, a code by its list and number';
COMMENT ON COLUMN analytics.drift.shape         IS 'What kind of JSON it is: number, string, boolean, array, object or null; never a value';
COMMENT ON COLUMN analytics.drift.row_count     IS 'Rows that were new with it';
COMMENT ON COLUMN analytics.drift.first_seen_at IS 'When it was first written';
COMMENT ON COLUMN analytics.drift.last_seen_at  IS 'When it was last written';

CREATE OR REPLACE VIEW analytics.table_size AS
SELECT
    n.nspname::text                                                 AS schema_name,
    c.relname::text                                                 AS table_name,
    sum(greatest(part.reltuples, 0))::bigint                        AS row_count_estimate,
    sum(pg_table_size(part.oid))::bigint                            AS table_bytes,
    sum(pg_indexes_size(part.oid))::bigint                          AS index_bytes,
    sum(pg_total_relation_size(part.oid))::bigint                   AS total_bytes
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL pg_partition_tree(c.oid) tree ON true
JOIN pg_catalog.pg_class part ON part.oid = coalesce(tree.relid, c.oid)
WHERE n.nspname IN ('withings', 'sync', 'quartz')
  AND c.relkind IN ('r', 'p')
GROUP BY n.nspname, c.relname;
COMMENT ON VIEW   analytics.table_size                    IS 'How much room each table takes, its partitions and indexes included. Where tables are distributed over several servers, what the others hold is not in it';
COMMENT ON COLUMN analytics.table_size.schema_name        IS 'withings (data), sync (how it got here) or quartz (the scheduler''s own)';
COMMENT ON COLUMN analytics.table_size.table_name         IS 'The table';
COMMENT ON COLUMN analytics.table_size.row_count_estimate IS 'About how many rows, as of when PostgreSQL last analysed it; 0 before the first time';
COMMENT ON COLUMN analytics.table_size.table_bytes        IS 'Bytes of the rows';
COMMENT ON COLUMN analytics.table_size.index_bytes        IS 'Bytes of the indexes';
COMMENT ON COLUMN analytics.table_size.total_bytes        IS 'Bytes of both';
