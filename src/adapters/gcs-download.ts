import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32c } from "@node-rs/crc32";
import { encodeCrc32c } from "../encode-crc32c.js";
import { ObjectChangedError, ServiceError } from "../errors.js";
import type { OpenObject } from "../ports/object-store.js";
import { CutAnswerError } from "./gcs-client.js";
import type { GcsCredentials } from "./gcs-credentials.js";
import {
  type GcsAttempt,
  GcsStatusError,
  translateGcsError,
} from "./gcs-error.js";
import { readText, sendHttp } from "./gcs-http.js";
import type { GcsLimits } from "./gcs-limits.js";
import { retrying } from "./gcs-retry.js";

/*
 * The SDK's downloads are not used: one that is left early closes the connections of all other requests with its own
 * (`onComplete` in File.createReadStream), none ends when no bytes come, and each byte passes through six streams.
 */

export interface GcsDownload {
  readonly endpoint: string;
  readonly credentials: GcsCredentials;
  readonly limits: GcsLimits;
  readonly attempt: GcsAttempt;
  /** Relative to the store. */
  readonly key: string;
  /** In the bucket. */
  readonly name: string;
}

/** Null where there is no such object, ObjectChangedError where it stands at another generation than the named one. */
export async function openDownload(
  download: GcsDownload,
  generation: string | undefined,
): Promise<OpenObject | null> {
  const { key } = download;
  const first = await requestUnchanged(download, generation, 0);
  if (first === null) return null;
  const sizeBytes = Number(
    first.headers["x-goog-stored-content-length"] ??
      first.headers["content-length"],
  );
  const etag = generationOf(first);
  const body = readResuming(download, first, { etag, sizeBytes });
  return { key, sizeBytes, etag, body };
}

/** The bytes of one generation, whatever becomes of the connections. */
async function* readResuming(
  download: GcsDownload,
  first: IncomingMessage,
  { etag, sizeBytes }: { readonly etag: string; readonly sizeBytes: number },
): AsyncGenerator<Uint8Array> {
  const { limits, attempt } = download;
  const expected = crcOf(first);
  let answer = first;
  let position = 0;
  let crc = 0;
  let failures = 0;
  let failedAt = 0;
  let pausedMs = 0;
  for (;;) {
    try {
      for await (const block of answer as AsyncIterable<Buffer>) {
        position += block.length;
        crc = crc32c(block, crc);
        const givenAt = performance.now();
        yield block;
        pausedMs = performance.now() - givenAt;
      }
      if (position >= sizeBytes) break;
      throw new CutAnswerError();
    } catch (error) {
      if (position >= sizeBytes) break;
      // The stall timeout also ends the connection of a reader who pauses so long, which is no failure.
      if (pausedMs < limits.stallTimeoutMs) {
        failures =
          position - failedAt >= limits.progressBytes ? 1 : failures + 1;
        failedAt = position;
        if (failures > limits.retries) throw translateGcsError(error, attempt);
        await sleep(jitteredDelay(limits, failures));
      }
      pausedMs = 0;
    } finally {
      answer.destroy();
    }
    const resumed = await requestUnchanged(download, etag, position);
    if (resumed === null) throw changed(attempt);
    answer = resumed;
  }
  const found = encodeCrc32c(crc);
  if (position !== sizeBytes || (expected ?? found) !== found)
    throw new ServiceError(
      `${attempt.url}: ${JSON.stringify(attempt.key)} came as ${position} bytes of crc32c ${found}, and not ${sizeBytes} of ${expected ?? found}; read it again`,
    );
}

async function requestUnchanged(
  download: GcsDownload,
  generation: string | undefined,
  position: number,
): Promise<IncomingMessage | null> {
  const { limits, attempt } = download;
  try {
    const answer = await retrying(limits, () =>
      requestMedia(download, generation, position),
    );
    if (
      answer === null ||
      [undefined, generationOf(answer)].includes(generation)
    )
      return answer;
    answer.destroy();
  } catch (error) {
    if (!(error instanceof GcsStatusError && error.status === 412))
      throw translateGcsError(error, attempt);
  }
  throw changed(attempt);
}

function changed({ url, key }: GcsAttempt): ObjectChangedError {
  return new ObjectChangedError(
    `${url}: ${JSON.stringify(key)} changed, or went away, before it was read whole; read it again`,
  );
}

/** The answer's head, from the byte `start` on. Null where there is no such object. */
async function requestMedia(
  { endpoint, credentials, limits, attempt, name }: GcsDownload,
  generation: string | undefined,
  start: number,
): Promise<IncomingMessage | null> {
  const url = new URL(
    `${endpoint}/storage/v1/b/${attempt.bucket}/o/${encodeURIComponent(name)}?alt=media`,
  );
  if (generation !== undefined && isGeneration(generation))
    url.searchParams.set("ifGenerationMatch", generation);
  const headers = {
    ...(await credentials.getRequestHeaders()),
    // Objects with `Content-Encoding: gzip` come as they are stored: https://cloud.google.com/storage/docs/transcoding
    "accept-encoding": "gzip",
    ...(start > 0 && { range: `bytes=${start}-` }),
  };
  const answer = await sendHttp({
    url,
    method: "GET",
    headers,
    stallTimeoutMs: limits.stallTimeoutMs,
    write: (request) => request.end(),
  });
  const { statusCode = 0 } = answer;
  if (statusCode === (start > 0 ? 206 : 200)) return answer;
  const text = await readText(answer);
  if (statusCode === 404 && !/bucket does not exist/i.test(text)) return null;
  throw new GcsStatusError(statusCode, text, answer.headers);
}

/** The service refuses anything else with 400. */
export function isGeneration(etag: string): boolean {
  return /^[1-9]\d*$/.test(etag);
}

function generationOf({ headers }: IncomingMessage): string {
  return String(headers["x-goog-generation"] ?? "");
}

function crcOf({ headers }: IncomingMessage): string | undefined {
  return /crc32c=([^,\s]+)/.exec(String(headers["x-goog-hash"] ?? ""))?.[1];
}

function jitteredDelay(limits: GcsLimits, retry: number): number {
  const { minRetryDelayMs, maxRetryDelayMs } = limits;
  return Math.min(
    maxRetryDelayMs,
    (1 + Math.random()) * minRetryDelayMs * 2 ** (retry - 1),
  );
}
