import type { DuckDBConnection } from "@duckdb/node-api";
import type { TableField } from "../schema/table-field.js";
import { quoteIdentifier, quoteTable, quoteText } from "./duckdb-identifier.js";
import { duckdbType, toTableField } from "./duckdb-types.js";

const fieldComment = "sluice field ";

/**
 * `"name" TYPE ...` for CREATE TABLE. A REPEATED column is never null: it has no elements, as in BigQuery. Its default is a text,
 * because DuckDB can't replay a killed process's log over a default that calls a function, as `[]` does.
 */
export function columnDefinition(field: TableField): string {
  const definition = `${quoteIdentifier(field.name)} ${duckdbType(field)}`;
  if (field.mode === "REPEATED") return `${definition} DEFAULT '[]'`;
  return field.mode === "REQUIRED" ? `${definition} NOT NULL` : definition;
}

/**
 * Keeps, in each column's comment, the field that it was made from: DuckDB's types tell GEOGRAPHY and BIGNUMERIC from STRING as little
 * as a nested REQUIRED from NULLABLE.
 */
export async function writeFieldComments(
  connection: DuckDBConnection,
  table: string,
  fields: readonly TableField[],
): Promise<void> {
  const stored = new Map(
    (await readColumns(connection, table)).map((row) => [row.name, row.type]),
  );
  for (const field of fields) {
    const text =
      fieldComment + JSON.stringify({ type: stored.get(field.name), field });
    const column = `${quoteTable(table)}.${quoteIdentifier(field.name)}`;
    await connection.run(`COMMENT ON COLUMN ${column} IS ${quoteText(text)}`);
  }
}

/** The table's fields: as they were made, or, for a column that somebody else made or altered, by its DuckDB type. Null: no such table. */
export async function describeDuckDbTable(
  connection: DuckDBConnection,
  table: string,
): Promise<readonly TableField[] | null> {
  const columns = await readColumns(connection, table);
  if (columns.length === 0) return null;
  const result = await connection.runAndReadAll(
    `SELECT * FROM ${quoteTable(table)} LIMIT 0`,
  );
  return columns.map((column, index) => {
    const made = readFieldComment(column);
    return (
      made ??
      toTableField(column.name, result.columnType(index), column.notNull)
    );
  });
}

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly comment: string | null;
}

async function readColumns(
  connection: DuckDBConnection,
  table: string,
): Promise<readonly ColumnRow[]> {
  const reader = await connection.runAndReadAll(
    `SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()
     WHERE database_name = current_database() AND schema_name = 'main' AND lower(table_name) = lower($1)
     ORDER BY column_index`,
    [table],
  );
  return reader.getRows().map(([name, type, nullable, comment]) => ({
    name: String(name),
    type: String(type),
    notNull: nullable === false,
    comment: typeof comment === "string" ? comment : null,
  }));
}

function readFieldComment(column: ColumnRow): TableField | null {
  if (!column.comment?.startsWith(fieldComment)) return null;
  try {
    const made = JSON.parse(column.comment.slice(fieldComment.length)) as {
      readonly type: string;
      readonly field: TableField;
    };
    return made.type === column.type && made.field.name === column.name
      ? made.field
      : null;
  } catch {
    return null;
  }
}
