import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pLimit from "p-limit";
import pRetry, { AbortError } from "p-retry";
import { ServiceError } from "../errors.js";
import type { ObjectStore, PutResult } from "../ports/object-store.js";
import type { SpooledPart } from "./spool.js";

const blockBytes = 256 * 1024;

/** After the store's own: it can't begin a stream anew, as Cloud Storage asks for where it has lost an upload. */
const streamRetries = { retries: 2, minTimeout: 500, randomize: true };

/** An object that stands at the stage. */
export interface StagedFile {
  /** Type, or `_set_aside`. */
  readonly name: string;
  /** Relative to the stage URL. */
  readonly key: string;
  readonly rows: number;
  /** As it is stored. */
  readonly bytes: number;
  readonly crc32c: string;
}

export interface Uploads {
  /** Starts the upload; rejects where it, or one before it, failed. */
  add(part: SpooledPart, key: string, compress: boolean): Promise<void>;
  /** Null, or a promise where so many parts wait that no more should be made before it is over; rejects after a failure. */
  backlog(): Promise<void> | null;
  /** Begins no more uploads. */
  stop(): void;
  /** Every part, in the order of `add`, when all are stored. The first error is thrown. */
  finish(): Promise<StagedFile[]>;
  /** Waits for what is under way, whatever becomes of it; the keys of all that may be stored. */
  settle(): Promise<string[]>;
}

/** Uploads parts, `concurrency` at once; the spool file of a part that is stored is removed. After a failure no more are begun. */
export function createUploads(
  store: ObjectStore,
  concurrency: number,
): Uploads {
  const limit = pLimit(concurrency);
  const uploads: Promise<StagedFile>[] = [];
  const ends: Promise<void>[] = [];
  const keys: string[] = [];
  let failure: { readonly error: unknown } | null = null;

  const upload = async (
    part: SpooledPart,
    key: string,
    compress: boolean,
  ): Promise<StagedFile> => {
    if (failure !== null) throw failure.error;
    keys.push(key);
    try {
      const refuse = () => {
        if (failure !== null) throw new AbortError(asError(failure.error));
      };
      const stored = await uploadPart(store, part, key, compress, refuse);
      const { name, rows } = part;
      const { sizeBytes: bytes, crc32c } = stored;
      return { name, key: stored.key, rows, bytes, crc32c };
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  };

  return {
    add(part, key, compress) {
      const work = limit(() => upload(part, key, compress));
      uploads.push(work);
      ends.push(
        work.then(
          () => undefined,
          () => undefined,
        ),
      );
      return work.then(() => undefined);
    },
    backlog() {
      if (failure !== null) return Promise.reject(asError(failure.error));
      return limit.pendingCount >= concurrency
        ? (ends.at(-1 - concurrency) ?? null)
        : null;
    },
    stop() {
      failure ??= { error: new Error("the upload is no longer wanted") };
    },
    finish() {
      return Promise.all(uploads);
    },
    async settle() {
      await Promise.all(ends);
      return keys;
    },
  };
}

async function uploadPart(
  store: ObjectStore,
  { content, crc32c }: SpooledPart,
  key: string,
  compress: boolean,
  refuse: () => void,
): Promise<PutResult> {
  const stored = compress
    ? await putCompressed(store, key, content, refuse)
    : "bytes" in content
      ? await store.put(key, content.bytes, { crc32c })
      : await store.putFile(key, content.path, { crc32c });
  if ("path" in content) await rm(content.path, { force: true });
  return stored;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** @param refuse Throws an AbortError where the part is no longer wanted. */
function putCompressed(
  store: ObjectStore,
  key: string,
  content: SpooledPart["content"],
  refuse: () => void,
): Promise<PutResult> {
  const open = () =>
    "bytes" in content
      ? Readable.from([content.bytes])
      : createReadStream(content.path, { highWaterMark: blockBytes });
  return pRetry(
    () => {
      refuse();
      return putThroughGzip(store, key, open());
    },
    {
      ...streamRetries,
      shouldRetry: ({ error }) =>
        error instanceof ServiceError && error.retryable,
    },
  );
}

async function putThroughGzip(
  store: ObjectStore,
  key: string,
  plain: Readable,
): Promise<PutResult> {
  const body = new PassThrough();
  const compressing = pipeline(
    plain,
    createGzip({ level: 1, chunkSize: blockBytes }),
    body,
  );
  compressing.catch(() => undefined);
  try {
    const stored = await store.put(key, body);
    await compressing;
    return stored;
  } finally {
    body.destroy();
  }
}
