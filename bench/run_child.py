"""run_child RESULT COMMAND...: runs the command and writes {"cpu_s", "wall_s", "peak_rss_bytes", "status"} to RESULT.

CPU is user and system time of the command and all its children; peak RSS is that of the largest of these processes, and never
less than this program's own (about 10 MB): both are what wait4 says, which Node has no call for.
"""

import json
import os
import sys
import time

result, *command = sys.argv[1:]
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
with open(result, "w") as file:
    json.dump(
        {
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "wall_s": wall,
            "peak_rss_bytes": usage.ru_maxrss * unit,
            "status": os.waitstatus_to_exitcode(status),
        },
        file,
    )
