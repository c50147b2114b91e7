import type { BigQueryClient } from "./bigquery-client.js";

export interface QueryParameter {
  readonly name: string;
  readonly parameterType: { readonly type: string };
  readonly parameterValue: { readonly value: string };
}

export function parameter(
  name: string,
  type: "STRING" | "INT64" | "TIMESTAMP",
  value: string | number,
): QueryParameter {
  return {
    name,
    parameterType: { type },
    parameterValue: { value: String(value) },
  };
}

/** What every query job says, a read or the replacement's script. */
export function querySettings(
  sql: string,
  parameters: readonly QueryParameter[],
  maximumBytesBilled: number | undefined,
): object {
  return {
    query: sql,
    useLegacySql: false,
    parameterMode: "NAMED",
    queryParameters: parameters,
    ...(maximumBytesBilled === undefined
      ? {}
      : { maximumBytesBilled: String(maximumBytesBilled) }),
  };
}

export interface Query {
  readonly sql: string;
  readonly parameters?: readonly QueryParameter[];
  readonly maximumBytesBilled: number | undefined;
  /** Besides the client's. */
  readonly labels?: Readonly<Record<string, string>>;
}

type Row = readonly (string | null)[];

interface QueryAnswer {
  readonly jobComplete?: boolean;
  readonly jobReference?: { readonly jobId: string };
  readonly pageToken?: string;
  readonly rows?: readonly {
    readonly f: readonly { readonly v: string | null }[];
  }[];
}

const serverWaitMs = 10_000;
const pageRows = 5_000;

/** Every row of a query that changes nothing; scalar columns only, as text. */
export async function queryRows(
  client: BigQueryClient,
  { sql, parameters = [], maximumBytesBilled, labels }: Query,
): Promise<readonly Row[]> {
  const location = await client.location();
  const rows: Row[] = [];
  let answer = await client.call<QueryAnswer>({
    method: "POST",
    path: "/queries",
    body: {
      ...querySettings(sql, parameters, maximumBytesBilled),
      labels: { ...client.labels, ...labels },
      location,
      timeoutMs: serverWaitMs,
      maxResults: pageRows,
    },
  });
  const jobId = answer.jobReference?.jobId ?? "";
  for (;;) {
    if (answer.jobComplete !== false) {
      for (const { f } of answer.rows ?? []) rows.push(f.map(({ v }) => v));
      if (answer.pageToken === undefined) return rows;
    }
    answer = await client.call<QueryAnswer>({
      method: "GET",
      path: `/queries/${encodeURIComponent(jobId)}`,
      query: {
        location,
        timeoutMs: String(serverWaitMs),
        maxResults: String(pageRows),
        ...(answer.pageToken === undefined
          ? {}
          : { pageToken: answer.pageToken }),
      },
    });
  }
}
