"""split_orjson INPUT... OUTDIR KEY: orjson.loads of every line; OUTDIR/TYPE for each type, OUTDIR/_bad for lines without one."""

import os
import sys

import orjson

from lines import is_blank, open_input

*inputs, folder, key = sys.argv[1:]
path = key.split(".")
outputs = {}


def type_of(line, loads=orjson.loads):
    try:
        value = loads(line)
        for step in path:
            value = value[step]
    except (ValueError, KeyError, TypeError, IndexError):
        return "_bad"
    return value if value.__class__ is str else "_bad"


def split(source):
    for line in source:
        name = type_of(line)
        if name == "_bad" and is_blank(line):
            continue
        output = outputs.get(name)
        if output is None:
            output = outputs[name] = open(os.path.join(folder, name), "wb", buffering=1 << 17)
        output.write(line)


for name in inputs:
    with open_input(name) as source:
        split(source)
for output in outputs.values():
    output.close()
