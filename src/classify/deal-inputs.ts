import type { ObjectInfo } from "../ports/object-store.js";

/**
 * Deals the inputs in their order. A thread asks for its next one while it still reads another; as long as there may be
 * too few for the threads that have had none, because they started later, it waits.
 */
export function dealInputs(
  inputs: readonly ObjectInfo[],
  threads: number,
): { next(thread: number): Promise<ObjectInfo | null> } {
  const rest = [...inputs];
  const served = new Set<number>();
  let waiting: (() => void)[] = [];
  const mustWait = (thread: number): boolean =>
    served.has(thread) &&
    rest.length > 0 &&
    rest.length <= threads - served.size;
  return {
    async next(thread) {
      while (mustWait(thread))
        await new Promise<void>((resolve) => waiting.push(resolve));
      served.add(thread);
      const input = rest.shift() ?? null;
      for (const resume of waiting) resume();
      waiting = [];
      return input;
    },
  };
}
