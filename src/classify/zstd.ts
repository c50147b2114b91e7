import * as zlib from "node:zlib";
import { damagedObject } from "./damaged-object.js";
import {
  chunkBytes,
  isZlibError,
  throughZlib,
  type ZlibStream,
} from "./through-zlib.js";

/**
 * Decodes whole frames, in pieces that never reach over a frame's end. Throws DataRefusedError where they do not decode or
 * have another checksum than they say.
 */
export type ZstdDecoder = (
  key: string,
  frames: AsyncGenerator<Uint8Array>,
) => AsyncGenerator<Uint8Array>;

// Node 22.15 and 23.8 brought it; the types here are Node 20's.
const { createZstdDecompress } = zlib as {
  createZstdDecompress?: (options: { chunkSize: number }) => ZlibStream;
};

/** Null where this Node has no zstd. */
export const nodeZstd: ZstdDecoder | null =
  createZstdDecompress === undefined
    ? null
    : (key, frames) =>
        decodeByNode(
          key,
          createZstdDecompress({ chunkSize: chunkBytes }),
          frames,
        );

async function* decodeByNode(
  key: string,
  stream: ZlibStream,
  frames: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    const left = yield* throughZlib(stream, () => nextOf(frames));
    if (left.length > 0) {
      throw damagedObject(key, "zstd", "a frame goes on behind its content");
    }
  } catch (error) {
    throw isZlibError(error)
      ? damagedObject(key, "zstd", error.message, error)
      : error;
  }
}

/** zstd itself as WebAssembly: 1.4 times the CPU of Node's. */
export const libraryZstd: ZstdDecoder = async function* (key, frames) {
  const { ZSTDDecoder } = await import("zstddec/stream");
  const decoder = new ZSTDDecoder();
  await decoder.init();

  let ahead = await nextOf(frames);
  let taken = 0;
  const decoding = decoder.decodeStreaming(
    (function* () {
      while (ahead !== null) {
        taken += 1;
        yield ahead;
      }
    })(),
  );
  let stuck = false;
  try {
    for (let idle = false; ;) {
      const takenBefore = taken;
      const step = nextStep(key, decoding);
      if (step.done === true) return;
      const took = taken > takenBefore;
      // On an error the decoder takes nothing, gives nothing, and tries for ever.
      stuck = idle && !took;
      if (stuck) {
        throw damagedObject(key, "zstd", "a frame's content does not decode");
      }
      if (took) ahead = await nextOf(frames);
      idle = step.value.length === 0;
      if (!idle) yield step.value;
    }
  } finally {
    ahead = null;
    if (!stuck) runOut(decoding);
  }
};

/** Only where it has run out of input does the decoder free its memory, a window and more, which all objects share. */
function runOut(decoding: Generator<Uint8Array>): void {
  try {
    for (let tries = 0; tries < 1000 && decoding.next().done !== true;) {
      tries += 1;
    }
  } catch {
    // Input is missing, as it must be; the memory is free by then.
  }
}

function nextStep(
  key: string,
  decoding: Generator<Uint8Array>,
): IteratorResult<Uint8Array, unknown> {
  try {
    return decoding.next();
  } catch (error) {
    throw damagedObject(
      key,
      "zstd",
      String(error),
      error instanceof Error ? error : undefined,
    );
  }
}

async function nextOf(
  blocks: AsyncGenerator<Uint8Array>,
): Promise<Uint8Array | null> {
  const step = await blocks.next();
  return step.done === true ? null : step.value;
}
