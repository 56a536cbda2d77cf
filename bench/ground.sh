# shellcheck shell=bash
# What run, memory, visits and steps stand on: sourced by them, from the root of the repository. Takes away at the end what it
# has made, and what is in ${end[@]}, last things first.
#
# For Linux, with psql and a JDK 25.
case $0:${1:-} in
    *: | *:--write | */steps:-[a-z]*) ;; # of steps, options of JMH
    *)
        sed -n '2,/^set /s/^# \{0,1\}//p' "bench/${0##*/}" >&2
        exit 2
        ;;
esac

target=target/bench
mkdir -p $target/classes
home=$(mktemp -d)
end=()
clear_up() {
    local step
    for ((step = ${#end[@]} - 1; step >= 0; step--)); do eval "${end[step]}" || true; done
    rm -rf "$home"
}
trap clear_up EXIT

./withings --version >/dev/null # builds
for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} "$(command -v java)" /usr/lib/jvm/*/bin/java; do
    case $("$java" --version 2>/dev/null | head -n 1) in openjdk\ 2[5-9]* | java\ 2[5-9]*) break ;; esac
done
"${java}c" -d $target/classes -cp 'target/lib/*' bench/java/*.java

# --- the server
sql() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
drop() { sql "$DATABASE_URL" -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" 2>/dev/null; }

# Without a DATABASE_URL: a PostgreSQL as it comes, from the binaries on the PATH, until the end.
have_server() {
    if [ -z "${DATABASE_URL:-}" ]; then
        local bin port as=()
        bin=$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | tail -n 1)")
        if [ "$(id -u)" = 0 ]; then # which PostgreSQL refuses to be
            as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
            chmod 711 "$home"
        fi
        install -d ${as:+-o nobody} "$home/pg"
        "${as[@]}" "$bin/initdb" -D "$home/pg/data" -U postgres -A trust -E UTF8 --locale=C >/dev/null
        port=$((20000 + RANDOM % 20000))
        "${as[@]}" "$bin/pg_ctl" -D "$home/pg/data" -w -s -l "$home/pg/log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' ${PG_OPTIONS:-}" start
        end+=("${as[*]} $bin/pg_ctl -D $home/pg/data -m immediate -s stop")
        DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres
    fi
    server=${DATABASE_URL%/*}
    postmaster=
    case ${server##*@} in
        127.* | localhost*)
            postmaster=$(ps -o ppid= -p "$(sql "$DATABASE_URL" -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")" \
                2>/dev/null | tr -d ' ') || postmaster=
            ;;
    esac
}

# CPU seconds of the server so far, those that have ended included; nothing where it runs elsewhere.
server_cpu() {
    [ -n "$postmaster" ] || return 0
    # shellcheck disable=SC2046 # a list of processes
    cat /proc/"$postmaster"/stat $(pgrep -P "$postmaster" | sed 's|.*|/proc/&/stat|') 2>/dev/null |
        sed 's/^.*) //' | awk -v hz="$(getconf CLK_TCK)" '
            { seconds += $12 + $13; if (NR == 1) { seconds += $14 + $15 } } END { printf "%.2f", seconds / hz }'
}

# What the tables were made on.
machine() {
    local processor
    processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
    echo "Measured on $(date -u +%Y-%m-%d): $(nproc) cores of ${processor:-$(uname -m)}, $(awk '/MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GB;" \
        "PostgreSQL $(sql "$DATABASE_URL" -c "SELECT split_part(current_setting('server_version'), ' ', 1)")" \
        "(fsync $(sql "$DATABASE_URL" -c 'SHOW fsync'), shared_buffers $(sql "$DATABASE_URL" -c 'SHOW shared_buffers'))," \
        "$("$java" --version | head -n 1)${1:-}; commit $(git rev-parse --short HEAD)."
}

# --- Withings
have_stub() { # people days [times]
    exec {stub_in}> >(exec "$java" -Xmx"${STUB_HEAP:-1g}" -XX:+UseParallelGC -cp "$target/classes" Stub "$@" >"$home/stub")
    stub=$!
    until [ -s "$home/stub" ]; do
        kill -0 "$stub"
        sleep 0.2
    done
    read -r api <"$home/stub"
    rm "$home/stub"
    export WITHINGS_API_URL=$api
    end+=(end_stub)
}
end_stub() {
    [ -n "${stub:-}" ] || return 0
    exec {stub_in}>&-
    kill "$stub" 2>/dev/null || true # it may have ended by that
    stub=
}
calls() { curl -s "$api/calls"; } # since it was last asked

tokens() { # from to
    seq "$1" "$2" | sed 's/.*/{"userid":&,"access_token":"access-&","refresh_token":"refresh-&","expires_in":10800,"scope":"user.info,user.metrics,user.activity"}/'
}

export TOKEN_KEY WITHINGS_CLIENT_ID=bench WITHINGS_CLIENT_SECRET=bench WITHINGS_CALLBACK_URL=http://127.0.0.1:8080/callback
# The stub refuses nothing, so a round may follow the one before at once.
export API_CALLS_PER_MINUTE=100000000 API_IDENTICAL_CALL_SPACING=0s SYNC_RESOURCES=measures,activity,workouts,sleep,heart
TOKEN_KEY=$(head -c 32 /dev/zero | base64)

# --- a running service
counts() { # database
    sleep 1 # what a session has counted is told when it ends, or within a second
    sql "$server/$1" -F ' ' -c "SELECT (SELECT count(*) FROM sync.run WHERE finished_at IS NOT NULL),
        (SELECT count(*) FROM sync.run_resource WHERE finished_at IS NOT NULL),
        xact_commit, active_time,
        (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE schemaname = 'sync'),
        (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE schemaname = 'withings')
        FROM pg_stat_database WHERE datname = current_database()"
}
ticks() { sed 's/^.*) //' "/proc/$service/stat" | awk '{ print $12 + $13 }'; }

# What visits cost that find nothing new, in a service that is warm: "visits resources transactions database-ms sync-rows
# withings-rows calls CPU-ms server-CPU-ms peak-RSS-MB", all but the last as sums. Not to be called in a subshell.
visits() { # database every [when-to-look]
    local before after cpu server_before server_after called rss
    # The same call as often as a visit comes.
    DATABASE_URL=$server/$1 HTTP_PORT=$((20000 + RANDOM % 20000)) SYNC_EVERY=$2 SYNC_EVERY_HEART=$2 SCHEDULE_DUE=${3:-* * * * * ?} \
        API_IDENTICAL_CALL_SPACING=0s LOG_LEVEL=warn ./withings serve >/dev/null 2>$target/serve.log &
    service=$!
    end+=("kill $service 2>/dev/null")
    sleep "${WARM_UP_S:-30}"
    before=$(counts "$1")
    calls >/dev/null
    cpu=$(ticks)
    server_before=$(server_cpu)
    sleep "${MEASURED_S:-30}"
    after=$(counts "$1")
    called=$(calls)
    server_after=$(server_cpu)
    cpu=$(($(ticks) - cpu))
    rss=$(awk '/VmHWM/ { print $2 / 1024 }' "/proc/$service/status")
    kill "$service"
    wait "$service" 2>/dev/null || true
    echo "$before $after $called $cpu $(getconf CLK_TCK) ${server_before:-0} ${server_after:-0} $rss" | awk '{
        for (n = 1; n <= 6; n++) { printf "%.0f ", $(n + 6) - $n }
        printf "%d %.0f %.0f %.0f\n", $13, $14 * 1000 / $15, ($17 - $16) * 1000, $18 }'
}

# --- the documents
put() { # which file document: between its marks, where the script was called with --write
    awk -v mark="$1" -v table="$2" '
        $0 == "<!-- " mark ": end -->" { skipped = 0 }
        !skipped { print }
        $0 == "<!-- " mark ": begin -->" { skipped = 1; while ((getline line < table) > 0) { print line } }' \
        "$3" >$target/document.md
    cp $target/document.md "$3"
}
