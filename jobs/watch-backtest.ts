import { addHours, hoursBetween, type FolderHour } from "../src/folder-hour.js";
import { readLoads } from "../src/load/read-loads.js";
import type { Warehouse } from "../src/ports/warehouse.js";
import {
  backtestCounts,
  type Backtest,
  type BacktestHour,
} from "../src/watch/backtest-counts.js";
import type { WatchSettings } from "../src/watch/model.js";
import { readCounts } from "../src/watch/read-counts.js";
import { countLoads } from "../src/watch/count-loads.js";

export interface WatchBacktestOptions {
  readonly from: FolderHour;
  readonly to: FolderHour;
  readonly settingsOf: (type: string) => WatchSettings;
  /** Gets every hour that is judged. */
  readonly tellHour?: (hour: BacktestHour) => void;
}

/** Where the counts come from: a CSV, or the ledger. */
export type CountSource =
  | { readonly file: string; readonly text: string }
  | { readonly warehouse: Pick<Warehouse, "readLedger"> };

/** Ten weeks: what is usual is learned from eight, and what counts as an anomaly in them from the two before. */
const historyHours = 10 * 7 * 24;

/** Plays the count rules over hours that are past, and tells what they would have told. */
export async function watchBacktest(
  options: WatchBacktestOptions,
  source: CountSource,
): Promise<Backtest> {
  const { from, to, settingsOf, tellHour } = options;
  const counts =
    "text" in source
      ? readCounts(source.file, source.text)
      : await countLoads(
          readLoads(
            source.warehouse,
            hoursBetween(addHours(from, -historyHours), to),
          ),
        );
  return backtestCounts(counts, settingsOf, from, to, tellHour);
}
