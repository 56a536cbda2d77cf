-- size.sql: for size.sh. Each table with a day or a time, by what it holds in a year of a person. What grows with calls and
-- changes rather than with days is left out.
CREATE TEMPORARY TABLE size (table_name text, row_count bigint, days numeric, heap bigint, indexes bigint);

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT c.oid, n.nspname || '.' || c.relname AS label,
            (SELECT a.attname FROM pg_attribute a
             WHERE a.attrelid = c.oid AND NOT a.attisdropped
               AND a.attname IN ('day', 'measured_at', 'sampled_at', 'started_at', 'recorded_at', 'occurred_at')
             ORDER BY a.attname <> 'day', a.attnum LIMIT 1) AS at
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('withings', 'sync') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname NOT IN ('event', 'run', 'run_resource', 'raw_page', 'row_change', 'token')
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'user_id')
    LOOP
        CONTINUE WHEN t.at IS NULL;
        EXECUTE format(
            'INSERT INTO size SELECT %L, count(*), max(%I)::date - min(%I)::date + 1,
                pg_table_size(%s) + (SELECT coalesce(sum(pg_table_size(relid)), 0) FROM pg_partition_tree(%s) WHERE isleaf),
                pg_indexes_size(%s) + (SELECT coalesce(sum(pg_indexes_size(relid)), 0) FROM pg_partition_tree(%s) WHERE isleaf)
             FROM %s HAVING count(*) > 0',
            t.label, t.at, t.at, t.oid, t.oid, t.oid, t.oid, t.oid::regclass);
    END LOOP;
END
$$;

SELECT
    table_name,
    to_char(per_year, 'FM999,999,990'),
    ((heap + indexes) / row_count)::bigint,
    (indexes / row_count)::bigint,
    to_char(per_year * (heap + indexes) / row_count / 1e6, 'FM9990.00')
FROM size, LATERAL (SELECT row_count / days * 365 / (SELECT count(*) FROM sync.enrolment) AS per_year) y
ORDER BY per_year * (heap + indexes) / row_count DESC;
