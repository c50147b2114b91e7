"""Starts local-bigquery with four differences, which the tests of sluice need, and quicker (quick_catalog.py). Takes local-bigquery's own arguments.

1. NDJSON loads are as strict as BigQuery's. local-bigquery leaves the rows to DuckDB's read_json, which drops fields that
   the schema lacks, fills missing REQUIRED ones with null and rounds 1.5 to 2. Here each row is judged first, by the
   table's schema or the job's. A row that does not fit fails the job, or is skipped as far as `maxBadRecords` lets it; the
   job's `status.errors` name each such row by its file and position, as BigQuery does, in the words that it uses.
2. A text in a JSON column is a JSON string, as in BigQuery's load jobs. local-bigquery reads such a column as text, and
   takes what the text holds for JSON.
3. Two jobs that meet in local-bigquery's own list of tables end as two that change the same rows do: one is cancelled
   "due to concurrent update". local-bigquery passes DuckDB's words for it on.
4. It runs offline. It opens DuckDB with a TimeZone, for which DuckDB would download its ICU extension before the installed
   one is loaded. Here the time zone is set right after.

GCS_LOCAL_ROOT is the folder of the GCS server's buckets; local-bigquery reads `gs://` URIs from there.
"""

import gzip
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

# DuckDB looks for pandas at each statement with parameters. It is not there, and finding that out takes longer than the statement.
sys.modules["pandas"] = None
connect_duckdb = duckdb.connect


def connect_offline(*args, config=None, **options):
    # Tests load a few rows at a time: with more threads, a third of the CPU goes into handing them around.
    settings = dict(config or {}) | {"threads": 1}
    time_zone = settings.pop("TimeZone", None)
    connection = connect_duckdb(*args, config=settings, **options)
    if time_zone is not None:
        connection.execute(f"SET GLOBAL TimeZone='{time_zone}'")
    return connection


# Before local-bigquery is imported: its modules connect.
duckdb.connect = connect_offline

from local_bigquery import errors  # noqa: E402
from local_bigquery.catalog import tables  # noqa: E402
from local_bigquery.cli import main  # noqa: E402
from local_bigquery.errors import BigQueryError  # noqa: E402
from local_bigquery.jobs import load, runner  # noqa: E402

import quick_catalog  # noqa: E402

METADATA_CONFLICT = re.compile(r"(?P<name>Conflict on update|Duplicate key .* violates primary key constraint)")
errors.DUCKDB_ERRORS.insert(
    0, (METADATA_CONFLICT, "invalidQuery", "Transaction is aborted due to concurrent update against table.")
)

INTEGER_TEXT = re.compile(r"^[+-]?\d+$")
BOOLEAN_TEXTS = {"true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"}

# BigQuery tells no more rows than this of a job.
MAX_ROWS_TOLD = 5


class LoadError(BigQueryError):
    """A load that failed for its rows: the job's `errorResult` is the sum of it, `errors` has the rows as well."""

    def __init__(self, message: str, location: str | None, errors: list[dict]):
        super().__init__("invalid", message, location)
        self.errors = [self.proto(), *errors]


def find_row_fault(row: object, fields: list, ignore_unknown: bool) -> str | None:
    if not isinstance(row, dict):
        return "Expected a JSON object."
    return find_record_fault(row, fields, "", ignore_unknown)


def find_record_fault(record: dict, fields: list, path: str, ignore_unknown: bool) -> str | None:
    """BigQuery's names of columns do not tell cases apart."""
    keys = {key.casefold(): key for key in record}
    known = {field.name.casefold() for field in fields}
    if not ignore_unknown:
        for folded, key in keys.items():
            if folded not in known:
                return f"No such field: {path}{key}."
    for field in fields:
        key = keys.get(field.name.casefold())
        if key is None:
            if field.mode == "REQUIRED":
                return f"Missing required field: {path}{field.name}."
        elif fault := find_value_fault(record[key], field, path, ignore_unknown):
            return fault
    return None


def find_value_fault(value: object, field, path: str, ignore_unknown: bool) -> str | None:
    name = path + field.name
    kind = (field.type or "STRING").upper()
    if value is None:
        if field.mode == "REQUIRED":
            return f"Only optional fields can be set to NULL. Field: {name}; Value: NULL"
        return None
    if field.mode == "REPEATED":
        element = field.replace(mode="NULLABLE")
        for each in value if isinstance(value, list) else [value]:
            if fault := find_value_fault(each, element, path, ignore_unknown):
                return fault
        return None
    if kind == "JSON":
        return None
    if isinstance(value, list):
        return f"Array specified for non-repeated field: {name}."
    if kind in ("RECORD", "STRUCT"):
        if not isinstance(value, dict):
            return f"Expected a record for field: {name}"
        return find_record_fault(value, field.fields or [], f"{name}.", ignore_unknown)
    if isinstance(value, dict):
        return f"JSON object specified for non-record field: {name}"
    if kind in ("INTEGER", "INT64") and not is_integer(value):
        return f"Could not convert value '{value}' to integer. Field: {name}; Value: {value}"
    if kind in ("FLOAT", "FLOAT64") and not is_float(value):
        return f"Could not convert value to float. Field: {name}; Value: {value}"
    if kind in ("BOOLEAN", "BOOL") and not isinstance(value, bool) and str(value).lower() not in BOOLEAN_TEXTS:
        return f"Could not convert value to boolean. Field: {name}; Value: {value}"
    return None


def is_integer(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) or (isinstance(value, str) and INTEGER_TEXT.match(value.strip()) is not None)


def is_float(value: object) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


@dataclass
class Rows:
    count: int
    good: list[bytes]
    errors: list[dict]


def judge_rows(files: list[tuple[str, str | None]], fields: list, ignore_unknown: bool) -> Rows:
    """`files`: each by its path, and by the `gs://` URI that errors name, if it has one."""
    rows = Rows(count=0, good=[], errors=[])
    for path, uri in files:
        for position, line in lines_of(path):
            rows.count += 1
            try:
                fault = find_row_fault(json.loads(line), fields, ignore_unknown)
            except ValueError:
                fault = "Parser terminated before end of string"
            if fault is None:
                rows.good.append(line)
            else:
                rows.errors.append(row_error(fault, position, uri))
    return rows


def lines_of(path: str) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, with its position in the decompressed bytes."""
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    position = 0
    for line in content.split(b"\n"):
        if line.strip():
            yield position, line
        position += len(line) + 1


def row_error(fault: str, position: int, uri: str | None) -> dict:
    message = f"Error while reading data, error message: JSON parsing error in row starting at position {position}: {fault}"
    if uri is None:
        return {"reason": "invalid", "message": message}
    return {"reason": "invalid", "message": f"{message} File: {uri}", "location": uri}


def too_many_errors(rows: Rows, max_bad_records: int) -> LoadError:
    location = rows.errors[0].get("location")
    counts = f"Rows: {rows.count}; errors: {len(rows.errors)}"
    file = f" File: {location}" if location else ""
    given_up = {
        "reason": "invalid",
        "message": "Error while reading data, error message: JSON processing encountered too many errors, giving up. "
        f"{counts}; max bad: {max_bad_records}; error percent: 0",
    }
    return LoadError(
        "Error while reading data, error message: JSON table encountered too many errors, giving up. "
        f"{counts}. Please look into the errors[] collection for more details.{file}",
        location,
        [given_up, *rows.errors[:MAX_ROWS_TOLD]],
    )


def files_of(cursor, config, upload: str | None) -> list[tuple[str, str | None]]:
    if upload:
        return [(upload, None)]
    root = os.environ["GCS_LOCAL_ROOT"]
    files = []
    for uri in config.sourceUris or []:
        for path in load.paths(cursor, uri):
            if not os.path.exists(path):
                raise BigQueryError("notFound", f"Not found: URI {uri}")
            files.append((path, f"gs://{os.path.relpath(path, root)}"))
    return files


def quote_json_texts(line: bytes, columns: list[str]) -> bytes:
    """The row with the texts in these columns quoted once more, for a reader that takes them for JSON."""
    row = json.loads(line)
    texts = {column: json.dumps(row[column]) for column in columns if isinstance(row.get(column), str)}
    return json.dumps(row | texts).encode() if texts else line


load_leniently = load.run


def load_strictly(cursor, config, upload: str | None):
    """In place of local-bigquery's handler of load jobs. `upload`: the path of a file that came with the request."""
    project, dataset, table = tables.reference(config.destinationTable)
    if "$" in table:
        raise BigQueryError("notImplemented", f"partition decorator {table}: not supported by this stand-in")
    if config.sourceFormat != "NEWLINE_DELIMITED_JSON" or config.autodetect:
        return load_leniently(cursor, config, upload)
    fields = (config.schema_ and config.schema_.fields) or tables.columns(project, dataset, table)
    rows = judge_rows(files_of(cursor, config, upload), fields, bool(config.ignoreUnknownValues))
    json_columns = [field.name for field in fields if (field.type or "").upper() == "JSON" and field.mode != "REPEATED"]
    if not rows.errors and not json_columns:
        return load_leniently(cursor, config, upload)
    max_bad_records = config.maxBadRecords or 0
    if len(rows.errors) > max_bad_records:
        raise too_many_errors(rows, max_bad_records)
    with tempfile.NamedTemporaryFile(suffix=".json", delete=False) as file:
        file.write(b"\n".join(quote_json_texts(line, json_columns) for line in rows.good))
    try:
        statistics = load_leniently(cursor, config, file.name)
    finally:
        os.remove(file.name)
    return statistics.replace(badRecords=str(len(rows.errors)))


finish_job = runner._done


def finish_with_rows(job, statistics, error=None):
    """local-bigquery's job has one error; ours that failed for its rows tells them."""
    finished = finish_job(job, statistics, error)
    if not isinstance(error, LoadError):
        return finished
    return finished.replace(status=finished.status.replace(errors=error.errors))


runner.HANDLERS["load"] = load_strictly
runner._done = finish_with_rows
quick_catalog.install()
main()
