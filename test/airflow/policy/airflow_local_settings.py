"""Cluster policy of the played runs: shorter waits. Airflow imports it by its name; the DAG files stay as they are."""
from datetime import timedelta


def task_policy(task):
    if hasattr(task, "poke_interval"):
        # Shorter, and a busy machine has a sensor queued again before its process has ended: Airflow 3 takes that for a failure.
        task.poke_interval = min(task.poke_interval, 10)
    task.retry_delay = min(task.retry_delay, timedelta(seconds=2))
    if hasattr(task, "startup_check_interval_seconds"):
        # Deferred, it is how long Kubernetes lets a watch last: whole seconds.
        task.startup_check_interval_seconds = 1 if task.deferrable else 0.3
