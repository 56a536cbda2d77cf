-- roles.sql: who may do what in the database. docs/database-roles.md shows how to set it up.
--
--   withings_owner    owns the schemas and brings them up to date (withings migrate)
--   withings_service  runs everything else: reads and writes rows, and changes no table
--   withings_reader   reads the data and the views
--
-- `withings migrate` runs this by itself, and so does every command that brought the schema up to date;
-- `withings migrate --roles` prints it, for administrators whose service may not create roles. It may be run any number
-- of times: it gives what is missing and takes back what is too much. What whoever runs it may not do, it names in a
-- warning and leaves out.

DO $$
DECLARE
    wanted   text;
    missing  text[] := '{}';
    owner    text;
    place    text;
    codes    text;
    callable text;
    readable text;
BEGIN
    -- Two at once would trip over each other's grants ("tuple concurrently updated").
    PERFORM pg_advisory_xact_lock(hashtext('withings roles'));

    -- The roles belong to the whole cluster, so another database's run may be making them right now. An owner of its own
    -- is for an empty database: later, whoever made the schemas owns them.
    FOREACH wanted IN ARRAY ARRAY['withings_owner', 'withings_service', 'withings_reader'] LOOP
        CONTINUE WHEN to_regrole(wanted) IS NOT NULL OR (wanted = 'withings_owner' AND to_regnamespace('sync') IS NOT NULL);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            IF wanted = 'withings_reader' THEN
                -- Counts only for who logs in as withings_reader itself: members do not inherit a role's settings.
                ALTER ROLE withings_reader SET statement_timeout = '60s';
                ALTER ROLE withings_reader SET idle_in_transaction_session_timeout = '10min';
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL;
            WHEN insufficient_privilege THEN
                missing := missing || wanted;
        END;
    END LOOP;
    IF missing <> '{}' THEN
        RAISE WARNING 'missing database roles: %; % may not create roles: let an administrator run what "withings migrate --roles" prints',
            array_to_string(missing, ', '), current_user;
    END IF;

    -- Into the database, where not everybody may come in.
    FOREACH wanted IN ARRAY ARRAY['withings_owner', 'withings_service', 'withings_reader'] LOOP
        IF to_regrole(wanted) IS NOT NULL AND NOT has_database_privilege(wanted, current_database(), 'CONNECT') THEN
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted);
        END IF;
    END LOOP;

    IF to_regnamespace('sync') IS NULL THEN
        IF to_regrole('withings_owner') IS NOT NULL
            AND NOT has_database_privilege('withings_owner', current_database(), 'CREATE') THEN
            EXECUTE format('GRANT CREATE ON DATABASE %I TO withings_owner', current_database());
        END IF;
        RETURN; -- the first `withings migrate` gives the rest
    END IF;

    SELECT pg_get_userbyid(nspowner) INTO owner FROM pg_namespace WHERE nspname = 'sync';
    IF NOT pg_has_role(owner, 'USAGE') THEN
        RAISE WARNING 'the rights on the schemas can only be given by their owner: run "withings migrate" as %', owner;
        RETURN;
    END IF;

    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        -- Else the rights on enrolment are refused, as those on other tables went to all workers at once.
        PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
    END IF;
    IF to_regrole('withings_reader') IS NOT NULL THEN
        FOREACH place IN ARRAY ARRAY['withings', 'analytics'] LOOP
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO withings_reader', place);
            EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO withings_reader', place);
            -- Tables and views of later migrations.
            EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO withings_reader',
                owner, place);
        END LOOP;
        -- Of sync what the views in analytics read and nothing else, column by column: where the tables are distributed
        -- over several servers, PostgreSQL asks for the rights of the reader of a view too. A test compares this list
        -- with the views.
        GRANT USAGE ON SCHEMA sync TO withings_reader;
        REVOKE ALL ON ALL TABLES IN SCHEMA sync FROM withings_reader;
        GRANT SELECT (user_id, ref, status, status_reason, scopes, fetch_from, fetch_until, enrolled_at, consented_at)
            ON sync.enrolment TO withings_reader;
        GRANT SELECT (user_id, resource, next_due_at, last_success_at, consecutive_failures, last_error, row_count,
                last_row_at)
            ON sync.cursor TO withings_reader;
        GRANT SELECT (user_id, run_id, cause, started_at) ON sync.run TO withings_reader;
        GRANT SELECT (user_id, run_id, resource, started_at, finished_at, pages, calls, fetched, inserted, changed, unchanged,
                removed, rejected, outcome)
            ON sync.run_resource TO withings_reader;
        IF to_regclass('sync.pruned') IS NOT NULL THEN -- else the next `withings migrate` gives it
            GRANT SELECT (resource, first_kept_day) ON sync.pruned TO withings_reader;
        END IF;
        IF to_regclass('sync.coverage') IS NOT NULL THEN
            GRANT SELECT (user_id, resource, day, asked_at, row_count) ON sync.coverage TO withings_reader;
        END IF;
        FOR readable IN -- what the views go through: nothing is in these that is not in the tables of schema withings
            SELECT format('GRANT SELECT (%s) ON %s TO withings_reader', string_agg(quote_ident(attname), ', '), attrelid::regclass)
            FROM pg_attribute
            WHERE attrelid IN (to_regclass('sync.day_summary'), to_regclass('sync.summary_due'),
                    to_regclass('sync.summarised_day'), to_regclass('sync.person_clock'), to_regclass('sync.study_time'))
              AND attnum > 0
              AND NOT attisdropped
            GROUP BY attrelid
        LOOP
            EXECUTE readable;
        END LOOP;
        IF to_regclass('sync.drift') IS NOT NULL THEN
            GRANT SELECT (user_id, resource, kind, name, shape, first_seen_at, last_seen_at, row_count)
                ON sync.drift TO withings_reader;
        END IF;
    END IF;

    -- Functions that read with their owner's rights what is no reader's: not everybody may call them.
    FOREACH wanted IN ARRAY ARRAY['withings_service', 'withings_reader'] LOOP
        FOR callable IN
            SELECT p.oid::regprocedure::text
            FROM pg_proc p
            WHERE p.pronamespace = 'analytics'::regnamespace AND p.prosecdef AND to_regrole(wanted) IS NOT NULL
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', callable, wanted);
        END LOOP;
    END LOOP;

    IF to_regrole('withings_service') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA analytics TO withings_service;
        GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO withings_service;
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA analytics GRANT SELECT ON TABLES TO withings_service',
            owner);
        FOREACH place IN ARRAY ARRAY['withings', 'sync', 'quartz', 'partition'] LOOP -- of partition, those that were detached
            CONTINUE WHEN to_regnamespace(place) IS NULL;
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO withings_service', place);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO withings_service', place);
            EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I'
                    || ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO withings_service',
                owner, place);
        END LOOP;
        -- Only migrations write what belongs to nobody in particular, the code lists, and their own record.
        FOR codes IN
            SELECT c.oid::regclass::text
            FROM pg_class c
            WHERE c.relnamespace = 'withings'::regnamespace
              AND c.relkind IN ('r', 'p')
              AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'user_id')
        LOOP
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM withings_service', codes);
        END LOOP;
        REVOKE INSERT, UPDATE, DELETE ON sync.flyway_schema_history FROM withings_service;
        -- What was done to people is only ever added to.
        REVOKE UPDATE, DELETE ON sync.event FROM withings_service;
    END IF;
END
$$;
