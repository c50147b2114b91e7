import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface PodEffort {
  /** The most that the kernel counted at once, files that it could have dropped included. */
  readonly peakBytes: number;
  /** The most that it could not have dropped, of what was seen at the looks. */
  readonly peakKeptBytes: number;
  readonly cpuSeconds: number;
}

const groups = "/sys/fs/cgroup";
const lookEveryMs = 50;

/**
 * Reads the control groups of all pods of the cluster, by the pods' uids, until it is stopped. A pod's group outlives its
 * container for a moment, and counts what that took: the last look at it is the whole.
 */
export function watchEfforts(): {
  readonly efforts: ReadonlyMap<string, PodEffort>;
  stop: () => void;
} {
  const efforts = new Map<string, PodEffort>();
  const timer = setInterval(() => {
    for (const folder of findPodFolders("memory")) {
      const uid = /pod([0-9a-f-]{36})$/.exec(folder)?.[1];
      if (uid === undefined) continue;
      const peak = readNumber(
        join(groups, "memory", folder),
        "memory.max_usage_in_bytes",
      );
      const cpu = readNumber(join(groups, "cpuacct", folder), "cpuacct.usage");
      if (peak === null || cpu === null) continue;
      const kept = readKept(join(groups, "memory", folder));
      const before = efforts.get(uid);
      efforts.set(uid, {
        peakBytes: Math.max(peak, before?.peakBytes ?? 0),
        peakKeptBytes: Math.max(kept, before?.peakKeptBytes ?? 0),
        cpuSeconds: Math.max(cpu / 1e9, before?.cpuSeconds ?? 0),
      });
    }
  }, lookEveryMs);
  return {
    efforts,
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Below the cluster's own group: by the pods' classes of service, or at its top. */
function findPodFolders(controller: string): string[] {
  const top = "kubelab";
  return ["", "burstable", "besteffort"].flatMap((service) => {
    const folder = join(top, "kubepods", service);
    try {
      return readdirSync(join(groups, controller, folder))
        .filter((name) => name.startsWith("pod"))
        .map((name) => join(folder, name));
    } catch {
      return [];
    }
  });
}

function readKept(folder: string): number {
  const used = readNumber(folder, "memory.usage_in_bytes") ?? 0;
  try {
    const stat = readFileSync(join(folder, "memory.stat"), "utf8");
    const files = ["total_inactive_file", "total_active_file"].map((name) =>
      Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? 0),
    );
    return files.reduce((kept, bytes) => kept - bytes, used);
  } catch {
    return 0;
  }
}

function readNumber(folder: string, name: string): number | null {
  try {
    return Number(readFileSync(join(folder, name), "utf8"));
  } catch {
    return null;
  }
}
