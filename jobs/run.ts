import { chooseTypes } from "../src/run/choose-types.js";
import {
  runHours,
  type RunHoursOptions,
  type RunHoursPorts,
  type RunHoursResult,
} from "../src/run/run-hours.js";

export interface RunOptions extends Omit<RunHoursOptions, "types"> {
  /** Null: every type. */
  readonly types: readonly string[] | null;
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
