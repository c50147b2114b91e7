import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { PreconditionFailedError } from "../errors.js";
import { hourPath } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { setAsideName } from "./split-hour.js";
import { manifestKey, type Manifest } from "./manifest.js";
import { readManifest, type StoredManifest } from "./read-manifest.js";

const requestsAtOnce = 16;

export type CommitResult =
  /** Our manifest stands. */
  | { readonly outcome: "committed"; readonly removedFiles: number }
  /** Another run committed the same meanwhile; its manifest stands. */
  | { readonly outcome: "adopted"; readonly manifest: Manifest }
  /** Another run committed something else meanwhile. */
  | { readonly outcome: "overtaken" };

/**
 * Makes `manifest` the hour's own, in place of `previous`, then deletes the hour's stage files that it does not name.
 * They are listed before the commit: no file of a run that begins after it can be among them, and one that began before it loses.
 */
export async function commitHour(
  stage: ObjectStore,
  catalog: Catalog,
  manifest: Manifest,
  previous: StoredManifest | null,
): Promise<CommitResult> {
  const listed = await listStageFiles(
    stage,
    catalog,
    manifest,
    previous?.manifest ?? null,
  );
  try {
    await stage.put(
      manifestKey(manifest.hour),
      Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`),
      { ifMatch: previous?.etag ?? null },
    );
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    const standing =
      (await readManifest(stage, manifest.hour))?.manifest ?? null;
    if (standing?.run !== manifest.run) {
      return standing !== null && isSameWork(standing, manifest)
        ? { outcome: "adopted", manifest: standing }
        : { outcome: "overtaken" };
    }
  }
  const named = new Set([
    ...manifest.set_aside.files,
    ...Object.values(manifest.types).flatMap((type) =>
      type.files.map((file) => file.key),
    ),
  ]);
  const unnamed = listed.filter((key) => !named.has(key));
  await deleteFiles(stage, unnamed);
  return { outcome: "committed", removedFiles: unnamed.length };
}

export async function deleteFiles(
  stage: ObjectStore,
  keys: readonly string[],
): Promise<void> {
  const limit = pLimit(requestsAtOnce);
  await Promise.all(keys.map((key) => limit(() => stage.delete(key))));
}

/** The hour's files of every type that the catalog, the manifest before or this one knows. A stage can't be listed by hour. */
async function listStageFiles(
  stage: ObjectStore,
  catalog: Catalog,
  manifest: Manifest,
  previous: Manifest | null,
): Promise<string[]> {
  const folders = new Set([
    setAsideName,
    ...catalog.types.keys(),
    ...Object.keys(manifest.types),
    ...Object.keys(previous?.types ?? {}),
  ]);
  const limit = pLimit(requestsAtOnce);
  const listings = await Promise.all(
    [...folders].map((folder) =>
      limit(async () => {
        const keys: string[] = [];
        for await (const { key } of stage.list(
          `${folder}/${hourPath(manifest.hour)}/`,
        )) {
          keys.push(key);
        }
        return keys;
      }),
    ),
  );
  return listings.flat();
}

/** Whether both come from the same objects by the same rules. */
function isSameWork(one: Manifest, other: Manifest): boolean {
  const rules = (manifest: Manifest) => ({
    inputs: manifest.inputs,
    catalog: manifest.catalog,
    wrapped: new Map(
      Object.entries(manifest.types).map(([name, type]) => [
        name,
        type.wrapped,
      ]),
    ),
  });
  return isDeepStrictEqual(rules(one), rules(other));
}
