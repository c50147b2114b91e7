import type { FolderHour } from "../folder-hour.js";
import { confirmFindings } from "./confirm-findings.js";
import { judgeSeries } from "./judge-series.js";
import type {
  CountRule,
  HourState,
  HourVerdict,
  WatchSettings,
} from "./model.js";
import type { CountsByType } from "./read-counts.js";

/** An hour that the rules would have told of. */
export interface BacktestAlert {
  readonly type: string;
  readonly hour: FolderHour;
  readonly rule: CountRule;
  readonly rows: number;
  /** What the hour may have had; where several hours broke the rule together, its part of what they may have had. */
  readonly low: number;
  readonly high: number;
}

/** What the rules say of one hour, whether they would have told of it or not. */
export interface BacktestHour {
  readonly type: string;
  readonly hour: FolderHour;
  readonly state: HourState;
  /** Null where none is broken. */
  readonly rule: CountRule | null;
  /** Null where there is no count. */
  readonly rows: number | null;
  /** Of this hour alone; null while learning. */
  readonly low: number | null;
  readonly high: number | null;
  readonly expected: number | null;
}

export interface Backtest {
  /** By hour, then by type. */
  readonly alerts: readonly BacktestAlert[];
  readonly types: number;
  /** Judged and learned from, of all types. */
  readonly hours: number;
  /** Of these, the ones before which there was too little history. */
  readonly learning: number;
}

/** Plays the count rules over each type's own span, within `from` and `to`. `tellHour` gets every hour, type by type. */
export function backtestCounts(
  counts: CountsByType,
  settingsOf: (type: string) => WatchSettings,
  from: FolderHour,
  to: FolderHour,
  tellHour: (hour: BacktestHour) => void = () => undefined,
): Backtest {
  const alerts: BacktestAlert[] = [];
  let hours = 0;
  let learning = 0;
  for (const [type, points] of counts) {
    const settings = settingsOf(type);
    const verdicts = confirmFindings(
      judgeSeries(points, settings, from, to),
      settings.confirm,
    );
    for (const verdict of verdicts) {
      const { hour, rows, state, band, findings } = verdict;
      tellHour(describeHour(type, verdict));
      hours += 1;
      if (state === "learning") learning += 1;
      for (const finding of findings) {
        const part =
          finding.expected > 0 && band !== null
            ? band.expected / finding.expected
            : 1;
        alerts.push({
          type,
          hour,
          rule: finding.rule,
          rows: rows ?? 0,
          low: Math.floor(finding.low * part),
          high: Math.ceil(finding.high * part),
        });
      }
    }
  }
  alerts.sort(
    (one, other) =>
      compareTexts(one.hour, other.hour) || compareTexts(one.type, other.type),
  );
  return { alerts, types: counts.size, hours, learning };
}

function describeHour(
  type: string,
  { hour, rows, state, band, findings }: HourVerdict,
): BacktestHour {
  return {
    type,
    hour,
    state,
    rule: findings[0]?.rule ?? null,
    rows,
    low: band?.low ?? null,
    high: band?.high ?? null,
    expected: band === null ? null : Math.round(band.expected),
  };
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
