import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

/**
 * How many threads this process may keep busy: the host's processors that it may run on, or fewer where a control group
 * limits it, as a pod's CPU limit does. At least 1; a limit that is no whole number is rounded up.
 * @param root Of the file system that tells of control groups.
 */
export function readCpuLimit(
  processors = availableParallelism(),
  root = "/",
): number {
  const limits = [...listGroups(root)].flatMap((folder) => {
    const limit = readQuota(folder);
    return limit === null ? [] : [limit];
  });
  return Math.max(1, Math.ceil(Math.min(processors, ...limits)));
}

/** The folders of the process's control group, and of those that it lies in: a limit of any of them holds. */
function* listGroups(root: string): Generator<string> {
  const groups = readText(join(root, "proc/self/cgroup")) ?? "";
  for (const line of groups.split("\n")) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, controllers = "", group = "/"] = match;
    const isVersion2 = controllers === "";
    if (!isVersion2 && !controllers.split(",").includes("cpu")) continue;
    const mount = join(root, "sys/fs/cgroup", isVersion2 ? "" : "cpu");
    for (let folder = group; ; folder = dirname(folder)) {
      yield join(mount, folder);
      if (folder === "/") break;
    }
  }
}

/** Processors; null where the group has no limit. Version 2 has one file, version 1 two. */
function readQuota(folder: string): number | null {
  const [quota, period] = (
    readText(join(folder, "cpu.max")) ??
    `${readText(join(folder, "cpu.cfs_quota_us")) ?? ""} ${readText(join(folder, "cpu.cfs_period_us")) ?? ""}`
  )
    .trim()
    .split(/\s+/)
    .map(Number);
  const limit = (quota ?? NaN) / (period ?? NaN);
  return limit > 0 ? limit : null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
