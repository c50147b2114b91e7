"""CPU milliseconds a DAG that Airflow needs to parse the files of each folder, one by one as it does, as JSON.

The imports of Airflow itself and the first parsing are not counted.
"""
import gc
import glob
import json
import sys
import time
import warnings

warnings.simplefilter("ignore")
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:  # Airflow 2
    from airflow.models.dagbag import DagBag

# Once a process, seconds of it: every way of writing DAGs imports these.
import airflow.providers.cncf.kubernetes.operators.pod  # noqa: E402, F401
import airflow.providers.common.compat.sdk  # noqa: E402, F401
import airflow.providers.standard.sensors.external_task  # noqa: E402, F401
import airflow.timetables.interval  # noqa: E402, F401
import dagfactory  # noqa: E402, F401

spent = []
for folder in sys.argv[1:]:
    # Airflow parses a file every half minute, from the bytecode that its first parsing left.
    DagBag(dag_folder=folder)
    gc.collect()
    gc.freeze()
    dags = seconds = 0
    for file in sorted(glob.glob(f"{folder}/*.py")):
        # In a process of its own, which inherits Airflow's imports: no file pays for what another one left to be collected.
        gc.collect()
        start = time.process_time()
        bag = DagBag(dag_folder=file)
        seconds += time.process_time() - start
        if bag.import_errors:
            sys.exit(f"{file}: {next(iter(bag.import_errors.values()))}")
        dags += len(bag.dags)
    spent.append({"dags": dags, "ms": seconds * 1000 / dags})
print(json.dumps(spent))
