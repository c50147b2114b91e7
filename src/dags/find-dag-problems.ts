import type { Catalog } from "../catalog/catalog.js";
import { findStaleDags } from "./generate.js";
import { proveSchedules } from "./prove-schedules.js";
import { readSchedules } from "./read-schedules.js";

/** What is wrong with the generated DAGs, a sentence each: sensors that would wait in vain, files that are changed, missing or left over. */
export async function findDagProblems(catalog: Catalog): Promise<string[]> {
  if (catalog.airflow === null) return [];
  return [
    ...proveSchedules(await readSchedules(catalog)),
    ...(await findStaleDags(catalog)),
  ];
}
