"""Reading for the Python baselines: what is common to them, and no more."""

import gzip
import io


def open_input(name):
    # GzipFile alone hands out lines through Python code.
    if name.endswith(".gz"):
        return io.BufferedReader(gzip.open(name, "rb"), 1 << 20)
    return open(name, "rb", buffering=1 << 20)


def is_blank(line):
    return not line.strip(b" \t\r\n")
