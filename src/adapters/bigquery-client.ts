import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { openAccess, type BigQueryAccess } from "./bigquery-access.js";
import { messageOf, type BigQueryPlace } from "./bigquery-error.js";
import {
  BigQueryFailure,
  isPassing,
  type ErrorProto,
} from "./bigquery-failure.js";
import { endInTime } from "./end-in-time.js";
import { readText, sendHttp } from "./gcs-http.js";

export type Wait = (milliseconds: number) => Promise<void>;

export interface BigQueryClientOptions extends BigQueryPlace {
  /** Set: no Google credentials are looked for. */
  readonly endpoint: string | undefined;
  /** Of every job, besides its own; as BigQuery takes them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A request for which no bytes come for so long is given up and sent again. */
  readonly requestTimeoutMs?: number;
  /** The first pause before a request is sent again; each further one is twice as long. */
  readonly retryDelayMs?: number;
  /** The pauses between two looks at a job. */
  readonly wait?: Wait;
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the project, such as `/jobs`; or a whole URL. */
  readonly path: string;
  /** Below the project's place for jobs that bring data. */
  readonly isUpload?: boolean;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Sent as they are, instead of `body`. */
  readonly bytes?: Uint8Array;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

/** BigQuery's REST API, one project of it. Everything that fails is a BigQueryFailure. */
export interface BigQueryClient {
  readonly place: BigQueryPlace;
  readonly labels: Readonly<Record<string, string>>;
  readonly wait: Wait;
  readonly now: () => number;
  /** The answer's JSON. Sent again, a bounded number of times, while the failure may pass: so only what may arrive twice. */
  call<T>(request: ApiRequest): Promise<T>;
  /** Sends once. A 308, which tells how far an upload is, is an answer too. */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** Calls again, a bounded number of times with growing, jittered pauses, while the failure may pass. */
  persist<T>(task: () => Promise<T>): Promise<T>;
  /** The dataset's: the URL's, or asked for once. */
  location(): Promise<string>;
}

const defaultRequestTimeoutMs = 60_000;
const defaultRetryDelayMs = 200;
const longestRetryDelayMs = 10_000;
const requestRetries = 7;
const longestRetryAfterMs = 60_000;

export function createBigQueryClient(
  options: BigQueryClientOptions,
): BigQueryClient {
  const project = `/projects/${encodeURIComponent(options.project)}`;
  const { requestTimeoutMs = defaultRequestTimeoutMs } = options;
  let access: Promise<BigQueryAccess> | null = null;
  let datasetLocation: Promise<string> | null = null;

  // Not the client library's request(): it has no time limit that works, so that a connection which stalls is waited for without end.
  async function send(request: ApiRequest): Promise<ApiAnswer> {
    const used = (access ??= openAccess(options.project, options.endpoint));
    const { endpoint } = await used;
    const root = request.isUpload === true ? "/upload/bigquery" : "/bigquery";
    const url = new URL(
      request.path.startsWith("http")
        ? request.path
        : `${endpoint}${root}/v2${project}${request.path}`,
    );
    for (const [name, value] of Object.entries(request.query ?? {}))
      url.searchParams.set(name, value);
    const headers = {
      ...(request.body && { "content-type": "application/json" }),
      ...request.headers,
      ...(await getHeaders(used)),
    };
    const bytes = request.body ? JSON.stringify(request.body) : request.bytes;
    const answer = await exchange(url, request.method, headers, bytes);
    const { status } = answer;
    if ((status >= 200 && status < 300) || status === 308) return answer;
    throw toFailure(answer);
  }

  async function getHeaders(
    used: Promise<BigQueryAccess>,
  ): Promise<Readonly<Record<string, string>>> {
    const credentials = await used;
    try {
      return await endInTime(requestTimeoutMs, credentials.getHeaders());
    } catch (error) {
      if (error instanceof BigQueryFailure) throw error;
      // Asked again, the library waits on for the answer that has not come.
      if (access === used) access = null;
      throw new BigQueryFailure(`Google credentials: ${messageOf(error)}`, {
        status: null,
        reason: "",
      });
    }
  }

  async function exchange(
    url: URL,
    method: string,
    headers: Readonly<Record<string, string>>,
    bytes: string | Uint8Array | undefined,
  ): Promise<ApiAnswer> {
    try {
      const answer = await sendHttp({
        url,
        method,
        headers,
        stallTimeoutMs: requestTimeoutMs,
        write: (outgoing) => outgoing.end(bytes),
      });
      const text = await readText(answer);
      return { status: answer.statusCode ?? 0, text, headers: answer.headers };
    } catch (error) {
      throw new BigQueryFailure(`${url.host}: ${messageOf(error)}`, {
        status: null,
        reason: "",
      });
    }
  }

  function persist<T>(task: () => Promise<T>): Promise<T> {
    return pRetry(task, {
      retries: requestRetries,
      minTimeout: options.retryDelayMs ?? defaultRetryDelayMs,
      maxTimeout: longestRetryDelayMs,
      randomize: true,
      shouldRetry: async ({ error }) => {
        if (!(error instanceof BigQueryFailure) || !isPassing(error))
          return false;
        await sleep(Math.min(error.retryAfterMs, longestRetryAfterMs));
        return true;
      },
    });
  }

  function call<T>(request: ApiRequest): Promise<T> {
    return persist(async () => parseAnswer(await send(request)) as T);
  }

  async function askLocation(): Promise<string> {
    const dataset = await call<{ readonly location?: string }>({
      method: "GET",
      path: `/datasets/${encodeURIComponent(options.dataset)}`,
      query: { fields: "location" },
    });
    return dataset.location ?? "US";
  }

  return {
    place: options,
    labels: options.labels ?? {},
    wait: options.wait ?? ((milliseconds) => sleep(milliseconds)),
    now: options.now ?? (() => performance.now()),
    call,
    send,
    persist,
    location() {
      if (options.location !== undefined)
        return Promise.resolve(options.location);
      datasetLocation ??= askLocation().catch((error: unknown) => {
        datasetLocation = null;
        throw error;
      });
      return datasetLocation;
    },
  };
}

/** A body that was cut short is no answer. */
export function parseAnswer(answer: ApiAnswer): unknown {
  if (answer.text === "") return {};
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new BigQueryFailure(
      `the answer is not whole (${answer.text.length} characters)`,
      { status: null, reason: "" },
    );
  }
}

function toFailure({ status, text, headers }: ApiAnswer): BigQueryFailure {
  const { error } = (tryParse(text) ?? {}) as {
    readonly error?: {
      readonly message?: string;
      readonly errors?: readonly ErrorProto[];
    };
  };
  const protos = error?.errors ?? [];
  return new BigQueryFailure(error?.message ?? `HTTP ${status}`, {
    status,
    reason: protos[0]?.reason ?? "",
    protos,
    retryAfterMs: Number(headers["retry-after"] ?? 0) * 1000 || 0,
  });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
