#!/usr/bin/env bash
# size.sh: rows and bytes of a year of a person in each table, measured in a database, as a Markdown table; with --types,
# what a row of samples would take with other types, made up in a schema that is removed again.
# Days are those between a table's first and last row. Wants psql, and a database that was vacuumed.
#
#   PGDATABASE=big PGHOST=127.0.0.1 bench/size.sh
#   PGDATABASE=scratch PGHOST=127.0.0.1 bench/size.sh --types
set -euo pipefail
cd "$(dirname "$0")"
psql() { command psql -X -q -A -t -F ' | ' -v ON_ERROR_STOP=1 "$@"; }

if [[ ${1:-} == --types ]]; then
    echo '| a row of activity_sample | table, bytes | key, bytes | both |'
    echo '|---|--:|--:|--:|'
    psql -f size-types.sql | sed 's/.*/| & |/'
    exit
fi

echo '| table | rows a user-year | bytes a row | of them indexes | MB a user-year |'
echo '|---|--:|--:|--:|--:|'
psql -f size.sql | sed 's/.*/| & |/'
