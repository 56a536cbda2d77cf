-- R__analytics_data_dictionary.sql: the schema explains itself, from the comments on it.

CREATE OR REPLACE VIEW analytics.data_dictionary AS
SELECT
    n.nspname::text                                                    AS schema_name,
    c.relname::text                                                    AS table_name,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END               AS kind,
    a.attnum::integer                                                  AS column_position,
    a.attname::text                                                    AS column_name,
    format_type(a.atttypid, a.atttypmod)                               AS data_type,
    NOT a.attnotnull                                                   AS nullable,
    col_description(c.oid, a.attnum)                                   AS description,
    obj_description(c.oid, 'pg_class')                                 AS table_description,
    array_position(i.indkey::smallint[], a.attnum) + 1                 AS key_position
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname IN ('withings', 'analytics')
  AND c.relkind IN ('r', 'p', 'v')
  AND a.attnum > 0
  AND NOT a.attisdropped;
COMMENT ON VIEW   analytics.data_dictionary                   IS 'Every column of the schemas withings and analytics with its meaning';
COMMENT ON COLUMN analytics.data_dictionary.schema_name       IS 'withings (tables) or analytics (views)';
COMMENT ON COLUMN analytics.data_dictionary.table_name        IS 'Table or view';
COMMENT ON COLUMN analytics.data_dictionary.kind              IS 'table or view';
COMMENT ON COLUMN analytics.data_dictionary.column_position   IS 'Place of the column in its table, from 1; gaps where one was dropped';
COMMENT ON COLUMN analytics.data_dictionary.column_name       IS 'Column';
COMMENT ON COLUMN analytics.data_dictionary.data_type         IS 'Type, as PostgreSQL writes it';
COMMENT ON COLUMN analytics.data_dictionary.nullable          IS 'Whether the column may be null; always true for views, which do not tell';
COMMENT ON COLUMN analytics.data_dictionary.description       IS 'What the column means, its unit and the API field it comes from';
COMMENT ON COLUMN analytics.data_dictionary.table_description IS 'What the table or view holds';
COMMENT ON COLUMN analytics.data_dictionary.key_position      IS 'Place of the column in the primary key of its table, from 1; null where it is no part of it, and for views';
