import { createGunzip, type Gunzip } from "node:zlib";
import { DataRefusedError } from "../errors.js";

/** Half the CPU of zlib's default of 16 KiB. */
const chunkBytes = 256 * 1024;

/**
 * The object's plain bytes, by its first bytes and not by its name: gzip of any number of members, zero padding between
 * and after them included, or the bytes as they are. Throws DataRefusedError that names the object where gzip data is damaged.
 */
export async function* decompress(
  key: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(body);
  try {
    if (!(await source.startsWithGzip())) {
      for (let block; (block = await source.next()) !== null;) yield block;
      return;
    }
    do {
      if (!(await source.startsWithGzip())) {
        throw damaged(key, "other bytes follow its compressed data");
      }
      yield* gunzipRun(key, source);
    } while (await source.skipZeros());
  } finally {
    await source.close();
  }
}

/**
 * One gzip member and those right behind it. zlib stops without a word at a zero byte after a member, so what it did not
 * take goes back to the source.
 */
async function* gunzipRun(
  key: string,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const closed = new Promise<void>((resolve) => gunzip.once("close", resolve));
  const feeding = feed(gunzip, source, closed).catch((error: unknown) => {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const block of gunzip) yield block as Buffer;
  } catch (error) {
    throw isZlibError(error) ? damaged(key, error.message, error) : error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

async function feed(
  gunzip: Gunzip,
  source: ByteSource,
  closed: Promise<void>,
): Promise<void> {
  let fedBytes = 0;
  for (let block; (block = await source.next()) !== null;) {
    fedBytes += block.length;
    const written = new Promise<void>((resolve) =>
      gunzip.write(block, () => {
        resolve();
      }),
    );
    await Promise.race([written, closed]);
    const refusedBytes = fedBytes - gunzip.bytesWritten;
    if (refusedBytes > 0) {
      source.unread(block.subarray(block.length - refusedBytes));
      return;
    }
    if (gunzip.destroyed) return;
  }
  gunzip.end();
}

/** Blocks, with a way to look ahead and to give back. */
class ByteSource {
  readonly #blocks: AsyncIterator<Uint8Array>;
  #ahead: Uint8Array = new Uint8Array(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#blocks = body[Symbol.asyncIterator]();
  }

  /** Null at the end. */
  async next(): Promise<Uint8Array | null> {
    if (this.#ahead.length > 0) {
      const block = this.#ahead;
      this.#ahead = new Uint8Array(0);
      return block;
    }
    const step = await this.#blocks.next();
    return step.done === true ? null : step.value;
  }

  unread(block: Uint8Array): void {
    this.#ahead = block;
  }

  async startsWithGzip(): Promise<boolean> {
    while (this.#ahead.length < 2) {
      const step = await this.#blocks.next();
      if (step.done === true) return false;
      this.#ahead = Buffer.concat([this.#ahead, step.value]);
    }
    return this.#ahead[0] === 0x1f && this.#ahead[1] === 0x8b;
  }

  /** Whether anything but zero bytes is left. */
  async skipZeros(): Promise<boolean> {
    for (let block; (block = await this.next()) !== null;) {
      const start = block.findIndex((byte) => byte !== 0);
      if (start < 0) continue;
      this.unread(block.subarray(start));
      return true;
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#blocks.return?.();
  }
}

function isZlibError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("Z_")
  );
}

function damaged(
  key: string,
  problem: string,
  cause?: Error,
): DataRefusedError {
  return new DataRefusedError(
    `${key}: the gzip data is damaged (${problem}); nothing of the hour was committed. Put a whole object in its place, or remove it, and classify again`,
    { cause },
  );
}
