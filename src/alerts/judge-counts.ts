import type { FolderHour } from "../folder-hour.js";
import { judgeSeries } from "../watch/judge-series.js";
import type { HourPoint, HourVerdict } from "../watch/model.js";
import type { SettingsOf } from "./choose-settings.js";
import type { WatchHistory } from "./read-history.js";

/** What the count rules say of a type's hour; undefined where the type has no history. */
export type CountVerdicts = (
  type: string,
  hour: FolderHour,
) => HourVerdict | undefined;

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
  return (type, hour) => {
    const judged = byType.get(type) ?? judge(type);
    byType.set(type, judged);
    return judged.get(hour);
  };
}
