import { hourPath, type FolderHour } from "../folder-hour.js";
import type { SetAsideReason } from "./manifest.js";
import { plansName, type PlanId, type Shard } from "./plan.js";
import type { SplitCounts } from "./split-counts.js";
import type { StagedFile } from "./upload-parts.js";

/**
 * What one shard of a plan staged. Written as JSON at `_plans/YYYY/MM/DD/HH/{run}/NNNNN-of-NNNNN.json`, once: of several
 * attempts at a shard, the one that records first is the shard's.
 */
export interface ShardRecord {
  readonly version: 1;
  readonly hour: FolderHour;
  /** The plan's. */
  readonly run: string;
  /** From 1. */
  readonly shard: number;
  readonly shards: number;
  /** What the names of its files begin with. */
  readonly attempt: string;
  readonly counts: {
    readonly lines: number;
    readonly blank: number;
    readonly bytes: number;
    readonly reasons: Readonly<Partial<Record<SetAsideReason, number>>>;
    readonly rows: Readonly<Record<string, number>>;
  };
  readonly files: readonly StagedFile[];
}

export function shardRecordKey({ hour, run }: PlanId, shard: Shard): string {
  const digits = (number: number) => String(number).padStart(5, "0");
  return `${plansName}/${hourPath(hour)}/${run}/${digits(shard.index)}-of-${digits(shard.of)}.json`;
}

export function countsOf({ counts }: ShardRecord): SplitCounts {
  return { ...counts, rows: new Map(Object.entries(counts.rows)) };
}
