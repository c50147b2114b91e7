import { estimateScale } from "./robust.js";

const dayHours = 24;
const daysBack = 42;
const relearnHours = 24;
/** Means that a window must have had before it is judged, at least and by its hours: fewer don't say how large they usually are. */
const fewestMeans = 120;
const fewestLengths = 7;
/** Hours; each catches what lasts about as long. */
const windowLengths = [3, 6, 12, 24] as const;

export interface WindowMean {
  readonly hours: number;
  /** Of the errors over these hours. */
  readonly mean: number;
  /** How large such means usually are on the mean's side; above 0. */
  readonly usual: number;
}

export interface WindowTest {
  /** The means that end at `index`, beside what such means were before; of the windows that have learned. */
  judge(index: number): readonly WindowMean[];
  /** To be called once for each hour, in order; `isUsual` false leaves the hour's means out. */
  learn(index: number, isUsual: boolean): void;
}

/** What one hour can't show, several can. `errors`: in units of their noise; 0 where an hour says nothing. */
export function createWindowTest(errors: Float64Array): WindowTest {
  const windows = windowLengths.map((hours) => ({
    hours,
    means: new Float64Array(errors.length).fill(NaN),
    isLearning: true,
    below: 1 / Math.sqrt(hours),
    above: 1 / Math.sqrt(hours),
  }));
  let asOf = 0;

  function average(index: number, hours: number): number {
    let sum = 0;
    for (let hour = Math.max(0, index - hours + 1); hour <= index; hour += 1)
      sum += errors[hour] ?? 0;
    return sum / hours;
  }

  function learnScales(index: number): void {
    asOf = index;
    for (const window of windows) {
      const known = window.means
        .subarray(Math.max(0, index - daysBack * dayHours), index)
        .filter((mean) => !Number.isNaN(mean));
      window.isLearning =
        known.length < Math.max(fewestMeans, fewestLengths * window.hours);
      const least = 1 / Math.sqrt(window.hours);
      const below = estimateScale(
        known.filter((mean) => mean < 0).map(Math.abs),
      );
      const above = estimateScale(known.filter((mean) => mean > 0));
      window.below = below > least ? below : least;
      window.above = above > least ? above : least;
    }
  }

  return {
    judge(index) {
      if (index - asOf >= relearnHours) learnScales(index);
      return windows
        .filter(({ isLearning }) => !isLearning)
        .map(({ hours, below, above }) => {
          const mean = average(index, hours);
          return { hours, mean, usual: mean < 0 ? below : above };
        });
    },
    learn(index, isUsual) {
      if (!isUsual) return;
      for (const window of windows)
        window.means[index] = average(index, window.hours);
    },
  };
}
