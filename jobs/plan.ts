import { planHour, type PlanHourOptions } from "../src/classify/plan-hour.js";
import { formatPlanId, formatShard } from "../src/classify/plan.js";
import type { FolderHour } from "../src/folder-hour.js";
import type { ObjectStore } from "../src/ports/object-store.js";

export interface PlanResult {
  readonly hour: FolderHour;
  /** The plan's id. */
  readonly plan: string;
  /** Number of shards. */
  readonly shards: number;
  readonly objects: number;
  /** As the objects are stored. */
  readonly bytes: number;
  readonly shares: readonly {
    /** Like `1/3`. */
    readonly shard: string;
    readonly objects: number;
    readonly bytes: number;
  }[];
}

/** Deals one folder hour's objects to shards; see `planHour` for what it promises and throws. */
export async function plan(
  options: PlanHourOptions,
  ports: { readonly source: ObjectStore; readonly stage: ObjectStore },
): Promise<PlanResult> {
  const { shards } = options;
  const made = await planHour(options, ports);
  const shares = made.shares.map((indexes, index) => ({
    shard: formatShard({ index: index + 1, of: shards }),
    objects: indexes.length,
    bytes: indexes.reduce(
      (sum, input) => sum + (made.inputs[input]?.size ?? 0),
      0,
    ),
  }));
  return {
    hour: made.hour,
    plan: formatPlanId(made),
    shards,
    objects: made.inputs.length,
    bytes: shares.reduce((sum, { bytes }) => sum + bytes, 0),
    shares,
  };
}
