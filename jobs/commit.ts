import {
  commitPlan,
  type CommitPlanOptions,
} from "../src/classify/commit-plan.js";
import {
  describeManifest,
  logManifest,
  type ManifestCounts,
} from "../src/classify/describe-manifest.js";
import { formatPlanId } from "../src/classify/plan.js";
import type { Log } from "../src/log.js";
import type { ObjectStore } from "../src/ports/object-store.js";

export interface CommitOptions extends CommitPlanOptions {
  readonly log: Log;
}

export interface CommitResult extends ManifestCounts {
  /** The plan's id. */
  readonly plan: string;
  /** Another run committed the same meanwhile; its files stand. */
  readonly adopted: boolean;
  readonly objects: number;
}

/** Commits what the shards of a plan staged; see `commitPlan` for what it promises and throws. */
export async function commit(
  options: CommitOptions,
  ports: { readonly stage: ObjectStore },
): Promise<CommitResult> {
  const { manifest, adopted } = await commitPlan(options, ports.stage);
  const result: CommitResult = {
    plan: formatPlanId(options.plan),
    ...describeManifest(manifest),
    adopted,
    objects: manifest.inputs.length,
  };
  logManifest(options.log, result);
  return result;
}
