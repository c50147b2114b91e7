import type { Sensitivity } from "./model.js";

interface Reach {
  /** Scales of one hour's error past which the hour is an anomaly. */
  readonly hour: number;
  /** Of the mean error over some hours. */
  readonly window: number;
}

/** Chosen by bench/watch: precision counts as much as recall at `normal`. */
export const reaches: Readonly<Record<Sensitivity, Reach>> = {
  low: { hour: 6, window: 6.5 },
  normal: { hour: 4.3, window: 4.6 },
  high: { hour: 3.5, window: 3.6 },
};

/** Deviations that chance alone, a Poisson process, must leave as well. */
export const poissonReach = 4;
