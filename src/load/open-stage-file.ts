import { createGunzip } from "node:zlib";
import { Readable } from "node:stream";
import { crc32c } from "@node-rs/crc32";
import type { ManifestFile } from "../classify/manifest.js";
import { encodeCrc32c } from "../encode-crc32c.js";
import { DataRefusedError, ObjectChangedError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";

/**
 * The file's NDJSON, decompressed. Throws ObjectChangedError where it is gone and DataRefusedError where its bytes are not those
 * that the manifest describes.
 */
export async function openStageFile(
  stage: ObjectStore,
  file: ManifestFile,
): Promise<AsyncIterable<Uint8Array>> {
  const object = await stage.get(file.key);
  if (object === null) {
    throw new ObjectChangedError(
      `${stage.uri(file.key)} is gone, though the manifest names it: classify the hour again`,
    );
  }
  const bytes = checkBytes(object.body, file, stage.uri(file.key));
  if (!file.key.endsWith(".gz")) return bytes;
  return gunzip(bytes, stage.uri(file.key));
}

async function* checkBytes(
  body: AsyncIterable<Uint8Array>,
  file: ManifestFile,
  uri: string,
): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  let sizeBytes = 0;
  for await (const block of body) {
    checksum = crc32c(
      Buffer.from(block.buffer, block.byteOffset, block.byteLength),
      checksum,
    );
    sizeBytes += block.byteLength;
    yield block;
  }
  const found = encodeCrc32c(checksum);
  if (sizeBytes === file.bytes && found === file.crc32c) return;
  throw new DataRefusedError(
    `${uri} holds ${sizeBytes} bytes with crc32c ${found}; the manifest says ${file.bytes} with ${file.crc32c}: classify the hour again`,
  );
}

async function* gunzip(
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes, { objectMode: false });
  const unzipped = createGunzip();
  source.on("error", (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  try {
    for await (const block of unzipped) yield block as Uint8Array;
  } catch (error) {
    if (!isGzipError(error)) throw error;
    throw new DataRefusedError(
      `${uri} is damaged gzip (${error.message}): classify the hour again`,
      { cause: error },
    );
  } finally {
    source.destroy();
  }
}

function isGzipError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    "code" in error &&
    String(error.code).startsWith("Z_")
  );
}
