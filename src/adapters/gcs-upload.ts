import type { Storage } from "@google-cloud/storage";
import { crc32c } from "@node-rs/crc32";
import { encodeCrc32c } from "../encode-crc32c.js";
import { PreconditionFailedError, ServiceError } from "../errors.js";
import type { PutOptions, PutResult } from "../ports/object-store.js";
import { readStored, sendRequest, type StoredObject } from "./gcs-client.js";
import { isGeneration } from "./gcs-download.js";
import { type GcsAttempt, translateGcsError } from "./gcs-error.js";
import type { GcsLimits } from "./gcs-limits.js";
import { readPieces, type Piece } from "./gcs-pieces.js";
import { retrying } from "./gcs-retry.js";
import {
  cancelSession,
  openSession,
  sendChunk,
  SessionLostError,
} from "./gcs-session.js";

const contentType = "application/octet-stream";
const maxSessions = 3;

export interface GcsUpload {
  readonly storage: Storage;
  readonly limits: GcsLimits;
  readonly attempt: GcsAttempt;
  /** Relative to the store. */
  readonly key: string;
  /** In the bucket. */
  readonly name: string;
  readonly options: PutOptions;
}

/**
 * Every request is sent again after a lost answer, those without a condition too: they write the same bytes under the
 * same name. One with a condition is then refused, though it was the one that wrote: the caller sees so by what stands.
 *
 * @param openBody Called again where the upload must begin anew, if `isRepeatable`. An error of the body is thrown as it is.
 */
export async function uploadObject(
  upload: GcsUpload,
  openBody: () => Uint8Array | AsyncIterable<Uint8Array>,
  isRepeatable: boolean,
): Promise<PutResult> {
  refuseForeignEtag(upload);
  for (let sessions = 1; ; sessions += 1) {
    const pieces = readPieces(openBody(), upload.limits.chunkBytes);
    try {
      const { value: first } = await pieces.next();
      if (first === undefined) throw new Error("a body has a piece");
      return first.isLast
        ? await uploadAtOnce(upload, first.bytes)
        : await uploadInChunks(upload, first, pieces);
    } catch (error) {
      const isLost = error instanceof SessionLostError;
      if (!isLost || !isRepeatable || sessions === maxSessions) throw error;
    } finally {
      await pieces.return(undefined);
    }
  }
}

async function uploadAtOnce(
  upload: GcsUpload,
  bytes: Buffer,
): Promise<PutResult> {
  const { storage, limits, attempt, name } = upload;
  const crc = encodeCrc32c(crc32c(bytes));
  refuseChecksum(upload, crc);
  // Not by File.save: it forgets why a request failed that ends before its body is written.
  const send = async () => {
    const { body } = await sendRequest(storage, {
      method: "POST",
      uri: `${storage.apiEndpoint}/upload/storage/v1/b/${attempt.bucket}/o`,
      qs: { uploadType: "multipart", name, ...conditionsOf(upload.options) },
      multipart: [
        { type: "application/json", body: JSON.stringify({ crc32c: crc }) },
        { type: contentType, body: bytes },
      ],
    });
    return readStored(body);
  };
  const stored = await translating(attempt, retrying(limits, send));
  return finish(upload, stored, bytes.length, crc);
}

async function uploadInChunks(
  upload: GcsUpload,
  first: Piece,
  pieces: AsyncIterator<Piece, undefined>,
): Promise<PutResult> {
  const { attempt, name, options } = upload;
  const session = await translating(
    attempt,
    openSession(
      upload,
      { name, ...conditionsOf(options) },
      { contentType, ...(options.crc32c && { crc32c: options.crc32c }) },
    ),
  );
  try {
    let crc = 0;
    let start = 0;
    for (let piece: Piece | undefined = first; piece !== undefined;) {
      const { bytes, isLast } = piece;
      crc = crc32c(bytes, crc);
      const checksum = encodeCrc32c(crc);
      if (isLast) refuseChecksum(upload, checksum);
      const sizeBytes = start + bytes.length;
      const end = isLast ? { sizeBytes, crc32c: checksum } : null;
      const stored = await translating(
        attempt,
        sendChunk(session, { bytes, start, end }),
      );
      if (stored !== null) {
        if (stored.sizeBytes === end?.sizeBytes)
          return await finish(upload, stored, sizeBytes, checksum);
        await removeStored(upload, stored);
        break;
      }
      start = sizeBytes;
      piece = (await pieces.next()).value;
    }
    throw new SessionLostError(attempt);
  } catch (error) {
    await cancelSession(session);
    throw error;
  }
}

async function finish(
  upload: GcsUpload,
  stored: StoredObject,
  sizeBytes: number,
  crc: string,
): Promise<PutResult> {
  const { attempt, key } = upload;
  const found = stored.crc32c ?? crc;
  if (stored.sizeBytes === sizeBytes && found === crc)
    return { key, sizeBytes, etag: stored.generation, crc32c: crc };
  await removeStored(upload, stored);
  throw new ServiceError(
    `${attempt.url}: ${JSON.stringify(attempt.key)} was stored as ${stored.sizeBytes} bytes of crc32c ${found}, and not ${sizeBytes} of ${crc}; it was deleted again: run again`,
  );
}

/** By its generation, so that nobody else's object goes. */
async function removeStored(
  { storage, limits, attempt, name }: GcsUpload,
  { generation }: StoredObject,
): Promise<void> {
  const file = storage.bucket(attempt.bucket).file(name, { generation });
  const remove = () => file.delete({ ignoreNotFound: true });
  await translating(attempt, retrying(limits, remove));
}

function refuseForeignEtag({ attempt, options }: GcsUpload): void {
  const { ifMatch } = options;
  if (typeof ifMatch !== "string" || isGeneration(ifMatch)) return;
  throw new PreconditionFailedError(
    `${attempt.url}: ${JSON.stringify(attempt.key)} does not stand at ${ifMatch}, which is no generation`,
  );
}

function refuseChecksum({ attempt, options }: GcsUpload, crc: string): void {
  const { crc32c: expected = crc } = options;
  if (expected === crc) return;
  throw new ServiceError(
    `${attempt.url}: ${JSON.stringify(attempt.key)}: the bytes to write have crc32c ${crc}, not ${expected}; nothing was written`,
  );
}

function conditionsOf({ ifMatch }: PutOptions): { ifGenerationMatch?: string } {
  return ifMatch === undefined ? {} : { ifGenerationMatch: ifMatch ?? "0" };
}

async function translating<T>(
  attempt: GcsAttempt,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translateGcsError(error, attempt);
  }
}
