import type { FolderHour } from "../folder-hour.js";

/** Rules that judge a type's counts. One hour breaks at most one of them: the first in this order. */
export const countRules = [
  "missing",
  "duplicate",
  "flatline",
  "drop",
  "jump",
] as const;

export type CountRule = (typeof countRules)[number];

export const ruleNames = [
  ...countRules,
  "late",
  "unknown_type",
  "set_aside",
] as const;

export type RuleName = (typeof ruleNames)[number];

/** What one hour had of one type. */
export interface HourPoint {
  readonly hour: FolderHour;
  /** Null: there is no count of this hour. */
  readonly rows: number | null;
  /** Of what was loaded; hours alike in rows and bytes have the same content. Left out, or null: not known. */
  readonly bytes?: number | null;
}

/** Rows that an hour may have, both ends included, and the usual. */
export interface Band {
  readonly low: number;
  readonly high: number;
  readonly expected: number;
}

export interface Finding {
  readonly rule: CountRule;
  /** The hour that was judged. */
  readonly hour: FolderHour;
  /** The first of the hours that the finding rests on; `hour` itself where it rests on that one alone. */
  readonly since: FolderHour;
  /** Of the hours `since`..`hour` in all. */
  readonly rows: number;
  /** What those hours may have had in all. */
  readonly low: number;
  readonly high: number;
  readonly expected: number;
  /** For a duplicate: the hour whose content it has. */
  readonly sameAs?: FolderHour;
}

/** `learning`: there is too little history to say. */
export type HourState = "learning" | "fine" | "finding";

export interface HourVerdict {
  readonly hour: FolderHour;
  readonly rows: number | null;
  readonly state: HourState;
  /** Of this hour alone; null while learning. */
  readonly band: Band | null;
  /** At most one of the count rules; none where the catalog silences it. */
  readonly findings: readonly Finding[];
}

export type Sensitivity = "low" | "normal" | "high";

/** What counts of one type are judged by. */
export interface WatchSettings {
  readonly sensitivity: Sensitivity;
  /** An hour breaks drop, jump or missing only if it has, or is expected to have, this many rows. */
  readonly minRows: number;
  /** Rules that are not switched off. */
  readonly rules: ReadonlySet<RuleName>;
  /** Smallest share of the expected rows that a drop loses, 0 to 1. */
  readonly dropShare: number;
  /** Smallest share of the expected rows that a jump adds, above 0. */
  readonly jumpShare: number;
  /** Days like `2026-12-25` that are no usual ones, in `timezone`: compared with Sundays. */
  readonly calendar: ReadonlySet<string>;
  /** IANA name; hours of day and days of week are its own. */
  readonly timezone: string;
  /** Of the last `of` hours, so many must break a rule before it speaks. */
  readonly confirm: { readonly hours: number; readonly of: number };
}

/** Keeps findings from being told, until it ends. */
export interface Silence {
  /** Null: every type, and the hours as a whole. */
  readonly type: string | null;
  /** Null: every rule. */
  readonly rule: RuleName | null;
  /** The first moment at which it holds no more. */
  readonly until: Date;
  readonly why: string | null;
}
