import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { listInputs } from "../classify/classify-hour.js";
import { readManifest } from "../classify/read-manifest.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";

/** How much it is to classify some hours, and to load types of them. */
export interface HoursSize {
  /** What a classification reads. */
  readonly source: { readonly objects: number; readonly bytes: number };
  readonly hours_without_objects: readonly FolderHour[];
  /** What the loads read, by the manifests that stand now: a new classification may bring more or less. */
  readonly staged: {
    readonly rows: number;
    readonly files: number;
    readonly bytes: number;
  };
  readonly hours_not_classified: readonly FolderHour[];
}

export interface MeasuredStores {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
}

const hoursAtOnce = 8;

/** Reads the listing of each hour's source and its manifest, and no log. */
export async function measureHours(
  catalog: Catalog,
  hours: readonly FolderHour[],
  typesOf: (hour: FolderHour) => readonly string[],
  { source, stage }: MeasuredStores,
): Promise<HoursSize> {
  const limit = pLimit(hoursAtOnce);
  const found = await Promise.all(
    hours.map((hour) =>
      limit(() => measureHour(catalog, hour, typesOf(hour), { source, stage })),
    ),
  );
  return {
    source: {
      objects: sum(found.map(({ objects }) => objects)),
      bytes: sum(found.map(({ sourceBytes }) => sourceBytes)),
    },
    hours_without_objects: found
      .filter(({ objects }) => objects === 0)
      .map(({ hour }) => hour),
    staged: {
      rows: sum(found.map(({ rows }) => rows)),
      files: sum(found.map(({ files }) => files)),
      bytes: sum(found.map(({ stagedBytes }) => stagedBytes)),
    },
    hours_not_classified: found
      .filter(({ isClassified }) => !isClassified)
      .map(({ hour }) => hour),
  };
}

/** Sums alone: an hour's listing and manifest may be large. */
async function measureHour(
  catalog: Catalog,
  hour: FolderHour,
  types: readonly string[],
  { source, stage }: MeasuredStores,
) {
  const inputs = await listInputs(
    { ...catalog, allowEmpty: true },
    hour,
    source,
  );
  const manifest = (await readManifest(stage, hour))?.manifest ?? null;
  const staged = types.flatMap((type) => manifest?.types[type] ?? []);
  const files = staged.flatMap((type) => type.files);
  return {
    hour,
    objects: inputs.length,
    sourceBytes: sum(inputs.map(({ sizeBytes }) => sizeBytes)),
    isClassified: manifest !== null,
    rows: sum(staged.map(({ rows }) => rows)),
    files: files.length,
    stagedBytes: sum(files.map(({ bytes }) => bytes)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
