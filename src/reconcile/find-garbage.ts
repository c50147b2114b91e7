import { filesOf } from "../classify/hour-files.js";
import type { Manifest } from "../classify/manifest.js";
import type { ListedObject } from "../ports/object-store.js";

export interface GarbageAge {
  readonly now: Date;
  /** While anything unnamed of an hour is younger, a classification may be at work, and the hour is let be. */
  readonly sweepAfterMs: number;
}

export function findUnnamed(
  manifest: Manifest,
  listed: readonly ListedObject[],
): ListedObject[] {
  const named = new Set(filesOf(manifest));
  return listed.filter(({ key }) => !named.has(key));
}

/** Of the hour's objects those that its manifest does not name; none where one of them is too young. */
export function findGarbage(
  manifest: Manifest,
  listed: readonly ListedObject[],
  { now, sweepAfterMs }: GarbageAge,
): ListedObject[] {
  const unnamed = findUnnamed(manifest, listed);
  const isOld = ({ modifiedAt }: ListedObject): boolean =>
    now.getTime() - modifiedAt.getTime() >= sweepAfterMs;
  // The store's clock may be ahead of ours.
  return sweepAfterMs === 0 || unnamed.every(isOld) ? unnamed : [];
}
