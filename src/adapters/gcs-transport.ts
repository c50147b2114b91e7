import { randomUUID } from "node:crypto";
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import type { Storage } from "@google-cloud/storage";
import type { GcsCredentials } from "./gcs-credentials.js";
import { GcsStatusError } from "./gcs-error.js";
import { readText, sendHttp } from "./gcs-http.js";
import type { GcsLimits } from "./gcs-limits.js";

export interface GcsAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What the SDK asks its transport for. */
export type SdkRequest = Parameters<Storage["request"]>[0];

/**
 * Sends what the SDK composes, and our own listings, in place of its own transport, which waits for ever for the rest of an answer that was cut
 * short (node-fetch 2 looks at chunked ones only), can't be stopped, and opens any number of connections.
 */
export function makeTransport(
  credentials: GcsCredentials,
  { stallTimeoutMs }: GcsLimits,
): (request: SdkRequest) => Promise<GcsAnswer> {
  return async (request) => {
    const { headers: type, write } = composeBody(request);
    const answer = await sendHttp({
      url: composeUrl(request),
      method: request.method ?? "GET",
      headers: {
        ...(request.headers as Record<string, string>),
        ...(await credentials.getRequestHeaders()),
        ...type,
      },
      stallTimeoutMs,
      write,
    });
    const { statusCode = 0, headers } = answer;
    const text = await readText(answer);
    if (statusCode < 200 || statusCode > 299)
      throw new GcsStatusError(statusCode, text, headers);
    return { headers, body: parseJson(text) };
  };
}

function composeUrl({ uri, qs }: SdkRequest): URL {
  const url = new URL(uri);
  const query = Object.entries(
    (qs ?? {}) as Record<string, string | undefined>,
  );
  for (const [name, value] of query)
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

export interface MultipartPart {
  readonly type: string;
  readonly body: string | Buffer;
}

interface Composed {
  readonly headers: Readonly<Record<string, string>>;
  readonly write: (request: ClientRequest) => void;
}

function composeBody({ json, body, multipart }: SdkRequest): Composed {
  if (multipart !== undefined)
    return composeMultipart(multipart as MultipartPart[]);
  const whole: unknown = json === undefined ? body : JSON.stringify(json);
  return {
    headers: json === undefined ? {} : { "content-type": "application/json" },
    write: (request) => request.end(whole),
  };
}

/** https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects */
function composeMultipart(parts: readonly MultipartPart[]): Composed {
  const boundary = randomUUID();
  const blocks = parts.flatMap(({ type, body }) => [
    Buffer.from(`--${boundary}\r\ncontent-type: ${type}\r\n\r\n`),
    typeof body === "string" ? Buffer.from(body) : body,
    Buffer.from("\r\n"),
  ]);
  blocks.push(Buffer.from(`--${boundary}--`));
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  return {
    headers: {
      "content-type": `multipart/related; boundary=${boundary}`,
      "content-length": String(length),
    },
    write: (request) => {
      for (const block of blocks) request.write(block);
      request.end();
    },
  };
}

/** The text where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
