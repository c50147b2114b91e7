# To be sourced: one Airflow with a home of its own, its services, and how they stop. test/airflow/play-runs shows the order.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sluice

say() { echo "[${SECONDS}s] $*" >&2; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

started=()
start() { # start NAME COMMAND...: in the background, its output in $run/NAME.log
  local name=$1; shift
  "$@" >"$run/$name.log" 2>&1 &
  started+=($!)
}
stop_last() { # A signal may be lost: what Airflow raises then, Python ignores within a destructor.
  local since=$SECONDS
  kill "${started[-1]}" 2>/dev/null || true
  while kill -0 "${started[-1]}" 2>/dev/null; do
    if ((SECONDS - since >= 15)); then kill "${started[-1]}" 2>/dev/null || true; since=$SECONDS; fi
    sleep 0.2
  done
  wait "${started[-1]}" 2>/dev/null || true
  unset 'started[-1]'
}
stop_all() {
  # A backfill takes the first signal for a wish to end its tasks, and goes on.
  while [ -n "${commands_pid:-}" ] && kill "$commands_pid" 2>/dev/null; do sleep 1; done
  while [ "${#started[@]}" -gt 0 ]; do stop_last; done
  if [ -n "${postgres_data:-}" ]; then stop_postgres; fi
}

# Airflow 3 needs PostgreSQL: SQLite loses its tasks. Airflow 2 needs it for a backfill beside a scheduler. The server is private, and
# gone afterwards.
# In the temporary folder: PostgreSQL refuses root, and its own user may not enter root's home.
find_postgres() { # Debian keeps the server's programs off the PATH
  local directory
  for directory in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) $(dirname "$(command -v postgres || echo /none/postgres)"); do
    if [ -x "$directory/initdb" ]; then echo "$directory"; return; fi
  done
  return 1
}
# PostgreSQL refuses root.
can_run_postgres() { find_postgres >/dev/null && { [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1; }; }
as_postgres() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
start_postgres() { # start_postgres [TAR]: an empty cluster, or a saved one
  postgres=$(find_postgres); postgres_data=$(mktemp -d)
  local port; port=$(free_port)
  if [ -n "${1:-}" ]; then tar -C "$postgres_data" -xf "$1"; fi
  if [ "$(id -u)" = 0 ]; then chown -R postgres: "$postgres_data"; fi
  if [ -z "${1:-}" ]; then
    as_postgres "$postgres/initdb" -D "$postgres_data/data" -U airflow --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  fi
  as_postgres "$postgres/pg_ctl" -D "$postgres_data/data" -l "$postgres_data/log" -w -s start -o \
    "-p $port -k $postgres_data -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  if [ -z "${1:-}" ]; then "$postgres/createdb" -h 127.0.0.1 -p "$port" -U airflow airflow; fi
  export AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="postgresql+psycopg2://airflow@127.0.0.1:$port/airflow"
}
stop_postgres() {
  as_postgres "$postgres/pg_ctl" -D "$postgres_data/data" -m fast -w -s stop 2>/dev/null || true
  rm -rf "$postgres_data"; postgres_data=
}

use_airflow() { # use_airflow 2|3 RUN DAGS [DATABASE]: the settings of one Airflow that lives in the folder RUN; 2 may have postgres too
  version=$1 run=$2 venv=$cache/airflow$1 database=${4:-sqlite}
  export PATH=$venv/bin:$PATH AIRFLOW_HOME=$run AIRFLOW__CORE__DAGS_FOLDER=$3
  export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False
  export AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT=180 AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY=True
  # DAG files change between plays: what they are now counts at once.
  export AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL=0 AIRFLOW__CORE__MIN_SERIALIZED_DAG_FETCH_INTERVAL=0
  export AIRFLOW__CORE__PARALLELISM=4 AIRFLOW__CORE__EXECUTOR=LocalExecutor
  export AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE=False # only the runs that are asked for
  export AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC=1 AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC=1
  export AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME=0.2
  export AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT; AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT=$(free_port)
  export DO_NOT_TRACK=1 SCARF_NO_ANALYTICS=true AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False
  export PYTHONDONTWRITEBYTECODE=1
  if [ "$version" = 2 ]; then
    # LocalExecutor forks, where SequentialExecutor, SQLite's own, starts a Python for each task.
    export _AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK=1
    if [ "$database" = sqlite ]; then export AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:///$run/airflow.db"; fi
    # Otherwise a task's own process sets the next one to scheduled while a backfill has queued it, which then runs it twice.
    export AIRFLOW__SCHEDULER__SCHEDULE_AFTER_TASK_EXECUTION=False
  else
    database=postgres
    local port; port=$(free_port)
    export AIRFLOW__API__PORT=$port AIRFLOW__API__HOST=127.0.0.1 AIRFLOW__API__WORKERS=1
    export AIRFLOW__CORE__EXECUTION_API_SERVER_URL=http://127.0.0.1:$port/execution/
    export AIRFLOW__API_AUTH__JWT_SECRET; AIRFLOW__API_AUTH__JWT_SECRET=$(printf 'only-for-this-test-%.0s' 1 2 3 4)
    export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True
    export AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL=3600 AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=3600
    # How long a task's supervisor may fail to see that its process has ended. A trigger that fires meanwhile runs the task twice.
    export AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL=1 AIRFLOW__WORKERS__SOCKET_CLEANUP_TIMEOUT=1
    export AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT=60
  fi
}
migrate() { # a new metadata database, migrated once and copied ever after
  local saved=$cache/airflow$version-$database.tar
  if [ "$database" = sqlite ]; then
    if [ ! "$saved" -nt "$venv/requirements.txt" ]; then
      airflow db migrate >"$run/migrate.log" 2>&1
      tar -C "$run" -cf "$saved.$$" airflow.db && mv "$saved.$$" "$saved"
    else
      tar -C "$run" -xf "$saved"
    fi
    return
  fi
  if [ ! "$saved" -nt "$venv/requirements.txt" ]; then
    start_postgres
    airflow db migrate >"$run/migrate.log" 2>&1
    as_postgres "$postgres/pg_ctl" -D "$postgres_data/data" -m fast -w -s stop
    tar -C "$postgres_data" -cf "$saved.$$" data && mv "$saved.$$" "$saved"
    stop_postgres
  fi
  start_postgres "$saved"
}
query() { "$venv/bin/python" "$here/query_metadata.py" "$@"; }
# One interpreter for all commands: each of its own would take seconds to import Airflow.
start_commands() {
  mkfifo "$run/asked" "$run/answered"
  start commands "$venv/bin/python" "$here/run_commands.py" --serve "$run/asked" "$run/answered"
  commands_pid=${started[-1]}
  exec {asked}<>"$run/asked" {answered}<>"$run/answered"
}
airflow_commands() { # airflow_commands LINE...: one after the other, failed ones too; fails where one of them did
  local code= part
  printf '%s\n' "$@" "" >&"$asked"
  # A timeout may fall between an answer's digit and the end of its line.
  until read -r -t 5 part <&"$answered"; do
    code+=$part
    kill -0 "$commands_pid" 2>/dev/null || { echo "run_commands.py has ended; see $run/commands.log" >&2; return 1; }
  done
  return "$code$part"
}
start_scheduler() { start scheduler "$venv/bin/python" "$here/run_commands.py" scheduler; }
start_triggerer() { start triggerer airflow triggerer --skip-serve-logs; }
start_airflow() { # Airflow 3's three services, the DAGs parsed; Airflow 2's backfills need none
  migrate
  start_commands
  if [ "$version" = 2 ]; then return; fi
  start api-server airflow api-server
  start dag-processor airflow dag-processor
  query wait "select count(*) from dag d where not exists (select 1 from serialized_dag s where s.dag_id = d.dag_id)
    or (select count(*) from dag) = 0" 0 900
  # Before the scheduler: without the API its first tasks would fail.
  query healthy "http://127.0.0.1:$AIRFLOW__API__PORT/api/v2/monitor/health" 900
}
# Airflow 2's backfills have ended with their commands, whatever the database says: on a busy machine a late event of the executor
# once set a run that had ended to running again.
wait_for_runs() {
  local but=; if [ "$version" = 2 ]; then but="and run_type <> 'backfill'"; fi
  query wait "select count(*) from dag_run where state not in ('success', 'failed') $but" 0 "${1:-900}"
}
