import type { FolderHour } from "../folder-hour.js";

/** The day that is reported, and those that it is compared with. */
export interface ReportDays {
  readonly day: string;
  readonly before: string;
  readonly lastWeek: string;
}

/** A count on each of the days. Null: there is no data, which is not 0. */
export interface DayCounts {
  readonly day: number | null;
  readonly before: number | null;
  readonly lastWeek: number | null;
}

/** Day / other day - 1; null where one of them has no data, or the other day has 0 and the day has not. */
export interface DayChanges {
  readonly before: number | null;
  readonly lastWeek: number | null;
}

export interface ReportRow {
  readonly type: string;
  readonly catalogued: boolean;
  /** Null: it is not in the catalog. */
  readonly owner: string | null;
  /** Rows loaded; of a type that the catalog does not know, rows staged. */
  readonly rows: DayCounts;
  readonly change: DayChanges;
  /** The median of the day before, the same day last week and two weeks ago, as far as they have data. */
  readonly usual: number | null;
  /** The day's hours that are staged and were never loaded. */
  readonly notLoaded: readonly FolderHour[];
  /** The day's hours whose table does not hold what the newest manifest counts. */
  readonly differing: readonly FolderHour[];
  /** Rows that the day's loads set aside. */
  readonly setAside: number;
}

/** One day's counts, and what is missing of it. */
export interface ReportModel {
  readonly days: ReportDays;
  /** Of the catalog; the days are its own. */
  readonly timezone: string;
  /** The day's folder hours, in UTC. */
  readonly hours: {
    readonly from: FolderHour;
    readonly to: FolderHour;
    readonly count: number;
    /** Those that are not classified. */
    readonly notDone: readonly FolderHour[];
  };
  /** Worst first. */
  readonly types: readonly ReportRow[];
  /** Rows loaded of all types. */
  readonly totals: { readonly rows: DayCounts; readonly change: DayChanges };
  /** What classify counted. */
  readonly lines: DayCounts;
  readonly setAside: {
    readonly lines: DayCounts;
    /** Of the day: reason to count. */
    readonly reasons: Readonly<Record<string, number>>;
    /** By the day's loads. */
    readonly byLoads: number;
  };
}
