import {
  startOf,
  toFolderHour,
  type FolderHour,
} from "../../src/folder-hour.js";
import type { HourPoint } from "../../src/watch/model.js";
import { createDice, type Dice } from "../classify/corpus/dice.js";

const hourMs = 3_600_000;

export const anomalyKinds = [
  "drop",
  "part lost",
  "silent",
  "jump",
  "twice",
  "repeat",
  "flat",
  "leak",
] as const;

export type AnomalyKind = (typeof anomalyKinds)[number];

/** Hours by their index in the history, both included. */
export interface AnomalyWindow {
  readonly kind: AnomalyKind;
  readonly from: number;
  readonly to: number;
}

export interface History {
  readonly name: string;
  readonly points: readonly HourPoint[];
  readonly windows: readonly AnomalyWindow[];
  /** Days that are holidays. */
  readonly calendar: ReadonlySet<string>;
}

/** The first days have no anomaly, so that every method has learned. */
export const quietHours = 14 * 24;
const days = 90;
const start = startOf("2026-03-02T00" as FolderHour).getTime();

/** 90 days of one made-up type: its day, its week, growth, holidays and noise, and anomalies that stand in `windows`. */
export function makeHistory(seed: number): History {
  const dice = createDice(seed);
  const expected = makeExpected(dice);
  const rows: (number | null)[] = expected.rates.map((rate) =>
    drawCount(dice, rate, expected.spread),
  );
  const windows = injectAnomalies(dice, rows, expected.rates);
  return {
    name: `made-up ${seed}`,
    points: rows.map((count, index) => ({
      hour: toFolderHour(new Date(start + index * hourMs)),
      rows: count,
    })),
    windows,
    calendar: expected.calendar,
  };
}

function makeExpected(dice: Dice) {
  const size = 10 ** (0.5 + 4.5 * dice.share());
  const daily = dice.pick([0, 0.3, 0.6, 0.9, 1.4]);
  const second = daily * 0.4 * dice.share();
  const phase = dice.share() * 24;
  const weekend = dice.pick([1, 1, 0.8, 0.5, 0.25, 1.3]);
  const growth = dice.pick([0, 0, 0.02, 0.05, -0.02]);
  const spread = dice.pick([0.02, 0.05, 0.1, 0.2]);
  const dayNoise = dice.pick([0, 0.02, 0.05, 0.1]);
  const batch = dice.share() < 0.2 ? dice.below(24) : -1;
  const holidays = new Set([20 + dice.below(30), 55 + dice.below(30)]);
  const calendar = new Set<string>();
  const rates: number[] = [];
  let mood = 0;
  for (let day = 0; day < days; day += 1) {
    mood = 0.6 * mood + 0.8 * dayNoise * drawNormal(dice);
    const date = new Date(start + day * 24 * hourMs);
    const isHoliday = holidays.has(day);
    if (isHoliday) calendar.add(date.toISOString().slice(0, 10));
    const quiet = [0, 6].includes(date.getUTCDay()) || isHoliday;
    for (let hour = 0; hour < 24; hour += 1) {
      const angle = ((hour - phase) / 24) * 2 * Math.PI;
      const shape = daily * Math.cos(angle) + second * Math.cos(2 * angle);
      rates.push(
        size *
          Math.exp(shape + mood) *
          (quiet ? weekend : 1) *
          (1 + growth) ** (day / 7) *
          (hour === batch ? 4 : 1),
      );
    }
  }
  return { rates, spread, calendar };
}

/** Changes the rows in place. `rates`: what the rows would be without noise. */
export function injectAnomalies(
  dice: Dice,
  rows: (number | null)[],
  rates: readonly number[],
): AnomalyWindow[] {
  const windows: AnomalyWindow[] = [];
  let at = quietHours + dice.below(96);
  while (at < rows.length - 96) {
    const kind = dice.pick(anomalyKinds);
    const window = injectAnomaly(dice, kind, rows, rates, at);
    if (window !== null) windows.push(window);
    at += 96 + dice.below(240);
  }
  return windows;
}

/** Null where it would be too small to be told from chance; nothing is changed then. */
function injectAnomaly(
  dice: Dice,
  kind: AnomalyKind,
  rows: (number | null)[],
  rates: readonly number[],
  from: number,
): AnomalyWindow | null {
  const between = (low: number, high: number) =>
    low + dice.share() * (high - low);
  const lengths: Record<AnomalyKind, readonly [number, number]> = {
    drop: [1, 6],
    "part lost": [6, 24],
    silent: [1, 12],
    jump: [1, 6],
    twice: [1, 3],
    repeat: [4, 12],
    flat: [4, 12],
    leak: [24, 60],
  };
  const length = Math.round(between(...lengths[kind]));
  const to = from + length - 1;
  const factor = {
    drop: between(0.05, 0.6),
    "part lost": between(0.6, 0.8),
    silent: 0,
    jump: between(1.6, 5),
    twice: 2,
    leak: between(0.3, 0.6),
    repeat: 1,
    flat: 1,
  }[kind];
  const absent = dice.share() < 0.5;
  const usual = rates.slice(from, to + 1).reduce((sum, rate) => sum + rate, 0);
  const changed = Math.abs(1 - factor) * usual;
  const isRepeat = kind === "repeat" || kind === "flat";
  if (
    isRepeat
      ? usual / length < 100
      : changed < 6 * Math.sqrt(usual) || changed < 10
  )
    return null;
  const constant = rows[from - 1] ?? null;
  for (let hour = from; hour <= to; hour += 1) {
    const count = rows[hour] ?? 0;
    if (kind === "silent") rows[hour] = absent ? null : 0;
    else if (kind === "repeat") rows[hour] = rows[hour - 24] ?? null;
    else if (kind === "flat") rows[hour] = constant;
    else {
      const depth = kind === "leak" ? (hour - from + 1) / length : 1;
      rows[hour] = Math.round(count * (1 + depth * (factor - 1)));
    }
  }
  return { kind, from, to };
}

/** A count of this mean whose spread is Poisson's and, besides, `spread` of the mean. */
function drawCount(dice: Dice, mean: number, spread: number): number {
  const rate = mean * Math.exp(spread * drawNormal(dice) - spread ** 2 / 2);
  if (rate > 50)
    return Math.max(0, Math.round(rate + Math.sqrt(rate) * drawNormal(dice)));
  const limit = Math.exp(-rate);
  let count = -1;
  for (let product = 1; product > limit; product *= dice.share()) count += 1;
  return Math.max(0, count);
}

function drawNormal(dice: Dice): number {
  const radius = Math.sqrt(-2 * Math.log(1 - dice.share()));
  return radius * Math.cos(2 * Math.PI * dice.share());
}
