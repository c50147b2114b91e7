import { DataRefusedError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import { findRecordProblem } from "./find-record-problem.js";
import { formatPlanId, formatShard, planAnew, type PlanId } from "./plan.js";
import type { Shard } from "./plan.js";
import { readWhole } from "./read-whole.js";
import { shardRecordKey, type ShardRecord } from "./shard-record.js";
import { validateJson } from "./validate-json.js";

/** Null where the shard is not done, or its record was swept. Throws DataRefusedError where the object is no record of this shard. */
export async function readShardRecord(
  store: ObjectStore,
  id: PlanId,
  shard: Shard,
): Promise<ShardRecord | null> {
  const key = shardRecordKey(id, shard);
  const object = await readWhole(store, key);
  if (object === null) return null;
  const refuse = (problem: string): DataRefusedError =>
    new DataRefusedError(
      `${store.url}: ${key} is no record of shard ${formatShard(shard)} of plan ${formatPlanId(id)}: ${problem}; ${planAnew(id.hour)}`,
    );
  const { validate } = await import("./shard-record-validator.js");
  const record = validateJson(object.bytes, validate);
  if (typeof record === "string") throw refuse(record);
  const found = { index: record.shard, of: record.shards };
  if (
    formatPlanId(record) !== formatPlanId(id) ||
    formatShard(found) !== formatShard(shard)
  ) {
    throw refuse(
      `it tells of shard ${formatShard(found)} of plan ${formatPlanId(record)}`,
    );
  }
  const problem = findRecordProblem(record);
  if (problem !== null) throw refuse(problem);
  return record;
}
