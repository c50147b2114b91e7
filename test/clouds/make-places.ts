import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type BigQueryDataset,
  createBigQueryDataset,
} from "../contract/bigquery-dataset.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { startBigQueryServer } from "../servers/bigquery-server.js";
import { s3Environment } from "../servers/s3-environment.js";
import type { SharedServers } from "../servers/shared-servers.js";

type Row = Readonly<Record<string, unknown>>;

/** Where tables lie, and how a test looks into them past sluice. */
export interface TablePlace {
  readonly url: string;
  tableNames(): Promise<readonly string[]>;
  /**
   * All rows, in an order of their own; the same values are the same text in every warehouse.
   * @param jsonColumns Whose values may be spelled otherwise.
   */
  readRows(
    table: string,
    jsonColumns: ReadonlySet<string>,
  ): Promise<readonly string[]>;
}

export interface Clouds {
  /** For every process of sluice. */
  readonly variables: Readonly<Record<string, string>>;
  /** A fresh prefix. */
  s3(): string;
  gs(): string;
  bigQuery(): Promise<TablePlace>;
  close(): Promise<void>;
}

/** A bucket each at the stand-ins, and a BigQuery of its own: it slows down with each job that it remembers. */
export async function openClouds(servers: SharedServers): Promise<Clouds> {
  const [s3, gcs] = await Promise.all([servers.s3(), servers.gcs()]);
  const bigQuery = await startBigQueryServer({ gcsDirectory: gcs.directory });
  const bucket = `clouds-${randomBytes(6).toString("hex")}`;
  await mkdir(join(s3.directory, bucket));
  await mkdir(join(gcs.directory, bucket));
  const prefix = () => randomBytes(6).toString("hex");
  return {
    variables: {
      ...s3Environment(s3),
      SLUICE_GCS_ENDPOINT: gcs.endpoint,
      SLUICE_BIGQUERY_ENDPOINT: bigQuery.endpoint,
    },
    close: () => bigQuery.stop(),
    s3: () => `s3://${bucket}/${prefix()}`,
    gs: () => `gs://${bucket}/${prefix()}`,
    async bigQuery() {
      const dataset = await createBigQueryDataset(bigQuery);
      return bigQueryPlace(bigQuery.project, dataset);
    },
  };
}

export function bigQueryPlace(
  project: string,
  dataset: BigQueryDataset,
): TablePlace {
  return {
    url: `bigquery://${project}/${dataset.name}`,
    tableNames: () => dataset.tableNames(),
    readRows: async (table, jsonColumns) =>
      spellRows(await dataset.query(`SELECT * FROM \`${table}\``), jsonColumns),
  };
}

export function duckDbPlace(file: string): TablePlace {
  return {
    url: `duckdb:${file}`,
    async tableNames() {
      const rows = await queryDuckDb(
        file,
        "SELECT table_name FROM duckdb_tables()",
      );
      return rows.map(({ table_name: name }) => name as string);
    },
    async readRows(table, jsonColumns) {
      return spellRows(
        await queryDuckDb(file, `SELECT * FROM "${table}"`),
        jsonColumns,
      );
    },
  };
}

function spellRows(
  rows: readonly Row[],
  jsonColumns: ReadonlySet<string>,
): string[] {
  return rows
    .map((row) => {
      const spelled = Object.entries(row).map(
        ([column, value]) =>
          [
            column,
            jsonColumns.has(column) && typeof value === "string"
              ? spellJson(value)
              : spell(value),
          ] as const,
      );
      return JSON.stringify(Object.fromEntries(spelled.sort(byKey)));
    })
    .sort();
}

/** As BigQuery does, and DuckDB does not; but for the integers that JavaScript has no numbers for. */
function spellJson(text: string): string {
  return JSON.stringify(
    JSON.parse(text.replace(/(?<=^|[[:, ])(\d{16,})(?=$|[\],} ])/g, '"$1"')),
  );
}

/** Decimals have as many zeros at their end as the warehouse likes, and the keys of a record its order. */
function spell(value: unknown): unknown {
  if (typeof value === "string" && /^-?\d+\.\d+$/.test(value))
    return value.replace(/\.?0+$/, "");
  if (Array.isArray(value)) return value.map(spell);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, spell(inner)] as const)
      .sort(byKey),
  );
}

function byKey(
  [one]: readonly [string, unknown],
  [other]: readonly [string, unknown],
): number {
  return one < other ? -1 : 1;
}
