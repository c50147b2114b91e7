import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { PassThrough } from "node:stream";
import { createGzip } from "node:zlib";
import pLimit from "p-limit";
import type { ObjectStore, PutResult } from "../ports/object-store.js";
import type { SpooledPart } from "./spool.js";

const blockBytes = 256 * 1024;

/** An object that stands at the stage, and the part that it was made from. */
export interface UploadedPart {
  readonly part: SpooledPart;
  readonly stored: PutResult;
}

export interface Uploads {
  /** Starts the upload; waits only where as many parts again as may be uploaded at once are waiting already. */
  add(part: SpooledPart, key: string, compress: boolean): Promise<void>;
  /** Every part, in the order of `add`, when all are stored. The first error is thrown. */
  finish(): Promise<UploadedPart[]>;
  /** Waits for what is under way, whatever becomes of it; the keys of all that may be stored. */
  settle(): Promise<string[]>;
}

/** Uploads spooled parts, `concurrency` at once, and removes each one's spool file. */
export function createUploads(
  store: ObjectStore,
  concurrency: number,
): Uploads {
  const limit = pLimit(concurrency);
  const uploads: Promise<UploadedPart>[] = [];
  const keys: string[] = [];
  return {
    async add(part, key, compress) {
      keys.push(key);
      const upload = limit(() => uploadPart(store, part, key, compress));
      upload.catch(() => undefined);
      uploads.push(upload);
      if (limit.pendingCount >= concurrency) await uploads.at(-1 - concurrency);
    },
    finish() {
      return Promise.all(uploads);
    },
    async settle() {
      await Promise.allSettled(uploads);
      return keys;
    },
  };
}

async function uploadPart(
  store: ObjectStore,
  part: SpooledPart,
  key: string,
  compress: boolean,
): Promise<UploadedPart> {
  const file = createReadStream(part.path, { highWaterMark: blockBytes });
  let stored: PutResult;
  if (compress) {
    const body = new PassThrough();
    const compressing = pipeline(
      file,
      createGzip({ level: 1, chunkSize: blockBytes }),
      body,
    );
    compressing.catch(() => undefined);
    try {
      stored = await store.put(key, body);
      await compressing;
    } finally {
      body.destroy();
    }
  } else {
    stored = await store.put(key, file, { crc32c: part.crc32c });
  }
  await rm(part.path, { force: true });
  return { part, stored };
}
