import { Readable } from "node:stream";
import { ObjectChangedError } from "../errors.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { decompress } from "./decompress.js";

/** Blocks of 256 KiB that each object read ahead may hold: 2 MiB. */
const blocksAhead = 8;

/**
 * The objects' plain bytes, one object after the other in the given order, while the next ones, up to `concurrency`
 * in all, are already fetched and decompressed: the order of the lines depends on the keys alone.
 */
export function* openInputs(
  source: ObjectStore,
  inputs: readonly ObjectInfo[],
  concurrency: number,
): Generator<{
  readonly input: ObjectInfo;
  readonly body: AsyncIterable<Uint8Array>;
}> {
  const open: { readonly input: ObjectInfo; readonly body: Readable }[] = [];
  let next = 0;
  try {
    for (;;) {
      for (; open.length < concurrency && next < inputs.length; next += 1) {
        const input = inputs[next];
        if (input !== undefined)
          open.push({ input, body: startReading(source, input) });
      }
      const first = open[0];
      if (first === undefined) return;
      yield first;
      open.shift();
    }
  } finally {
    for (const { body } of open) body.destroy();
  }
}

function startReading(source: ObjectStore, input: ObjectInfo): Readable {
  const body = Readable.from(readInput(source, input), {
    objectMode: true,
    highWaterMark: blocksAhead,
  });
  // An error waits in the stream until its turn to be read.
  body.on("error", () => undefined);
  body.read(0);
  return body;
}

async function* readInput(
  source: ObjectStore,
  input: ObjectInfo,
): AsyncGenerator<Uint8Array> {
  const object = await source.get(input.key, { ifMatch: input.etag });
  if (object === null) {
    throw new ObjectChangedError(
      `${source.url}: ${input.key} went away after it was listed; list the hour again`,
    );
  }
  yield* decompress(`${source.url}: ${input.key}`, object.body);
}
