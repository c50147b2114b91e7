import { createGunzip } from "node:zlib";
import type { ByteSource } from "./byte-source.js";
import { damagedObject } from "./damaged-object.js";
import { chunkBytes, isZlibError, throughZlib } from "./through-zlib.js";

export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** The plain bytes of any number of gzip members, zero padding between and after them included. */
export async function* gunzip(
  key: string,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  do {
    if (!isGzip(await source.peek(2))) {
      throw damagedObject(
        key,
        "gzip",
        "other bytes follow its compressed data",
      );
    }
    yield* gunzipRun(key, source);
    await source.skipZeros();
  } while ((await source.peek(1)).length > 0);
}

/** One member and those right behind it: zlib stops without a word at a zero byte after a member. */
async function* gunzipRun(
  key: string,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  try {
    source.unread(
      yield* throughZlib(createGunzip({ chunkSize: chunkBytes }), () =>
        source.next(),
      ),
    );
  } catch (error) {
    throw isZlibError(error)
      ? damagedObject(key, "gzip", error.message, error)
      : error;
  }
}
