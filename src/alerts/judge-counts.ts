import { hoursBetween, type FolderHour } from "../folder-hour.js";
import { judgeSeries } from "../watch/judge-series.js";
import type { HourPoint, HourVerdict } from "../watch/model.js";
import type { SettingsOf } from "./choose-settings.js";
import type { WatchHistory } from "./read-history.js";

/** What the count rules say of a type's hour; undefined where the type has no history. */
export interface CountVerdicts {
  /** Of the rows that are loaded. */
  loaded(type: string, hour: FolderHour): HourVerdict | undefined;
  /** Of the rows that wait for their load, as if it had been; what rests on other hours that were not loaded is left out. */
  staged(
    type: string,
    point: Pick<HourPoint, "hour" | "rows" | "bytes">,
  ): HourVerdict | undefined;
}

/** Judges each type's loaded rows, once, when it is first asked for; hours from `from` to `to` can be. */
export function createCountVerdicts(
  { loads }: WatchHistory,
  settingsOf: SettingsOf,
  from: FolderHour,
  to: FolderHour,
): CountVerdicts {
  const byType = new Map<string, ReadonlyMap<FolderHour, HourVerdict>>();
  function judge(type: string): ReadonlyMap<FolderHour, HourVerdict> {
    const points: HourPoint[] = (loads.get(type) ?? []).map(
      ({ hour, rows, bytes }) => ({ hour, rows, bytes }),
    );
    const last = points.at(-1);
    if (last === undefined) return new Map();
    // The hours after the last load are judged too: that is where rows are missing.
    if (last.hour < to) points.push({ hour: to, rows: null });
    const verdicts = judgeSeries(points, settingsOf(type), from, to);
    return new Map(verdicts.map((verdict) => [verdict.hour, verdict]));
  }
  return {
    loaded: (type, hour) => {
      const judged = byType.get(type) ?? judge(type);
      byType.set(type, judged);
      return judged.get(hour);
    },
    staged: (type, point) => {
      const { hour } = point;
      const before = (loads.get(type) ?? []).filter((load) => load.hour < hour);
      if (before.length === 0) return undefined;
      const known = new Set(before.map((load) => load.hour));
      const [verdict] = judgeSeries(
        [...before, point],
        settingsOf(type),
        hour,
        hour,
      );
      return (
        verdict && {
          ...verdict,
          findings: verdict.findings.filter(({ since }) =>
            hoursBetween(since, hour).every(
              (each) => each === hour || known.has(each),
            ),
          ),
        }
      );
    },
  };
}
