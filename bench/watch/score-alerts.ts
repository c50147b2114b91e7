/** Hours by their index, both included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Sums over series. */
export interface Score {
  windows: number;
  caught: number;
  falseIncidents: number;
  labelledHours: number;
  caughtHours: number;
  falseHours: number;
}

/** Hours beside a window in which an alert is neither right nor wrong. */
const slack = 1;
/** Alerts so many hours apart are one incident. */
const sameIncident = 6;

export function startScore(): Score {
  return {
    windows: 0,
    caught: 0,
    falseIncidents: 0,
    labelledHours: 0,
    caughtHours: 0,
    falseHours: 0,
  };
}

/** Adds a series to the score; alerts before `from` do not count. */
export function addScore(
  score: Score,
  alerts: readonly boolean[],
  windows: readonly Window[],
  from: number,
): void {
  const caught = new Set<Window>();
  let lastFalse = -Infinity;
  for (const window of windows)
    if (window.to >= from) {
      score.windows += 1;
      score.labelledHours += window.to - Math.max(from, window.from) + 1;
    }
  for (let hour = from; hour < alerts.length; hour += 1) {
    if (alerts[hour] !== true) continue;
    const inside = windows.find(
      (window) => hour >= window.from && hour <= window.to,
    );
    if (inside !== undefined) {
      caught.add(inside);
      score.caughtHours += 1;
      continue;
    }
    const near = windows.some(
      (window) => hour >= window.from - slack && hour <= window.to + slack,
    );
    if (near) continue;
    score.falseHours += 1;
    if (hour - lastFalse > sameIncident) score.falseIncidents += 1;
    lastFalse = hour;
  }
  score.caught += caught.size;
}

export interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function rateIncidents(score: Score): Rates {
  return rate(score.caught, score.falseIncidents, score.windows);
}

export function rateHours(score: Score): Rates {
  return rate(score.caughtHours, score.falseHours, score.labelledHours);
}

function rate(found: number, wrong: number, all: number): Rates {
  const precision = found + wrong === 0 ? 1 : found / (found + wrong);
  const recall = all === 0 ? 1 : found / all;
  const sum = precision + recall;
  return {
    precision,
    recall,
    f1: sum === 0 ? 0 : (2 * precision * recall) / sum,
  };
}
