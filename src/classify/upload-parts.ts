import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pLimit from "p-limit";
import type { ObjectStore, PutResult } from "../ports/object-store.js";
import type { SpooledPart } from "./spool.js";

const blockBytes = 256 * 1024;

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
      const stored = await uploadPart(store, part, key, compress);
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
): Promise<PutResult> {
  if ("bytes" in content) {
    return compress
      ? putCompressed(store, key, Readable.from([content.bytes]))
      : store.put(key, content.bytes, { crc32c });
  }
  const stored = compress
    ? await putCompressed(
        store,
        key,
        createReadStream(content.path, { highWaterMark: blockBytes }),
      )
    : await store.putFile(key, content.path, { crc32c });
  await rm(content.path, { force: true });
  return stored;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function putCompressed(
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
