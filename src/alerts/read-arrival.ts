import pLimit from "p-limit";
import type { Manifest } from "../classify/manifest.js";
import { readManifest } from "../classify/read-manifest.js";
import { DataRefusedError } from "../errors.js";
import { addHours, hourPath, type FolderHour } from "../folder-hour.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import type { Arrival } from "./locate-loss.js";
import { findUsual } from "./usual.js";

const dayHours = 24;
const weekHours = 168;
/** Hours that must be known before anybody says what is usual. */
export const leastComparedHours = 3;
const manifestsAtOnce = 8;

/** The same time of day on the seven days before, and the same hour of the eight weeks before. */
const comparedHoursBack = [
  ...Array.from({ length: 7 }, (_, day) => (day + 1) * dayHours),
  ...Array.from({ length: 7 }, (_, week) => (week + 2) * weekHours),
];

export type ArrivedInputs = Pick<Arrival, "bytes" | "objects">;

export function comparedHours(hour: FolderHour): FolderHour[] {
  return comparedHoursBack.map((back) => addHours(hour, -back));
}

/** The objects of the hour's folder at the source, as classify takes them. */
export async function listSourceHour(
  source: ObjectStore,
  hour: FolderHour,
): Promise<ObjectInfo[]> {
  const listed: ObjectInfo[] = [];
  for await (const info of source.list(`${hourPath(hour)}/`)) {
    // Consoles make an empty object where they show a folder.
    if (info.sizeBytes === 0 && info.key.endsWith("/")) continue;
    listed.push(info);
  }
  return listed;
}

/** What the classification read at the source, beside the manifests of other hours and the source as it is now. */
export async function readArrival(
  hour: FolderHour,
  manifest: Manifest,
  {
    source,
    stage,
  }: { readonly source: ObjectStore; readonly stage: ObjectStore },
): Promise<Arrival> {
  return {
    ...sumInputs(manifest),
    usual: await readUsualArrival(hour, stage),
    unread: await countUnread(hour, manifest, source),
  };
}

/** Objects that are at the source now, and that the classification did not read. */
export async function countUnread(
  hour: FolderHour,
  { inputs }: Manifest,
  source: ObjectStore,
): Promise<number> {
  const read = new Map(inputs.map(({ key, etag }) => [key, etag]));
  const listed = await listSourceHour(source, hour);
  return listed.filter(({ key, etag }) => read.get(key) !== etag).length;
}

async function readUsualArrival(
  hour: FolderHour,
  stage: ObjectStore,
): Promise<Arrival["usual"]> {
  const limit = pLimit(manifestsAtOnce);
  const manifests = await Promise.all(
    comparedHours(hour).map((each) =>
      limit(() => readSoundManifest(stage, each)),
    ),
  );
  return findUsualArrival(
    manifests.filter((each) => each !== null).map(sumInputs),
  );
}

/** Null where too few hours are known. */
export function findUsualArrival(
  sums: readonly ArrivedInputs[],
): Arrival["usual"] {
  const bytes = findUsual(
    sums.map((sum) => sum.bytes),
    leastComparedHours,
  );
  const objects = findUsual(
    sums.map((sum) => sum.objects),
    leastComparedHours,
  );
  return bytes === null || objects === null
    ? null
    : {
        bytes: Math.round(bytes.median),
        objects: Math.round(objects.median),
      };
}

/** A damaged one is no measure; its own hour's watch tells of it. */
export async function readSoundManifest(
  stage: ObjectStore,
  hour: FolderHour,
): Promise<Manifest | null> {
  try {
    return (await readManifest(stage, hour))?.manifest ?? null;
  } catch (error) {
    if (error instanceof DataRefusedError) return null;
    throw error;
  }
}

export function sumInputs({ inputs }: Pick<Manifest, "inputs">): ArrivedInputs {
  return {
    bytes: inputs.reduce((sum, { size }) => sum + size, 0),
    objects: inputs.length,
  };
}
