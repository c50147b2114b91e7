import type { FolderHour } from "../../src/folder-hour.js";
import { confirmFindings } from "../../src/watch/confirm-findings.js";
import { judgeSeries } from "../../src/watch/judge-series.js";
import type { HourPoint, WatchSettings } from "../../src/watch/model.js";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";

/** Whether each hour raises an alert. */
export type Method = (
  points: readonly HourPoint[],
  calendar: ReadonlySet<string>,
) => boolean[];

const week = 168;
const sigmaDays = 28;
const fitHours = 14 * 24;

/** As many rows at least as half of the fewest, and at most twice the most, of the first two weeks. */
const fixedThreshold: Method = (points) => {
  const known = points.slice(0, fitHours).map(({ rows }) => rows ?? 0);
  const sorted = known.sort((one, other) => one - other);
  const low = (sorted[Math.floor(sorted.length * 0.01)] ?? 0) / 2;
  const high = (sorted[Math.floor(sorted.length * 0.99)] ?? 0) * 1.5;
  return points.map(({ rows }) => (rows ?? 0) < low || (rows ?? 0) > high);
};

const sameHourLastWeek: Method = (points) =>
  points.map(({ rows }, index) => {
    const usual = points[index - week]?.rows ?? null;
    if (usual === null) return false;
    return Math.abs((rows ?? 0) - usual) > usual / 2;
  });

const threeSigma: Method = (points) =>
  points.map(({ rows }, index) => {
    const known: number[] = [];
    for (let day = 1; day <= sigmaDays; day += 1) {
      const count = points[index - day * 24];
      if (count !== undefined) known.push(count.rows ?? 0);
    }
    if (known.length < 5) return false;
    const mean = known.reduce((sum, count) => sum + count, 0) / known.length;
    const squares = known.reduce((sum, count) => sum + (count - mean) ** 2, 0);
    const sigma = Math.sqrt(squares / (known.length - 1));
    return Math.abs((rows ?? 0) - mean) > 3 * sigma;
  });

function judge(
  points: readonly HourPoint[],
  settings: Partial<WatchSettings>,
): boolean[] {
  const from = points[0]?.hour ?? ("" as FolderHour);
  const to = points.at(-1)?.hour ?? ("" as FolderHour);
  const all = { ...defaultWatchSettings, ...settings };
  return confirmFindings(judgeSeries(points, all, from, to), all.confirm).map(
    ({ findings }) => findings.length > 0,
  );
}

export const methods: Readonly<Record<string, Method>> = {
  "sluice watch": (points, calendar) => judge(points, { calendar }),
  "sluice watch, no calendar": (points) => judge(points, {}),
  "fixed threshold": fixedThreshold,
  "same hour last week ±50 %": sameHourLastWeek,
  "three sigma of the hour of day": threeSigma,
};

function withSettings(settings: Partial<WatchSettings>): Method {
  return (points, calendar) => judge(points, { calendar, ...settings });
}

/** What the catalog may say otherwise. */
export const variants: Readonly<Record<string, Method>> = {
  "as it comes": withSettings({}),
  "`sensitivity: low`": withSettings({ sensitivity: "low" }),
  "`sensitivity: high`": withSettings({ sensitivity: "high" }),
  "`confirm: { hours: 2, of: 3 }`": withSettings({
    confirm: { hours: 2, of: 3 },
  }),
  "`confirm: { hours: 3, of: 3 }`": withSettings({
    confirm: { hours: 3, of: 3 },
  }),
  "shares of drop 0.2, jump 0.3": withSettings({
    dropShare: 0.2,
    jumpShare: 0.3,
  }),
};
