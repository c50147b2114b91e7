import { expect } from "chai";
import { decompress } from "../../src/classify/decompress.js";
import type { ZstdDecoder } from "../../src/classify/zstd.js";
import { DataRefusedError } from "../../src/errors.js";
import { collect } from "../contract/object-store.js";

async function* inBlocks(
  bytes: Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

export interface Reading {
  readonly key?: string;
  /** Bytes. */
  readonly blockSize?: number;
  readonly zstd?: ZstdDecoder;
}

/** The plain bytes of an object that comes in blocks of one size. */
export async function readObject(
  bytes: Uint8Array,
  { key = "a.ndjson", blockSize = 64 * 1024, zstd }: Reading = {},
): Promise<Buffer> {
  const blocks = await collect(
    decompress(key, inBlocks(bytes, blockSize), zstd),
  );
  for (const block of blocks) expect(block.length).to.be.within(1, 256 * 1024);
  return Buffer.concat(blocks);
}

/** The message with which an object is refused. */
export async function readRefusal(
  bytes: Uint8Array,
  reading: Reading = {},
): Promise<string> {
  const outcome: unknown = await readObject(bytes, reading).catch(
    (error: unknown) => error,
  );
  expect(outcome, `of ${bytes.length} bytes`).to.be.instanceOf(
    DataRefusedError,
  );
  return String(outcome);
}
