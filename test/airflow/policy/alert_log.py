"""The failure callback of the played runs: one line an alert into the file that ALERT_LOG names."""
import os


def notify(context):
    ti = context.get("task_instance")
    date = context["dag_run"].logical_date
    with open(os.environ["ALERT_LOG"], "a") as log:
        log.write(f"{context['dag_run'].dag_id} {ti.task_id if ti else '-'} {date:%Y-%m-%dT%H}\n" if date else f"{context['dag_run'].dag_id} {ti.task_id if ti else '-'} -\n")
