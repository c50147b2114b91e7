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
}

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

export const campaignTypes: readonly [CampaignType, ...CampaignType[]] = [
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
  },
];

/** Staged, and never loaded. */
export const unknownTypes = ["mystery", "other.type-2"] as const;

export const typeKey = "log_type";

/** A catalog whose URLs the environment overrides; its path. */
export async function writeCampaignCatalog(folder: string): Promise<string> {
  const tables = join(folder, "schemas/tables");
  await mkdir(tables, { recursive: true });
  for (const { name, schema } of campaignTypes)
    await writeFile(join(tables, `${name}.json`), JSON.stringify(schema));
  const file = join(folder, "catalog.yaml");
  const lines = [
    "source: file:unused",
    "stage: file:unused",
    "warehouse: duckdb:unused",
    `type_key: ${typeKey}`,
    "types:",
    ...campaignTypes.map(({ name, entry }) => `  ${name}: ${entry}`),
    "",
  ];
  await writeFile(file, lines.join("\n"));
  return file;
}
