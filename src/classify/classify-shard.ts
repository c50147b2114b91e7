import { randomBytes } from "node:crypto";
import { bindLog } from "../bind-log.js";
import {
  NotReadyError,
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
  UsageError,
} from "../errors.js";
import { findRecordProblem } from "./find-record-problem.js";
import { removeUnnamed } from "./hour-files.js";
import {
  deadPlanError,
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
  type Shard,
} from "./plan.js";
import { readShardRecord } from "./read-shard-record.js";
import { shardRecordKey, type ShardRecord } from "./shard-record.js";
import {
  stageSplit,
  type SplitPorts,
  type StagedSplit,
  type StageSplitOptions,
} from "./stage-split.js";

export interface ClassifyShardOptions extends Omit<StageSplitOptions, "hour"> {
  readonly plan: PlanId;
  readonly shard: Shard;
  /** Hexadecimal digits; must never give the same again. */
  readonly newAttemptId?: () => string;
}

export type ClassifyShardResult =
  /** `staged` by this attempt, or `recorded` by another one. */
  | {
      readonly outcome: "staged" | "recorded";
      readonly record: ShardRecord;
      readonly objects: number;
    }
  /** Nothing was left to do: the plan is committed, or another run committed the same work. */
  | { readonly outcome: "committed" | "adopted"; readonly record: null };

/**
 * Splits one shard of a plan and records what it staged, for the plan's commit. Killed at any moment and run again, or
 * run twice at once, one attempt is the shard's and the others leave nothing. Throws NotReadyError where the plan is dead
 * or a source object is not what the plan listed, DataRefusedError where the data is damaged or the catalog is another.
 */
export async function classifyShard(
  given: ClassifyShardOptions,
  ports: SplitPorts,
): Promise<ClassifyShardResult> {
  const { run, hour } = given.plan;
  const log = bindLog(given.log, { run, hour, type: null });
  const options = { ...given, log };
  const { catalog, shard } = options;
  const { stage } = ports;
  const found = await readPlanState(stage, options.plan);
  if (found.state !== "open") return settle(options, stage, found);
  const { plan } = found;
  const share = plan.shares[shard.index - 1];
  if (share === undefined || plan.shares.length !== shard.of) {
    throw new UsageError(
      `--shard ${formatShard(shard)}: plan ${formatPlanId(plan)} has ${plan.shares.length} shards; expected i/${plan.shares.length}`,
    );
  }
  refuseOtherRules(catalog, plan);
  const recorded = await readShardRecord(stage, plan, shard);
  if (recorded !== null)
    return { outcome: "recorded", record: recorded, objects: share.length };

  const attempt = `${plan.run}-s${shard.index}-${(options.newAttemptId ?? randomAttemptId)()}`;
  const split = await splitShare(options, ports, plan, share, attempt);
  const record = await recordShard(plan, shard, attempt, stage, split);
  const after = await readPlanStateAgain(stage, plan);
  if (after.state === "open") {
    // Records go only with a commit, and the plan with them.
    if (record === null)
      throw new ServiceError(
        `${stage.url}: the record ${shardRecordKey(plan, shard)} came and went while shard ${formatShard(shard)} of plan ${formatPlanId(plan)} was classified; run it again`,
      );
    return {
      outcome: record.attempt === attempt ? "staged" : "recorded",
      record,
      objects: share.length,
    };
  }
  // A commit that had ended before can't have swept what was recorded after it. Where the record is gone, it may have been ours.
  const standing = standingManifest(after);
  const isOwn = record === null || record.attempt === attempt;
  if (isOwn && standing !== null) {
    const own = split.files.map(({ key }) => key);
    await removeUnnamed(stage, [...own, shardRecordKey(plan, shard)], standing);
  }
  return settle(options, stage, after);
}

function settle(
  { plan: id, log }: ClassifyShardOptions,
  stage: SplitPorts["stage"],
  found: Exclude<PlanState, { state: "open" }>,
): ClassifyShardResult {
  if (found.state === "dead")
    throw deadPlanError(stage, id, found.plan, found.standing);
  log.info(
    { plan: formatPlanId(id), manifest_run: found.manifest.run },
    found.state === "committed"
      ? "the plan is committed already"
      : "another run committed the same work already",
  );
  return { outcome: found.state, record: null };
}

async function splitShare(
  options: ClassifyShardOptions,
  ports: SplitPorts,
  plan: Plan,
  share: readonly number[],
  attempt: string,
): Promise<StagedSplit> {
  const inputs = plan.inputs.map(({ key, etag, size }) => ({
    key,
    etag,
    sizeBytes: size,
  }));
  try {
    return await stageSplit(
      { ...options, hour: plan.hour },
      ports,
      attempt,
      share.flatMap((index) => inputs[index] ?? []),
    );
  } catch (error) {
    if (!(error instanceof ObjectChangedError)) throw error;
    // Whom these words tell to try again is classify.
    const found = error.message.replace(/; (list the hour|read it) again$/, "");
    throw new NotReadyError(
      `${found}. Plan ${formatPlanId(plan)} lists it as it was at ${plan.created_at}, and can't be carried out any more; ${planAnew(plan.hour)}`,
      { cause: error },
    );
  }
}

/** The shard's record, of this attempt or of the one that was first; null where it was swept, whosever it was. Files of an attempt that was not first are deleted. */
async function recordShard(
  plan: Plan,
  shard: Shard,
  attempt: string,
  stage: SplitPorts["stage"],
  split: StagedSplit,
): Promise<ShardRecord | null> {
  const { counts, files } = split;
  const record: ShardRecord = {
    version: 1,
    hour: plan.hour,
    run: plan.run,
    shard: shard.index,
    shards: shard.of,
    attempt,
    counts: { ...counts, rows: Object.fromEntries(counts.rows) },
    files,
  };
  const problem = findRecordProblem(record);
  if (problem !== null) {
    await split.discard();
    throw new Error(
      `${formatPlanId(plan)} ${formatShard(shard)}: ${problem}; nothing was recorded`,
    );
  }
  try {
    await stage.put(
      shardRecordKey(plan, shard),
      Buffer.from(`${JSON.stringify(record)}\n`),
      { ifMatch: null },
    );
    return record;
  } catch (error) {
    // After any other error the record may stand, or come to stand, and its files must be there.
    if (!(error instanceof PreconditionFailedError)) throw error;
    const first = await readShardRecord(stage, plan, shard);
    if (first !== null && first.attempt !== attempt) await split.discard();
    return first;
  }
}

function randomAttemptId(): string {
  return randomBytes(8).toString("hex");
}
