"""split_duckdb INPUT... OUTDIR KEY: DuckDB's partitioned COPY; OUTDIR/type=TYPE/*.csv hold the lines' JSON texts.

A line that is no JSON is dropped without a trace: without ignore_errors the first one ends the whole read.
"""

import sys

import duckdb

*inputs, folder, key = sys.argv[1:]


def quote(text):
    return "'" + text.replace("'", "''") + "'"


path = "$" + "".join(f'."{step}"' for step in key.split("."))
connection = duckdb.connect()
connection.execute("SET partitioned_write_max_open_files = 200")
connection.execute(
    f"""
    COPY (
      SELECT json::VARCHAR AS line, json_extract_string(json, {quote(path)}) AS type
      FROM read_ndjson_objects([{", ".join(map(quote, inputs))}], ignore_errors = true)
    )
    TO {quote(folder)}
    (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', PARTITION_BY (type), OVERWRITE_OR_IGNORE)
    """
)
