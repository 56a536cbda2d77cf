-- citus.sql: spreads the data over the workers of a Citus cluster, each person's rows together on one of them.
--
-- Run it on the coordinator as the owner of the schemas, in a database with the extension citus, its workers added, and
-- its schema up to date (withings migrate); again after every update of withings-postgres. What is distributed already
-- stays as it is. Each table is a transaction of its own: interrupted, run it again.
--
--   psql -X -v ON_ERROR_STOP=1 -d health -f db/distributed/citus.sql
--
-- Do it before there is much data, and while no withings process runs: rows that are there are copied. docs/scale.md
-- says when it is worth it, and what to set on the servers.

-- Where each table of schemas withings and sync goes; a test compares this list with the tables there are.
--   reference    on every server, whole: code lists, and who is enrolled, since data of people refers to it
--   distributed  by user_id, all tables alike, so that a person's rows join on one worker
--   local        on the coordinator: small, and locked over many people at once, which no distributed table allows
-- What schema quartz holds is local too, and knows nothing of the others. Parents come before their children.
CREATE TEMPORARY TABLE IF NOT EXISTS placement (place text NOT NULL, table_name text NOT NULL, n integer GENERATED ALWAYS AS IDENTITY);
TRUNCATE placement;
INSERT INTO placement (place, table_name) VALUES
    ('reference',   'withings.afib_class'),
    ('reference',   'withings.attribution'),
    ('reference',   'withings.device_model'),
    ('reference',   'withings.measure_position'),
    ('reference',   'withings.measure_type'),
    ('reference',   'withings.sleep_event_type'),
    ('reference',   'withings.sleep_state'),
    ('reference',   'withings.workout_category'),
    ('reference',   'sync.enrolment'),
    ('reference',   'sync.pruned'),
    ('distributed', 'withings.device'),
    ('distributed', 'withings.goal'),
    ('distributed', 'withings.measure_group'),
    ('distributed', 'withings.measure'),
    ('distributed', 'withings.activity_day'),
    ('distributed', 'withings.activity_sample'),
    ('distributed', 'withings.workout'),
    ('distributed', 'withings.sleep_summary'),
    ('distributed', 'withings.sleep_event'),
    ('distributed', 'withings.sleep_stage'),
    ('distributed', 'withings.sleep_sample'),
    ('distributed', 'withings.heart_record'),
    ('distributed', 'withings.ecg_signal'),
    ('distributed', 'sync.coverage'),
    ('distributed', 'sync.drift'),
    ('distributed', 'sync.raw_page'),
    ('distributed', 'sync.rejected_record'),
    ('distributed', 'sync.row_change'),
    ('distributed', 'sync.day_summary'),
    ('distributed', 'sync.summary_due'),
    ('local',       'sync.cursor'),
    ('local',       'sync.event'),
    ('local',       'sync.flyway_schema_history'),
    ('local',       'sync.invitation'),
    ('local',       'sync.lease'),
    ('local',       'sync.oauth_state'),
    ('local',       'sync.quota'),
    ('local',       'sync.run'),
    ('local',       'sync.run_resource'),
    ('local',       'sync.token');

DO $$
DECLARE
    missing text;
    placed  record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        RAISE EXCEPTION 'this database has no extension citus: nothing was done. A superuser adds it with CREATE EXTENSION citus';
    END IF;
    IF to_regclass('sync.enrolment') IS NULL THEN
        RAISE EXCEPTION 'this database has no tables to distribute: nothing was done. Run withings migrate first';
    END IF;
    SELECT string_agg(c.oid::regclass::text, ', ') INTO missing
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('withings', 'sync') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM placement p WHERE to_regclass(p.table_name) = c.oid);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'this script does not say where % belongs: nothing was done. Take the script of the version that migrated', missing;
    END IF;

    FOR placed IN
        SELECT p.place, p.table_name FROM placement p
        WHERE to_regclass(p.table_name) IS NOT NULL -- of a later version
          AND (p.place <> 'local' OR EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = to_regclass(p.table_name) AND f.contype = 'f'))
        ORDER BY p.n
    LOOP
        -- A foreign key to enrolment would make the tables that are not yet distributed Citus's own.
        SET LOCAL citus.enable_local_reference_table_foreign_keys = off;
        CONTINUE WHEN EXISTS (SELECT FROM pg_dist_partition d WHERE d.logicalrelid = to_regclass(placed.table_name));
        CASE placed.place
            WHEN 'reference' THEN
                PERFORM create_reference_table(placed.table_name);
            WHEN 'distributed' THEN
                PERFORM create_distributed_table(placed.table_name, 'user_id');
            ELSE
                -- Without this, erasing somebody would leave that person's rows here, silently.
                PERFORM citus_add_local_table_to_metadata(placed.table_name, cascade_via_foreign_keys => true);
        END CASE;
        RAISE NOTICE '%: %', placed.table_name, placed.place;
        COMMIT;
    END LOOP;

    -- What was here before was copied. An erasure reaches the copies only, so the originals go.
    FOR placed IN
        SELECT p.place, p.table_name FROM placement p
        WHERE to_regclass(p.table_name) IS NOT NULL AND p.place <> 'local'
        ORDER BY p.n DESC
    LOOP
        PERFORM truncate_local_data_after_distributing_table(placed.table_name);
    END LOOP;
END
$$;

-- Everybody has a row in sync.summary_due, so that nobody is looked for who has none: that would be asked of all workers and
-- joined on the coordinator, in every question about days. Whoever is enrolled later gets the row with the first page.
INSERT INTO sync.summary_due (user_id) SELECT user_id FROM sync.enrolment ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW sync.unsummarised_person AS SELECT user_id FROM sync.summary_due WHERE false;

DROP TABLE placement;
