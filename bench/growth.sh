#!/usr/bin/env bash
# growth.sh: what the service asks the database at every turn, at 10, 1,000 and 10,000 people of 10 resources: time and
# blocks read, as a Markdown table; with --plans, the plans for the most people.
# Wants psql, and an empty, migrated database, which it fills and empties again.
#
#   PGDATABASE=scratch PGHOST=127.0.0.1 bench/growth.sh [--plans]
set -euo pipefail
cd "$(dirname "$0")"
psql() { command psql -X -q -v ON_ERROR_STOP=1 "$@"; }

# The statement that stands under this name in growth.sql.
statement() { awk -v name="--: $1" '$0 == name { inside = 1; next } /^--: / { inside = 0 } inside' growth.sql; }

# The plan of it, the third time, with nothing kept of what it did.
plan() {
    for _ in 1 2 3; do
        echo 'BEGIN;'
        echo "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING ON, SUMMARY ON) $(statement "$1")"
        echo 'ROLLBACK;'
        echo "SELECT '----';"
    done | psql -A -t | awk '/^----$/ { text = now; now = ""; next } { now = now $0 "\n" } END { printf "%s", text }'
}

enrolled=$(psql -A -t -c 'SELECT count(*) FROM sync.enrolment')
if [[ $enrolled != 0 ]]; then
    echo 'growth.sh: somebody is enrolled here: give me a database of my own' >&2
    exit 2
fi
trap 'psql -c "DELETE FROM sync.enrolment; DELETE FROM sync.rejected_record"' EXIT
mapfile -t names < <(sed -n "s/^--: //p" growth.sql)
echo '| asked | people | ms | blocks |'
echo '|---|--:|--:|--:|'
for people in 10 1000 10000; do
    psql -v people="$people" -f growth-people.sql
    for name in "${names[@]}"; do
        plan "$name" | awk -v name="$name" -v people="$people" '
            /Buffers:/ && !blocks { for (i = 1; i <= NF; i++) if ($i ~ /^(hit|read)=/) { sub(/.*=/, "", $i); blocks += $i } }
            /Execution Time/ { ms = $3 }
            END { printf "| %s | %d | %.2f | %d |\n", name, people, ms, blocks }'
    done
done
if [[ ${1:-} == --plans ]]; then
    for name in "${names[@]}"; do
        printf '\n%s\n\n```text\n' "$name"
        plan "$name"
        echo '```'
    done
fi
