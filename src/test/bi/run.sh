#!/usr/bin/env bash
# Reads every view of schema analytics with each report tool found on this machine, and compares what the tool holds with
# what the database says: columns, rows, and of each column the number of values, the smallest and the largest.
#
#   src/test/bi/run.sh postgres://LOGIN@HOST:PORT/DATABASE [FOLDER]
#
# FOLDER keeps what tools write, target/bi by default; a password goes into PGPASSWORD. What is not installed is named:
#   pandas      a Python with pandas, sqlalchemy and psycopg2; PYTHON names it
#   pyodbc      the same with pyodbc, and unixodbc and odbc-postgresql (Debian)
#   r           r-base-core and r-cran-rpostgresql (Debian)
#   evidence    EVIDENCE=folder in which npm has installed @evidence-dev/postgres, Evidence's connector
#   schemaspy   SCHEMASPY=schemaspy-…-app.jar, graphviz, and the driver's jar, which the build leaves in target/lib
# TZ is the time zone of the tools; the default, Tokyo, is where days are lost that were read as an instant.
set -euo pipefail

url=${1:?the connection string, as withings status prints it}
here=$(cd "$(dirname "$0")" && pwd)
folder=${2:-$here/../../../target/bi}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
lib=$here/../../../target/lib
export TZ=${TZ:-Asia/Tokyo} PYTHON=${PYTHON:-python3}

host=$(sed -E 's#.*@([^:/]+).*#\1#' <<<"$url") port=$(sed -E 's#.*@[^:/]+:([0-9]+).*#\1#' <<<"$url")
user=$(sed -E 's#.*//([^:@]+).*#\1#' <<<"$url") database=$(sed -E 's#.*/([^?]+).*#\1#' <<<"$url")
export BI_URL=$url BI_HOST=$host BI_PORT=$port BI_USER=$user BI_DATABASE=$database

# view, column, type, values, smallest, largest, rows; a moment in UTC
expected=$folder/expected.tsv
PGTZ=UTC psql -XAtq -F $'\t' -v ON_ERROR_STOP=1 "$url" -f "$here/expected.sql" >"$expected"
echo "the database has $(cut -f1 "$expected" | uniq | wc -l) views with $(wc -l <"$expected") columns; tools read in $TZ"

tool() { # name, what must be there, command…
    local name=$1 needed=$2
    shift 2
    if ! eval "$needed" >/dev/null 2>&1; then
        echo "$name: not installed" >&2
        return
    fi
    if ! "$@" "$expected" >"$folder/$name.tsv" 2>"$folder/$name.log"; then
        echo "$name: failed, see $folder/$name.log" >&2
        tail -n 3 "$folder/$name.log" >&2
    fi
}

tool pandas '$PYTHON -c "import pandas, sqlalchemy, psycopg2"' "$PYTHON" "$here/read.py" pandas
tool pandas-exact '$PYTHON -c "import pandas, sqlalchemy, psycopg2"' "$PYTHON" "$here/read.py" pandas-exact
tool pyodbc '$PYTHON -c "import pyodbc"' "$PYTHON" "$here/read.py" pyodbc
tool r 'Rscript -e "library(RPostgreSQL)"' Rscript "$here/read.R"
tool evidence 'test -d "${EVIDENCE:-}/node_modules/@evidence-dev/postgres"' node "$here/evidence.mjs"
tool schemaspy 'test -f "${SCHEMASPY:-}"' bash "$here/schemaspy.sh" "$folder" "$lib"

# Each tool has written: tool, view, columns, rows, oddities
printf '\n%-13s %-22s %7s %7s  %s\n' tool view columns rows oddities
for name in pandas pandas-exact pyodbc r evidence schemaspy; do
    [ -s "$folder/$name.tsv" ] || continue
    while IFS=$'\t' read -r tool view columns rows oddities; do
        printf '%-13s %-22s %7s %7s  %s\n' "$tool" "$view" "$columns" "$rows" "$oddities"
    done <"$folder/$name.tsv"
done
