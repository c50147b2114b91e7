import { randomBytes } from "node:crypto";

/** A field of a query's schema, as the REST API tells it. */
interface ResultField {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly ResultField[];
}

interface ResultCell {
  readonly v: unknown;
}

/** A dataset of a test's own in a stand-in. */
export interface BigQueryDataset {
  readonly name: string;
  /** A query's rows, spelled as queryDuckDb spells them: numbers of 64 bits and times are text. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  tableNames(): Promise<readonly string[]>;
  /** The table as the REST API tells it. */
  describe(table: string): Promise<DescribedTable>;
}

interface DescribedTable {
  readonly timePartitioning?: Readonly<Record<string, string>>;
  readonly clustering?: { readonly fields: readonly string[] };
  readonly requirePartitionFilter?: boolean;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expirationTime?: string;
}

interface QueryAnswer {
  readonly schema?: { readonly fields: readonly ResultField[] };
  readonly rows?: readonly { readonly f: readonly ResultCell[] }[];
  readonly pageToken?: string;
}

/** Asks the server itself, past the client library and our adapter. */
export async function createBigQueryDataset(server: {
  readonly endpoint: string;
  readonly project: string;
}): Promise<BigQueryDataset> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const project = `${server.endpoint}/bigquery/v2/projects/${server.project}`;

  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(project + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & {
      readonly error?: { readonly message: string };
    };
    if (answer.error !== undefined) throw new Error(answer.error.message);
    return answer;
  }

  await call("/datasets", {
    datasetReference: { projectId: server.project, datasetId: name },
  });
  return {
    name,
    async query(sql) {
      const answer = await call<QueryAnswer>("/queries", {
        query: sql,
        useLegacySql: false,
        defaultDataset: { datasetId: name },
        formatOptions: { useInt64Timestamp: true },
        timeoutMs: 60_000,
      });
      if (answer.pageToken !== undefined)
        throw new Error("the result has several pages: read fewer rows");
      const fields = answer.schema?.fields ?? [];
      return (answer.rows ?? []).map(({ f }) => toRecord(fields, f));
    },
    describe: (table) => call(`/datasets/${name}/tables/${table}`),
    async tableNames() {
      const { tables = [] } = await call<{
        readonly tables?: readonly {
          readonly tableReference: { readonly tableId: string };
        }[];
      }>(`/datasets/${name}/tables`);
      return tables.map(({ tableReference }) => tableReference.tableId);
    },
  };
}

function toRecord(
  fields: readonly ResultField[],
  cells: readonly ResultCell[],
): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field, index) => [
      field.name,
      toValue(field, cells[index]?.v ?? null),
    ]),
  );
}

function toValue(field: ResultField, value: unknown): unknown {
  if (field.mode === "REPEATED") {
    const items = (value ?? []) as readonly ResultCell[];
    return items.map(({ v }) => toScalar(field, v));
  }
  return toScalar(field, value);
}

function toScalar(field: ResultField, value: unknown): unknown {
  if (value === null) return null;
  switch (field.type) {
    case "RECORD":
    case "STRUCT": {
      const { f } = value as { readonly f: readonly ResultCell[] };
      return toRecord(field.fields ?? [], f);
    }
    case "TIMESTAMP":
      return `${formatMicros(BigInt(value as string))}+00`;
    case "DATETIME":
      return trimFraction((value as string).replace("T", " "));
    case "BOOLEAN":
    case "BOOL":
      return value === "true";
    case "FLOAT":
    case "FLOAT64":
      return Number(value);
    default:
      return value;
  }
}

function formatMicros(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = new Date(Number((micros - rest) / 1000n)).toISOString();
  const seconds = whole.slice(0, 19).replace("T", " ");
  return trimFraction(`${seconds}.${String(rest).padStart(6, "0")}`);
}

function trimFraction(text: string): string {
  return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}
