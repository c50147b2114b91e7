import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface CampaignColumn {
  readonly name: string;
  /** As the origin table has it, in a way that both warehouses print alike. */
  readonly text: { readonly bigquery: string; readonly duckdb: string };
  /** The same of the line's object. */
  readonly of: (row: Readonly<Record<string, unknown>>) => string | null;
}

export interface CampaignType {
  readonly name: string;
  readonly table: string;
  readonly schema: readonly object[];
  /** Its entry in catalog.yaml. */
  readonly entry: string;
  readonly columns: readonly CampaignColumn[];
  /** Whether the schema takes the line's object; the others of a type are set aside. */
  readonly fits: (row: Readonly<Record<string, unknown>>) => boolean;
}

export type CampaignTypes = readonly [CampaignType, ...CampaignType[]];

const same = (text: string) => ({ bigquery: text, duckdb: text });

function textColumn(name: string): CampaignColumn {
  return {
    name,
    text: same(name),
    of: (row) => {
      const value = row[name];
      return typeof value === "string" ? value : null;
    },
  };
}

const logType = { name: "log_type", type: "STRING" };
const id = { name: "id", type: "STRING", mode: "REQUIRED" };
const everyRow = () => true;

const soundTypes: CampaignTypes = [
  {
    name: "view",
    table: "view_log",
    entry: "{table: view_log, load: fast}",
    schema: [logType, id, { name: "n", type: "INTEGER" }],
    columns: [
      textColumn("id"),
      {
        name: "n",
        text: {
          bigquery: "CAST(n AS STRING)",
          duckdb: "CAST(n AS VARCHAR)",
        },
        of: ({ n }) => String(n),
      },
    ],
    fits: everyRow,
  },
  {
    name: "pay",
    table: "pay",
    entry:
      "{columns: {at: {from: epoch_millis, to: timestamp}, sum: {rename: total}, body: {wrap: string}}}",
    schema: [
      logType,
      id,
      { name: "at", type: "INTEGER" },
      { name: "sum", type: "STRING" },
      { name: "body", type: "STRING" },
    ],
    columns: [
      textColumn("id"),
      {
        name: "at",
        text: {
          bigquery: "CAST(UNIX_MILLIS(`at`) AS STRING)",
          duckdb: 'CAST(epoch_ms("at") AS VARCHAR)',
        },
        of: ({ at }) => String(at),
      },
      { ...textColumn("sum"), name: "total", text: same("total") },
      {
        name: "body",
        text: same("body"),
        of: ({ body }) =>
          typeof body === "string" ? body : JSON.stringify(body),
      },
    ],
    fits: everyRow,
  },
];

/** Each load of it sets rows aside. The table has no column that mending changes, so that it takes both schemas. */
export const quarantinedType: CampaignType = {
  name: "scan",
  table: "scan_log",
  entry:
    "{table: scan_log, on_bad_row: quarantine, max_bad: 1, columns: {at: {from: epoch_millis}, place: {drop: true}, n: {drop: true}}}",
  schema: [
    logType,
    id,
    { name: "at", type: "INTEGER" },
    { name: "place", type: "STRING", mode: "REQUIRED" },
    { name: "n", type: "INTEGER" },
  ],
  columns: [
    textColumn("id"),
    {
      name: "at",
      text: {
        bigquery: "CAST(UNIX_MILLIS(`at`) AS STRING)",
        duckdb: 'CAST(epoch_ms("at") AS VARCHAR)',
      },
      of: ({ at }) => String(Math.floor(Number(at))),
    },
  ],
  fits: ({ at, place, n, extra }) =>
    /^\d+$/.test(String(at)) &&
    typeof place === "string" &&
    Number.isInteger(n) &&
    extra === undefined,
};

/** With the schema in which all of its rows fit. */
const mendedType: CampaignType = {
  ...quarantinedType,
  schema: [
    logType,
    id,
    { name: "at", type: "NUMERIC" },
    { name: "place", type: "STRING" },
    { name: "n", type: "STRING" },
    { name: "extra", type: "STRING" },
  ],
  columns: [...quarantinedType.columns, textColumn("extra")],
  fits: everyRow,
};

export const campaignTypes: CampaignTypes = [...soundTypes, quarantinedType];
export const mendedTypes: CampaignTypes = [...soundTypes, mendedType];

/** Staged, and never loaded. */
export const unknownTypes = ["mystery", "other.type-2"] as const;

export const typeKey = "log_type";

/** A catalog whose URLs the environment overrides; its path. */
export async function writeCampaignCatalog(
  folder: string,
  types: CampaignTypes,
): Promise<string> {
  const tables = join(folder, "schemas/tables");
  await mkdir(tables, { recursive: true });
  for (const { name, schema } of types)
    await writeFile(join(tables, `${name}.json`), JSON.stringify(schema));
  const file = join(folder, "catalog.yaml");
  const lines = [
    "source: file:unused",
    "stage: file:unused",
    "warehouse: duckdb:unused",
    `type_key: ${typeKey}`,
    "types:",
    ...types.map(({ name, entry }) => `  ${name}: ${entry}`),
    "",
  ];
  await writeFile(file, lines.join("\n"));
  return file;
}
