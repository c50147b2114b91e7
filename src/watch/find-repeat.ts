/** What may be known of the hours up to one that is judged, by their index. */
export interface RepeatHours {
  /** Null where there is no count. */
  readonly rows: (index: number) => number | null;
  /** Null where it is not known. */
  readonly bytes: (index: number) => number | null;
  /** Standard deviation of the rows that were to be expected. */
  readonly spread: (index: number) => number;
}

export interface Repeat {
  readonly rule: "flatline" | "duplicate";
  /** The first hour that repeats another. */
  readonly since: number;
  /** How many hours before lies what is repeated. */
  readonly lag: number;
}

const dayHours = 24;
const weekHours = 168;
const lags = [1, dayHours, weekHours] as const;
/** A run that chance makes less often than this is none of chance. */
const rareEnough = 1e-7;
/** Counts of which more than this share is alike by chance tell nothing. */
const tellingChance = 0.07;
const shortestRun = 2;
const longestRun = 48;
const historyHours = 672;
const fewestHours = 100;
const nearlyFlatHours = 6;
/** Of the usual spread. */
const nearlyFlat = 0.02;
/** Of the hours before. */
const rareStillShare = 0.1;
/** Hours before, each of which may have the same content. */
const sameContentReach = 168;
/** Fewer rows may well be alike, to the byte. */
const sameContentRows = 100;

/**
 * Counts that stand still, or are those of other hours again. Whether chance would do that is judged by how much counts vary, by the
 * step in which they come (thousands, say), and by how often they were alike before. Null: nothing of that.
 */
export function findRepeat(hours: RepeatHours, index: number): Repeat | null {
  const rows = hours.rows(index);
  if (rows === null || rows === 0) return null;
  const content = findSameContent(hours, index, rows);
  if (content !== null) return content;
  let step: number | null = null;
  for (const lag of lags) {
    if (hours.rows(index - lag) !== rows) continue;
    step ??= findStep(hours, index);
    const run = measureRun(hours, index, lag, step);
    if (run === null) continue;
    return {
      rule: lag === 1 ? "flatline" : "duplicate",
      since: index - run + 1,
      lag,
    };
  }
  return isNearlyFlat(hours, index)
    ? { rule: "flatline", since: index - nearlyFlatHours + 1, lag: 1 }
    : null;
}

function findSameContent(
  hours: RepeatHours,
  index: number,
  rows: number,
): Repeat | null {
  const bytes = hours.bytes(index);
  if (bytes === null || rows < sameContentRows) return null;
  for (let lag = 1; lag <= sameContentReach; lag += 1)
    if (hours.bytes(index - lag) === bytes && hours.rows(index - lag) === rows)
      return { rule: "duplicate", since: index, lag };
  return null;
}

/** Hours in a row, up to `index`, that have the count of `lag` hours before; null where chance may have done it. */
function measureRun(
  hours: RepeatHours,
  index: number,
  lag: number,
  step: number,
): number | null {
  const before = countAlike(hours, index, lag);
  let chance = 1;
  let length = 0;
  for (; length < longestRun; length += 1) {
    const at = index - length;
    const rows = hours.rows(at);
    if (rows === null || rows === 0 || hours.rows(at - lag) !== rows) break;
    const alike = Math.max(step / (3.5 * hours.spread(at)), before);
    if (!(alike < tellingChance)) return null;
    chance *= alike;
  }
  return length >= shortestRun && chance < rareEnough ? length : null;
}

/** Share of the hours before the run of `index`, whose count was that of `lag` hours before. */
function countAlike(hours: RepeatHours, index: number, lag: number): number {
  let alike = 0;
  let seen = 0;
  let at = index;
  while (at > 0 && hours.rows(at) === hours.rows(at - lag)) at -= 1;
  for (let back = 1; back <= historyHours; back += 1) {
    const rows = hours.rows(at - back);
    if (rows === null || rows === 0) continue;
    seen += 1;
    if (hours.rows(at - back - lag) === rows) alike += 1;
  }
  return seen < fewestHours ? 1 : alike / seen;
}

/** The greatest number that divides all counts of the week. */
function findStep(hours: RepeatHours, index: number): number {
  let step = 0;
  for (let back = 0; back < weekHours && step !== 1; back += 1)
    step = divideOut(hours.rows(index - back) ?? 0, step);
  return Math.max(1, step);
}

function divideOut(one: number, other: number): number {
  if (!Number.isInteger(one)) return 1;
  return other === 0 ? one : divideOut(other, one % other);
}

function isNearlyFlat(hours: RepeatHours, index: number): boolean {
  let lowest = Infinity;
  let highest = 0;
  let spread = Infinity;
  for (let back = 0; back < nearlyFlatHours; back += 1) {
    const rows = hours.rows(index - back);
    if (rows === null || rows === 0) return false;
    lowest = Math.min(lowest, rows);
    highest = Math.max(highest, rows);
    spread = Math.min(spread, hours.spread(index - back));
  }
  const reach = 2 * nearlyFlat * spread;
  return (
    reach >= 1 && highest - lowest < reach && isMoving(hours, index, reach)
  );
}

/** Whether counts before next to never stayed within this reach from one hour to the next. */
function isMoving(hours: RepeatHours, index: number, reach: number): boolean {
  let still = 0;
  let seen = 0;
  for (let back = nearlyFlatHours; back <= historyHours; back += 1) {
    const rows = hours.rows(index - back);
    const before = hours.rows(index - back - 1);
    if (rows === null || before === null) continue;
    seen += 1;
    if (Math.abs(rows - before) < reach) still += 1;
  }
  return seen >= fewestHours && still / seen < rareStillShare;
}
