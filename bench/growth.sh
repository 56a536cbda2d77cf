#!/usr/bin/env bash
# What the service asks the database at every turn, at 10, 1,000 and 10,000 people of 10 resources: time and blocks read, as a
# Markdown table, then the plans at 10,000.
#
#   bench/growth.sh [--write]    --write also puts the table into docs/scale.md, and the plans into docs/plans.md
#
#   DATABASE_URL  as for bench/run
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=bench/ground.sh
. bench/ground.sh
have_server
drop bench_growth
sql "$DATABASE_URL" -c 'CREATE DATABASE bench_growth'
end+=("drop bench_growth")
DATABASE_URL=$server/bench_growth ./withings migrate >/dev/null 2>&1

# The statement that stands under this name in growth.sql.
statement() { awk -v name="--: $1" '$0 == name { inside = 1; next } /^--/ { inside = inside && !/^--: /; next } inside' bench/growth.sql; }

# The plan of it, the third time, with nothing kept of what it did.
plan() { # name options
    for _ in 1 2 3; do
        echo 'BEGIN;'
        echo "EXPLAIN (ANALYZE, COSTS OFF, $2) $(statement "$1")"
        echo 'ROLLBACK;'
        echo "SELECT '----';"
    done | sql "$server/bench_growth" | awk '/^----$/ { text = now; now = ""; next } { now = now $0 "\n" } END { printf "%s", text }'
}

mapfile -t names < <(sed -n 's/^--: //p' bench/growth.sql)
for people in 10 1000 10000; do
    sql "$server/bench_growth" -v people="$people" -f bench/growth-people.sql
    for name in "${names[@]}"; do
        plan "$name" 'BUFFERS, SUMMARY' | awk -v OFS='\t' -v name="$name" '
            /Buffers:/ && !blocks { for (i = 1; i <= NF; i++) if ($i ~ /^(hit|read)=/) { sub(/.*=/, "", $i); blocks += $i } }
            /Execution Time/ { ms = $3 }
            END { print name, ms, blocks }'
    done
done >"$home/growth"
{
    machine
    echo
    echo '| asked | 10 people, ms | 1,000 | 10,000 | blocks read at 10,000 |'
    echo '|---|--:|--:|--:|--:|'
    awk -F '\t' '
        !($1 in row) { names[++count] = $1 }
        { row[$1] = row[$1] sprintf(" %.2f |", $2); blocks[$1] = $3 }
        END { for (n = 1; n <= count; n++) { print "| " names[n] " |" row[names[n]] " " blocks[names[n]] " |" } }' "$home/growth"
} | tee $target/growth.md
for name in "${names[@]}"; do
    printf '\n## %s\n\n```text\n' "${name^}"
    plan "$name" 'BUFFERS OFF, TIMING OFF, SUMMARY OFF' | grep -v -e 'Index Searches:' -e 'Buckets:' -e 'Storage:' -e 'Heap Blocks:' -e 'Batches:'
    echo '```'
done | tee $target/plans.md

if [ "${1:-}" = --write ]; then
    put growth $target/growth.md docs/scale.md
    put plans $target/plans.md docs/plans.md
fi
