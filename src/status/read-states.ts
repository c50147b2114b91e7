import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { readManifest } from "../classify/read-manifest.js";
import type { FolderHour } from "../folder-hour.js";
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
  const ledger = await warehouse.readLedger(hours[0], hours.at(-1) ?? hours[0]);
  const limit = pLimit(manifestsAtOnce);
  return Promise.all(
    hours.map((hour) =>
      limit(async () => {
        const manifest = (await readManifest(stage, hour))?.manifest ?? null;
        return {
          hour,
          manifest,
          types: judgeHour(hour, [...catalog.types.keys()], manifest, ledger),
        };
      }),
    ),
  );
}
