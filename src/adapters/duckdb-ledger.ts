import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { startOf, toFolderHour, parseFolderHour } from "../folder-hour.js";
import type { HourRow, LedgerRow } from "../ports/warehouse.js";

/** The ledger: rows are only ever inserted; the views show the newest. */
export const ledgerDdl: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS main._sluice_loads (
    log_type VARCHAR NOT NULL, folder_hour TIMESTAMPTZ NOT NULL, seq BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL, rows_set_aside BIGINT NOT NULL, bytes BIGINT NOT NULL,
    manifest VARCHAR NOT NULL, schema_hash VARCHAR NOT NULL, job_id VARCHAR NOT NULL, run VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NOT NULL)`,
  `CREATE VIEW IF NOT EXISTS main._sluice_loads_current AS SELECT * FROM main._sluice_loads
    QUALIFY row_number() OVER (PARTITION BY log_type, folder_hour ORDER BY seq DESC, finished_at DESC, job_id DESC) = 1`,
  `CREATE TABLE IF NOT EXISTS main._sluice_hours (
    folder_hour TIMESTAMPTZ NOT NULL, seq BIGINT NOT NULL, run VARCHAR NOT NULL,
    lines BIGINT NOT NULL, blank BIGINT NOT NULL, set_aside BIGINT NOT NULL,
    set_aside_reasons JSON NOT NULL, unknown_types JSON NOT NULL, finished_at TIMESTAMPTZ NOT NULL)`,
  `CREATE VIEW IF NOT EXISTS main._sluice_hours_current AS SELECT * FROM main._sluice_hours
    QUALIFY row_number() OVER (PARTITION BY folder_hour ORDER BY seq DESC, finished_at DESC) = 1`,
];

/** `2026-11-21T03` as DuckDB reads a TIMESTAMPTZ. */
export function hourText(folderHour: string): string {
  return startOf(parseFolderHour(folderHour)).toISOString();
}

/** The highest seq that this type and hour were loaded at, or null. */
export async function readHighestSeq(
  connection: DuckDBConnection,
  logType: string,
  folderHour: string,
): Promise<number | null> {
  const reader = await connection.runAndReadAll(
    "SELECT max(seq) FROM main._sluice_loads WHERE log_type = $1 AND folder_hour = CAST($2 AS TIMESTAMPTZ)",
    [logType, hourText(folderHour)],
  );
  const seq = reader.getRows()[0]?.[0] ?? null;
  return seq === null ? null : Number(seq);
}

/** The times are each process's own, and a load that stands now must not look older than the one whose rows it replaced. */
export async function insertLedgerRow(
  connection: DuckDBConnection,
  row: LedgerRow,
): Promise<void> {
  await connection.run(
    `INSERT INTO main._sluice_loads (log_type, folder_hour, seq, rows_loaded, rows_set_aside, bytes,
       manifest, schema_hash, job_id, run, started_at, finished_at)
     SELECT $1, CAST($2 AS TIMESTAMPTZ), $3, $4, $5, $6, $7, $8, $9, $10, CAST($11 AS TIMESTAMPTZ),
       greatest(CAST($12 AS TIMESTAMPTZ), max(finished_at) + INTERVAL 1 MICROSECOND)
     FROM main._sluice_loads WHERE log_type = $1 AND folder_hour = CAST($2 AS TIMESTAMPTZ)`,
    [
      row.logType,
      hourText(row.folderHour),
      BigInt(row.seq),
      BigInt(row.rowsLoaded),
      BigInt(row.rowsSetAside),
      BigInt(row.bytes),
      row.manifest,
      row.schemaHash,
      row.jobId,
      row.run,
      row.startedAt.toISOString(),
      row.finishedAt.toISOString(),
    ],
  );
}

/** Left out where the hour's row of this classification stands already: every type of the hour brings it. */
export async function insertHourRow(
  connection: DuckDBConnection,
  row: HourRow,
): Promise<void> {
  await connection.run(
    `INSERT INTO main._sluice_hours (folder_hour, seq, run, lines, blank, set_aside, set_aside_reasons, unknown_types, finished_at)
     SELECT CAST($1 AS TIMESTAMPTZ), CAST($2 AS BIGINT), $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT),
       CAST($7 AS JSON), CAST($8 AS JSON), CAST($9 AS TIMESTAMPTZ)
     WHERE NOT EXISTS (SELECT 1 FROM main._sluice_hours WHERE folder_hour = CAST($1 AS TIMESTAMPTZ) AND seq = CAST($2 AS BIGINT) AND run = $3)`,
    [
      hourText(row.folderHour),
      BigInt(row.seq),
      row.run,
      BigInt(row.lines),
      BigInt(row.blank),
      BigInt(row.setAside),
      JSON.stringify(row.setAsideReasons),
      JSON.stringify(row.unknownTypes),
      row.finishedAt.toISOString(),
    ],
  );
}

/** The newest row per type and hour, both ends included. */
export async function readCurrentLedger(
  connection: DuckDBConnection,
  fromHour: string,
  toHour: string,
): Promise<readonly LedgerRow[]> {
  const reader = await connection.runAndReadAll(
    `SELECT log_type, epoch_ms(folder_hour) AS folder_hour_ms, seq, rows_loaded, rows_set_aside, bytes,
       manifest, schema_hash, job_id, run, epoch_ms(started_at) AS started_ms, epoch_ms(finished_at) AS finished_ms
     FROM main._sluice_loads_current
     WHERE folder_hour BETWEEN CAST($1 AS TIMESTAMPTZ) AND CAST($2 AS TIMESTAMPTZ)
     ORDER BY folder_hour, log_type`,
    [hourText(fromHour), hourText(toHour)],
  );
  return reader.getRowObjects().map(toLedgerRow);
}

/** The newest counts per hour, both ends included. */
export async function readCurrentHours(
  connection: DuckDBConnection,
  fromHour: string,
  toHour: string,
): Promise<readonly HourRow[]> {
  const reader = await connection.runAndReadAll(
    `SELECT epoch_ms(folder_hour) AS folder_hour_ms, seq, run, lines, blank, set_aside,
       set_aside_reasons, unknown_types, epoch_ms(finished_at) AS finished_ms
     FROM main._sluice_hours_current
     WHERE folder_hour BETWEEN CAST($1 AS TIMESTAMPTZ) AND CAST($2 AS TIMESTAMPTZ)
     ORDER BY folder_hour`,
    [hourText(fromHour), hourText(toHour)],
  );
  return reader.getRowObjects().map((row) => ({
    folderHour: toFolderHour(new Date(Number(row["folder_hour_ms"]))),
    seq: Number(row["seq"]),
    run: String(row["run"]),
    lines: Number(row["lines"]),
    blank: Number(row["blank"]),
    setAside: Number(row["set_aside"]),
    setAsideReasons: JSON.parse(
      String(row["set_aside_reasons"]),
    ) as HourRow["setAsideReasons"],
    unknownTypes: JSON.parse(
      String(row["unknown_types"]),
    ) as HourRow["unknownTypes"],
    finishedAt: new Date(Number(row["finished_ms"])),
  }));
}

function toLedgerRow(row: Readonly<Record<string, DuckDBValue>>): LedgerRow {
  const text = (name: string): string => String(row[name]);
  const number = (name: string): number => Number(row[name]);
  return {
    logType: text("log_type"),
    folderHour: toFolderHour(new Date(number("folder_hour_ms"))),
    seq: number("seq"),
    rowsLoaded: number("rows_loaded"),
    rowsSetAside: number("rows_set_aside"),
    bytes: number("bytes"),
    manifest: text("manifest"),
    schemaHash: text("schema_hash"),
    jobId: text("job_id"),
    run: text("run"),
    startedAt: new Date(number("started_ms")),
    finishedAt: new Date(number("finished_ms")),
  };
}
