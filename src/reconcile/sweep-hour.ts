import { randomBytes } from "node:crypto";
import { removeUnnamed } from "../classify/hour-files.js";
import { manifestKey, type Manifest } from "../classify/manifest.js";
import {
  readManifest,
  type StoredManifest,
} from "../classify/read-manifest.js";
import { PreconditionFailedError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { findGarbage, findUnnamed, type GarbageAge } from "./find-garbage.js";
import { listStageHours } from "./list-stage-hours.js";

/** Sweeps that lose to a commit, or to another sweep, begin anew. */
const maxAttempts = 3;

/**
 * Deletes what the hour's manifest does not name, after it has written the manifest anew with another `fence`: whoever
 * wrote one of the listed files must find the manifest that stood before to commit it, so none of them can be committed
 * any more. A classification that is under way starts over. False, and nothing is deleted, where the hour holds something
 * young, or has no manifest: then it is its next classification's to sweep.
 */
export async function sweepHour(
  stage: ObjectStore,
  hour: FolderHour,
  age: GarbageAge,
): Promise<boolean> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const previous = await readManifest(stage, hour);
    if (previous === null) return false;
    const { manifest } = previous;
    const listed = (await listStageHours(stage, [hour])).get(hour) ?? [];
    const garbage = findGarbage(manifest, listed, age);
    if (garbage.length === 0) return findUnnamed(manifest, listed).length === 0;
    if (!(await fenceHour(stage, previous))) continue;
    const keys = garbage.map(({ key }) => key);
    await removeUnnamed(stage, keys, manifest);
    return true;
  }
  return false;
}

/** The same manifest as another object. False where `previous` stands no more. */
async function fenceHour(
  stage: ObjectStore,
  { manifest, etag }: StoredManifest,
): Promise<boolean> {
  // The bytes must differ, because an ETag of S3 is their hash.
  const fenced: Manifest = {
    ...manifest,
    fence: randomBytes(8).toString("hex"),
  };
  try {
    await stage.put(
      manifestKey(manifest.hour),
      Buffer.from(`${JSON.stringify(fenced, null, 1)}\n`),
      { ifMatch: etag },
    );
    return true;
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    // Ours, where the answer to a first try was lost.
    const standing = await readManifest(stage, manifest.hour);
    return standing?.manifest.fence === fenced.fence;
  }
}
