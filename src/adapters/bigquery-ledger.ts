import { AccessError } from "../errors.js";
import { parseFolderHour, startOf, toFolderHour } from "../folder-hour.js";
import type { HourRow, LedgerRow } from "../ports/warehouse.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { quoteTable } from "./bigquery-identifier.js";
import { parameter, queryRows, type QueryParameter } from "./bigquery-query.js";
import {
  getTable,
  insertTable,
  type TableResource,
} from "./bigquery-tables.js";
import type { FieldSchema } from "./bigquery-types.js";

export const loadsTable = "_sluice_loads";
export const hoursTable = "_sluice_hours";

function required(type: string, ...names: string[]): FieldSchema[] {
  return names.map((name) => ({ name, type, mode: "REQUIRED" }));
}

/** Rows are only ever inserted: inserts of several transactions into one table do not cancel one another. */
const ledgerTables: Readonly<Record<string, TableResource>> = {
  [loadsTable]: {
    description: "Each load of sluice, the newest per type and hour last",
    schema: {
      fields: [
        ...required("STRING", "log_type"),
        ...required("TIMESTAMP", "folder_hour"),
        ...required("INTEGER", "seq", "rows_loaded", "rows_set_aside", "bytes"),
        ...required("STRING", "manifest", "schema_hash", "job_id", "run"),
        ...required("TIMESTAMP", "started_at", "finished_at"),
      ],
    },
    timePartitioning: { type: "DAY", field: "folder_hour" },
    clustering: { fields: ["log_type", "folder_hour"] },
  },
  [hoursTable]: {
    description: "What sluice counted in each hour",
    schema: {
      fields: [
        ...required("TIMESTAMP", "folder_hour"),
        ...required("INTEGER", "seq"),
        ...required("STRING", "run"),
        ...required("INTEGER", "lines", "blank", "set_aside"),
        ...required("JSON", "set_aside_reasons", "unknown_types"),
        ...required("TIMESTAMP", "finished_at"),
      ],
    },
    timePartitioning: { type: "MONTH", field: "folder_hour" },
    clustering: { fields: ["folder_hour"] },
  },
};

/** The window in which the first row is the newest load. */
export const newestLoad =
  "PARTITION BY log_type, folder_hour ORDER BY seq DESC, finished_at DESC, job_id DESC";
const newest = {
  [loadsTable]: newestLoad,
  [hoursTable]:
    "PARTITION BY folder_hour ORDER BY seq DESC, finished_at DESC, run DESC",
};

/** Made where they are missing; harmless when several processes do it at once. Throws AccessError where a table of the ledger would go away by itself. */
export async function ensureLedger(client: BigQueryClient): Promise<void> {
  for (const [table, resource] of Object.entries(ledgerTables)) {
    await insertTable(client, table, resource);
    await refuseExpiry(client, table);
  }
  for (const [table, window] of Object.entries(newest)) {
    const query = `SELECT * FROM ${quoteTable(client.place, table)} WHERE TRUE QUALIFY ROW_NUMBER() OVER (${window}) = 1`;
    await insertTable(client, `${table}_current`, {
      view: { query, useLegacySql: false },
    });
  }
}

/** Without its rows, an older classification would be taken for the newest. A table can't be made without the dataset's default, so a person must remove it. */
async function refuseExpiry(
  client: BigQueryClient,
  table: string,
): Promise<void> {
  const fields = "expirationTime,timePartitioning";
  const standing = await getTable(client, table, fields);
  const expires =
    standing?.expirationTime !== undefined ||
    Number(standing?.timePartitioning?.expirationMs ?? 0) > 0;
  if (!expires) return;
  const { url, project, dataset } = client.place;
  const name = `${project}:${dataset}`;
  throw new AccessError(
    `${url}: ${table}, which keeps what is loaded, or its partitions would expire, mostly by a default of the dataset. ` +
      `Run: bq update --default_table_expiration 0 --default_partition_expiration 0 ${name} && ` +
      `bq update --expiration 0 --time_partitioning_expiration 0 ${name}.${table}`,
  );
}

/** `2026-11-21T03` as a TIMESTAMP parameter has it. */
export function hourText(folderHour: string): string {
  return startOf(parseFolderHour(folderHour)).toISOString();
}

/** The ledger row's columns are the parameters' names. */
export function ledgerParameters(row: LedgerRow): readonly QueryParameter[] {
  return [
    parameter("log_type", "STRING", row.logType),
    parameter("folder_hour", "TIMESTAMP", hourText(row.folderHour)),
    parameter("seq", "INT64", row.seq),
    parameter("rows_loaded", "INT64", row.rowsLoaded),
    parameter("rows_set_aside", "INT64", row.rowsSetAside),
    parameter("bytes", "INT64", row.bytes),
    parameter("manifest", "STRING", row.manifest),
    parameter("schema_hash", "STRING", row.schemaHash),
    parameter("job_id", "STRING", row.jobId),
    parameter("run", "STRING", row.run),
    parameter("started_at", "TIMESTAMP", row.startedAt.toISOString()),
    parameter("finished_at", "TIMESTAMP", row.finishedAt.toISOString()),
  ];
}

/** The same with `hour_` before each name. */
export function hourParameters(row: HourRow): readonly QueryParameter[] {
  return [
    parameter("hour_folder_hour", "TIMESTAMP", hourText(row.folderHour)),
    parameter("hour_seq", "INT64", row.seq),
    parameter("hour_run", "STRING", row.run),
    parameter("hour_lines", "INT64", row.lines),
    parameter("hour_blank", "INT64", row.blank),
    parameter("hour_set_aside", "INT64", row.setAside),
    parameter(
      "hour_set_aside_reasons",
      "STRING",
      JSON.stringify(row.setAsideReasons),
    ),
    parameter("hour_unknown_types", "STRING", JSON.stringify(row.unknownTypes)),
    parameter("hour_finished_at", "TIMESTAMP", row.finishedAt.toISOString()),
  ];
}

/** `INSERT` of the row that the parameters hold. */
export function insertParametersSql(
  client: BigQueryClient,
  table: string,
  parameters: readonly QueryParameter[],
  prefix = "",
): string {
  const columns = parameters.map(({ name }) => name.slice(prefix.length));
  const values = columns.map((column) =>
    /^(set_aside_reasons|unknown_types)$/.test(column)
      ? `PARSE_JSON(@${prefix}${column})`
      : `@${prefix}${column}`,
  );
  return `INSERT INTO ${quoteTable(client.place, table)} (${columns.join(", ")}) VALUES (${values.join(", ")})`;
}

/** The newest row per type and hour, both ends included. The table itself and not its view: the hours are then sure to prune partitions. */
export async function readCurrentLedger(
  client: BigQueryClient,
  fromHour: string,
  toHour: string,
  maximumBytesBilled: number | undefined,
): Promise<readonly LedgerRow[]> {
  const rows = await queryRows(client, {
    sql: `SELECT log_type, UNIX_MILLIS(folder_hour), seq, rows_loaded, rows_set_aside, bytes,
  manifest, schema_hash, job_id, run, UNIX_MILLIS(started_at), UNIX_MILLIS(finished_at)
FROM ${quoteTable(client.place, loadsTable)}
WHERE folder_hour BETWEEN @from_hour AND @to_hour
QUALIFY ROW_NUMBER() OVER (${newest[loadsTable]}) = 1
ORDER BY folder_hour, log_type`,
    parameters: [
      parameter("from_hour", "TIMESTAMP", hourText(fromHour)),
      parameter("to_hour", "TIMESTAMP", hourText(toHour)),
    ],
    maximumBytesBilled,
  });
  return rows.map(toLedgerRow);
}

/** The newest counts per hour, both ends included. */
export async function readCurrentHours(
  client: BigQueryClient,
  fromHour: string,
  toHour: string,
  maximumBytesBilled: number | undefined,
): Promise<readonly HourRow[]> {
  const rows = await queryRows(client, {
    sql: `SELECT UNIX_MILLIS(folder_hour), seq, run, lines, blank, set_aside,
  TO_JSON_STRING(set_aside_reasons), TO_JSON_STRING(unknown_types), UNIX_MILLIS(finished_at)
FROM ${quoteTable(client.place, hoursTable)}
WHERE folder_hour BETWEEN @from_hour AND @to_hour
QUALIFY ROW_NUMBER() OVER (${newest[hoursTable]}) = 1
ORDER BY folder_hour`,
    parameters: [
      parameter("from_hour", "TIMESTAMP", hourText(fromHour)),
      parameter("to_hour", "TIMESTAMP", hourText(toHour)),
    ],
    maximumBytesBilled,
  });
  return rows.map(toHourRow);
}

function toHourRow(row: readonly (string | null)[]): HourRow {
  const number = (index: number): number => Number(row[index]);
  const counts = (index: number): Readonly<Record<string, number>> =>
    JSON.parse(row[index] ?? "{}") as Readonly<Record<string, number>>;
  return {
    folderHour: toFolderHour(new Date(number(0))),
    seq: number(1),
    run: row[2] ?? "",
    lines: number(3),
    blank: number(4),
    setAside: number(5),
    setAsideReasons: counts(6),
    unknownTypes: counts(7),
    finishedAt: new Date(number(8)),
  };
}

function toLedgerRow(row: readonly (string | null)[]): LedgerRow {
  const text = (index: number): string => row[index] ?? "";
  const number = (index: number): number => Number(text(index));
  return {
    logType: text(0),
    folderHour: toFolderHour(new Date(number(1))),
    seq: number(2),
    rowsLoaded: number(3),
    rowsSetAside: number(4),
    bytes: number(5),
    manifest: text(6),
    schemaHash: text(7),
    jobId: text(8),
    run: text(9),
    startedAt: new Date(number(10)),
    finishedAt: new Date(number(11)),
  };
}
