import type { Expectation } from "./expect-hours.js";
import type { Band, CountRule, WatchSettings } from "./model.js";
import { findPoissonBounds } from "./poisson-bounds.js";
import { poissonReach, reaches } from "./sensitivity.js";

/** Of the expected rows: how much fewer and more a first weekend may have. */
const guessedLow = 0.1;
const guessedHigh = 3;

/** Rows that an hour of this expectation may have. */
export function findBand(
  { center, noise, rows, scales, isGuessed }: Expectation,
  settings: WatchSettings,
): Band {
  const reach = reaches[settings.sensitivity].hour * noise;
  const poisson = findPoissonBounds(rows, poissonReach);
  const low = Math.min(
    Math.exp(center - reach * scales.down) - 1,
    rows * (isGuessed ? guessedLow : 1 - settings.dropShare),
    poisson.low,
  );
  const high = Math.max(
    Math.exp(center + reach * scales.up) - 1,
    rows * (isGuessed ? guessedHigh : 1 + settings.jumpShare),
    poisson.high,
  );
  return {
    low: Math.max(0, Math.floor(low)),
    high: Math.ceil(high),
    expected: rows,
  };
}

/**
 * What one hour's count breaks by itself. `zerosAreRare`: the type has next to no hour without rows, so that one is missing although its
 * counts vary too much for a band that ends above 0.
 */
export function judgeHour(
  rows: number,
  band: Band,
  settings: WatchSettings,
  zerosAreRare: () => boolean,
): CountRule | null {
  if (rows > band.high) return rows >= settings.minRows ? "jump" : null;
  if (band.expected < settings.minRows) return null;
  if (rows < band.low) return rows === 0 ? "missing" : "drop";
  if (rows > 0) return null;
  const { low } = findPoissonBounds(band.expected, poissonReach);
  return low > 0 && zerosAreRare() ? "missing" : null;
}
