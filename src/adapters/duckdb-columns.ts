import type { DuckDBConnection } from "@duckdb/node-api";
import type {
  ColumnCounts,
  ColumnSums,
  LedgerRow,
} from "../ports/warehouse.js";
import { hourText } from "./duckdb-ledger.js";

/** Made with the first counts: most warehouses have none. */
const columnsDdl: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS main._sluice_columns (
    log_type VARCHAR NOT NULL, folder_hour TIMESTAMPTZ NOT NULL, seq BIGINT NOT NULL, job_id VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL, records BIGINT NOT NULL, null_records BIGINT NOT NULL,
    missing_records BIGINT NOT NULL, zero_records BIGINT NOT NULL, empty_records BIGINT NOT NULL)`,
  `CREATE VIEW IF NOT EXISTS main._sluice_columns_current AS SELECT counted.* FROM main._sluice_columns AS counted
    JOIN main._sluice_loads_current AS loaded
      ON counted.log_type = loaded.log_type AND counted.folder_hour = loaded.folder_hour AND counted.job_id = loaded.job_id
    QUALIFY row_number() OVER (PARTITION BY counted.log_type, counted.folder_hour, column_name ORDER BY records) = 1`,
];

/** One statement, of however many rows; the columns are in the table's order. */
export async function insertColumnCounts(
  connection: DuckDBConnection,
  ledger: LedgerRow,
  counts: readonly ColumnCounts[],
): Promise<void> {
  for (const statement of columnsDdl) await connection.run(statement);
  await connection.run(
    `INSERT INTO main._sluice_columns
     SELECT $1, CAST($2 AS TIMESTAMPTZ), CAST($3 AS BIGINT), $4, each.* FROM (
       SELECT unnest(from_json($5, '[{"column":"VARCHAR","records":"BIGINT","nulls":"BIGINT","missing":"BIGINT","zeros":"BIGINT","empties":"BIGINT"}]'), recursive := true)
     ) AS each`,
    [
      ledger.logType,
      hourText(ledger.folderHour),
      BigInt(ledger.seq),
      ledger.jobId,
      JSON.stringify(counts),
    ],
  );
}

export async function readColumnSums(
  connection: DuckDBConnection,
  logType: string,
  fromHour: string,
  toHour: string,
): Promise<readonly ColumnSums[]> {
  const found = await connection.runAndReadAll(
    "SELECT 1 FROM duckdb_views() WHERE schema_name = 'main' AND view_name = '_sluice_columns_current'",
  );
  if (found.currentRowCount === 0) return [];
  const reader = await connection.runAndReadAll(
    `SELECT column_name, count(DISTINCT folder_hour) AS hours, sum(records)::BIGINT AS records, sum(null_records)::BIGINT AS nulls,
       sum(missing_records)::BIGINT AS missing, sum(zero_records)::BIGINT AS zeros, sum(empty_records)::BIGINT AS empties
     FROM main._sluice_columns_current
     WHERE log_type = $1 AND folder_hour BETWEEN CAST($2 AS TIMESTAMPTZ) AND CAST($3 AS TIMESTAMPTZ)
     GROUP BY column_name ORDER BY column_name`,
    [logType, hourText(fromHour), hourText(toHour)],
  );
  return reader.getRowObjects().map((row) => {
    const number = (name: string): number => Number(row[name]);
    return {
      column: String(row["column_name"]),
      hours: number("hours"),
      records: number("records"),
      nulls: number("nulls"),
      missing: number("missing"),
      zeros: number("zeros"),
      empties: number("empties"),
    };
  });
}
