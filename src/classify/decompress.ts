import { ByteSource } from "./byte-source.js";
import { gunzip, isGzip } from "./gunzip.js";
import { isZstd, zstdFrames } from "./zstd-frames.js";
import { libraryZstd, nodeZstd, type ZstdDecoder } from "./zstd.js";

const maxBlockBytes = 256 * 1024;

/**
 * The object's plain bytes in blocks of 256 KiB at most, by its first bytes and not by its name: gzip of any number of
 * members, zero padding between and after them included, zstd of any number of frames, or the bytes as they are.
 * Throws DataRefusedError that names the object where compressed data is damaged, cut short, or followed by something else.
 */
export async function* decompress(
  key: string,
  body: AsyncIterable<Uint8Array>,
  zstd: ZstdDecoder = nodeZstd ?? libraryZstd,
): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(body);
  try {
    const start = await source.peek(4);
    if (isGzip(start)) yield* gunzip(key, source);
    else if (isZstd(start)) yield* zstd(key, zstdFrames(key, source));
    else yield* plainBlocks(source);
  } finally {
    await source.close();
  }
}

async function* plainBlocks(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let block; (block = await source.next()) !== null;) {
    for (let at = 0; at < block.length; at += maxBlockBytes) {
      yield block.subarray(at, at + maxBlockBytes);
    }
  }
}
