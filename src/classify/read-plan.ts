import { DataRefusedError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import {
  formatPlanId,
  planAnew,
  planKey,
  type Plan,
  type PlanId,
} from "./plan.js";
import { readWhole } from "./read-whole.js";
import { parseStageKey } from "./stage-key.js";
import { validateJson } from "./validate-json.js";

/** Null where there is none, or none any more. Throws DataRefusedError where the object is no such plan. */
export async function readPlan(
  store: ObjectStore,
  id: PlanId,
): Promise<Plan | null> {
  const key = planKey(id);
  const object = await readWhole(store, key);
  if (object === null) return null;
  const { validate } = await import("./plan-validator.js");
  const plan = validateJson(object.bytes, validate);
  const problem = typeof plan === "string" ? plan : findProblem(plan, id);
  if (typeof plan === "string" || problem !== null) {
    throw new DataRefusedError(
      `${store.url}: ${key} is not the plan ${formatPlanId(id)}: ${String(problem)}; ${planAnew(id.hour)}`,
    );
  }
  return plan;
}

function findProblem(plan: Plan, id: PlanId): string | null {
  if (plan.hour !== id.hour || plan.run !== id.run)
    return `it tells of ${formatPlanId(plan)}`;
  // They are deleted after the commit.
  const foreign = plan.previous?.files.find(
    (key) => parseStageKey(key, id.hour) === null,
  );
  if (foreign !== undefined)
    return `the manifest before it names ${JSON.stringify(foreign)}, which is no file of ${id.hour}`;
  return isDealtOnce(plan)
    ? null
    : "not every object is in one share, and only one";
}

function isDealtOnce({ inputs, shares }: Plan): boolean {
  const dealt = shares.flat().sort((one, other) => one - other);
  return (
    dealt.length === inputs.length &&
    dealt.every((input, index) => input === index)
  );
}
