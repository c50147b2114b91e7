import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { readManifest } from "../classify/read-manifest.js";
import type { FolderHour } from "../folder-hour.js";
import { groupBy } from "../group-by.js";
import { readLoads } from "../load/read-loads.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { Manifest } from "../classify/manifest.js";
import { judgeHour, type TypeHour } from "./hour-states.js";

export interface HourStatus {
  readonly hour: FolderHour;
  /** Null: not done. */
  readonly manifest: Manifest | null;
  readonly types: readonly TypeHour[];
}

const manifestsAtOnce = 8;

/** What became of each hour, from the manifests and the ledger; no table is scanned. */
export async function readStates(
  catalog: Catalog,
  hours: readonly [FolderHour, ...FolderHour[]],
  stage: ObjectStore,
  warehouse: Pick<Warehouse, "readLedger">,
): Promise<HourStatus[]> {
  const catalogued = [...catalog.types.keys()];
  const limit = pLimit(manifestsAtOnce);
  const statuses: HourStatus[] = [];
  for await (const window of readLoads(warehouse, hours)) {
    const loads = groupBy(window.loads, ({ folderHour }) => folderHour);
    const some = window.hours.map((hour) =>
      limit(async (): Promise<HourStatus> => {
        const manifest = (await readManifest(stage, hour))?.manifest ?? null;
        const ofHour = loads.get(hour) ?? [];
        const types = judgeHour(hour, catalogued, manifest, ofHour);
        return { hour, manifest, types };
      }),
    );
    statuses.push(...(await Promise.all(some)));
  }
  return statuses;
}
