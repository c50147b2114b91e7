"""Makes local-bigquery look tables and columns up in DuckLake's own catalog.

It asks duckdb_tables() and duckdb_columns() at each name of each statement; they list every table of every dataset, and the
result of every job so far, so that it slows with age. Any other question than these goes where it went.
"""

from local_bigquery.engine import database
from local_bigquery.catalog import tables

ask_duckdb = database.fetch
list_objects = database.objects

TABLE = (
    "FROM {catalog}.ducklake_table AS t JOIN {catalog}.ducklake_schema AS s USING (schema_id) "
    "WHERE s.schema_name = ? AND t.table_name = ? AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL"
)
COLUMN = (
    "FROM {catalog}.ducklake_column AS c JOIN {catalog}.ducklake_table AS t USING (table_id) "
    "JOIN {catalog}.ducklake_schema AS s USING (schema_id) "
    "WHERE s.schema_name = ? AND t.table_name = ? AND c.parent_column IS NULL "
    "AND c.end_snapshot IS NULL AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL"
)
# local-bigquery's questions, to the letter: each takes a project, a dataset, a table and perhaps more.
QUICKER = {
    "SELECT column_name FROM duckdb_columns() WHERE database_name = ? "
    "AND schema_name = ? AND table_name = ? AND NOT is_nullable": f"SELECT c.column_name {COLUMN} AND NOT c.nulls_allowed",
    "SELECT 1 FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? "
    "AND table_name = ? AND column_name = ?": f"SELECT 1 {COLUMN} AND c.column_name = ?",
}


def has_catalog(project: str) -> bool:
    """Results of jobs are no DuckLake, and a project may not be known."""
    return project in database._attached


def catalog_of(project: str) -> str:
    return database.quote(f"__ducklake_metadata_{project}")


def fetch(sql: str, params: list | None = None) -> list[tuple]:
    quicker = QUICKER.get(sql)
    if quicker is None or not has_catalog(params[0]):
        return ask_duckdb(sql, params)
    return ask_duckdb(quicker.format(catalog=catalog_of(params[0])), params[1:])


def objects(project_id: str, dataset_id: str, table_id: str | None = None) -> list[tuple[str, str, int]]:
    if table_id is None or not has_catalog(project_id):
        return list_objects(project_id, dataset_id, table_id)
    catalog = catalog_of(project_id)
    return ask_duckdb(
        f"SELECT t.table_name, 'TABLE', coalesce((SELECT record_count FROM {catalog}.ducklake_table_stats AS n "
        f"WHERE n.table_id = t.table_id), 0) {TABLE.format(catalog=catalog)} "
        f"UNION ALL SELECT v.view_name, 'VIEW', 0 FROM {catalog}.ducklake_view AS v JOIN {catalog}.ducklake_schema AS s "
        "USING (schema_id) WHERE s.schema_name = ? AND v.view_name = ? AND v.end_snapshot IS NULL AND s.end_snapshot IS NULL",
        [dataset_id, table_id] * 2,
    )


def install() -> None:
    database.fetch = fetch
    database.objects = objects
