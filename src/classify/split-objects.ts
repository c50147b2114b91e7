import type { ObjectStore } from "../ports/object-store.js";
import { createSplitter } from "./create-splitter.js";
import type { SetAsideReason } from "./manifest.js";
import { openInputs, type NextInput } from "./open-inputs.js";
import { maxUnknownTypes, refuseUnknownTypes } from "./refuse-counts.js";
import { formatSetAside } from "./set-aside-record.js";
import { setAsideName, type SplitCounts } from "./split-counts.js";
import type { SplitTask } from "./split-task.js";
import type { Spool } from "./spool.js";
import type { Splitter, SplitSink } from "./splitter.js";
import { wrapLines } from "./wrap-columns.js";

export interface ObjectsSplit {
  readonly counts: SplitCounts;
  readonly splitter: Splitter["kind"];
}

/**
 * Routes every line of the objects into the spool, under its type's name or `_set_aside`, object by object, line by line,
 * and closes it. Throws DataRefusedError on a damaged object or too many unknown types.
 * @param pause Asked after each block; what it returns is waited for.
 */
export async function splitObjects(
  task: SplitTask,
  source: ObjectStore,
  nextInput: NextInput,
  spool: Spool,
  pause: () => Promise<unknown> | null,
): Promise<ObjectsSplit> {
  const rows = new Map<string, number>();
  const reasons = new Map<SetAsideReason, number>();
  const wrapped = new Map(
    [...task.wrapped].map(([type, columns]) => [type, new Set(columns)]),
  );
  let unknownTypes = 0;
  let sourceKey = "";

  const sink: SplitSink = {
    takeLines(type, count, bytes) {
      const known = rows.get(type);
      if (known === undefined && !task.knownTypes.has(type)) {
        unknownTypes += 1;
        if (unknownTypes > maxUnknownTypes)
          refuseUnknownTypes(source.url, task.typeKey, type);
      }
      rows.set(type, (known ?? 0) + count);
      const columns = wrapped.get(type);
      spool.append(
        type,
        count,
        columns === undefined ? bytes : wrapLines(bytes, columns),
      );
    },
    takeRefused(line) {
      reasons.set(line.reason, (reasons.get(line.reason) ?? 0) + 1);
      let rows = 1;
      for (const piece of formatSetAside(sourceKey, line)) {
        spool.append(setAsideName, rows, piece);
        rows = 0;
      }
    },
  };
  const splitter = createSplitter(sink, task);

  let [lines, blank, bytes] = [0, 0, 0];
  try {
    for await (const { input, body } of openInputs(
      source,
      nextInput,
      task.objectsOpen,
    )) {
      sourceKey = input.key;
      for await (const block of body) {
        splitter.push(block);
        const wait = pause();
        if (wait !== null) await wait;
      }
      const counts = splitter.end();
      lines += counts.lines;
      blank += counts.blank;
      bytes += counts.bytes;
    }
    splitter.flush();
    spool.close();
  } finally {
    spool.discard();
  }
  return {
    splitter: splitter.kind,
    counts: { lines, blank, bytes, rows, reasons: Object.fromEntries(reasons) },
  };
}
