import { availableParallelism } from "node:os";
import { join } from "node:path";
import { listControlGroups, readGroupFile } from "./control-groups.js";

/**
 * How many threads this process may keep busy: the host's processors that it may run on, or fewer where a control group
 * limits it, as a pod's CPU limit does. At least 1; a limit that is no whole number is rounded up.
 * @param root Of the file system that tells of control groups.
 */
export function readCpuLimit(
  processors = availableParallelism(),
  root = "/",
): number {
  const limits = [...listControlGroups("cpu", root)].flatMap(({ folder }) => {
    const limit = readQuota(folder);
    return limit === null ? [] : [limit];
  });
  return Math.max(1, Math.ceil(Math.min(processors, ...limits)));
}

/** Processors; null where the group has no limit. Version 2 has one file, version 1 two. */
function readQuota(folder: string): number | null {
  const [quota, period] = (
    readGroupFile(join(folder, "cpu.max")) ??
    `${readGroupFile(join(folder, "cpu.cfs_quota_us")) ?? ""} ${readGroupFile(join(folder, "cpu.cfs_period_us")) ?? ""}`
  )
    .trim()
    .split(/\s+/)
    .map(Number);
  const limit = (quota ?? NaN) / (period ?? NaN);
  return limit > 0 ? limit : null;
}
