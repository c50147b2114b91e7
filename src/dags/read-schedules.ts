import type { Catalog } from "../catalog/catalog.js";
import { defaultDagDirectory } from "./generate.js";
import { buildSchedules, type Schedules } from "./schedules.js";
import { readDagFolder } from "./read-dag-folder.js";
import { dealMinutes, planSchedule } from "./schedule-lock.js";

/** The schedules as the folder's lock has them; types that it lacks have the minute that `generate` would give them. */
export async function readSchedules(
  catalog: Catalog,
  directory = defaultDagDirectory(catalog),
): Promise<Schedules> {
  const plan = planSchedule(catalog);
  const { lock } = await readDagFolder(directory);
  return buildSchedules(catalog, dealMinutes(plan, lock?.parse() ?? null));
}
