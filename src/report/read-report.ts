import type { Catalog } from "../catalog/catalog.js";
import { NotReadyError } from "../errors.js";
import { addHours, startOf, type FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import { readStates } from "../status/read-states.js";
import { buildReport } from "./build-report.js";
import { addDays, hoursOfDay } from "./days.js";
import type { ReportModel } from "./report-model.js";

export interface ReportPorts {
  readonly stage: ObjectStore;
  readonly warehouse: Pick<Warehouse, "readLedger" | "readHours">;
  readonly clock: () => Date;
}

/** A day's report, from its manifests, and from the ledger and the counts of the two weeks before in one query each; no table is scanned. */
export async function readReport(
  catalog: Catalog,
  day: string,
  { stage, warehouse, clock }: ReportPorts,
): Promise<ReportModel> {
  const { timezone } = catalog;
  const hours = hoursOfDay(day, timezone);
  const last = hours.at(-1) ?? hours[0];
  const end = startOf(addHours(last, 1));
  if (clock() < end)
    throw new NotReadyError(
      `${day} is not over in ${timezone}: it ends at ${end.toISOString().slice(0, 16)}Z; report an earlier day`,
    );
  const hoursBack = (days: number) => hoursOfDay(addDays(day, -days), timezone);
  const twoWeeksAgo = hoursBack(14);
  const [ledger, counted] = await Promise.all([
    warehouse.readLedger(twoWeeksAgo[0], last),
    warehouse.readHours(twoWeeksAgo[0], last),
  ]);
  const statuses = await readStates(catalog, hours, stage, {
    readLedger: (from, to) =>
      Promise.resolve(
        ledger.filter(
          ({ folderHour }) => folderHour >= from && folderHour <= to,
        ),
      ),
  });
  const [first, ...others] = statuses;
  if (first === undefined) throw new Error(`${day} has no hours`);
  const days = {
    day,
    before: addDays(day, -1),
    lastWeek: addDays(day, -7),
  };
  return buildReport({
    catalog,
    days,
    statuses: [first, ...others],
    before: new Set<FolderHour>(hoursBack(1)),
    lastWeek: new Set<FolderHour>(hoursBack(7)),
    twoWeeksAgo: new Set<FolderHour>(twoWeeksAgo),
    ledger,
    counted,
  });
}
