import type { FolderHour } from "../folder-hour.js";
import type { HourState } from "../status/hour-states.js";

/** What one hour became of one type. */
export interface PageCell {
  readonly state: HourState;
  /** Rows that the classification counts; null where it is not known. */
  readonly staged: number | null;
  /** Rows that the ledger counts; null where it has no row. */
  readonly loaded: number | null;
  readonly setAside: number | null;
  readonly finishedAt: Date | null;
  readonly durationMs: number | null;
}

/** Rows that were to be expected. */
export interface PageBand {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** What a rule of `watch` has found in one hour. */
export interface PageFinding {
  readonly hour: FolderHour;
  /** `drop`, `jump`, `missing`, ... */
  readonly rule: string;
  /** In words; empty where the rule's name says it all. */
  readonly message: string;
}

export interface PageType {
  readonly name: string;
  /** Null where the catalog does not know the type. */
  readonly table: string | null;
  readonly owner: string | null;
  /** One per hour of the model. */
  readonly cells: readonly PageCell[];
  /** One per hour of the model, null where there is none; null where no band is known at all. */
  readonly bands: readonly (PageBand | null)[] | null;
  readonly findings: readonly PageFinding[];
}

export interface PageCounts {
  readonly lines: number;
  readonly blank: number;
  readonly setAside: number;
  /** Reason to lines. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Types that the catalog did not know, to their rows. */
  readonly unknown: Readonly<Record<string, number>>;
}

export interface PageHour {
  readonly hour: FolderHour;
  /** Null: the hour is not classified, or its counts are not known. */
  readonly counts: PageCounts | null;
}

/** All that the page shows: types by hours. */
export interface PageModel {
  readonly generatedAt: Date;
  /** IANA name. */
  readonly timezone: string;
  /** Without a gap, the oldest first; at least one. */
  readonly hours: readonly PageHour[];
  readonly types: readonly PageType[];
}
