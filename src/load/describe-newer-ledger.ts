import type { FolderHour } from "../folder-hour.js";

/** Of an hour whose manifest is of an older seq than a load of it: what was found, and what to do. */
export function describeNewerLedger(
  hour: FolderHour,
  loadedSeq: number,
  manifestSeq: number,
): string {
  return (
    `seq ${loadedSeq} is loaded, but the manifest is of seq ${manifestSeq}: it was deleted or put back. ` +
    `If the source is whole, run ${loadedSeq - manifestSeq + 1} times, so that its seq is higher: sluice classify --hour ${hour}; ` +
    `then, once: sluice reconcile --from ${hour} --to ${hour} --run`
  );
}
