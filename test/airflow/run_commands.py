"""Runs several `airflow` command lines, one an argument, in one interpreter: the program's own code, less seconds of start for each.

Goes on after a failed command, and exits 1 at the end.
"""
import shlex
import sys
import traceback

# LocalExecutor's tasks are forks of this process: what is imported here, they need not import again.
import airflow.providers.cncf.kubernetes.operators.pod  # noqa: F401
import airflow.providers.standard.sensors.external_task  # noqa: F401
from airflow.cli.cli_parser import get_parser

parser, failed = get_parser(), 0
for line in sys.argv[1:]:
    print(f"=== airflow {line}", flush=True)
    args = parser.parse_args(shlex.split(line.removeprefix("airflow ")))
    try:
        args.func(args)
    except (Exception, SystemExit) as error:
        if not (isinstance(error, SystemExit) and not error.code):
            traceback.print_exc()
            failed = 1
sys.exit(failed)
