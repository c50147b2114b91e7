import type { Catalog } from "../catalog/catalog.js";
import { readTypeSchema } from "../catalog/read-type-schema.js";
import { UsageError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { writeSampleHour, type SampleCounts } from "./sample-hour.js";
import type { SampleType } from "./sample-row.js";

export interface WriteSampleOptions {
  readonly catalog: Catalog;
  readonly hours: readonly FolderHour[];
  /** Lines with content an hour. */
  readonly rows: number;
  readonly seed: number;
}

export interface SampledHour extends SampleCounts {
  readonly hour: FolderHour;
}

const fastWeight = 4;

/** Writes hours of made-up logs of every catalogued type; fast types come more often. */
export async function writeSample(
  options: WriteSampleOptions,
  source: ObjectStore,
): Promise<SampledHour[]> {
  const { catalog } = options;
  const [first, ...rest] = await Promise.all(
    [...catalog.types.values()].map(async (type): Promise<SampleType> => ({
      name: type.name,
      fields: await readTypeSchema(catalog, type),
      columns: type.columns,
      weight: type.load === "fast" ? fastWeight : 1,
    })),
  );
  if (first === undefined)
    throw new UsageError(`${catalog.file}: there are no types to sample`);
  const sampled: SampledHour[] = [];
  for (const hour of options.hours) {
    const counts = await writeSampleHour(source, {
      ...options,
      hour,
      types: [first, ...rest],
      typeKey: catalog.typeKey,
    });
    sampled.push({ hour, ...counts });
  }
  return sampled;
}
