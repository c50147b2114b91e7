import pRetry from "p-retry";
import { ServiceError } from "../errors.js";
import type { LoadSource } from "../ports/warehouse.js";
import { parseAnswer, type BigQueryClient } from "./bigquery-client.js";
import { BigQueryFailure, isPassing } from "./bigquery-failure.js";
import { attachWhereTaken, getJob, type Job } from "./bigquery-job.js";

const uploadAttempts = 5;
const chunkAttempts = 8;
const firstChunkPauseMs = 200;
const longestChunkPauseMs = 10_000;
const longestRetryAfterMs = 60_000;

/** The upload session is gone, or holds other bytes than were sent: it has to begin anew. */
class UploadLostError extends Error {}

export interface Upload {
  readonly jobId: string;
  readonly configuration: object;
  readonly sources: readonly LoadSource[];
  /** A multiple of 256 KiB, and what the upload needs of memory. */
  readonly chunkBytes: number;
}

/**
 * Starts a load job of this id over the sources' bytes, one source behind the other. One that stands already is attached to, as in
 * startJob: a job is made by the last bytes only, so an upload that breaks off has made none.
 */
export async function startUploadJob(
  client: BigQueryClient,
  upload: Upload,
): Promise<Job> {
  return pRetry(
    async (attempt) => {
      // The answer to the last bytes may be what was lost.
      const standing = attempt === 1 ? null : await findJob(client, upload);
      return (
        standing ??
        attachWhereTaken(client, upload.jobId, () => uploadOnce(client, upload))
      );
    },
    {
      retries: uploadAttempts - 1,
      minTimeout: 0,
      shouldRetry: ({ error }) => error instanceof UploadLostError,
    },
  ).catch((error: unknown) => {
    if (!(error instanceof UploadLostError)) throw error;
    throw new ServiceError(
      `${client.place.url}: the upload broke off ${uploadAttempts} times (${error.message}): load again`,
    );
  });
}

async function findJob(
  client: BigQueryClient,
  { jobId }: Upload,
): Promise<Job | null> {
  try {
    return await getJob(client, jobId);
  } catch (error) {
    if (error instanceof BigQueryFailure && error.status === 404) return null;
    throw error;
  }
}

async function uploadOnce(
  client: BigQueryClient,
  upload: Upload,
): Promise<Job> {
  const session = await openSession(client, upload);
  let start = 0;
  for await (const chunk of cutChunks(upload)) {
    const job = await sendChunk(client, session, start, chunk);
    if (job !== null) return job;
    start += chunk.bytes.length;
  }
  throw new UploadLostError("it ended without a job");
}

/** https://cloud.google.com/bigquery/docs/reference/api-uploads#resumable */
async function openSession(
  client: BigQueryClient,
  { jobId, configuration }: Upload,
): Promise<string> {
  const { project: projectId } = client.place;
  const location = await client.location();
  const answer = await client.persist(() =>
    client.send({
      method: "POST",
      path: "/jobs",
      isUpload: true,
      query: { uploadType: "resumable" },
      headers: { "x-upload-content-type": "application/octet-stream" },
      body: { jobReference: { projectId, jobId, location }, configuration },
    }),
  );
  const session = answer.headers.location;
  if (session === undefined) throw new UploadLostError("no session was given");
  return session;
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** Null: the bytes have arrived, and there are more to come. */
async function sendChunk(
  client: BigQueryClient,
  session: string,
  start: number,
  { bytes, isLast }: Chunk,
): Promise<Job | null> {
  const end = start + bytes.length;
  const total = isLast ? String(end) : "*";
  let arrived = start;
  for (let attempt = 1; ; attempt += 1) {
    const range =
      arrived === end
        ? `bytes */${total}`
        : `bytes ${arrived}-${end - 1}/${total}`;
    try {
      const answer = await client.send({
        method: "PUT",
        path: session,
        headers: { "content-range": range },
        bytes: bytes.subarray(arrived - start),
      });
      if (answer.status !== 308) return parseAnswer(answer) as Job;
      arrived = readArrived(answer.headers.range);
      if (arrived === end && !isLast) return null;
    } catch (error) {
      if (!(error instanceof BigQueryFailure)) throw error;
      if (error.status === 404 || error.status === 410)
        throw new UploadLostError(error.message);
      if (attempt === chunkAttempts || !isPassing(error)) throw error;
      await client.wait(choosePauseMs(attempt, error));
      const told = await askArrived(client, session, total);
      if (typeof told !== "number") return told;
      arrived = told;
    }
    if (arrived < start || arrived > end || attempt === chunkAttempts)
      throw new UploadLostError(`${arrived} bytes have arrived of ${end} sent`);
  }
}

/** Jittered, twice as long each time; what the service asks for, where that is longer. */
function choosePauseMs(
  attempt: number,
  { retryAfterMs }: BigQueryFailure,
): number {
  const pauseMs = Math.min(
    firstChunkPauseMs * 2 ** (attempt - 1),
    longestChunkPauseMs,
  );
  return Math.max(
    pauseMs * (0.5 + Math.random() / 2),
    Math.min(retryAfterMs, longestRetryAfterMs),
  );
}

/** How many bytes the session holds, after an answer was lost; or the job that they became. */
async function askArrived(
  client: BigQueryClient,
  session: string,
  total: string,
): Promise<number | Job> {
  return client.persist(async () => {
    try {
      const answer = await client.send({
        method: "PUT",
        path: session,
        headers: { "content-range": `bytes */${total}` },
      });
      if (answer.status !== 308) return parseAnswer(answer) as Job;
      return readArrived(answer.headers.range);
    } catch (error) {
      const gone =
        error instanceof BigQueryFailure &&
        (error.status === 404 || error.status === 410);
      throw gone ? new UploadLostError(error.message) : error;
    }
  });
}

/** `bytes=0-8388607`: the last byte is included. */
function readArrived(range: string | undefined): number {
  const last = /-(\d+)$/.exec(range ?? "")?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}

/** One buffer, filled again for each chunk. Which one is the last is known only when there are no more bytes. */
async function* cutChunks({
  sources,
  chunkBytes,
}: Upload): AsyncGenerator<Chunk> {
  let buffer: Uint8Array | null = null;
  let filled = 0;
  for await (const block of joinSources(sources)) {
    for (let at = 0; at < block.length;) {
      if (filled === chunkBytes && buffer !== null) {
        yield { bytes: buffer, isLast: false };
        filled = 0;
      }
      const part = block.subarray(at, at + chunkBytes - filled);
      buffer ??= new Uint8Array(chunkBytes);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield {
    bytes: buffer?.subarray(0, filled) ?? new Uint8Array(0),
    isLast: true,
  };
}

const newline = 0x0a;

async function* joinSources(
  sources: readonly LoadSource[],
): AsyncGenerator<Uint8Array> {
  let last = newline;
  for (const source of sources) {
    if (last !== newline) yield Uint8Array.of(newline);
    last = newline;
    for await (const block of await source.open()) {
      if (block.length === 0) continue;
      yield block;
      last = block[block.length - 1] ?? newline;
    }
  }
}
