import { findUsual } from "./usual.js";

const leastHours = 24;
/** Hours before that say what is usual: four weeks. */
const recentHours = 672;
const spreads = 6;
/** Below this share of all, nobody is woken. */
const leastExcess = 0.001;

export interface SetAsideShare {
  readonly setAside: number;
  readonly all: number;
}

export interface OddShare {
  readonly share: number;
  readonly usual: number;
  /** The highest share that is taken for usual. */
  readonly high: number;
}

/** Null where the share is usual, or nobody can say yet. `before`: the hours before, of which those without lines say nothing. */
export function findOddShare(
  { setAside, all }: SetAsideShare,
  before: readonly SetAsideShare[],
  minRows: number,
): OddShare | null {
  if (setAside < minRows) return null;
  const usual = usualShare(before);
  if (usual === null) return null;
  const share = setAside / all;
  const high = Math.max(
    usual.median + spreads * usual.spread,
    2 * usual.median,
    usual.median + leastExcess,
  );
  // The chance of so few lines: a handful of them says little of their share.
  const noise = 4 * Math.sqrt(Math.max(high, 1 / all) / all);
  return share > high + noise ? { share, usual: usual.median, high } : null;
}

export function usualShare(before: readonly SetAsideShare[]) {
  return findUsual(
    before
      .slice(-recentHours)
      .filter(({ all }) => all > 0)
      .map(({ setAside, all }) => setAside / all),
    leastHours,
  );
}
