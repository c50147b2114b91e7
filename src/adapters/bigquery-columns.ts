import type { ColumnCounts, ColumnSums } from "../ports/warehouse.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { quoteTable } from "./bigquery-identifier.js";
import {
  ensureLedger,
  hourText,
  loadsTable,
  newestLoad,
} from "./bigquery-ledger.js";
import { parameter, queryRows, type QueryParameter } from "./bigquery-query.js";
import { getTable, insertTable } from "./bigquery-tables.js";

export const columnsTable = "_sluice_columns";
const columnsView = `${columnsTable}_current`;

/** Each count's column in the table, in the order of readColumnSums. */
const targets = {
  records: "records",
  nulls: "null_records",
  missing: "missing_records",
  zeros: "zero_records",
  empties: "empty_records",
} as const satisfies Record<keyof Omit<ColumnCounts, "column">, string>;
const columnNames = Object.keys(targets) as (keyof typeof targets)[];

/** Made with the first counts: most datasets have none. Harmless when several processes do it at once. */
export async function ensureColumnsTable(
  client: BigQueryClient,
): Promise<void> {
  const required = (type: string, ...names: string[]) =>
    names.map((name) => ({ name, type, mode: "REQUIRED" }));
  await insertTable(client, columnsTable, {
    description:
      "What sluice counted in each column of a load's rows: null, missing, 0 and empty",
    schema: {
      fields: [
        ...required("STRING", "log_type"),
        ...required("TIMESTAMP", "folder_hour"),
        ...required("INTEGER", "seq"),
        ...required("STRING", "job_id", "column_name"),
        ...required("INTEGER", "records", "null_records", "missing_records"),
        ...required("INTEGER", "zero_records", "empty_records"),
      ],
    },
    timePartitioning: { type: "DAY", field: "folder_hour" },
    clustering: { fields: ["log_type", "folder_hour"] },
  });
  await insertTable(client, columnsView, {
    view: { query: currentSql(client, "TRUE"), useLegacySql: false },
  });
}

/** No script reads the view, so none would miss it where a process was killed before it had made it. */
export async function ensureColumnsView(client: BigQueryClient): Promise<void> {
  if ((await getTable(client, columnsView, "etag")) !== null) return;
  // A view can't be made over tables that are missing.
  await ensureLedger(client);
  await ensureColumnsTable(client);
}

/** Those of the newest load of each hour. A load whose answer was lost may have brought them twice. `where`: over both tables. */
function currentSql(client: BigQueryClient, where: string): string {
  const table = (name: string) => quoteTable(client.place, name);
  return `SELECT counted.* FROM ${table(columnsTable)} AS counted
JOIN (
  SELECT log_type, folder_hour, job_id FROM ${table(loadsTable)}
  WHERE ${where}
  QUALIFY ROW_NUMBER() OVER (${newestLoad}) = 1
) AS loaded USING (log_type, folder_hour, job_id)
WHERE ${where}
QUALIFY ROW_NUMBER() OVER (PARTITION BY log_type, folder_hour, column_name ORDER BY records) = 1`;
}

/** `INSERT` of the rows that the parameter holds, for a script that has the ledger row's parameters too. */
export function insertColumnsSql(client: BigQueryClient): string {
  const counts = columnNames.map(
    (name) => `CAST(JSON_VALUE(counted, '$.${name}') AS INT64)`,
  );
  return `INSERT INTO ${quoteTable(client.place, columnsTable)} (log_type, folder_hour, seq, job_id, column_name, ${columnNames.map((name) => targets[name]).join(", ")})
SELECT @log_type, @folder_hour, @seq, @job_id, JSON_VALUE(counted, '$.column'), ${counts.join(", ")}
FROM UNNEST(JSON_QUERY_ARRAY(@column_counts)) AS counted`;
}

export function columnsParameter(
  counts: readonly ColumnCounts[],
): QueryParameter {
  return parameter("column_counts", "STRING", JSON.stringify(counts));
}

/** The tables themselves and not their view: the hours are then sure to prune partitions. */
export async function readColumnSums(
  client: BigQueryClient,
  logType: string,
  fromHour: string,
  toHour: string,
  maximumBytesBilled: number | undefined,
): Promise<readonly ColumnSums[]> {
  const sums = columnNames.map((name) => `SUM(${targets[name]})`);
  const rows = await queryRows(client, {
    sql: `SELECT column_name, COUNT(DISTINCT folder_hour), ${sums.join(", ")}
FROM (${currentSql(client, "log_type = @log_type AND folder_hour BETWEEN @from_hour AND @to_hour")})
GROUP BY column_name ORDER BY column_name`,
    parameters: [
      parameter("log_type", "STRING", logType),
      parameter("from_hour", "TIMESTAMP", hourText(fromHour)),
      parameter("to_hour", "TIMESTAMP", hourText(toHour)),
    ],
    maximumBytesBilled,
  });
  return rows.map(([column, ...numbers]) => {
    const number = (index: number): number => Number(numbers[index]);
    return {
      column: column ?? "",
      hours: number(0),
      records: number(1),
      nulls: number(2),
      missing: number(3),
      zeros: number(4),
      empties: number(5),
    };
  });
}
