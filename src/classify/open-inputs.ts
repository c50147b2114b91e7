import { ObjectChangedError } from "../errors.js";
import type {
  ObjectInfo,
  ObjectStore,
  OpenObject,
} from "../ports/object-store.js";
import { decompress } from "./decompress.js";

/** Null: there are no more. */
export type NextInput = () => Promise<ObjectInfo | null>;

export interface OpenInput {
  readonly input: ObjectInfo;
  /** Plain bytes. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The objects in the order in which they are named, each to be read to its end before the next. Up to `objectsOpen` are
 * asked for at once, so that a store's time to its first byte is not waited for again and again.
 */
export async function* openInputs(
  source: ObjectStore,
  nextInput: NextInput,
  objectsOpen: number,
): AsyncGenerator<OpenInput> {
  const opening: Promise<OpenObject | null>[] = [];
  const open = async (): Promise<OpenObject | null> => {
    const input = await nextInput();
    if (input === null) return null;
    const object = await source.get(input.key, {
      ifMatch: input.etag,
      reuseBlocks: true,
    });
    if (object === null) {
      throw new ObjectChangedError(
        `${source.url}: ${input.key} went away after it was listed; list the hour again`,
      );
    }
    return object;
  };
  const openNext = (): void => {
    const next = open();
    // An error waits for its object's turn.
    next.catch(() => undefined);
    opening.push(next);
  };
  try {
    for (;;) {
      if (opening.length === 0) openNext();
      const object = await opening[0];
      if (object === undefined || object === null) return;
      while (opening.length < objectsOpen) openNext();
      yield {
        input: object,
        body: decompress(`${source.url}: ${object.key}`, object.body),
      };
      void opening.shift();
    }
  } finally {
    for (const next of opening) {
      const object = await next.catch(() => null);
      const blocks = object?.body[Symbol.asyncIterator]();
      // One that was never read from may know nothing of its stream yet.
      await blocks?.next().catch(() => undefined);
      await blocks?.return?.().catch(() => undefined);
    }
  }
}
