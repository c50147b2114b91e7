import {
  classifyShard as classifyOneShard,
  type ClassifyShardOptions,
  type ClassifyShardResult,
} from "../src/classify/classify-shard.js";
import { bindLog } from "../src/bind-log.js";
import { formatPlanId, formatShard } from "../src/classify/plan.js";
import type { ShardRecord } from "../src/classify/shard-record.js";
import type { SplitPorts } from "../src/classify/stage-split.js";
import type { FolderHour } from "../src/folder-hour.js";

export interface ClassifyShardJobOptions extends ClassifyShardOptions {
  readonly now: () => Date;
}

export interface ShardResult {
  readonly hour: FolderHour;
  /** The plan's id. */
  readonly plan: string;
  /** Like `1/3`. */
  readonly shard: string;
  readonly outcome: ClassifyShardResult["outcome"];
  /** Null where the plan, or other work that is as good, is committed already. */
  readonly staged: {
    readonly objects: number;
    readonly lines: number;
    readonly blank: number;
    readonly set_aside: ShardRecord["counts"]["reasons"];
    /** Rows by type. */
    readonly types: ShardRecord["counts"]["rows"];
    /** Decompressed. */
    readonly bytes_read: number;
  } | null;
  readonly duration_ms: number;
  readonly peak_rss_bytes: number;
}

/** Classifies one shard of a plan; see `classifyShard` in src/classify for what it promises and throws. */
export async function classifyShard(
  options: ClassifyShardJobOptions,
  ports: SplitPorts,
): Promise<ShardResult> {
  const { plan, shard, now, log } = options;
  const started = now();
  const found = await classifyOneShard(options, ports);
  const result: ShardResult = {
    hour: plan.hour,
    plan: formatPlanId(plan),
    shard: formatShard(shard),
    outcome: found.outcome,
    staged:
      found.record === null
        ? null
        : {
            objects: found.objects,
            lines: found.record.counts.lines,
            blank: found.record.counts.blank,
            set_aside: found.record.counts.reasons,
            types: found.record.counts.rows,
            bytes_read: found.record.counts.bytes,
          },
    duration_ms: now().getTime() - started.getTime(),
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  const { run, hour } = plan;
  bindLog(log, { run, hour, type: null }).info(
    { plan: result.plan, shard: result.shard, outcome: result.outcome },
    "shard classified",
  );
  return result;
}
