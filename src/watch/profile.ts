import { averageRobustly } from "./robust.js";
import type { LocalHour } from "./local-hours.js";

const dayHours = 24;
/** Weeks after which a value counts half. */
const recencyWeeks = 4;
/** Of a forecast's mean error, per hour. */
const errorMemory = 0.99;

/** Whose values a forecast goes by, and how many days back. */
const kinds: readonly {
  readonly days: number;
  readonly isAlike: (one: LocalHour, other: LocalHour) => boolean;
}[] = [
  { days: 21, isAlike: () => true },
  {
    days: 28,
    isAlike: (one, other) => isWeekend(one) === isWeekend(other),
  },
  {
    days: 56,
    isAlike: (one, other) => one.dayOfWeek === other.dayOfWeek,
  },
];
const daysBack = 56;
const recency = Float64Array.from(
  { length: daysBack + 1 },
  (_, day) => 0.5 ** (day / 7 / recencyWeeks),
);

export interface Forecast {
  /** Over the level; NaN where there is nothing to go by. */
  readonly value: number;
  readonly byKind: readonly number[];
  /** Whether a day of this class, working day or weekend, was seen. */
  readonly seenClass: boolean;
}

export interface Profile {
  forecast(index: number): Forecast;
  /** `actual` is over the level, as the forecasts are; errors past `cap` count as `cap`. */
  learn(forecast: Forecast, actual: number, cap: number): void;
}

/**
 * The usual course of a day and a week. Three forecasts of each hour, by every day's same hour, by those of working days or of the
 * weekend, and by those of the same day of the week, are mixed by how well each did of late: a type whose days are alike is learned
 * from all of them.
 */
export function createProfile(
  hours: readonly LocalHour[],
  /** Logarithms over the level of their time; NaN where an hour says nothing. */
  values: Float64Array,
): Profile {
  const errors = kinds.map(() => NaN);
  const taken = new Float64Array(daysBack);
  const weights = new Float64Array(daysBack);

  function forecastBy(kind: number, index: number, own: LocalHour): number {
    const { days, isAlike } = kinds[kind] ?? { days: 0, isAlike: () => false };
    let count = 0;
    for (let day = 1; day <= days; day += 1) {
      const at = findSameHour(hours, index, day, own.hourOfDay);
      const value = values[at] ?? NaN;
      const other = hours[at];
      if (Number.isNaN(value) || other === undefined || !isAlike(own, other))
        continue;
      taken[count] = value;
      weights[count] = recency[day] ?? 0;
      count += 1;
    }
    return averageRobustly(
      taken.subarray(0, count),
      weights.subarray(0, count),
    );
  }

  function mix(byKind: readonly number[]): number {
    let sum = 0;
    let total = 0;
    for (const [kind, value] of byKind.entries()) {
      if (Number.isNaN(value)) continue;
      const error = errors[kind] ?? NaN;
      const weight = Number.isNaN(error) ? 1 : (error + 1e-3) ** -4;
      sum += weight * value;
      total += weight;
    }
    return total === 0 ? NaN : sum / total;
  }

  return {
    forecast(index) {
      const own = hours[index];
      if (own === undefined) throw new RangeError(`no hour ${index}`);
      const byKind = kinds.map((_, kind) => forecastBy(kind, index, own));
      return {
        value: mix(byKind),
        byKind,
        seenClass: !Number.isNaN(byKind[1]),
      };
    },
    learn(forecast, actual, cap) {
      for (const [kind, value] of forecast.byKind.entries()) {
        if (Number.isNaN(value)) continue;
        const error = Math.min(cap, Math.abs(actual - value));
        const known = errors[kind] ?? NaN;
        errors[kind] = Number.isNaN(known)
          ? error
          : errorMemory * known + (1 - errorMemory) * error;
      }
    },
  };
}

/** A day with 23 or 25 hours moves it. */
function findSameHour(
  hours: readonly LocalHour[],
  index: number,
  daysAgo: number,
  hourOfDay: number,
): number {
  const other = index - daysAgo * dayHours;
  const found = hours[other]?.hourOfDay ?? hourOfDay;
  if (found === hourOfDay) return other;
  const ahead = (hourOfDay - found + dayHours) % dayHours;
  return other + (ahead > dayHours / 2 ? ahead - dayHours : ahead);
}

function isWeekend({ dayOfWeek }: LocalHour): boolean {
  return dayOfWeek === 0 || dayOfWeek === 6;
}
