import type { FolderHour } from "../folder-hour.js";
import { createExpectedHours, type Side } from "./expect-hours.js";
import { findRepeat } from "./find-repeat.js";
import { buildHourSeries, type HourSeries } from "./hour-series.js";
import { findBand, judgeHour } from "./judge-hour.js";
import { judgeWindow } from "./judge-window.js";
import type {
  Band,
  CountRule,
  Finding,
  HourPoint,
  HourVerdict,
  WatchSettings,
} from "./model.js";
import { reaches } from "./sensitivity.js";
import { createWindowTest } from "./window-test.js";

const zeroHistoryHours = 672;
const zeroFewestHours = 100;
const rareZeroShare = 0.005;

/**
 * Judges each hour from `from` to `to` by the hours before it alone: a later hour never changes an earlier verdict. Hours outside of
 * the points' own span, first to last, get none. Points need not be in order; an hour within the span without a point has no count.
 */
export function judgeSeries(
  points: readonly HourPoint[],
  settings: WatchSettings,
  from: FolderHour,
  to: FolderHour,
): HourVerdict[] {
  const series = buildHourSeries(points, settings, to);
  if (series === null) return [];
  const judge = createHourJudge(series, settings);
  return Array.from({ length: series.length }, (_, index) =>
    judge(index),
  ).filter(({ hour }) => hour >= from);
}

/** To be called once for each hour, in order. */
function createHourJudge(
  series: HourSeries,
  settings: WatchSettings,
): (index: number) => HourVerdict {
  const hours = createExpectedHours(series);
  const expected = new Float64Array(series.length);
  const spreads = new Float64Array(series.length).fill(NaN);
  const windowErrors = new Float64Array(series.length);
  const windows = createWindowTest(windowErrors);
  const repeatHours = {
    rows: series.rows,
    bytes: series.bytes,
    spread: (index: number) => spreads[index] ?? NaN,
  };

  function sumHours(index: number, length: number) {
    let rows = 0;
    let usual = 0;
    for (let hour = index - length + 1; hour <= index; hour += 1) {
      rows += series.rows(hour) ?? 0;
      usual += expected[hour] ?? 0;
    }
    return { rows, expected: usual };
  }

  function verdictOf(
    index: number,
    band: Band | null,
    finding: Finding | null,
  ): HourVerdict {
    const isFound = finding !== null && settings.rules.has(finding.rule);
    return {
      hour: series.hourAt(index),
      rows: series.rows(index),
      state: band === null ? "learning" : isFound ? "finding" : "fine",
      band,
      findings: isFound ? [finding] : [],
    };
  }

  return (index) => {
    const expectation = hours.expect(index);
    let band: Band | null = null;
    let finding: Finding | null = null;
    if (expectation !== null && !expectation.isLearning) {
      const rows = series.rows(index) ?? 0;
      const { error, noise, scales } = expectation;
      const hour = series.hourAt(index);
      band = findBand(expectation, settings);
      expected[index] = band.expected;
      spreads[index] = band.expected * noise * Math.min(scales.down, scales.up);
      const reach = reaches[settings.sensitivity].hour;
      windowErrors[index] = Math.max(
        -reach * scales.down,
        Math.min(reach * scales.up, error),
      );
      const alone = { hour, since: hour, rows, ...band };
      const repeat = findRepeat(repeatHours, index);
      const isRepeat = repeat !== null && settings.rules.has(repeat.rule);
      const rule = judgeHour(rows, band, settings, () =>
        zerosAreRare(series, index),
      );
      if (isRepeat)
        finding = {
          ...alone,
          rule: repeat.rule,
          ...sumOf(sumHours(index, index - repeat.since + 1), band),
          since: series.hourAt(repeat.since),
          ...(repeat.rule === "duplicate" && {
            sameAs: series.hourAt(index - repeat.lag),
          }),
        };
      else if (rule !== null)
        finding = { ...alone, rule, low: leastOf(rule, band.low) };
      else if (band.expected >= settings.minRows)
        for (const window of windows.judge(index)) {
          const found = judgeWindow(
            rows,
            window,
            expectation,
            settings,
            (length) => sumHours(index, length),
          );
          if (found === null) continue;
          const since = series.hourAt(index - window.hours + 1);
          finding = { hour, since, ...found };
          break;
        }
    }
    const side = sideOf(finding);
    const ended = hours.learn(index, side);
    if (ended !== null)
      windowErrors.fill(0, Math.max(0, ended[0]), ended[1] + 1);
    windows.learn(index, side === 0 && band !== null);
    return verdictOf(index, band, finding);
  };
}

function sumOf(
  sums: { readonly rows: number; readonly expected: number },
  { low, high, expected }: Band,
) {
  const part = expected > 0 ? sums.expected / expected : 1;
  return {
    ...sums,
    low: Math.floor(low * part),
    high: Math.ceil(high * part),
  };
}

/** An hour without rows is missing although its band begins at 0: it may have had one at least. */
function leastOf(rule: CountRule, low: number): number {
  return rule === "missing" ? Math.max(1, low) : low;
}

function sideOf(finding: Finding | null): Side {
  if (finding === null) return 0;
  switch (finding.rule) {
    case "missing":
    case "drop":
      return -1;
    case "jump":
      return 1;
    case "duplicate":
    case "flatline":
      return "repeat";
  }
}

function zerosAreRare(series: HourSeries, index: number): boolean {
  const first = Math.max(0, index - zeroHistoryHours);
  let zeros = 0;
  for (let hour = first; hour < index; hour += 1)
    if ((series.rows(hour) ?? 0) === 0) zeros += 1;
  const seen = index - first;
  return seen >= zeroFewestHours && zeros / seen < rareZeroShare;
}
