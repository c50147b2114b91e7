import { manifestKey } from "../../src/classify/manifest.js";
import type { Catalog, LogType } from "../../src/catalog/catalog.js";
import type { FolderHour } from "../../src/folder-hour.js";
import type { HourRow, LedgerRow } from "../../src/ports/warehouse.js";
import { addDays, hoursOfDay } from "../../src/report/days.js";
import { readReport } from "../../src/report/read-report.js";
import { MemoryObjectStore } from "../classify/memory-object-store.js";
import { buildCatalog } from "../dags/build-catalog.js";
import { logType } from "../load/stage-hour.js";

const day = "2026-11-20";
const timezone = "Asia/Seoul";
export const hours = hoursOfDay(day, timezone);

const hoursBefore = new Map<number, readonly FolderHour[]>();

/** The hours of the day so many days before. */
export function hoursOf(daysBefore: number): readonly FolderHour[] {
  const known = hoursBefore.get(daysBefore);
  if (known !== undefined) return known;
  const found = hoursOfDay(addDays(day, -daysBefore), timezone);
  hoursBefore.set(daysBefore, found);
  return found;
}

/** Manifests and a ledger that are written row by row. */
export function makeReportPlace(
  types: readonly string[],
  overrides: Partial<LogType> = {},
) {
  const stage = new MemoryObjectStore();
  const ledger: LedgerRow[] = [];
  const counted: HourRow[] = [];
  const queries: string[] = [];
  const catalog: Catalog = buildCatalog(
    types.map((name) => ({ ...logType(name), ...overrides })),
    {
      timezone,
    },
  );

  function load(
    type: string,
    hour: FolderHour,
    rowsLoaded: number,
    changes: Partial<LedgerRow> = {},
  ): void {
    ledger.push({
      logType: type,
      folderHour: hour,
      seq: 1,
      rowsLoaded,
      rowsSetAside: 0,
      bytes: 1,
      manifest: "m",
      schemaHash: "h",
      jobId: "j",
      run: "r",
      startedAt: new Date(0),
      finishedAt: new Date(0),
      ...changes,
    });
  }

  /** The type's rows in each hour of the day so many days before. */
  function loadDay(type: string, daysBefore: number, rowsAnHour: number): void {
    for (const hour of hoursOf(daysBefore)) load(type, hour, rowsAnHour);
  }

  function count(hour: FolderHour, changes: Partial<HourRow>): void {
    counted.push({
      folderHour: hour,
      seq: 1,
      run: "r",
      lines: 0,
      blank: 0,
      setAside: 0,
      setAsideReasons: {},
      unknownTypes: {},
      finishedAt: new Date(0),
      ...changes,
    });
  }

  async function classify(
    hour: FolderHour,
    rows: Readonly<Record<string, number>>,
    reasons: Readonly<Record<string, number>> = {},
  ): Promise<void> {
    const sum = (counts: Readonly<Record<string, number>>) =>
      Object.values(counts).reduce((all, one) => all + one, 0);
    const setAside = sum(reasons);
    const manifest = {
      version: 1,
      hour,
      seq: 1,
      run: "r",
      catalog: `sha256:${"0".repeat(64)}`,
      finished_at: "2026-11-21T04:06:10.000Z",
      inputs: [],
      lines: sum(rows) + setAside,
      blank: 0,
      set_aside: {
        rows: setAside,
        reasons,
        files: setAside === 0 ? [] : [`_set_aside/${hour}`],
      },
      types: Object.fromEntries(
        Object.entries(rows).map(([name, count]) => [
          name,
          {
            rows: count,
            catalogued: types.includes(name),
            wrapped: [],
            files:
              count === 0
                ? []
                : [
                    {
                      key: `${name}/${hour}`,
                      rows: count,
                      bytes: 1,
                      crc32c: "AAAAAA==",
                    },
                  ],
          },
        ]),
      ),
    };
    await stage.put(manifestKey(hour), Buffer.from(JSON.stringify(manifest)));
  }

  const read = (clock = () => new Date("2026-11-21T00:00:00Z")) =>
    readReport(catalog, day, {
      stage,
      clock,
      warehouse: {
        readLedger: (from, to) => {
          queries.push(`ledger ${from} ${to}`);
          return Promise.resolve(
            ledger.filter(
              (row) => row.folderHour >= from && row.folderHour <= to,
            ),
          );
        },
        readHours: (from, to) => {
          queries.push(`hours ${from} ${to}`);
          return Promise.resolve(
            counted.filter(
              (row) => row.folderHour >= from && row.folderHour <= to,
            ),
          );
        },
      },
    });
  return { catalog, queries, load, loadDay, count, classify, read };
}
