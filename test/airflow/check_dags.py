"""Imports a folder of generated DAGs in the Airflow that runs this, and plays a run of each; see import-dags.

One line per problem: an import error, any warning, another timetable, a template that renders to something else than expected.
"""
import copy
import json
import pathlib
import sys
import warnings
from datetime import datetime, timedelta, timezone

import airflow

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:  # Airflow 2
    from airflow.models.dagbag import DagBag

# Imported before warnings are caught: what these say of Airflow itself is not about the DAGs.
import airflow.providers.cncf.kubernetes.operators.pod  # noqa: F401
import airflow.providers.standard.sensors.external_task  # noqa: F401
import airflow.timetables.interval  # noqa: F401
from kubernetes.client import ApiClient

folder = pathlib.Path(sys.argv[1])
warnings.simplefilter("always")  # Python hides deprecations otherwise
bag = DagBag(dag_folder=str(folder))
problems = []


def check(where, found, expected):
    if found != expected:
        problems.append(f"{where}: {found!r}, expected {expected!r}")


def raised(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def render(task, hour, logical_date):
    """The task's template fields as a run gets them; Airflow 3 leaves logical_date out of a run that has none."""
    params = copy.deepcopy(task.dag.params)
    params["hour"] = hour
    context = {"params": params.validate(), "dag": task.dag, "task": task, "ti": None}
    if logical_date is not None:
        context["logical_date"] = logical_date
    env = task.dag.get_template_env()
    return context, {
        field: task.render_template(copy.deepcopy(getattr(task, field)), context, env)
        for field in task.template_fields
        if getattr(task, field, None) is not None
    }


def check_dag(dag, classify_minute):
    check(f"{dag.dag_id} timetable", type(dag.timetable).__name__, "CronDataIntervalTimetable")
    check(f"{dag.dag_id} file", pathlib.Path(dag.fileloc).name, f"{dag.dag_id}.py")
    minute = int(dag.timetable.summary.split()[0])
    pod = dag.get_task("classify" if dag.dag_id == "log_classification" else "load")
    logical_date = datetime(2026, 11, 21, 3, minute, tzinfo=timezone.utc)

    def hour_of(hour, date):
        return render(pod, hour, date)[1]["arguments"][-1]

    check(f"{dag.dag_id} scheduled run", hour_of(None, logical_date), "2026-11-21T03")
    seoul = logical_date.astimezone(timezone(timedelta(hours=9)))
    check(f"{dag.dag_id} logical date of another zone", hour_of(None, seoul), "2026-11-21T03")
    check(f"{dag.dag_id} run with an hour", hour_of("2025-01-02T23", logical_date), "2025-01-02T23")
    check(f"{dag.dag_id} run with an hour, no date", hour_of("2025-01-02T23", None), "2025-01-02T23")
    for case, call in {
        "neither": lambda: hour_of(None, None),
        "bad hour": lambda: hour_of("2025-01-02; rm -rf", logical_date),
    }.items():
        said = raised(call)
        expected = "neither a logical date nor an hour" if case == "neither" else "Invalid input for param hour"
        check(f"{dag.dag_id} run with {case} ({said})", expected in str(said), True)

    if pod.task_id == "load":
        wait = dag.get_task("wait")
        check(f"{dag.dag_id} upstream", pod.upstream_task_ids, {"wait"})
        context, _ = render(wait, None, logical_date)
        target = logical_date.replace(minute=classify_minute)
        context["execution_date"] = logical_date  # Airflow 2's name of it
        check(f"{dag.dag_id} sensor target", wait._get_dttm_filter(context), [target])
        check(f"{dag.dag_id} sensor mode", (wait.mode, wait.timeout, wait.poke_interval), ("reschedule", 3600, 60))
        check(f"{dag.dag_id} sensor with an hour", wait.poke(render(wait, "2025-01-02T23", None)[0]), True)
        said = raised(lambda: wait.poke(render(wait, None, None)[0]))
        check(f"{dag.dag_id} sensor with neither ({said})", "neither a logical date nor an hour" in str(said), True)

    # A run's logical dates, as a scheduler or a backfill makes them.
    runs = list(logical_dates(dag, logical_date, logical_date + timedelta(hours=2)))
    check(f"{dag.dag_id} backfill", runs, [logical_date + timedelta(hours=h) for h in range(3)])
    return render(pod, None, logical_date)[1]


def logical_dates(dag, first, last):
    try:
        infos = dag.iter_dagrun_infos_between(first, last)
    except AttributeError:  # Airflow 3 has it on the serialized form, which the scheduler uses
        from airflow.serialization.serialized_objects import DagSerialization

        infos = DagSerialization.from_dict(DagSerialization.to_dict(dag)).iter_dagrun_infos_between(first, last)
    return [info.logical_date for info in infos]


for path, error in bag.import_errors.items():
    problems.append(f"{pathlib.Path(path).name}: {error.strip().splitlines()[-1]}")
for path, caught in bag.captured_warnings.items():
    problems += [f"{pathlib.Path(path).name}: {' '.join(str(w).split())}" for w in caught]
if "log_classification" not in bag.dags:
    problems.append("no log_classification DAG")
check("DAG ids", sorted(bag.dags), sorted(file.stem for file in folder.glob("*.py")))

expected_file = folder / "expected.json"
expected = json.loads(expected_file.read_text()) if expected_file.exists() else {}
if not problems:
    classify_minute = int(bag.dags["log_classification"].timetable.summary.split()[0])
    to_plain = ApiClient().sanitize_for_serialization
    for dag_id, dag in sorted(bag.dags.items()):
        rendered = {field: to_plain(value) for field, value in check_dag(dag, classify_minute).items()}
        rendered["doc_md"] = dag.doc_md
        for field, value in expected.get(dag_id, {}).items():
            found = rendered.get(field)
            if field == "doc_md":
                check(f"{dag_id} doc_md holds {value!r}", value in found, True)
            else:
                check(f"{dag_id} {field}", found, value)

print(*sorted(problems), sep="\n", end="\n" if problems else "")
print(f"Airflow {airflow.__version__}: {len(bag.dags)} DAGs, {len(problems)} problems")
sys.exit(1 if problems else 0)
