import type { Catalog } from "../catalog/catalog.js";
import { isBeforeStart } from "../catalog/is-before-start.js";
import type { FolderHour } from "../folder-hour.js";
import { groupBy } from "../group-by.js";
import type { HourRow, LedgerRow } from "../ports/warehouse.js";
import type { HourStatus } from "../status/read-states.js";
import { rankRows } from "./rank-rows.js";
import type {
  DayChanges,
  DayCounts,
  ReportDays,
  ReportModel,
  ReportRow,
} from "./report-model.js";

export interface ReportInput {
  readonly catalog: Pick<Catalog, "timezone" | "types">;
  readonly days: ReportDays;
  /** What became of each of the day's hours. */
  readonly statuses: readonly [HourStatus, ...HourStatus[]];
  /** The hours of the days to compare with. */
  readonly before: ReadonlySet<FolderHour>;
  readonly lastWeek: ReadonlySet<FolderHour>;
  readonly twoWeeksAgo: ReadonlySet<FolderHour>;
  /** Of all these days. */
  readonly ledger: readonly LedgerRow[];
  readonly counted: readonly HourRow[];
}

/** A day's counts beside those of the day before and of the same day last week. */
export function buildReport(input: ReportInput): ReportModel {
  const { catalog, days, statuses, counted } = input;
  const types = rankRows(buildRows(input));
  const hours = statuses.map(({ hour }) => hour);
  const day = new Set(hours);
  const manifests = statuses.flatMap(({ manifest }) => manifest ?? []);
  const loaded = types.filter(({ catalogued }) => catalogued);
  const rows = {
    day: sumKnown(loaded.map((row) => row.rows.day)),
    before: sumKnown(loaded.map((row) => row.rows.before)),
    lastWeek: sumKnown(loaded.map((row) => row.rows.lastWeek)),
  };
  const countsOf = (read: (row: HourRow) => number) => ({
    before: sumKnown(
      counted.filter((row) => hasHour(input.before, row)).map(read),
    ),
    lastWeek: sumKnown(
      counted.filter((row) => hasHour(input.lastWeek, row)).map(read),
    ),
  });
  return {
    days,
    timezone: catalog.timezone,
    hours: {
      from: statuses[0].hour,
      to: hours.at(-1) ?? statuses[0].hour,
      count: day.size,
      notDone: statuses
        .filter(({ manifest }) => manifest === null)
        .map(({ hour }) => hour),
    },
    types,
    totals: { rows, change: changesOf(rows) },
    lines: {
      day: sumKnown(manifests.map(({ lines }) => lines)),
      ...countsOf(({ lines }) => lines),
    },
    setAside: {
      lines: {
        day: sumKnown(manifests.map(({ set_aside }) => set_aside.rows)),
        ...countsOf(({ setAside }) => setAside),
      },
      reasons: sumReasons(manifests.map(({ set_aside }) => set_aside.reasons)),
      byLoads: types.reduce((sum, { setAside }) => sum + setAside, 0),
    },
  };
}

function buildRows(input: ReportInput): ReportRow[] {
  const { catalog, statuses, counted } = input;
  const loads = groupBy(input.ledger, ({ logType }) => logType);
  const cells = groupBy(
    statuses.flatMap(({ types }) => types),
    ({ type }) => type,
  );
  return [...cells].map(([type, hours]) => {
    const known = catalog.types.get(type);
    const countOn = (day: ReadonlySet<FolderHour>): number | null =>
      known === undefined
        ? sumKnown(
            counted
              .filter((row) => hasHour(day, row))
              .map(({ unknownTypes }) =>
                Object.hasOwn(unknownTypes, type)
                  ? (unknownTypes[type] ?? 0)
                  : 0,
              ),
          )
        : sumKnown(
            (loads.get(type) ?? [])
              .filter((row) => hasHour(day, row))
              .map(({ rowsLoaded }) => rowsLoaded),
          );
    const rows = {
      day: sumKnown(
        hours.map(({ staged, loaded, state }) => {
          if (known === undefined) return loaded ?? staged;
          // An hour that holds nothing of the type has 0, loaded or not.
          return loaded ?? (state === "empty" ? 0 : null);
        }),
      ),
      before: countOn(input.before),
      lastWeek: countOn(input.lastWeek),
    };
    const inState = (state: (typeof hours)[number]["state"]) =>
      known === undefined
        ? []
        : hours
            .filter((cell) => cell.state === state)
            .map(({ hour }) => hour as FolderHour);
    return {
      type,
      catalogued: known !== undefined,
      owner: known?.owner ?? null,
      rows,
      change: changesOf(rows),
      usual: findMedian([
        rows.before,
        rows.lastWeek,
        countOn(input.twoWeeksAgo),
      ]),
      // Nobody loads hours before a type's start.
      notLoaded: inState("staged").filter(
        (hour) => known === undefined || !isBeforeStart(known, hour),
      ),
      differing: inState("differing"),
      setAside: sumKnown(hours.map((cell) => cell.setAsideByLoad)) ?? 0,
    };
  });
}

function hasHour(
  day: ReadonlySet<FolderHour>,
  { folderHour }: { readonly folderHour: string },
): boolean {
  return day.has(folderHour as FolderHour);
}

function changesOf({ day, before, lastWeek }: DayCounts): DayChanges {
  return { before: change(day, before), lastWeek: change(day, lastWeek) };
}

function change(day: number | null, other: number | null): number | null {
  if (day === null || other === null) return null;
  if (other === 0) return day === 0 ? 0 : null;
  return day / other - 1;
}

/** Null where nothing is known. */
function sumKnown(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0
    ? null
    : known.reduce((sum, count) => sum + count, 0);
}

function findMedian(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null).sort((a, b) => a - b);
  const [low, high] = [
    known[Math.floor((known.length - 1) / 2)],
    known[Math.floor(known.length / 2)],
  ];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function sumReasons(
  reasons: readonly Readonly<Record<string, number | undefined>>[],
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [reason, count = 0] of reasons.flatMap(
    Object.entries<number | undefined>,
  ))
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([, a], [, b]) => b - a));
}
