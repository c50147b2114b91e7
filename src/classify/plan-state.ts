import { NotReadyError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Manifest } from "./manifest.js";
import { formatPlanId, planAnew, type Plan, type PlanId } from "./plan.js";
import { readManifest, type StoredManifest } from "./read-manifest.js";
import { readPlan } from "./read-plan.js";
import { isSameWork, workOf } from "./same-work.js";

/** Where a plan has got to. `standing` is the hour's manifest. */
export type PlanState =
  /** It may be carried out and committed. */
  | {
      readonly state: "open";
      readonly plan: Plan;
      readonly standing: StoredManifest | null;
    }
  /** Its manifest stands; the plan itself may be swept already. */
  | {
      readonly state: "committed";
      readonly plan: Plan | null;
      readonly manifest: Manifest;
    }
  /** Another run has committed the same work since. */
  | {
      readonly state: "adopted";
      readonly plan: Plan;
      readonly manifest: Manifest;
    }
  /** It was swept, or never made; or another run has committed other work since. */
  | {
      readonly state: "dead";
      readonly plan: Plan | null;
      readonly standing: StoredManifest | null;
    };

export async function readPlanState(
  stage: ObjectStore,
  id: PlanId,
): Promise<PlanState> {
  // The plan first: where a commit sweeps it meanwhile, the manifest tells.
  const plan = await readPlan(stage, id);
  return judgePlan(id, plan, await readManifest(stage, id.hour));
}

/** The same for a plan that was read before: what another run has committed since is judged by it, also once it is swept. */
export async function readPlanStateAgain(
  stage: ObjectStore,
  plan: Plan,
): Promise<PlanState> {
  const found = await readPlanState(stage, plan);
  if (found.state !== "dead") return found;
  const remembered = judgePlan(plan, plan, found.standing);
  return remembered.state === "open" ? found : remembered;
}

export function judgePlan(
  id: PlanId,
  plan: Plan | null,
  standing: StoredManifest | null,
): PlanState {
  if (standing?.manifest.run === id.run)
    return { state: "committed", plan, manifest: standing.manifest };
  if (plan === null) return { state: "dead", plan, standing };
  if (standing?.etag === plan.previous?.etag)
    return { state: "open", plan, standing };
  return standing !== null && isSameWork(workOf(standing.manifest), plan)
    ? { state: "adopted", plan, manifest: standing.manifest }
    : { state: "dead", plan, standing };
}

export function standingManifest(found: PlanState): Manifest | null {
  return "manifest" in found
    ? found.manifest
    : (found.standing?.manifest ?? null);
}

/** Never to be carried out again; trying again does not help, another command does: hence not ready. */
export function deadPlanError(
  stage: ObjectStore,
  id: PlanId,
  plan: Plan | null,
  standing: StoredManifest | null,
): NotReadyError {
  const manifest = standing?.manifest;
  const stands =
    manifest === undefined
      ? "no manifest"
      : `run ${manifest.run}, seq ${manifest.seq}, finished ${manifest.finished_at}`;
  return new NotReadyError(
    plan === null
      ? `${stage.url}: there is no plan ${formatPlanId(id)}; a commit of the hour sweeps all its plans, and ${stands} stands now. If the hour is to be classified again, ${planAnew(id.hour)}`
      : `${stage.url}: ${id.hour} was classified by another run since plan ${formatPlanId(id)} was made: ${stands} stands now. If the hour is to be classified again, ${planAnew(id.hour)}`,
  );
}
