import pLimit from "p-limit";
import { hourPath } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Manifest } from "./manifest.js";
import { plansName, type PlanId } from "./plan.js";

const requestsAtOnce = 16;

/** Keys of all files that the manifest names. */
export function filesOf({
  set_aside,
  types,
}: Pick<Manifest, "set_aside" | "types">): string[] {
  return [
    ...set_aside.files,
    ...Object.values(types).flatMap(({ files }) => files.map(({ key }) => key)),
  ];
}

/** Whether the object is of this plan: a file of one of its shards, a shard's record, or the plan itself. Files of a run that is no plan's are not. */
export function isOfPlan(key: string, { hour, run }: PlanId): boolean {
  const folder = `/${hourPath(hour)}/`;
  const [top = "", name = ""] = key.split(folder);
  return top === plansName
    ? name === `${run}.json` || name.startsWith(`${run}/`)
    : name.startsWith(`${run}-s`);
}

/** Of these keys what the manifest does not name. Files go first and plans last, so that a plan is there as long as there is something to delete. */
export function chooseUnnamed(
  keys: readonly string[],
  manifest: Manifest,
): { readonly files: readonly string[]; readonly plans: readonly string[] } {
  const named = new Set(filesOf(manifest));
  const isPlan = (key: string) => key.startsWith(`${plansName}/`);
  return {
    files: keys.filter((key) => !named.has(key) && !isPlan(key)),
    plans: keys.filter(isPlan),
  };
}

export async function removeUnnamed(
  stage: ObjectStore,
  keys: readonly string[],
  manifest: Manifest,
): Promise<void> {
  const { files, plans } = chooseUnnamed(keys, manifest);
  await deleteFiles(stage, files);
  await deleteFiles(stage, plans);
}

export async function deleteFiles(
  stage: ObjectStore,
  keys: readonly string[],
): Promise<void> {
  const limit = pLimit(requestsAtOnce);
  await Promise.all(keys.map((key) => limit(() => stage.delete(key))));
}
