import { createErrorScale, type ErrorScales } from "./error-scale.js";
import type { HourSeries } from "./hour-series.js";
import { createProfile } from "./profile.js";
import { readQuantile } from "./robust.js";

const dayHours = 24;
const weekHours = 168;
/** Before them there is nothing to go by. */
const firstHours = 24;
/** From here on hours are judged: five days. */
const learningHours = 120;
/** In which a lasting change of level is half followed. */
const levelHalfLifeHours = 120;
const levelStep = 1 - 0.5 ** (1 / levelHalfLifeHours);
/** Errors past so many scales move the level no further. */
const levelCap = 2.5;
const errorCap = 5;
/** Share of the rows by which counts vary at least, besides chance. */
const leastSpread = 0.03;
const learningScales: ErrorScales = { down: 3, up: 3 };
/** Hours of an incident that count among the errors: a long one is one event, not many. */
const countedIncidentHours = 3;
/** A change that lasts this long is the new usual; a type that went silent is waited for longer. */
const newUsualHours = 72;
const silenceHours = 168;
const lastingShare = 0.75;
/** Within which counts may go back to what they were before a lasting change: that is its end, and nothing new. */
const returnHours = 336;
/** Within which such a return may turn out to be none. */
const mistakenHours = 6;
/** Scales within which counts are those of before, and past which they are no longer the new usual. */
const returnedWithin = 3;
const leftBeyond = 3.5;
/** Of the rows that are usual now: to fewer nothing goes back, it breaks down. */
const leastReturn = 0.1;

/** Of one hour, by the hours before it. */
export interface Expectation {
  readonly rows: number;
  /** Of ln(rows + 1), as everything below. */
  readonly center: number;
  /** Chance, and the least spread. */
  readonly noise: number;
  /** What is usual below and above, in units of the noise; at least 1. */
  readonly scales: ErrorScales;
  /** Of this hour, in units of the noise. */
  readonly error: number;
  readonly isLearning: boolean;
  /** A weekend is guessed from working days, and the other way round, until one was seen. */
  readonly isGuessed: boolean;
}

/** -1: too few, 1: too many, 0: as usual. `repeat`: the count says nothing of the hour. */
export type Side = -1 | 0 | 1 | "repeat";

export interface ExpectedHours {
  /** To be called once for each hour, in order, and followed by `learn`. Null for the first day. */
  expect(index: number): Expectation | null;
  /** Hands back the hours of an incident, first and last, that has just ended or become the usual; null mostly. */
  learn(index: number, side: Side): readonly [number, number] | null;
}

/**
 * Learns a type's level, the course of its day and week over it, and how far counts stray from both, hour by hour. Hours found to be
 * anomalous are not learned from, unless they come back at the same hour, or last.
 */
export function createExpectedHours(series: HourSeries): ExpectedHours {
  const { length, local } = series;
  const blank = () => new Float64Array(length).fill(NaN);
  const logs = Float64Array.from({ length }, (_, index) =>
    Math.log((series.rows(index) ?? 0) + 1),
  );
  const centers = blank();
  /** Logarithms over the level of their time: those that are learned from, and all. */
  const learned = blank();
  const seen = blank();
  const errors = blank();
  const sides: Side[] = [];
  const profile = createProfile(local, learned);
  const readScales = createErrorScale(errors);
  let level = NaN;
  /** The last lasting change of the level: its first hour, and the last in which counts may go back. */
  let change: {
    readonly shift: number;
    readonly first: number;
    readonly until: number;
  } | null = null;
  let forecast = profile.forecast(0);
  let expectation: Expectation | null = null;
  let incidentStart: number | null = null;
  let incidentHours = 0;

  const at = (values: Float64Array, index: number) => values[index] ?? NaN;

  function learnFirstDay(index: number): void {
    if (series.rows(index) !== null) seen[index] = at(logs, index);
    if (index !== firstHours - 1) return;
    level = average(seen.subarray(0, firstHours));
    for (let hour = 0; hour < firstHours; hour += 1)
      learned[hour] = seen[hour] = at(seen, hour) - level;
  }

  function learnUsual(index: number, error: number, scales: ErrorScales): void {
    const over = at(logs, index) - level;
    learned[index] = over;
    errors[index] = error;
    if (Number.isNaN(forecast.value)) return;
    const cap = errorCap * Math.max(scales.down, scales.up);
    profile.learn(forecast, over, cap * (expectation?.noise ?? 0));
  }

  /** What comes back at the same hour is a habit, and no anomaly. */
  function learnHabit(index: number, side: Side): void {
    const before = [[weekHours], [dayHours, 2 * dayHours]].find((lags) =>
      lags.every((lag) => sides[index - lag] === side),
    );
    if (before === undefined) return;
    for (const lag of [0, ...before])
      learned[index - lag] = at(seen, index - lag);
  }

  function endIncident(last: number): readonly [number, number] {
    const first = incidentStart ?? last;
    incidentStart = null;
    incidentHours = 0;
    return [first, last];
  }

  /** Null where the hours before don't make what they have the new usual. */
  function acceptNewUsual(
    index: number,
    side: Side,
  ): readonly [number, number] | null {
    const needed = series.rows(index) ? newUsualHours : silenceHours;
    const first = index - needed + 1;
    let same = 0;
    for (let hour = Math.max(0, first); hour <= index; hour += 1)
      if (sides[hour] === side) same += 1;
    if (same < lastingShare * needed) return null;
    const shifts = Float64Array.from(
      { length: newUsualHours },
      (_, back) => at(logs, index - back) - at(centers, index - back),
    ).filter((shift) => !Number.isNaN(shift));
    const shift = readQuantile(shifts.sort(), 0.5);
    level += shift;
    change = { shift, first, until: index + returnHours };
    for (let hour = Math.max(firstHours, first); hour <= index; hour += 1) {
      learned[hour] = seen[hour] = at(logs, hour) - level;
      sides[hour] = 0;
    }
    incidentStart = Math.min(incidentStart ?? index, first);
    return endIncident(index);
  }

  function expectAtLevel(index: number): Expectation {
    const center = level + (Number.isNaN(forecast.value) ? 0 : forecast.value);
    const rows = Math.max(0, Math.exp(center) - 1);
    const noise = Math.sqrt(1 / (rows + 1) + leastSpread ** 2);
    const isLearning = index < learningHours;
    return {
      rows,
      center,
      noise,
      scales: isLearning ? learningScales : readScales(index),
      error: (at(logs, index) - center) / noise,
      isLearning,
      isGuessed: !forecast.seenClass,
    };
  }

  /** Hours without rows have no course of the day. */
  function forgetSilence(first: number, index: number): void {
    for (let hour = Math.max(0, first); hour < index; hour += 1)
      if (!series.rows(hour)) learned[hour] = NaN;
  }

  /** Goes by the level before the last change where the hour has left the new one for it. */
  function returnToFormer(index: number, now: Expectation): Expectation {
    if (change === null || index > change.until) return now;
    const { shift, first } = change;
    if (-shift < Math.log(leastReturn)) return now;
    const left = -Math.sign(shift) * countScales(now);
    if (left < leftBeyond) return now;
    const shapes = learned.slice(0, index);
    level -= shift;
    forgetSilence(first, index);
    forecast = profile.forecast(index);
    const former = expectAtLevel(index);
    if (Math.abs(countScales(former)) > returnedWithin) {
      level += shift;
      learned.set(shapes);
      forecast = profile.forecast(index);
      return now;
    }
    change = { shift: -shift, first: index, until: index + mistakenHours };
    return former;
  }

  return {
    expect(index) {
      if (index < firstHours) return (expectation = null);
      if (Number.isNaN(level)) level = at(logs, index);
      forecast = profile.forecast(index);
      expectation = returnToFormer(index, expectAtLevel(index));
      centers[index] = expectation.center;
      return expectation;
    },
    learn(index, side) {
      sides[index] = side;
      if (expectation === null) {
        learnFirstDay(index);
        return null;
      }
      const { error, noise, scales, isLearning } = expectation;
      let ended: readonly [number, number] | null = null;
      if (side !== 0) {
        incidentStart ??= index;
        incidentHours += 1;
      } else if (incidentStart !== null) {
        const was = sides[incidentStart];
        if (typeof was !== "number" || was * error <= 0)
          ended = endIncident(index - 1);
      }
      const isUnknown = series.rows(index) === null && isLearning;
      if (isUnknown) return ended;
      seen[index] = at(logs, index) - level;
      const { seenClass } = forecast;
      if (side === 0 || !seenClass) learnUsual(index, error, scales);
      else if (side !== "repeat") {
        if (incidentHours <= countedIncidentHours) errors[index] = error;
        learnHabit(index, side);
      }
      if (!seenClass) return ended;
      const capped = Math.max(
        -levelCap * scales.down,
        Math.min(levelCap * scales.up, error),
      );
      if (side !== "repeat") level += levelStep * capped * noise;
      return side === -1 || side === 1
        ? (acceptNewUsual(index, side) ?? ended)
        : ended;
    },
  };
}

function countScales({ error, scales }: Expectation): number {
  return error / (error < 0 ? scales.down : scales.up);
}

function average(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
