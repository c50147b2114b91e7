import type { Storage } from "@google-cloud/storage";
import { ServiceError } from "../errors.js";
import {
  CutAnswerError,
  readStored,
  sendRequest,
  type StoredObject,
} from "./gcs-client.js";
import { type GcsAttempt, GcsStatusError } from "./gcs-error.js";
import type { GcsLimits } from "./gcs-limits.js";
import { retrying } from "./gcs-retry.js";

/*
 * The SDK's own resumable upload is not used: it can't be cancelled, fails when the last answer is lost, and counts its
 * retries over the whole upload.
 */

/** A resumable upload under way. */
export interface GcsSession {
  readonly storage: Storage;
  readonly limits: GcsLimits;
  readonly attempt: GcsAttempt;
  /** Whoever knows it may write the object. */
  readonly uri: string;
}

export interface GcsChunk {
  readonly bytes: Buffer;
  /** Where it begins in the object. */
  readonly start: number;
  /** Of the last chunk; null for any other. */
  readonly end: { readonly sizeBytes: number; readonly crc32c: string } | null;
}

/** The session is gone, or does not know what it had acknowledged: only a new one can store the object. */
export class SessionLostError extends ServiceError {
  constructor({ url, key }: GcsAttempt) {
    super(
      `${url}: cannot write ${JSON.stringify(key)}: Google Cloud Storage has lost the upload; run again`,
    );
  }
}

/** @param query Name and conditions of the object. */
export async function openSession(
  { storage, limits, attempt }: Omit<GcsSession, "uri">,
  query: Readonly<Record<string, string>>,
  metadata: Readonly<Record<string, string>>,
): Promise<GcsSession> {
  const uri = await retrying(limits, async () => {
    const { headers } = await sendRequest(storage, {
      method: "POST",
      uri: `${storage.apiEndpoint}/upload/storage/v1/b/${attempt.bucket}/o`,
      qs: { ...query, uploadType: "resumable" },
      json: metadata,
    });
    if (headers.location === undefined) throw new CutAnswerError();
    return headers.location;
  });
  return { storage, limits, attempt, uri };
}

/** What is stored, once the service has the last chunk; null before. */
export function sendChunk(
  session: GcsSession,
  { bytes, start, end }: GcsChunk,
): Promise<StoredObject | null> {
  const { limits, attempt } = session;
  const total = end?.sizeBytes ?? "*";
  const hash =
    end === null ? undefined : { "x-goog-hash": `crc32c=${end.crc32c}` };
  return retrying(limits, async (attemptNumber) => {
    let sent: StoredObject | number = start;
    // Whatever became of the attempt before: bytes that the service has can't be sent again.
    if (attemptNumber > 1)
      sent = await put(session, { "content-range": `bytes */${total}` });
    for (;;) {
      if (typeof sent !== "number") return sent;
      const rest: Buffer = bytes.subarray(sent - start);
      if (sent < start || sent > start + bytes.length)
        throw new SessionLostError(attempt);
      if (rest.length === 0) {
        if (end === null) return null;
        throw new CutAnswerError();
      }
      const range = `bytes ${sent}-${sent + rest.length - 1}/${total}`;
      const headers = { "content-range": range, ...hash };
      const before: number = sent;
      sent = await put(session, headers, rest);
      if (sent === before) throw new CutAnswerError();
    }
  });
}

/** Best effort: a session that is left ends by itself after a week. */
export async function cancelSession({
  storage,
  uri,
}: GcsSession): Promise<void> {
  await sendRequest(storage, { method: "DELETE", uri }).catch(() => undefined);
}

/** The object, or how many bytes of it the service has: https://cloud.google.com/storage/docs/performing-resumable-uploads */
async function put(
  { storage, attempt, uri }: GcsSession,
  headers: Readonly<Record<string, string>>,
  body?: Buffer,
): Promise<StoredObject | number> {
  try {
    const answer = await sendRequest(storage, {
      method: "PUT",
      uri,
      headers,
      ...(body && { body }),
    });
    return readStored(answer.body);
  } catch (error) {
    if (!(error instanceof GcsStatusError)) throw error;
    if (error.status === 308) return persistedBytes(error);
    if (error.status === 404 || error.status === 410)
      throw new SessionLostError(attempt);
    throw error;
  }
}

function persistedBytes({ headers }: GcsStatusError): number {
  const range = /^bytes=0-(\d+)$/.exec(headers.range ?? "");
  return range === null ? 0 : Number(range[1]) + 1;
}
