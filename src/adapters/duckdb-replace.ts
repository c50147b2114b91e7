import type { DuckDBConnection } from "@duckdb/node-api";
import { DataRefusedError, UsageError } from "../errors.js";
import type {
  ColumnMapping,
  ReplaceHour,
  ReplaceOutcome,
} from "../ports/warehouse.js";
import { conversionSql } from "./duckdb-conversions.js";
import { insertColumnCounts } from "./duckdb-columns.js";
import { quoteIdentifier, quoteTable } from "./duckdb-identifier.js";
import {
  hourText,
  insertHourRow,
  insertLedgerRow,
  readHighestSeq,
} from "./duckdb-ledger.js";
import { messageOf } from "./duckdb-open-error.js";
import { quoteWords } from "./quote-words.js";

/** The replacement of one folder hour, inside the caller's transaction. */
export async function replaceHourInTransaction(
  connection: DuckDBConnection,
  replacement: ReplaceHour,
): Promise<ReplaceOutcome> {
  const { ledger, hour, table, temp, columns } = replacement;
  const highestSeq = await readHighestSeq(
    connection,
    ledger.logType,
    ledger.folderHour,
  );
  if (highestSeq !== null && highestSeq > ledger.seq) return "superseded";
  await connection.run(
    `DELETE FROM ${quoteTable(table)} WHERE folder_hour = CAST($1 AS TIMESTAMPTZ)`,
    [hourText(ledger.folderHour)],
  );
  const inserted = await insertRows(connection, replacement);
  const tempRows = await countTableRows(connection, temp);
  if (inserted !== tempRows) {
    const expressions = columns.filter(
      ({ conversion }) => conversion.kind === "sql",
    );
    throw new DataRefusedError(
      `${table}: ${inserted} rows would be inserted from ${tempRows} loaded ones. An sql column must give one value per row: ` +
        `look at ${expressions.map(({ target }) => target).join(", ")} in the catalog`,
    );
  }
  await insertLedgerRow(connection, ledger);
  if (replacement.columnCounts !== undefined)
    await insertColumnCounts(connection, ledger, replacement.columnCounts);
  await insertHourRow(connection, hour);
  return "replaced";
}

async function insertRows(
  connection: DuckDBConnection,
  { ledger, table, temp, columns, mask }: ReplaceHour,
): Promise<number> {
  const targets = ["folder_hour", ...columns.map(({ target }) => target)].map(
    quoteIdentifier,
  );
  const values = ["CAST($1 AS TIMESTAMPTZ)", ...columns.map(conversionSql)];
  try {
    const result = await connection.run(
      `INSERT INTO ${quoteTable(table)} (${targets.join(", ")}) SELECT ${values.join(", ")} FROM ${quoteTable(temp)}`,
      [hourText(ledger.folderHour)],
    );
    return result.rowsChanged;
  } catch (error) {
    if (
      !/^(Conversion|Out of Range|Constraint|Invalid Input) Error/.test(
        messageOf(error),
      )
    )
      throw error;
    throw new DataRefusedError(
      `${table}: a column's conversion failed on the loaded rows, and nothing was changed: ${quoteWords(messageOf(error), mask)}`,
    );
  }
}

/** Refuses an `sql` conversion that is anything but one expression over TEMP's columns, before it runs. */
export async function checkExpressions(
  connection: DuckDBConnection,
  temp: string,
  columns: readonly ColumnMapping[],
): Promise<void> {
  for (const { target, conversion } of columns) {
    if (conversion.kind !== "sql") continue;
    const { expression } = conversion;
    const select = `SELECT (\n${expression}\n) FROM ${quoteTable(temp)}`;
    const problem =
      (await findShapeProblem(connection, select)) ??
      (await findBindProblem(connection, select));
    if (problem === null) continue;
    throw new UsageError(
      `sql of column ${target}: ${JSON.stringify(expression)} is not one expression over the columns of the schema file: ${problem}`,
    );
  }
}

/** The statement is read as data, not run, so that a text which closes the parenthesis early is seen by its shape. */
async function findShapeProblem(
  connection: DuckDBConnection,
  select: string,
): Promise<string | null> {
  const reader = await connection.runAndReadAll(
    "SELECT json_serialize_sql($1::VARCHAR)",
    [select],
  );
  const parsed = JSON.parse(String(reader.getRows()[0]?.[0])) as {
    readonly error: boolean;
    readonly error_message?: string;
    readonly statements?: readonly {
      readonly node: { readonly select_list?: readonly unknown[] };
    }[];
  };
  if (parsed.error) return parsed.error_message ?? "it can't be read";
  const [statement, ...others] = parsed.statements ?? [];
  const single =
    others.length === 0 && statement?.node.select_list?.length === 1;
  return single ? null : "it holds more than one";
}

async function findBindProblem(
  connection: DuckDBConnection,
  select: string,
): Promise<string | null> {
  try {
    const prepared = await connection.prepare(select);
    prepared.destroySync();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function countTableRows(
  connection: DuckDBConnection,
  table: string,
): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*) FROM ${quoteTable(table)}`,
  );
  return Number(reader.getRows()[0]?.[0]);
}
