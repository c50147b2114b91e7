import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A control group with a limit of memory, as a container's. */
export interface MemoryGroup {
  /** The command, to be run in it. */
  wrap(command: readonly string[]): readonly string[];
  /** Of all that was counted, files that the kernel would drop included. The group is gone then: its peak can't be set back everywhere. */
  removeAndTakePeakBytes(): number;
}

const versions = [
  {
    folder: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    peak: "memory.max_usage_in_bytes",
  },
  { folder: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak" },
];

/** Null where this user, or this kernel, can make none. */
export function makeMemoryGroup(limitBytes: number): MemoryGroup | null {
  for (const { folder, limit, peak } of versions) {
    const group = join(folder, `sluice-bench-${process.pid}`);
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    try {
      writeFileSync(join(group, limit), String(limitBytes));
      readFileSync(join(group, peak));
    } catch {
      rmdirSync(group);
      continue;
    }
    return {
      wrap: (command) => [
        ...["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"'],
        ...[group, ...command],
      ],
      removeAndTakePeakBytes() {
        const bytes = Number(readFileSync(join(group, peak), "utf8"));
        rmdirSync(group);
        return bytes;
      },
    };
  }
  return null;
}
