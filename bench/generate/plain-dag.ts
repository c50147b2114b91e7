/** A load DAG as one would write it by hand: the same sensor and pod as a generated one's, without its parameter, words and retry rule. */
export function writePlainDag(type: string, minute: number): string {
  return `from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.timetables.interval import CronDataIntervalTimetable
from kubernetes.client import models as k8s


def classifier_logical_date(logical_date, **_):
    return logical_date.replace(minute=5, second=0, microsecond=0)


with DAG(
    dag_id="load_${type}",
    schedule=CronDataIntervalTimetable("${minute} * * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=True,
    max_active_runs=1,
    default_args={"owner": "data", "retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["logs"],
) as dag:
    wait = ExternalTaskSensor(
        task_id="wait",
        external_dag_id="log_classification",
        external_task_id="classify",
        execution_date_fn=classifier_logical_date,
        failed_states=["failed", "upstream_failed", "skipped"],
        mode="reschedule",
        poke_interval=60,
        timeout=3600,
    )
    load = KubernetesPodOperator(
        task_id="load",
        name="load-${type.replaceAll("_", "-")}",
        namespace="data",
        image="registry.example/sluice:1.0.0",
        cmds=["sluice"],
        arguments=["load", "--type", "${type}", "--hour", "{{ logical_date.strftime('%Y-%m-%dT%H') }}"],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "128Mi"}
        ),
        security_context=k8s.V1PodSecurityContext(
            run_as_non_root=True, seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault")
        ),
        container_security_context=k8s.V1SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.V1Capabilities(drop=["ALL"]),
        ),
        retry_exponential_backoff=True,
        on_finish_action="delete_succeeded_pod",
        log_events_on_failure=True,
    )
    wait >> load
`;
}
