import type { BigQueryClient } from "./bigquery-client.js";

/** Why a transaction was not carried out, and is tried again. */
export type Obstacle = "conflict" | "fullQueue" | "fault";

interface Patience {
  readonly firstPauseMs: number;
  /** Each further pause is so many times as long. */
  readonly factor: number;
  readonly longestPauseMs: number;
  /** Of a pause, at random up to all of it. */
  readonly leastShare: number;
  /** Of one obstacle alone, time and again. */
  readonly limitMs: number;
  readonly waitsFor: string;
}

const minuteMs = 60_000;
/** Of all obstacles together, from the first one on. */
const limitMs = 30 * minuteMs;
/** Of each obstacle, also where each try takes as long as that. */
const leastPauses = 4;

const patiences: Readonly<Record<Obstacle, Patience>> = {
  // Over as soon as the other load of the table is; of many at once, each must get its turn.
  conflict: {
    firstPauseMs: 200,
    factor: 1.5,
    longestPauseMs: 10_000,
    leastShare: 0.25,
    limitMs,
    waitsFor: "other loads of the table, which came first",
  },
  fullQueue: {
    firstPauseMs: 2_000,
    factor: 2,
    longestPauseMs: minuteMs,
    leastShare: 0.5,
    limitMs,
    waitsFor: "the table's queue of DML statements, which is full",
  },
  fault: {
    firstPauseMs: 2_000,
    factor: 2,
    longestPauseMs: minuteMs,
    leastShare: 0.5,
    limitMs: 10 * minuteMs,
    waitsFor: "BigQuery, which failed by its own fault",
  },
};

export interface ObstacleWait {
  /** Pauses before the next try. False: it has lasted too long. */
  pause(obstacle: Obstacle): Promise<boolean>;
  /** How long it lasts, such as `for 12 minutes`. */
  describe(): string;
}

/** Pauses between the tries of one transaction. `tell` is told about once a minute what is waited for. */
export function startObstacleWait(
  { now, wait }: Pick<BigQueryClient, "now" | "wait">,
  tell: (words: string) => void,
): ObstacleWait {
  let startedAt: number | null = null;
  let toldAt = 0;
  let spell: { obstacle: Obstacle; since: number } | null = null;
  const pauses = new Map<Obstacle, number>();

  function describe(): string {
    const minutes =
      startedAt === null ? 0 : Math.floor((now() - startedAt) / minuteMs);
    const others = pauses.size > 1 ? ", other obstacles included" : "";
    return `for ${minutes} minutes${others}`;
  }

  async function pause(obstacle: Obstacle): Promise<boolean> {
    const at = now();
    if (startedAt === null) startedAt = toldAt = at;
    if (spell?.obstacle !== obstacle) spell = { obstacle, since: at };
    const patience = patiences[obstacle];
    const before = pauses.get(obstacle) ?? 0;
    const isOver =
      before >= leastPauses &&
      (at - startedAt >= limitMs || at - spell.since >= patience.limitMs);
    if (isOver) return false;
    pauses.set(obstacle, before + 1);
    if (at - toldAt >= minuteMs) {
      tell(`waits for ${patience.waitsFor}, ${describe()} so far`);
      toldAt = at;
    }
    const { firstPauseMs, factor, longestPauseMs, leastShare } = patience;
    const pauseMs = Math.min(firstPauseMs * factor ** before, longestPauseMs);
    await wait(pauseMs * (leastShare + Math.random() * (1 - leastShare)));
    return true;
  }

  return { pause, describe };
}
