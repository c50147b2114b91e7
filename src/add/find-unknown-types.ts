import { manifestKey } from "../classify/manifest.js";
import { readManifest } from "../classify/read-manifest.js";
import { parseFolderHour, type FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";

/** A type that was classified and that the catalog does not know. */
export interface UnknownType {
  readonly name: string;
  /** In the hours that were looked at. */
  readonly rows: number;
  readonly lastHour: FolderHour;
}

const manifestsRead = 24;
const manifestsPrefix = manifestKey("" as FolderHour).replace(/\.json$/, "");

/** What the last 24 classified hours hold and the catalog lacks, the most frequent first. */
export async function findUnknownTypes(
  stage: ObjectStore,
  known: ReadonlyMap<string, unknown>,
): Promise<UnknownType[]> {
  const found = new Map<string, UnknownType>();
  for (const hour of await listLastHours(stage)) {
    const read = await readManifest(stage, hour);
    const types = Object.entries(read?.manifest.types ?? {});
    for (const [name, { rows, catalogued }] of types) {
      if (catalogued || known.has(name) || rows === 0) continue;
      const before = found.get(name)?.rows ?? 0;
      found.set(name, { name, rows: before + rows, lastHour: hour });
    }
  }
  return [...found.values()].sort(
    (one, other) => other.rows - one.rows || (one.name < other.name ? -1 : 1),
  );
}

/** `coupon_redeemed (708 rows, last in 2026-01-15T02)`. */
export function describeUnknownType(type: UnknownType): string {
  const { name, rows, lastHour } = type;
  return `${name} (${rows} ${rows === 1 ? "row" : "rows"}, last in ${lastHour})`;
}

async function listLastHours(stage: ObjectStore): Promise<FolderHour[]> {
  let hours: FolderHour[] = [];
  for await (const { key } of stage.list(manifestsPrefix)) {
    const path = /^(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)\.json$/.exec(
      key.slice(manifestsPrefix.length),
    );
    if (path === null) continue;
    const [, year = "", month = "", day = "", hour = ""] = path;
    hours.push(parseFolderHour(`${year}-${month}-${day}T${hour}`));
    if (hours.length > 2 * manifestsRead) hours = hours.slice(-manifestsRead);
  }
  return hours.slice(-manifestsRead);
}
