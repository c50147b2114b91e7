import pLimit from "p-limit";
import { hourPath, type FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Manifest } from "./manifest.js";
import { plansName } from "./plan.js";
import { setAsideName } from "./split-counts.js";

const requestsAtOnce = 16;

/** Every object of the hour at the stage, in the folders of these types, among the lines set aside, and among the plans. A stage can't be listed by hour. */
export async function findHourFiles(
  stage: ObjectStore,
  hour: FolderHour,
  types: Iterable<string>,
): Promise<string[]> {
  const limit = pLimit(requestsAtOnce);
  const listings = await Promise.all(
    [...new Set([setAsideName, plansName, ...types])].map((folder) =>
      limit(async () => {
        const keys: string[] = [];
        for await (const { key } of stage.list(`${folder}/${hourPath(hour)}/`))
          keys.push(key);
        return keys;
      }),
    ),
  );
  return listings.flat();
}

/** Whether the object is one of this run: its file, one of a shard of its plan, or the plan itself. */
export function isOfRun(key: string, hour: FolderHour, run: string): boolean {
  const folder = `/${hourPath(hour)}/`;
  const name = key.slice(key.indexOf(folder) + folder.length);
  return name.startsWith(run) && /^[-./]/.test(name.slice(run.length));
}

/**
 * Deletes what the manifest does not name: files first and plans last, so that a plan is there as long as there is
 * something to delete. Gives the number of files that were not plans.
 */
export async function removeUnnamed(
  stage: ObjectStore,
  keys: readonly string[],
  manifest: Manifest,
): Promise<number> {
  const named = new Set([
    ...manifest.set_aside.files,
    ...Object.values(manifest.types).flatMap((type) =>
      type.files.map((file) => file.key),
    ),
  ]);
  const isPlan = (key: string) => key.startsWith(`${plansName}/`);
  const files = keys.filter((key) => !named.has(key) && !isPlan(key));
  await deleteFiles(stage, files);
  await deleteFiles(stage, keys.filter(isPlan));
  return files.length;
}

export async function deleteFiles(
  stage: ObjectStore,
  keys: readonly string[],
): Promise<void> {
  const limit = pLimit(requestsAtOnce);
  await Promise.all(keys.map((key) => limit(() => stage.delete(key))));
}
