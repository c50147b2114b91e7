import { ServiceError } from "../errors.js";
import type { OriginTable } from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { BigQueryFailure, isMissingTable } from "./bigquery-failure.js";
import {
  compareExpiry,
  compareLayout,
  planLayout,
  type TableLayout,
} from "./bigquery-layout.js";
import {
  toFieldSchema,
  toTableField,
  type FieldSchema,
} from "./bigquery-types.js";

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
export interface TableResource extends TableLayout {
  readonly etag?: string;
  readonly schema?: { readonly fields?: readonly FieldSchema[] };
  /** Text: these are int64. Counted with the change that brought the rows; rows streamed in are left out, and we stream none. */
  readonly numRows?: string;
  readonly numBytes?: string;
  readonly expirationTime?: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly requirePartitionFilter?: boolean;
  readonly view?: { readonly query: string; readonly useLegacySql: false };
}

const tempLifetimeMs = 86_400_000;
const patchAttempts = 10;

/** Null where there is no such table. */
export async function getTable(
  client: BigQueryClient,
  table: string,
  fields: string,
): Promise<TableResource | null> {
  try {
    return await client.call<TableResource>({
      method: "GET",
      path: tablePath(client, table),
      query: { fields },
    });
  } catch (error) {
    if (isMissingTable(error)) return null;
    throw error;
  }
}

/** False where the table stands already: made by another one, or by ourselves where our answer was lost. */
export async function insertTable(
  client: BigQueryClient,
  table: string,
  resource: TableResource,
): Promise<boolean> {
  const { project: projectId, dataset: datasetId } = client.place;
  try {
    await client.call({
      method: "POST",
      path: tablePath(client),
      query: { fields: "etag" },
      body: {
        tableReference: { projectId, datasetId, tableId: table },
        ...resource,
      },
    });
    return true;
  } catch (error) {
    if (error instanceof BigQueryFailure && error.status === 409) return false;
    throw error;
  }
}

/** Done as well where there is no such table. */
export async function deleteTable(
  client: BigQueryClient,
  table: string,
): Promise<void> {
  try {
    await client.call({ method: "DELETE", path: tablePath(client, table) });
  } catch (error) {
    if (!(error instanceof BigQueryFailure) || error.status !== 404)
      throw error;
  }
}

function tablePath({ place }: BigQueryClient, table?: string): string {
  const tables = `/datasets/${encodeURIComponent(place.dataset)}/tables`;
  return table === undefined
    ? tables
    : `${tables}/${encodeURIComponent(table)}`;
}

export async function describeBigQueryTable(
  client: BigQueryClient,
  table: string,
): Promise<readonly TableField[] | null> {
  const resource = await getTable(client, table, "schema");
  return resource && (resource.schema?.fields ?? []).map(toTableField);
}

/** Resolves to what a standing table has of another layout, and to what deletes the rows of any, a new one's too, though it was not asked for. */
export async function ensureOriginTable(
  client: BigQueryClient,
  origin: OriginTable,
): Promise<readonly string[]> {
  const { table, fields, description, labels } = origin;
  const layout = planLayout(origin);
  const look = () =>
    getTable(
      client,
      table,
      "timePartitioning,rangePartitioning,clustering,numBytes,expirationTime",
    );
  let standing = await look();
  let isNew = false;
  if (standing === null) {
    isNew = await insertTable(client, table, {
      schema: { fields: fields.map(toFieldSchema) },
      ...layout,
      ...(description === undefined ? {} : { description }),
      ...(labels === undefined ? {} : { labels }),
      ...(origin.requirePartitionFilter === true && layout.timePartitioning
        ? { requirePartitionFilter: true }
        : {}),
    });
    standing = await look();
  }
  if (standing === null) return [];
  return [
    ...(isNew ? [] : compareLayout(layout, standing, table)),
    ...compareExpiry(layout, standing, table),
  ];
}

/** Load jobs can't set an expiry, so the table has it before. */
export async function createTempTable(
  client: BigQueryClient,
  temp: string,
  fields: readonly TableField[],
): Promise<void> {
  const schema = { fields: fields.map(toFieldSchema) };
  const expirationTime = String(Date.now() + tempLifetimeMs);
  if (await insertTable(client, temp, { schema, expirationTime })) return;
  // The name is random: a table of our own columns is the one whose answer was lost.
  const standing = await describeBigQueryTable(client, temp);
  const ours = schema.fields.map(toTableField);
  if (JSON.stringify(standing) === JSON.stringify(ours)) return;
  throw new ServiceError(
    `${client.place.url}: ${temp} stands already, with other columns: load again`,
  );
}

/** Only what is missing, at the end, and only onto the table that was looked at: another one may add columns at the same time. */
export async function addTableColumns(
  client: BigQueryClient,
  table: string,
  fields: readonly TableField[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const standing = await getTable(client, table, "etag,schema");
    if (standing === null)
      throw new ServiceError(
        `${client.place.url}: ${table} is gone: load again`,
      );
    const columns = standing.schema?.fields ?? [];
    const names = new Set(columns.map(({ name }) => name.toLowerCase()));
    const missing = fields.filter(({ name }) => !names.has(name.toLowerCase()));
    if (missing.length === 0) return;
    try {
      await client.call({
        method: "PATCH",
        path: tablePath(client, table),
        query: { fields: "etag" },
        headers: { "if-match": standing.etag ?? "*" },
        body: {
          schema: { fields: [...columns, ...missing.map(toFieldSchema)] },
        },
      });
      return;
    } catch (error) {
      if (!(error instanceof BigQueryFailure) || error.status !== 412)
        throw error;
      if (attempt === patchAttempts) throw error;
    }
  }
}
