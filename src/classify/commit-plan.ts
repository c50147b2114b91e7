import { countOf } from "../count-of.js";
import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { NotReadyError, ServiceError } from "../errors.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import { buildManifest } from "./build-manifest.js";
import { commitHour } from "./commit-hour.js";
import { findHourFiles } from "./find-hour-files.js";
import { isOfPlan } from "./hour-files.js";
import type { Manifest } from "./manifest.js";
import {
  deadPlanError,
  judgePlan,
  readPlanState,
  readPlanStateAgain,
  standingManifest,
  type PlanState,
} from "./plan-state.js";
import { refuseOtherRules } from "./plan-rules.js";
import {
  formatPlanId,
  formatShard,
  planAnew,
  type Plan,
  type PlanId,
} from "./plan.js";
import { readManifest } from "./read-manifest.js";
import { readShardRecord } from "./read-shard-record.js";
import { refuseCounts } from "./refuse-counts.js";
import { countsOf, type ShardRecord } from "./shard-record.js";
import { addCounts } from "./split-counts.js";
import { sweepCommitted } from "./sweep-committed.js";

const requestsAtOnce = 16;
const missingTold = 20;

export interface CommitPlanOptions {
  readonly catalog: Catalog;
  readonly plan: PlanId;
  readonly now: () => Date;
  readonly log: Pick<Log, "warn">;
}

export interface CommitPlanResult {
  /** The manifest that stands now. */
  readonly manifest: Manifest;
  /** Another run's, of the same objects by the same rules, was first, and is as good as ours. */
  readonly adopted: boolean;
}

/**
 * Makes one manifest of what the plan's shards recorded, and commits it; killed at any moment and run again, or run twice
 * at once, it ends the same. Throws NotReadyError while a shard is missing, or where the plan is dead; DataRefusedError
 * where the hour as a whole is refused.
 */
export async function commitPlan(
  options: CommitPlanOptions,
  stage: ObjectStore,
): Promise<CommitPlanResult> {
  const { catalog, plan: id, now, log } = options;
  const found = await readPlanState(stage, id);
  if (found.state !== "open") return settle(stage, options, found);
  const { plan, standing } = found;
  refuseOtherRules(catalog, plan);
  const { records, missing } = await readRecords(stage, plan);
  if (missing.length > 0) {
    // Another commit may have swept them meanwhile.
    const again = await readPlanStateAgain(stage, plan);
    if (again.state !== "open") return settle(stage, options, again);
    throw new NotReadyError(
      `${stage.url}: plan ${formatPlanId(plan)} misses ${missing.length} of ${plan.shares.length} shards: ${missing.slice(0, missingTold).join(", ")}${missing.length > missingTold ? ", ..." : ""}. ` +
        `Run each, then commit again: sluice classify --plan ${formatPlanId(plan)} --shard ${missing[0] ?? ""}`,
    );
  }
  const counts = addCounts(records.map(countsOf));
  refuseCounts(
    catalog,
    catalog.source,
    counts,
    `, then ${planAnew(plan.hour)}`,
  );
  const manifest = buildManifest({
    catalog,
    hour: plan.hour,
    run: plan.run,
    seq: (plan.previous?.seq ?? 0) + 1,
    finishedAt: now(),
    inputs: plan.inputs.map(({ key, etag, size }) => ({
      key,
      etag,
      sizeBytes: size,
    })),
    counts,
    files: records.flatMap(({ files }) => files),
  });
  const commit = await commitHour(stage, catalog, manifest, standing, log);
  if (commit.outcome === "committed")
    return { manifest: commit.manifest, adopted: false };
  if (commit.outcome === "gone")
    throw new NotReadyError(
      `${stage.url}: ${countOf(commit.files.length, "file")} that the shards of plan ${formatPlanId(plan)} staged ${commit.files.length === 1 ? "is" : "are"} gone, ${commit.files[0] ?? ""} among them; nothing was committed. To classify the hour, ${planAnew(plan.hour)}`,
    );
  const overtaken = judgePlan(id, plan, await readManifest(stage, id.hour));
  if (overtaken.state === "open")
    throw new ServiceError(
      `${stage.url}: plan ${formatPlanId(plan)} lost to a manifest that is gone again; commit again`,
    );
  return settle(stage, options, overtaken);
}

async function readRecords(
  stage: ObjectStore,
  plan: Plan,
): Promise<{ records: ShardRecord[]; missing: string[] }> {
  const limit = pLimit(requestsAtOnce);
  const records: ShardRecord[] = [];
  const missing: string[] = [];
  const shards = plan.shares.map((_, index) => ({
    index: index + 1,
    of: plan.shares.length,
  }));
  const found = await Promise.all(
    shards.map((shard) => limit(() => readShardRecord(stage, plan, shard))),
  );
  for (const [index, shard] of shards.entries()) {
    const record = found[index] ?? null;
    if (record === null) missing.push(formatShard(shard));
    else records.push(record);
  }
  return { records, missing };
}

/** Ends a plan that can't be committed any more: removes what is its own, and the files that its manifest replaced. */
async function settle(
  stage: ObjectStore,
  { catalog, plan: id, log }: CommitPlanOptions,
  found: Exclude<PlanState, { state: "open" }>,
): Promise<CommitPlanResult> {
  const standing = standingManifest(found);
  // Without a manifest, somebody may be about to put a sound copy of it back.
  if (standing !== null) {
    const listDead = async (): Promise<string[]> => {
      const listed = await findHourFiles(
        stage,
        id.hour,
        [...catalog.types.keys(), ...Object.keys(standing.types)],
        (run) => run === id.run,
      );
      const own = listed.filter((key) => isOfPlan(key, id));
      return [...own, ...(found.plan?.previous?.files ?? [])];
    };
    await sweepCommitted(stage, standing, listDead, log);
  }
  if (found.state === "dead")
    throw deadPlanError(stage, id, found.plan, found.standing);
  return { manifest: found.manifest, adopted: found.state === "adopted" };
}
