import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A folder of a control group that the process is in, directly or through another one: a limit of any of them holds. */
export interface ControlGroup {
  readonly folder: string;
  readonly version: 1 | 2;
}

/**
 * The process's own group first, then those that it lies in.
 * @param controller As version 1 names it, which has a tree of groups for each: `cpu`, `memory`.
 * @param root Of the file system that tells of control groups.
 */
export function* listControlGroups(
  controller: string,
  root = "/",
): Generator<ControlGroup> {
  const groups = readGroupFile(join(root, "proc/self/cgroup")) ?? "";
  for (const line of groups.split("\n")) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, controllers = "", group = "/"] = match;
    const version = controllers === "" ? 2 : 1;
    if (version === 1 && !controllers.split(",").includes(controller)) continue;
    const mount = join(root, "sys/fs/cgroup", version === 2 ? "" : controller);
    for (let folder = group; ; folder = dirname(folder)) {
      yield { folder: join(mount, folder), version };
      if (folder === "/") break;
    }
  }
}

/** Null where there is no such file, or none that may be read. */
export function readGroupFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
