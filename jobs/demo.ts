import type { Catalog } from "../src/catalog/catalog.js";
import { DataRefusedError } from "../src/errors.js";
import type { FolderHour } from "../src/folder-hour.js";
import {
  runHours,
  type ClassifiedHour,
  type RunHoursPorts,
} from "../src/run/run-hours.js";
import { findCountDifferences } from "../src/sample/compare-counts.js";
import { writeSample } from "../src/sample/write-sample.js";
import { readStates, type HourStatus } from "../src/status/read-states.js";

export interface DemoOptions {
  readonly catalog: Catalog;
  readonly hours: readonly [FolderHour, ...FolderHour[]];
  /** Lines an hour. */
  readonly rows: number;
  readonly seed: number;
  readonly spoolDirectory: string;
  readonly onStep: (label: string) => void;
}

export interface DemoResult {
  readonly classified: readonly ClassifiedHour[];
  /** The hour that was run a second time, after all were loaded. */
  readonly rerun: FolderHour;
  readonly hours: readonly HourStatus[];
}

/** Writes sample hours, classifies and loads them, runs one again, and compares every count with what was written. */
export async function demo(
  options: DemoOptions,
  ports: RunHoursPorts,
): Promise<DemoResult> {
  const { catalog, hours } = options;
  const sampled = await writeSample(options, ports.source);
  options.onStep("sample logs written");
  const types = [...catalog.types.values()];
  const first = await runHours({ ...options, types }, ports);
  const [rerun] = hours;
  const second = await runHours({ ...options, types, hours: [rerun] }, ports);
  const failures = [...first.failures, ...second.failures];
  const states = await readStates(catalog, hours, ports.stage, ports.warehouse);
  const differences = await findCountDifferences(
    catalog,
    sampled,
    states,
    ports.warehouse,
  );
  if (failures.length > 0 || differences.length > 0) {
    throw new DataRefusedError(
      [...failures.map(({ message }) => message), ...differences].join("\n"),
    );
  }
  return { classified: first.classified, rerun, hours: states };
}
