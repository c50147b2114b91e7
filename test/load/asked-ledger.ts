import { hoursBetween, parseFolderHour } from "../../src/folder-hour.js";
import type { LedgerRow, Warehouse } from "../../src/ports/warehouse.js";

/** A ledger with one load of every hour, which keeps what it is asked for. A fake: no table is behind it. */
export class AskedLedger implements Pick<
  Warehouse,
  "readLedger" | "readHours"
> {
  /** The hours of each question. */
  readonly asked: (readonly string[])[] = [];

  readLedger(from: string, to: string): Promise<readonly LedgerRow[]> {
    const hours = hoursBetween(parseFolderHour(from), parseFolderHour(to));
    this.asked.push(hours);
    return Promise.resolve(
      hours.map((folderHour) => ({
        logType: "view",
        folderHour,
        seq: 1,
        rowsLoaded: 3,
        rowsSetAside: 0,
        bytes: 7,
        manifest: "m",
        schemaHash: "h",
        jobId: "j",
        run: "r",
        startedAt: new Date(0),
        finishedAt: new Date(0),
      })),
    );
  }

  readHours(): Promise<readonly []> {
    return Promise.resolve([]);
  }
}
