import type { Catalog } from "../src/catalog/catalog.js";
import { UsageError } from "../src/errors.js";
import { addHours, type FolderHour } from "../src/folder-hour.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import { writeSample, type SampledHour } from "../src/sample/write-sample.js";

export interface SampleOptions {
  readonly catalog: Catalog;
  readonly from: FolderHour;
  readonly hours: number;
  readonly rows: number;
  readonly seed: number;
}

/** Writes made-up logs of the catalogued types, and tells what a classification must count. */
export async function sample(
  options: SampleOptions,
  ports: { readonly source: ObjectStore },
): Promise<SampledHour[]> {
  for (const name of ["hours", "rows"] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 1) {
      throw new UsageError(
        `--${name} ${options[name]}: expected a whole number from 1`,
      );
    }
  }
  if (!Number.isSafeInteger(options.seed)) {
    throw new UsageError(`--seed ${options.seed}: expected a whole number`);
  }
  const hours = Array.from({ length: options.hours }, (_, index) =>
    addHours(options.from, index),
  );
  return writeSample({ ...options, hours }, ports.source);
}
