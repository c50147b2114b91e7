import {
  addHours,
  hoursBetween,
  startOf,
  type FolderHour,
} from "../folder-hour.js";
import { readLoads } from "../load/read-loads.js";
import type { HourRow, LedgerRow, Warehouse } from "../ports/warehouse.js";

const hourMs = 3_600_000;
const weekHours = 168;
/** What the expected rows are learned from. */
const historyWeeks = 8;

/** What the warehouse knows of the weeks up to an hour. */
export interface WatchHistory {
  readonly from: FolderHour;
  /** By type, in the hours' order. */
  readonly loads: ReadonlyMap<string, readonly TypeLoad[]>;
  /** In the hours' order. */
  readonly hours: readonly HourRow[];
}

/** What is needed of a ledger row: there are a hundred thousand of them. */
export interface TypeLoad {
  readonly hour: FolderHour;
  readonly seq: number;
  /** The classification that it loaded. */
  readonly run: string;
  readonly rows: number;
  readonly setAside: number;
  readonly bytes: number;
  /** From the end of the hour to the end of the load. */
  readonly latenessMs: number;
  /** Null where the load set nothing aside: else names the file of those rows. */
  readonly jobId: string | null;
}

/** From the ledger and the counts of hours; no table is scanned. */
export async function readHistory(
  to: FolderHour,
  warehouse: Pick<Warehouse, "readLedger" | "readHours">,
): Promise<WatchHistory> {
  const from = addHours(to, 1 - historyWeeks * weekHours);
  const loads = new Map<string, TypeLoad[]>();
  for await (const window of readLoads(warehouse, hoursBetween(from, to)))
    for (const row of window.loads) {
      const ofType = loads.get(row.logType);
      const load = toTypeLoad(row);
      if (ofType === undefined) loads.set(row.logType, [load]);
      else ofType.push(load);
    }
  for (const ofType of loads.values())
    ofType.sort((one, other) => (one.hour < other.hour ? -1 : 1));
  return { from, loads, hours: await warehouse.readHours(from, to) };
}

function toTypeLoad(row: LedgerRow): TypeLoad {
  const hour = row.folderHour as FolderHour;
  return {
    hour,
    seq: row.seq,
    rows: row.rowsLoaded,
    setAside: row.rowsSetAside,
    bytes: row.bytes,
    run: row.run,
    latenessMs: latenessOf(hour, row.finishedAt),
    jobId: row.rowsSetAside > 0 ? row.jobId : null,
  };
}

/** From the end of the hour to this moment. */
export function latenessOf(hour: FolderHour, time: Date): number {
  return time.getTime() - startOf(hour).getTime() - hourMs;
}
