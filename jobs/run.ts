import type { Catalog } from "../src/catalog/catalog.js";
import type { FolderHour } from "../src/folder-hour.js";
import { chooseTypes } from "../src/run/choose-types.js";
import {
  runHours,
  type RunHoursPorts,
  type RunHoursResult,
} from "../src/run/run-hours.js";

export interface RunOptions {
  readonly catalog: Catalog;
  readonly hours: readonly FolderHour[];
  /** Null: every type. */
  readonly types: readonly string[] | null;
  readonly spoolDirectory: string;
  readonly onStep: (label: string) => void;
}

/** Classifies and loads a range of hours, without Airflow. */
export async function run(
  options: RunOptions,
  ports: RunHoursPorts,
): Promise<RunHoursResult> {
  return runHours(
    { ...options, types: chooseTypes(options.catalog, options.types) },
    ports,
  );
}
