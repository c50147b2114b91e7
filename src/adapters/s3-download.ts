import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { ObjectChangedError, ServiceError } from "../errors.js";
import type { OpenObject } from "../ports/object-store.js";
import {
  codeOf,
  type S3Attempt,
  statusOf,
  translateS3Error,
} from "./s3-error.js";
import { quoteEtag, readEtag } from "./s3-etag.js";
import type { S3Limits } from "./s3-limits.js";

export interface S3Download {
  readonly client: S3Client;
  readonly limits: S3Limits;
  readonly attempt: S3Attempt;
  /** Relative to the store. */
  readonly key: string;
  /** In the bucket. */
  readonly objectKey: string;
}

interface OpenedRange {
  readonly body: Readable;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Null where there is no such object, ObjectChangedError where it stands at another etag than the named one. */
export async function openDownload(
  download: S3Download,
  ifMatch: string | undefined,
): Promise<OpenObject | null> {
  const { key } = download;
  const opened = await openFrom(download, ifMatch, 0);
  if (opened === null) return null;
  const { etag, sizeBytes } = opened;
  return { key, etag, sizeBytes, body: readResuming(download, opened) };
}

/** The bytes of one etag, whatever becomes of the connections. */
async function* readResuming(
  download: S3Download,
  opened: OpenedRange,
): AsyncGenerator<Uint8Array> {
  const { attempt, limits } = download;
  const { etag, sizeBytes } = opened;
  let { body } = opened;
  let position = 0;
  let brokenAt = 0;
  let breaks = 0;
  let pausedMs = 0;
  for (;;) {
    let problem: unknown = null;
    try {
      for await (const block of body as AsyncIterable<Buffer>) {
        position += block.length;
        const givenAt = performance.now();
        yield block;
        pausedMs = performance.now() - givenAt;
      }
    } catch (error) {
      problem = error;
    } finally {
      body.destroy();
    }
    if (position === sizeBytes) return;
    if (position > sizeBytes)
      throw new ServiceError(
        `${attempt.url}: cannot read ${JSON.stringify(attempt.key)}: ${position} bytes came, and it has ${sizeBytes}; run again`,
      );
    // The stall timeout also ends the connection of a reader who pauses so long, which is no break.
    if (pausedMs < limits.stallTimeoutMs) {
      breaks = position - brokenAt >= limits.progressBytes ? 1 : breaks + 1;
      brokenAt = position;
      if (breaks > limits.resumes)
        throw new ServiceError(
          `${attempt.url}: cannot read ${JSON.stringify(attempt.key)}: the connection broke ${breaks} times, the last one at byte ${position} of ${sizeBytes} (${problem === null ? "it ended early" : codeOf(problem)}); check the network, and run again`,
        );
      await sleep(resumeDelayMs(limits, breaks));
    }
    pausedMs = 0;
    const resumed = await openFrom(download, etag, position);
    if (resumed === null) throw changed(attempt);
    if (resumed.etag !== etag || resumed.sizeBytes !== sizeBytes) {
      resumed.body.destroy();
      throw changed(attempt);
    }
    ({ body } = resumed);
  }
}

async function openFrom(
  { client, attempt, objectKey }: S3Download,
  ifMatch: string | undefined,
  start: number,
): Promise<OpenedRange | null> {
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: attempt.bucket,
        Key: objectKey,
        ...(ifMatch !== undefined && { IfMatch: quoteEtag(ifMatch) }),
        ...(start > 0 && { Range: `bytes=${start}-` }),
      }),
    );
    const { ContentLength = -1, ContentRange } = answer;
    const body = answer.Body as Readable;
    // A body that waits for its turn may break before anybody reads it; its reader sees that.
    body.on("error", () => undefined);
    const opened = {
      body,
      etag: readEtag(answer.ETag),
      sizeBytes: start + ContentLength,
    };
    if (
      ContentLength >= 0 &&
      (start === 0 || ContentRange?.startsWith(`bytes ${start}-`) === true)
    )
      return opened;
    body.destroy();
    throw new ServiceError(
      `${attempt.url}: cannot read ${JSON.stringify(attempt.key)}: asked for its bytes from ${start} on, the server sent ${ContentRange ?? "others, or no length"}; use a server that knows Range`,
    );
  } catch (error) {
    if (codeOf(error) === "NoSuchKey") return null;
    if (statusOf(error) === 412) throw changed(attempt);
    throw translateS3Error(error, attempt);
  }
}

function changed({ url, key }: S3Attempt): ObjectChangedError {
  return new ObjectChangedError(
    `${url}: ${JSON.stringify(key)} changed, or went away, before it was read whole; read it again`,
  );
}

function resumeDelayMs(limits: S3Limits, breaks: number): number {
  const { resumeDelayMs, maxResumeDelayMs } = limits;
  return (
    Math.random() * Math.min(maxResumeDelayMs, resumeDelayMs * 2 ** breaks)
  );
}
