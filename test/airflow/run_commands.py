"""Runs `airflow` command lines in one interpreter: the program's own code, less seconds of start for each.

run_commands.py LINE...                   one command line an argument; goes on after a failed one, and exits 1 at the end
run_commands.py --serve ASKED ANSWERED    reads command lines from the pipe ASKED, an empty line behind each batch, and writes
                                          0 or 1 to the pipe ANSWERED when the batch has ended
"""
import shlex
import sys
import traceback

# LocalExecutor's tasks are forks of this process: what is imported here, they need not import again.
import airflow.providers.cncf.kubernetes.operators.pod  # noqa: F401
import airflow.providers.standard.sensors.external_task  # noqa: F401
from airflow.cli.cli_parser import get_parser

parser = get_parser()


def run(lines):
    failed = 0
    for line in lines:
        print(f"=== airflow {line}", flush=True)
        try:
            args = parser.parse_args(shlex.split(line.removeprefix("airflow ")))
            args.func(args)
        except (Exception, SystemExit) as error:
            if not (isinstance(error, SystemExit) and not error.code):
                traceback.print_exc()
                failed = 1
    return failed


if sys.argv[1:2] != ["--serve"]:
    sys.exit(run(sys.argv[1:]))
with open(sys.argv[2]) as asked, open(sys.argv[3], "w", buffering=1) as answered:
    lines = []
    for line in map(str.rstrip, asked):
        if line:
            lines.append(line)
        else:
            print(run(lines), file=answered)
            lines = []
