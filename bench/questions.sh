#!/usr/bin/env bash
# questions.sh: how long each question of docs/analytics.md takes, for one person and for all, in ms, as a Markdown table.
# Wants psql, and a database filled by population.sql whose days reach over those of the questions. Each runs four times;
# the fastest counts, so that everything is in memory. Rows are fetched and thrown away.
#
#   PGDATABASE=big PGHOST=127.0.0.1 bench/questions.sh [PERSON] [NUMBER...]
set -euo pipefail
cd "$(dirname "$0")/.."
person=${1:-500}
shift || true
wanted=" $* "

# A question's statement, by its number.
statement() {
    awk -v number="$1" '
        /^### / { here = ($2 == number ".") }
        here && /^```/ { inside = ($0 == "```sql"); next }
        here && inside' docs/analytics.md
}

# As it stands, or with the condition that waits behind a comment.
for_one() {
    sed -E "s/-- (AND|WHERE) (.*user_id = )/\1 \2/; s/1000000[1-5]/$person/g"
}

# Without the condition on the person. Where a function wants the person, there is no such question.
for_all() {
    sed -E '/-- (AND|WHERE)/d; s/(WHERE|AND) ([a-z]+\.)?user_id = 1000000[1-5]$/\1 true/'
}

# The fastest of four, in ms.
fastest() {
    local file=$1
    {
        echo '\set ON_ERROR_STOP on'
        echo '\o /dev/null'
        echo '\timing on'
        for _ in 1 2 3 4; do cat "$file"; done
    } | psql -X -q | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p' | sort -n | head -1
}

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
echo '| question | one user, ms | all users, ms |'
echo '|---|--:|--:|'
sed -nE 's/^### ([0-9]+)\. (.*)/\1 \2/p' docs/analytics.md | while read -r number title; do
    [[ $wanted = '  ' || $wanted = *" $number "* ]] || continue
    statement "$number" >"$scratch/as-it-stands.sql"
    for_one <"$scratch/as-it-stands.sql" >"$scratch/one.sql"
    for_all <"$scratch/as-it-stands.sql" >"$scratch/all.sql"
    one=– all=–
    if ! cmp -s "$scratch/one.sql" "$scratch/all.sql"; then one=$(fastest "$scratch/one.sql"); fi
    if ! grep -qE '1000000[1-5]' "$scratch/all.sql"; then all=$(fastest "$scratch/all.sql"); fi
    echo "| $number. $title | $one | $all |"
done
