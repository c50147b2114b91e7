import type { Catalog } from "../catalog/catalog.js";
import { PreconditionFailedError } from "../errors.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import { findHourFiles } from "./find-hour-files.js";
import { filesOf, isOfPlan } from "./hour-files.js";
import { manifestKey, type Manifest } from "./manifest.js";
import { readManifest, type StoredManifest } from "./read-manifest.js";
import { isSameWork, workOf } from "./same-work.js";
import { sweepCommitted } from "./sweep-committed.js";

export type CommitResult =
  /** A manifest of our run stands: this one, or that of another commit of the same plan. */
  | { readonly outcome: "committed"; readonly manifest: Manifest }
  /** Another run committed the same meanwhile; its manifest stands. */
  | { readonly outcome: "adopted"; readonly manifest: Manifest }
  /** Another run committed something else meanwhile. */
  | { readonly outcome: "overtaken" }
  /** Somebody deleted these files that the manifest would name. */
  | { readonly outcome: "gone"; readonly files: readonly string[] };

/**
 * Makes `manifest` the hour's own, in place of `previous`, then deletes the hour's files at the stage that it does not
 * name, and its plans. They are listed while `previous` stands: whoever wrote one of them must find `previous` to commit
 * it, so all of them are dead once another manifest stands. What is listed later may be of a run that has begun since.
 * Commits nothing where a file that `manifest` names is not in that list. What can't be deleted is warned of, and no failure.
 */
export async function commitHour(
  stage: ObjectStore,
  catalog: Catalog,
  manifest: Manifest,
  previous: StoredManifest | null,
  log: Pick<Log, "warn">,
): Promise<CommitResult> {
  const { hour, run } = manifest;
  const listed = await findHourFiles(
    stage,
    hour,
    [
      ...catalog.types.keys(),
      ...Object.keys(manifest.types),
      ...Object.keys(previous?.manifest.types ?? {}),
    ],
    (other) => other !== run,
  );
  let standing = await readManifest(stage, hour);
  const isListedInTime = standing?.etag === previous?.etag;
  if (isListedInTime) {
    const found = new Set(listed);
    const files = filesOf(manifest).filter((key) => !found.has(key));
    if (files.length > 0) return { outcome: "gone", files };
  }
  if (isListedInTime && (await putManifest(stage, manifest, previous))) {
    return finish(manifest, listed);
  }
  if (isListedInTime) standing = await readManifest(stage, hour);
  if (standing?.manifest.run === run) {
    const replaced = new Set(
      previous === null ? [] : filesOf(previous.manifest),
    );
    return finish(
      standing.manifest,
      isListedInTime
        ? listed
        : listed.filter((key) => isOfPlan(key, manifest) || replaced.has(key)),
    );
  }
  return standing !== null &&
    isSameWork(workOf(standing.manifest), workOf(manifest))
    ? { outcome: "adopted", manifest: standing.manifest }
    : { outcome: "overtaken" };

  async function finish(
    named: Manifest,
    dead: readonly string[],
  ): Promise<CommitResult> {
    await sweepCommitted(stage, named, () => Promise.resolve(dead), log);
    return { outcome: "committed", manifest: named };
  }
}

/** False where `previous` stands no more. */
async function putManifest(
  stage: ObjectStore,
  manifest: Manifest,
  previous: StoredManifest | null,
): Promise<boolean> {
  try {
    await stage.put(
      manifestKey(manifest.hour),
      Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`),
      { ifMatch: previous?.etag ?? null },
    );
    return true;
  } catch (error) {
    if (error instanceof PreconditionFailedError) return false;
    throw error;
  }
}
