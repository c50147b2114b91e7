import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../catalog/catalog.js";
import { PreconditionFailedError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { balanceShares } from "./balance-shares.js";
import { listInputs, randomRunId, refuseUnsettled } from "./classify-hour.js";
import { filesOf } from "./hour-files.js";
import { catalogRules } from "./plan-rules.js";
import { planKey, type Plan } from "./plan.js";
import { readManifest } from "./read-manifest.js";
import { readPlan } from "./read-plan.js";
import { parseStageKey } from "./stage-key.js";

export interface PlanHourOptions {
  readonly catalog: Catalog;
  readonly hour: FolderHour;
  /** From 1 to `maxShards`. */
  readonly shards: number;
  readonly now: () => Date;
  /** 16 hexadecimal digits; must never give the same again. */
  readonly newRunId?: () => string;
}

/**
 * Lists the hour's source objects once and deals them to shards. Every plan is a new one; an older plan of the hour stays
 * as good as it was until either is committed. Throws NotReadyError as classifyHour does.
 */
export async function planHour(
  options: PlanHourOptions,
  {
    source,
    stage,
  }: { readonly source: ObjectStore; readonly stage: ObjectStore },
): Promise<Plan> {
  const { catalog, hour, now } = options;
  refuseUnsettled(catalog, hour, now());
  const run = (options.newRunId ?? randomRunId)();
  // Before the listing: the commit must replace what stood when the source was looked at.
  const previous = await readManifest(stage, hour);
  const inputs = await listInputs(catalog, hour, source);
  const plan: Plan = {
    version: 1,
    hour,
    run,
    created_at: now().toISOString(),
    ...catalogRules(catalog),
    previous:
      previous === null
        ? null
        : {
            etag: previous.etag,
            seq: previous.manifest.seq,
            files: filesOf(previous.manifest).filter(
              (key) => parseStageKey(key, hour) !== null,
            ),
          },
    inputs: inputs.map(({ key, etag, sizeBytes }) => ({
      key,
      etag,
      size: sizeBytes,
    })),
    shares: balanceShares(
      inputs.map(({ sizeBytes }) => sizeBytes),
      options.shards,
    ),
  };
  try {
    await stage.put(planKey(plan), Buffer.from(`${JSON.stringify(plan)}\n`), {
      ifMatch: null,
    });
  } catch (error) {
    // Ours, where the answer to a first try was lost.
    if (
      !(error instanceof PreconditionFailedError) ||
      !isDeepStrictEqual(await readPlan(stage, plan), plan)
    )
      throw error;
  }
  return plan;
}
