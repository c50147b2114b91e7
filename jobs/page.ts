import type { Catalog } from "../src/catalog/catalog.js";
import { addHours, hoursBetween, type FolderHour } from "../src/folder-hour.js";
import { buildPageModel } from "../src/page/build-page-model.js";
import type { PageModel } from "../src/page/page-model.js";
import { judgeTypes } from "../src/page/judge-types.js";
import { readPageHours } from "../src/page/read-page-hours.js";
import { readPageLedger } from "../src/page/read-page-ledger.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import type { Warehouse } from "../src/ports/warehouse.js";

export interface PageOptions {
  readonly catalog: Catalog;
  /** The last folder hour of the page. */
  readonly to: FolderHour;
  readonly days: number;
  /** The last days of which every manifest is read. */
  readonly manifestDays: number;
}

/** All that the page shows, from the ledger, the counts of hours and manifests; no table is scanned. */
export async function page(
  { catalog, to, days, manifestDays }: PageOptions,
  ports: {
    readonly stage: ObjectStore;
    readonly warehouse: Pick<Warehouse, "readLedger" | "readHours">;
    readonly clock: () => Date;
  },
): Promise<PageModel> {
  const from = addHours(to, 1 - days * 24);
  const hours = hoursBetween(from, to) as [FolderHour, ...FolderHour[]];
  const { loads, points } = await readPageLedger(from, to, ports.warehouse);
  const readings = await readPageHours(
    [...catalog.types.keys()],
    hours,
    addHours(to, 1 - manifestDays * 24),
    loads,
    ports.stage,
    ports.warehouse,
  );
  const verdicts = judgeTypes(catalog, points, from, to);
  return buildPageModel(catalog, ports.clock(), readings, verdicts);
}
