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
  const problem =
    typeof plan === "string"
      ? plan
      : plan.hour !== id.hour || plan.run !== id.run
        ? `it tells of ${formatPlanId(plan)}`
        : isDealtOnce(plan)
          ? null
          : "not every object is in one share, and only one";
  if (typeof plan === "string" || problem !== null) {
    throw new DataRefusedError(
      `${store.url}: ${key} is not the plan ${formatPlanId(id)}: ${String(problem)}; ${planAnew(id.hour)}`,
    );
  }
  return plan;
}

function isDealtOnce({ inputs, shares }: Plan): boolean {
  const dealt = shares.flat().sort((one, other) => one - other);
  return (
    dealt.length === inputs.length &&
    dealt.every((input, index) => input === index)
  );
}
