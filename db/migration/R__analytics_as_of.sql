-- R__analytics_as_of.sql: what rows said at an earlier time.
-- Functions and not views, since a view cannot be asked for a time. plpgsql and with the person as a parameter, so that
-- they work on distributed tables as well; with their owner's rights, since sync.row_change holds every table's values
-- and is no reader's.

CREATE OR REPLACE FUNCTION analytics.sleep_as_of(user_id bigint, at timestamptz) RETURNS SETOF withings.sleep_summary
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.*
    FROM withings.sleep_summary s
    WHERE s.user_id = sleep_as_of.user_id AND s.synced_at <= sleep_as_of.at AND s.deleted_at IS NULL
    UNION ALL
    SELECT version.*
    FROM sync.row_change c
    CROSS JOIN LATERAL jsonb_populate_record(NULL::withings.sleep_summary, c.row) version
    WHERE c.user_id = sleep_as_of.user_id
      AND c.table_name = 'sleep_summary'
      AND c.written_at <= sleep_as_of.at
      AND c.changed_at > sleep_as_of.at
      AND version.deleted_at IS NULL;
END
$$;
COMMENT ON FUNCTION analytics.sleep_as_of IS 'The nights and naps of a person as they stood here at an instant: neither what came or changed later, nor what was deleted by then. Versions are kept for history.keep';

CREATE OR REPLACE FUNCTION analytics.activity_as_of(user_id bigint, at timestamptz) RETURNS SETOF withings.activity_day
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT d.*
    FROM withings.activity_day d
    WHERE d.user_id = activity_as_of.user_id AND d.synced_at <= activity_as_of.at
    UNION ALL
    SELECT version.*
    FROM sync.row_change c
    CROSS JOIN LATERAL jsonb_populate_record(NULL::withings.activity_day, c.row) version
    WHERE c.user_id = activity_as_of.user_id
      AND c.table_name = 'activity_day'
      AND c.written_at <= activity_as_of.at
      AND c.changed_at > activity_as_of.at;
END
$$;
COMMENT ON FUNCTION analytics.activity_as_of IS 'The days of movement of a person as they stood here at an instant: neither what came nor what changed later. Versions are kept for history.keep';

REVOKE EXECUTE ON FUNCTION analytics.sleep_as_of, analytics.activity_as_of FROM PUBLIC;
