import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { listInputs } from "../classify/classify-hour.js";
import { readManifest } from "../classify/read-manifest.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";

/** How much it is to classify some hours, and to load some types of them. */
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
  types: readonly string[],
  { source, stage }: MeasuredStores,
): Promise<HoursSize> {
  const limit = pLimit(hoursAtOnce);
  const found = await Promise.all(
    hours.map((hour) =>
      limit(async () => ({
        hour,
        inputs: await listInputs(
          { ...catalog, allowEmpty: true },
          hour,
          source,
        ),
        manifest: (await readManifest(stage, hour))?.manifest ?? null,
      })),
    ),
  );
  const inputs = found.flatMap((each) => each.inputs);
  const staged = found.flatMap(({ manifest }) =>
    types.flatMap((type) => manifest?.types[type] ?? []),
  );
  const files = staged.flatMap((type) => type.files);
  return {
    source: {
      objects: inputs.length,
      bytes: sum(inputs.map(({ sizeBytes }) => sizeBytes)),
    },
    hours_without_objects: found
      .filter((each) => each.inputs.length === 0)
      .map(({ hour }) => hour),
    staged: {
      rows: sum(staged.map(({ rows }) => rows)),
      files: files.length,
      bytes: sum(files.map(({ bytes }) => bytes)),
    },
    hours_not_classified: found
      .filter(({ manifest }) => manifest === null)
      .map(({ hour }) => hour),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
