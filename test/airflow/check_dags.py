"""Imports folders of generated DAGs in the Airflow that runs this, and plays a run of each; see import-dags.

One line per problem: an import error, any warning, another timetable, a template that renders to something else than expected.
"""
import copy
import json
import pathlib
import sys
import warnings
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

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
from kubernetes.client import models as k8s

warnings.simplefilter("always")  # Python hides deprecations otherwise
to_plain = ApiClient().sanitize_for_serialization
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


class RanBefore:
    """What a run knows of its earlier tasks: the name of the pod that made the plan."""

    @staticmethod
    def xcom_pull(task_ids, key):
        return f"pod-of-{task_ids}" if key == "pod_name" else None


def render(task, hour, logical_date):
    """The task's template fields as a run gets them; Airflow 3 leaves logical_date out of a run that has none."""
    params = copy.deepcopy(task.dag.params)
    for name in {"hour", "day"} & set(params):
        params[name] = hour
    context = {"params": params.validate(), "dag": task.dag, "task": task, "ti": RanBefore}
    if logical_date is not None:
        context["logical_date"] = logical_date
    env = task.dag.get_template_env()
    return context, {
        field: task.render_template(copy.deepcopy(getattr(task, field)), context, env)
        for field in task.template_fields
        if getattr(task, field, None) is not None
    }


def check_dag(dag, classify_minute):
    check(f"{dag.dag_id} file", pathlib.Path(dag.fileloc).name, f"{dag.dag_id}.py")
    for task in dag.tasks:
        check_task(task)
    if dag.dag_id == "log_reload":
        return check_reload(dag)
    check(f"{dag.dag_id} timetable", type(dag.timetable).__name__, "CronDataIntervalTimetable")
    minute = int(dag.timetable.summary.split()[0])
    logical_date = datetime(2026, 11, 21, 3, minute, tzinfo=timezone.utc)
    if dag.dag_id == "log_report":
        return check_report(dag)
    if dag.dag_id == "log_watch":
        return check_watch(dag, logical_date)
    if dag.dag_id == "log_reconcile":
        check(f"{dag.dag_id} catchup", dag.catchup, False)
        return render(dag.get_task("reconcile"), None, logical_date)[1]
    check_hours(dag, logical_date, classify_minute)
    return render(dag.get_task("classify" if dag.dag_id == "log_classification" else "load"), None, logical_date)[1]


def check_task(task):
    """What every pod has, mapped ones included."""
    name = f"{task.dag.dag_id}.{task.task_id}"
    mapped = getattr(task, "partial_kwargs", None)
    if not hasattr(task, "container_security_context") and "container_security_context" not in (mapped or {}):
        check(f"{name} is no pod, and calls nobody", bool(task.on_failure_callback), False)
        return
    of = mapped.get if mapped else lambda field: getattr(task, field)
    check(f"{name} security", to_plain(of("container_security_context")), {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    })
    check(f"{name} pod security", to_plain(of("security_context")), {
        "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"},
    })
    check(f"{name} weight rule", "Absolute" in str(type(task.weight_rule)) or str(task.weight_rule) == "absolute", True)
    mounts = {mount.name: mount.mount_path for mount in of("volume_mounts") or []}
    check(f"{name} volumes", sorted(mounts), sorted(volume.name for volume in of("volumes") or []))


def check_leftovers(task):
    """Which pods are deleted with their task, and how it fails; the provider's own part is real, the cluster is not."""
    asked = []
    common = {"log_events_on_failure": False, "skip_on_exit_code": [99], "on_finish_action": "delete_succeeded_pod"}

    class Cluster:
        phase = "Pending"

        def read_pod(self, pod):
            if self.phase is None:
                raise OSError("no answer")
            return k8s.V1Pod(metadata=pod.metadata, spec=pod.spec, status=k8s.V1PodStatus(phase=self.phase))

        def delete_pod(self, pod):
            asked.append(pod.metadata.name)

    def end(phase, code, now="Failed", **settings):
        asked.clear()
        each = copy.copy(task)
        for name, value in {**common, **settings}.items():
            object.__setattr__(each, name, value)
        cluster = Cluster()
        cluster.phase = now
        each.__dict__["pod_manager"] = cluster
        each.__dict__["patch_already_checked"] = lambda *_, **__: None
        terminated = None if code is None else k8s.V1ContainerStateTerminated(exit_code=code)
        status = k8s.V1ContainerStatus(
            name=each.base_container_name, image="", image_id="", ready=False, restart_count=0,
            state=k8s.V1ContainerState(terminated=terminated),
        )
        pod = k8s.V1Pod(
            metadata=k8s.V1ObjectMeta(name="one"),
            spec=k8s.V1PodSpec(containers=[]),
            status=k8s.V1PodStatus(phase=phase, container_statuses=[status]),
        )
        said = raised(lambda: each.cleanup(pod, pod))
        return said and said.split(":")[0], list(asked)

    name = f"{task.dag.dag_id} pod that"
    check(f"{name} is skipped", end("Failed", 99), ("AirflowSkipException", ["one"]))
    check(f"{name} is skipped, and kept", end("Failed", 99, on_finish_action="keep_pod"), ("AirflowSkipException", []))
    check(f"{name} did not start", end("Pending", None, "Pending"), ("AirflowException", ["one"]))
    check(f"{name} started late", end("Pending", None, "Running"), ("AirflowException", ["one"]))
    check(f"{name} ended meanwhile", end("Pending", None, "Failed"), ("AirflowException", []))
    check(f"{name} can't be read", end("Pending", None, None), ("OSError", []))
    check(f"{name} ends with 3", end("Failed", 3), ("AirflowFailException", []))
    check(f"{name} ends with 5", end("Failed", 5), ("AirflowException", []))


def check_form(dag, run_hour):
    """A run's `hour` must not become the default of the DAG's form, where one process holds the DAG for long."""
    params = type(dag.params)()
    params.update(dag.params)
    params.update(dag.tasks[0].params)
    params.update({"hour": run_hour})
    check(f"{dag.dag_id} hour of a run", params["hour"], run_hour)
    check(f"{dag.dag_id} default of the form", dag.params["hour"], None)


def check_hours(dag, logical_date, classify_minute):
    sharded = dag.dag_id == "log_classification" and dag.has_task("plan")
    pod = dag.get_task("plan" if sharded else "classify" if dag.dag_id == "log_classification" else "load")

    def hour_of(hour, date, task=pod):
        arguments = render(task, hour, date)[1]["arguments"]
        return arguments[arguments.index("--hour") + 1]

    check_form(copy.deepcopy(dag), "2025-01-02T23")
    if pod.task_id == "load":
        check_leftovers(pod)
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

    if sharded:
        shards = dag.get_task("classify_shard")
        commit = dag.get_task("classify")
        check(f"{dag.dag_id} order", (shards.upstream_task_ids, commit.upstream_task_ids), ({"plan"}, {"classify_shard"}))
        found = render(commit, None, logical_date)[1]["arguments"]
        check(f"{dag.dag_id} commit", found, ["commit", "--plan", "2026-11-21T03@pod-of-plan"])
        mapped = shards.expand_input.value["arguments"]
        check(f"{dag.dag_id} shards", [each[-1] for each in mapped], [f"{n + 1}/{len(mapped)}" for n in range(len(mapped))])

    if pod.task_id == "load":
        wait = dag.get_task("wait")
        check(f"{dag.dag_id} upstream", pod.upstream_task_ids, {"wait"})
        context, _ = render(wait, None, logical_date)
        target = logical_date.replace(minute=classify_minute)
        context["execution_date"] = logical_date  # Airflow 2's name of it
        check(f"{dag.dag_id} sensor target", wait._get_dttm_filter(context), [target])
        check(f"{dag.dag_id} sensor mode", (wait.mode, wait.timeout, wait.poke_interval), ("reschedule", 3600, 60))
        if not wait.deferrable:
            check(f"{dag.dag_id} sensor with an hour", wait.poke(render(wait, "2025-01-02T23", None)[0]), True)
            said = raised(lambda: wait.poke(render(wait, None, None)[0]))
            check(f"{dag.dag_id} sensor with neither ({said})", "neither a logical date nor an hour" in str(said), True)

    # A run's logical dates, as a scheduler or a backfill makes them.
    runs = list(logical_dates(dag, logical_date, logical_date + timedelta(hours=2)))
    check(f"{dag.dag_id} backfill", runs, [logical_date + timedelta(hours=h) for h in range(3)])


def check_reload(dag):
    """Played without pods: which hours and types its tasks are mapped to."""
    hours, loads = (dag.get_task(name).python_callable for name in ("plan", "plan_loads"))
    types = list(dag.params.get_param("types").schema["items"]["enum"])
    night = {"from": "2026-11-20T23", "to": "2026-11-21T01"}
    chosen = ["2026-11-20T23", "2026-11-21T00", "2026-11-21T01"]
    check("log_reload hours", [each[-1] for each in hours(params=night)], chosen)
    every = [(each["arguments"][2], each["arguments"][-1]) for each in loads(params={**night, "types": []})]
    check("log_reload every type", every, [(name, hour) for hour in chosen for name in types])
    one = [each["arguments"][2] for each in loads(params={**night, "types": types[:1]})]
    check("log_reload one type", one, types[:1] * 3)
    said = raised(lambda: hours(params={"from": "2026-11-21T01", "to": "2026-11-20T23"}))
    check(f"log_reload backwards ({said})", "expected the first hour" in str(said), True)
    params = copy.deepcopy(dag.params)
    check("log_reload without hours", "Invalid input for param" in str(raised(params.validate)) or raised(params.validate) is not None, True)
    return {}


def check_watch(dag, logical_date):
    def hour_of(hour, date):
        return render(dag.get_task("watch"), hour, date)[1]["arguments"][2]

    check("log_watch catchup", dag.catchup, False)
    check("log_watch scheduled run", hour_of(None, logical_date), "2026-11-21T02")
    check("log_watch run after midnight", hour_of(None, logical_date.replace(hour=0)), "2026-11-20T23")
    check("log_watch run with an hour", hour_of("2025-01-02T23", None), "2025-01-02T23")
    said = raised(lambda: hour_of(None, None))
    check(f"log_watch run with neither ({said})", "neither a logical date nor an hour" in str(said), True)
    return render(dag.get_task("watch"), None, logical_date)[1]


def check_report(dag):
    """A day's report is of its own day where the people are, and goes out the morning after."""
    zone = ZoneInfo(str(dag.timetable._timezone))
    minute, hour = map(int, dag.timetable.summary.split()[:2])
    morning = datetime(2026, 11, 21, hour, minute, tzinfo=zone)

    def day_of(day, date):
        return render(dag.get_task("report"), day, date)[1]["arguments"][2]

    check("log_report catchup", dag.catchup, False)
    check("log_report scheduled run", day_of(None, morning.astimezone(timezone.utc)), "2026-11-21")
    check("log_report run with a day", day_of("2025-01-02", None), "2025-01-02")
    for case, call in {"neither": lambda: day_of(None, None), "bad day": lambda: day_of("2025-01-02; rm", morning)}.items():
        said = raised(call)
        expected = "neither a logical date nor a day" if case == "neither" else "Invalid input for param day"
        check(f"log_report run with {case} ({said})", expected in str(said), True)
    days = [date.astimezone(zone) for date in logical_dates(dag, morning, morning + timedelta(days=1))]
    check("log_report days", days, [morning, morning + timedelta(days=1)])
    return render(dag.get_task("report"), None, morning)[1]


def logical_dates(dag, first, last):
    try:
        infos = dag.iter_dagrun_infos_between(first, last)
    except AttributeError:  # Airflow 3 has it on the serialized form, which the scheduler uses
        from airflow.serialization.serialized_objects import DagSerialization

        infos = DagSerialization.from_dict(DagSerialization.to_dict(dag)).iter_dagrun_infos_between(first, last)
    return [info.logical_date for info in infos]


def check_folder(folder):
    bag = DagBag(dag_folder=str(folder))
    for path, error in bag.import_errors.items():
        problems.append(f"{pathlib.Path(path).name}: {error.strip().splitlines()[-1]}")
    for path, caught in bag.captured_warnings.items():
        problems.extend(f"{pathlib.Path(path).name}: {' '.join(str(w).split())}" for w in caught)
    check("DAG ids", sorted(bag.dags), sorted(file.stem for file in folder.glob("*.py")))
    if "log_classification" not in bag.dags:
        problems.append(f"no log_classification DAG in {folder}")
        return 0
    expected_file = folder / "expected.json"
    expected = json.loads(expected_file.read_text()) if expected_file.exists() else {}
    classify_minute = int(bag.dags["log_classification"].timetable.summary.split()[0])
    for dag_id, dag in sorted(bag.dags.items()):
        rendered = {field: to_plain(value) for field, value in check_dag(dag, classify_minute).items()}
        rendered["doc_md"] = dag.doc_md
        rendered["secrets"] = sorted({secret.secret for task in dag.tasks for secret in getattr(task, "secrets", [])})
        rendered["outlets"] = [asset.uri for task in dag.tasks for asset in task.outlets]
        for field, value in expected.get(dag_id, {}).items():
            found = rendered.get(field)
            if field == "doc_md":
                check(f"{dag_id} doc_md holds {value!r}", value in found, True)
            else:
                check(f"{dag_id} {field}", found, value)
    return len(bag.dags)


count = sum(check_folder(pathlib.Path(folder)) for folder in sys.argv[1:])
print(*sorted(problems), sep="\n", end="\n" if problems else "")
print(f"Airflow {airflow.__version__}: {count} DAGs imported, {len(problems)} problems")
sys.exit(1 if problems else 0)
