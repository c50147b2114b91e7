import { ObjectChangedError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";

/** How often an object is read again that is replaced while it is read. */
const maxReads = 5;

/** A small object's bytes; null where there is none. */
export async function readWhole(
  store: ObjectStore,
  key: string,
): Promise<{ readonly bytes: Buffer; readonly etag: string } | null> {
  for (let read = 1; ; read += 1) {
    try {
      const object = await store.get(key);
      if (object === null) return null;
      const blocks: Uint8Array[] = [];
      for await (const block of object.body) blocks.push(block);
      return { bytes: Buffer.concat(blocks), etag: object.etag };
    } catch (error) {
      if (!(error instanceof ObjectChangedError) || read === maxReads)
        throw error;
    }
  }
}
