"""split_threads INPUT... OUTDIR KEY: json.loads of every line in a thread per core, the way of the system before sluice.

OUTDIR/TYPE for each type, OUTDIR/_bad for lines without one. A plain input is cut into a range per thread; a gzip input is one piece.
"""

import json
import os
import sys
import threading
from queue import Empty, SimpleQueue

from lines import is_blank, open_input

*inputs, folder, key = sys.argv[1:]
path = key.split(".")
thread_count = len(os.sched_getaffinity(0))
pieces = SimpleQueue()
outputs = {}
opening = threading.Lock()


def list_pieces():
    for name in inputs:
        if name.endswith(".gz"):
            pieces.put((name, 0, None))
            continue
        size = os.path.getsize(name)
        for index in range(thread_count):
            pieces.put((name, size * index // thread_count, size * (index + 1) // thread_count))


def type_of(line):
    try:
        value = json.loads(line)
        for step in path:
            value = value[step]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return "_bad"
    return value if isinstance(value, str) else "_bad"


def output_of(name):
    output = outputs.get(name)
    if output is None:
        with opening:
            output = outputs.get(name)
            if output is None:
                file = open(os.path.join(folder, name), "wb", buffering=1 << 17)
                output = outputs[name] = (file, threading.Lock())
    return output


def split_piece(name, start, end):
    with open_input(name) as source:
        if start > 0:
            source.seek(start - 1)
            source.readline()
        position = source.tell()
        while end is None or position < end:
            line = source.readline()
            if not line:
                return
            position += len(line)
            if is_blank(line):
                continue
            file, lock = output_of(type_of(line))
            with lock:
                file.write(line)


def work():
    while True:
        try:
            piece = pieces.get_nowait()
        except Empty:
            return
        split_piece(*piece)


list_pieces()
threads = [threading.Thread(target=work) for _ in range(thread_count)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for file, _ in outputs.values():
    file.close()
