import { BigQueryFailure } from "./bigquery-failure.js";

/** Where the API is, and as whom it is called. */
export interface BigQueryAccess {
  /** `https://bigquery.googleapis.com`, or what stands for it. */
  readonly endpoint: string;
  /** With an access token that is still good. */
  getHeaders(): Promise<Readonly<Record<string, string>>>;
}

/** With an endpoint of one's own, no credentials are looked for, and the client library is not even loaded. */
export function openAccess(
  project: string,
  endpoint: string | undefined,
): Promise<BigQueryAccess> {
  return endpoint === undefined
    ? openGoogleAccess(project)
    : Promise.resolve({
        endpoint: endpoint.replace(/\/+$/, ""),
        getHeaders: () => Promise.resolve({}),
      });
}

/** The client library finds the credentials, keeps the token fresh and knows the API's address. */
async function openGoogleAccess(project: string): Promise<BigQueryAccess> {
  const { BigQuery } = await import("@google-cloud/bigquery");
  const { apiEndpoint, authClient } = new BigQuery({ projectId: project });
  return {
    endpoint: apiEndpoint,
    async getHeaders() {
      try {
        return Object.fromEntries(await authClient.getRequestHeaders());
      } catch (error) {
        throw toCredentialsFailure(error);
      }
    },
  };
}

interface TokenError extends Error {
  readonly code?: unknown;
  readonly response?: { readonly status?: number; readonly data?: unknown };
}

const networkCode =
  /^(E(AI_AGAIN|CONN|HOST|NET|NOTFOUND|PIPE|TIMEDOUT)|TimeoutError|ERR_STREAM)/;

/** The library's error holds its whole request, and so is neither kept nor printed. */
function toCredentialsFailure(error: unknown): BigQueryFailure {
  const { message, code, response } = error as TokenError;
  const status = response?.status ?? null;
  const passes =
    status === null
      ? networkCode.test(String(code))
      : status >= 500 || status === 408 || status === 429;
  const words = readTokenError(response?.data) ?? message;
  return new BigQueryFailure(`no usable Google credentials: ${words}`, {
    status,
    reason: "",
    credentials: !passes,
  });
}

/** `{"error":"invalid_grant","error_description":"..."}`, as OAuth's token endpoint answers. */
function readTokenError(data: unknown): string | null {
  if (typeof data !== "object" || data === null || !("error" in data))
    return null;
  const { error, error_description: description } = data as {
    readonly error: unknown;
    readonly error_description?: string;
  };
  if (typeof error !== "string") return null;
  return description === undefined ? error : `${error}: ${description}`;
}
