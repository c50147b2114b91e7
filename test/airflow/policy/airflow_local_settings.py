"""Cluster policy of the played runs: shorter waits. Airflow imports it by its name; the DAG files stay as they are."""
from datetime import timedelta


def task_policy(task):
    if hasattr(task, "poke_interval"):
        task.poke_interval = min(task.poke_interval, 2)
    task.retry_delay = min(task.retry_delay, timedelta(seconds=2))
    if hasattr(task, "startup_check_interval_seconds"):
        task.startup_check_interval_seconds = 0.3
