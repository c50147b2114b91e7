import { join } from "node:path";
import type { Catalog } from "../catalog/catalog.js";
import { defaultDagDirectory, planDags } from "../dags/generate.js";
import { readDagFolder } from "../dags/read-dag-folder.js";
import { parseScheduleLock, scheduleLockFile } from "../dags/schedule-lock.js";
import type { FileChange } from "./replace-files.js";

export interface AddedDags {
  /** The lock first, so that no DAG stands with a minute that it lacks. */
  readonly changes: readonly FileChange[];
  /** The type's; null where the catalog has no `airflow`. */
  readonly minute: number | null;
  /** Other generated files that are not what the catalog gives. */
  readonly stale: number;
}

/** What the DAG folder lacks for this type; nothing where the catalog has no `airflow`. Files that would be other ones without it, too, are left as they are; where nothing was generated yet, all are written. */
export async function planAddedDags(
  catalog: Catalog,
  type: string,
): Promise<AddedDags> {
  if (catalog.airflow === null) return { changes: [], minute: null, stale: 0 };
  const directory = defaultDagDirectory(catalog);
  const { changes } = await planDags(catalog, directory);
  const lock = changes.find(({ name }) => name === scheduleLockFile);
  const standing = (await readDagFolder(directory)).lock;
  const { minutes } =
    lock?.after == null
      ? (standing?.parse() ?? { minutes: new Map<string, number>() })
      : parseScheduleLock(lock.after, join(directory, scheduleLockFile));
  const wantedBefore = await findWantedWithout(catalog, type, directory);
  const own =
    standing === null
      ? changes
      : changes.filter(
          ({ name, before, after }) => after !== wantedBefore(name, before),
        );
  const lockFirst = own.toSorted(
    (one, other) =>
      Number(other.name === scheduleLockFile) -
      Number(one.name === scheduleLockFile),
  );
  return {
    changes: lockFirst.map(({ name, after }) => ({
      file: join(directory, name),
      text: after,
    })),
    minute: minutes.get(type) ?? null,
    stale: changes.length - own.length,
  };
}

/** What each file would have to be without the type: where that is no other text, its change is none of the type's. */
async function findWantedWithout(
  catalog: Catalog,
  type: string,
  directory: string,
): Promise<(name: string, found: string | null) => string | null> {
  const types = new Map(catalog.types);
  types.delete(type);
  const plan = await planDags({ ...catalog, types }, directory);
  const wanted = new Map(plan.changes.map(({ name, after }) => [name, after]));
  return (name, found) => {
    if (wanted.has(name)) return wanted.get(name) ?? null;
    return plan.unchanged.includes(name) ? found : null;
  };
}
