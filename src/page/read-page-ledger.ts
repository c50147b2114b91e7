import { addHours, hoursBetween, type FolderHour } from "../folder-hour.js";
import { readLoads } from "../load/read-loads.js";
import type { LedgerRow, Warehouse } from "../ports/warehouse.js";
import type { HourPoint } from "../watch/model.js";

/** What is usual is learned from so many hours before the page's first. */
const historyHours = 56 * 24;

/** What the page needs of a load of its hours. */
export type PageLoad = Pick<
  LedgerRow,
  | "logType"
  | "folderHour"
  | "seq"
  | "run"
  | "rowsLoaded"
  | "rowsSetAside"
  | "startedAt"
  | "finishedAt"
>;

export interface PageLedger {
  /** By hour: the newest loads of the page's own hours. */
  readonly loads: ReadonlyMap<FolderHour, readonly PageLoad[]>;
  /** By type: the counts of the hours before, too. */
  readonly points: ReadonlyMap<string, readonly HourPoint[]>;
}

/** From the ledger; no table is scanned. */
export async function readPageLedger(
  from: FolderHour,
  to: FolderHour,
  warehouse: Pick<Warehouse, "readLedger">,
): Promise<PageLedger> {
  const loads = new Map<FolderHour, PageLoad[]>();
  const points = new Map<string, HourPoint[]>();
  const hours = hoursBetween(addHours(from, -historyHours), to);
  for await (const window of readLoads(warehouse, hours))
    for (const row of window.loads) {
      const hour = row.folderHour as FolderHour;
      const { rowsLoaded: rows, bytes } = row;
      addTo(points, row.logType, { hour, rows, bytes });
      if (hour >= from) addTo(loads, hour, toPageLoad(row));
    }
  return { loads, points };
}

function toPageLoad(row: LedgerRow): PageLoad {
  const { logType, folderHour, seq, run, startedAt, finishedAt } = row;
  const { rowsLoaded, rowsSetAside } = row;
  return {
    ...{ logType, folderHour, seq, run, startedAt, finishedAt },
    ...{ rowsLoaded, rowsSetAside },
  };
}

function addTo<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
