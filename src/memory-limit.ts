import { totalmem } from "node:os";
import { join } from "node:path";
import {
  listControlGroups,
  readGroupFile,
  type ControlGroup,
} from "./control-groups.js";

/** What the kernel lets this process have, as a pod's memory limit does. */
export interface MemoryLimit {
  readonly limitBytes: number;
  /** Where the limit stands. */
  readonly file: string;
  /** What the kernel counts and can't take back, above `atLeastBytes`; a cheaper number where less than that is counted at all. */
  readonly readUsedBytes: (atLeastBytes: number) => number;
}

/**
 * The lowest limit of the control groups that the process is in; null where there is none below the machine's memory.
 * @param root Of the file system that tells of control groups.
 */
export function findMemoryLimit(
  root = "/",
  machineBytes = totalmem(),
): MemoryLimit | null {
  let lowest: MemoryLimit | null = null;
  for (const { folder, version } of listControlGroups("memory", root)) {
    const file = join(
      folder,
      version === 2 ? "memory.max" : "memory.limit_in_bytes",
    );
    // "max", or about 2^63 in version 1, where there is no limit.
    const limitBytes = Number(readGroupFile(file)?.trim() || NaN);
    if (!(limitBytes > 0 && limitBytes < (lowest?.limitBytes ?? machineBytes)))
      continue;
    const readUsedBytes = (atLeastBytes: number) =>
      readUsed({ folder, version }, atLeastBytes);
    lowest = { limitBytes, file, readUsedBytes };
  }
  return lowest;
}

/** Files that were read or written lie in memory too, but the kernel drops them where it needs the room. */
function readUsed(
  { folder, version }: ControlGroup,
  atLeastBytes: number,
): number {
  const counted = Number(
    readGroupFile(
      join(folder, version === 2 ? "memory.current" : "memory.usage_in_bytes"),
    ) ?? 0,
  );
  if (counted < atLeastBytes) return counted;
  const droppable =
    version === 2
      ? ["inactive_file", "active_file", "slab_reclaimable"]
      : ["total_inactive_file", "total_active_file"];
  const stat = readGroupFile(join(folder, "memory.stat")) ?? "";
  return droppable.reduce((used, name) => {
    const value = new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1];
    return used - Number(value ?? 0);
  }, counted);
}
