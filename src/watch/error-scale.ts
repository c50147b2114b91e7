import { estimateScale } from "./robust.js";

const dayHours = 24;
const daysBack = 42;
const localDaysBack = 28;
const localReach = 2;
/** As many hours of one time of day as weigh like all others together. */
const localPrior = 60;
/** As many errors on one side as weigh like those on both. */
const sidePrior = 20;
/** Scales past which an error says no more of the time of day. */
const localCap = 3;

export interface ErrorScales {
  readonly down: number;
  readonly up: number;
}

/**
 * How far counts were from what was expected, in units of their noise: below and above, and by the time of day. Reads the errors before
 * `index` alone; those of NaN say nothing.
 */
export function createErrorScale(
  errors: Float64Array,
): (index: number) => ErrorScales {
  let asOf = -Infinity;
  let down = NaN;
  let up = NaN;
  let both = NaN;
  let power = NaN;

  function learn(index: number): void {
    asOf = index;
    const known = errors
      .subarray(Math.max(0, index - daysBack * dayHours), index)
      .filter((error) => !Number.isNaN(error));
    both = estimateScale(known.map(Math.abs));
    power = averagePower(known, both);
    down = poolSides(
      known.filter((error) => error < 0),
      both,
    );
    up = poolSides(
      known.filter((error) => error > 0),
      both,
    );
  }

  /** This time of day's part of the whole. */
  function readLocal(index: number): number {
    let sum = 0;
    let count = 0;
    for (let day = 1; day <= localDaysBack; day += 1)
      for (let off = -localReach; off <= localReach; off += 1) {
        const error = errors[index - day * dayHours + off] ?? NaN;
        if (Number.isNaN(error)) continue;
        sum += Math.min(error ** 2, (localCap * both) ** 2);
        count += 1;
      }
    if (count === 0 || !(power > 0)) return 1;
    return Math.sqrt((sum / power + localPrior) / (count + localPrior));
  }

  return (index) => {
    if (index - asOf >= dayHours) learn(index);
    const local = readLocal(index);
    return { down: Math.max(1, down * local), up: Math.max(1, up * local) };
  };
}

function averagePower(errors: Float64Array, scale: number): number {
  let sum = 0;
  for (const error of errors)
    sum += Math.min(error ** 2, (localCap * scale) ** 2);
  return sum / errors.length;
}

function poolSides(side: Float64Array, both: number): number {
  if (side.length === 0) return both;
  const own = estimateScale(side.map(Math.abs));
  return Math.sqrt(
    (side.length * own ** 2 + sidePrior * both ** 2) /
      (side.length + sidePrior),
  );
}
