import type { Sensitivity } from "./model.js";

interface Reach {
  /** Scales of one hour's error past which the hour is an anomaly. */
  readonly hour: number;
  /** Of the mean error over some hours. */
  readonly window: number;
}

/** Chosen by bench/watch: precision counts as much as recall at `normal`. */
export const reaches: Readonly<Record<Sensitivity, Reach>> = {
  low: { hour: 5.5, window: 6 },
  normal: { hour: 3.8, window: 4.2 },
  high: { hour: 3.2, window: 3.5 },
};

/** Deviations that chance alone, a Poisson process, must leave as well. */
export const poissonReach = 4;
