import type { Transform } from "node:stream";

/** Half the CPU of zlib's default of 16 KiB; 1 MiB gains no more. */
export const chunkBytes = 256 * 1024;

/** One of node:zlib's streams: `bytesWritten` counts the input that it took. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

const nothing = new Uint8Array(0);

/**
 * The stream's output for the blocks that `next` gives, null being their end. Returns what the stream did not take of the
 * last block: it ends without a word at bytes that it does not want, and `next` is not called again.
 */
export async function* throughZlib(
  stream: ZlibStream,
  next: () => Promise<Uint8Array | null>,
): AsyncGenerator<Uint8Array, Uint8Array> {
  const feeding = feed(stream, next).catch((error: unknown) => {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    return nothing;
  });
  try {
    for await (const block of stream) yield block as Buffer;
  } finally {
    stream.destroy();
    await feeding;
  }
  return feeding;
}

async function feed(
  stream: ZlibStream,
  next: () => Promise<Uint8Array | null>,
): Promise<Uint8Array> {
  let fedBytes = 0;
  // A stream that ends or breaks off in the middle of a block never calls back for it.
  let wake = (): void => undefined;
  stream.once("close", () => {
    wake();
  });
  for (let block; (block = await next()) !== null;) {
    fedBytes += block.length;
    await new Promise<void>((resolve) => {
      wake = resolve;
      stream.write(block, () => {
        resolve();
      });
    });
    const leftBytes = fedBytes - stream.bytesWritten;
    if (leftBytes > 0) return block.subarray(block.length - leftBytes);
    if (stream.destroyed) return nothing;
  }
  // Node's zstd takes the end of no input at all for a truncation.
  if (fedBytes === 0) stream.push(null);
  else stream.end();
  return nothing;
}

/** Whether node:zlib says so of the data, with `code` Z_.. or ZSTD_error_... */
export function isZlibError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^Z(STD)?_/.test(error.code)
  );
}
