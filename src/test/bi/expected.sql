-- What a tool should have of each column of each view. Text has no smallest: tools sort it differently.
SELECT format(
    'SELECT %1$L, %2$L, %3$L, count(%2$I), %4$s, %5$s, count(*) FROM analytics.%1$I',
    table_name, column_name, data_type,
    CASE WHEN is_ordered THEN format('min(%I)::text', column_name) ELSE 'NULL' END,
    CASE WHEN is_ordered THEN format('max(%I)::text', column_name) ELSE 'NULL' END)
FROM (
    SELECT *, data_type NOT IN ('text', 'boolean') AS is_ordered
    FROM analytics.data_dictionary
    WHERE schema_name = 'analytics'
) c
ORDER BY table_name, column_position \gexec
