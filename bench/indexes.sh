#!/usr/bin/env bash
# indexes.sh: what the indexes that questions use cost whoever writes rows, as a Markdown table: 100,000 rows of each table
# inserted with its primary key alone and with all its indexes; the faster of three, as a ratio.
# Wants psql and a database filled by population.sql; writes temporary tables only.
#
#   PGDATABASE=big PGHOST=127.0.0.1 bench/indexes.sh
set -euo pipefail

# The time of the insert, in ms, into a table made like another.
insert() {
    local table=$1 like=$2
    psql -X -q -v ON_ERROR_STOP=1 <<SQL | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p' | sort -n | head -1
SET temp_buffers = '256MB';
CREATE TEMPORARY TABLE row AS SELECT * FROM withings.$table LIMIT 100000;
$(for _ in 1 2 3; do
        echo "CREATE TEMPORARY TABLE made (LIKE withings.$table $like);"
        [ -n "$like" ] || echo "ALTER TABLE made ADD PRIMARY KEY ($key);"
        echo '\timing on'
        echo 'INSERT INTO made SELECT * FROM row;'
        echo '\timing off'
        echo 'DROP TABLE made;'
    done)
SQL
}

echo '| table | indexes beside the primary key | without, ms | with, ms | ratio |'
echo '|---|---|--:|--:|--:|'
for table in measure_group measure workout sleep_summary; do
    key=$(psql -X -q -A -t -c "SELECT string_agg(attname, ', ' ORDER BY array_position(indkey, attnum))
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
        WHERE indrelid = 'withings.$table'::regclass AND indisprimary")
    names=$(psql -X -q -A -t -c "SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_index JOIN pg_class ON oid = indexrelid
        WHERE indrelid = 'withings.$table'::regclass AND NOT indisprimary")
    bare=$(insert "$table" '')
    full=$(insert "$table" 'INCLUDING INDEXES')
    echo "| \`$table\` | \`$names\` | $bare | $full | $(awk "BEGIN { printf \"%.2f\", $full / $bare }") |"
done
