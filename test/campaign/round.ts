import { createDice, type Dice } from "./dice.js";
import { expectHour, type ExpectedHour } from "./oracle.js";
import type { JobEnd, RunJob } from "./run-job.js";
import type { Tally } from "./tally.js";
import type { Tempo } from "./tempo.js";
import type { World } from "./world.js";

/** The source objects of an hour at one time, and what they must come to. */
export interface SourceState {
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly expected: ExpectedHour;
}

export interface RoundHour {
  readonly hour: string;
  readonly path: string;
  /** Each state that the source was in, the newest last. */
  readonly states: SourceState[];
  /** Of what readers were seen to see, by type: the oldest state that it can have been of. */
  readonly seen: Map<string, number>;
  /** The highest seq that a manifest was seen to have. */
  seenSeq: number;
}

export interface Round {
  readonly number: number;
  readonly dice: Dice;
  readonly world: World;
  readonly runJob: RunJob;
  /** With the mended catalog. */
  readonly runMended: RunJob;
  readonly tally: Tally;
  readonly tempo: Tempo;
  /** Part of the names of the acts to play; empty for all. */
  readonly onlyActs: string;
  readonly hours: readonly [RoundHour, ...RoundHour[]];
  readonly ends: JobEnd[];
}

/** Of rounds with two hours; the others have one. */
const twoHoursShare = 0.4;

/** Hours of its own, so that the rounds of a lane share tables and nothing else. */
export function createRound(
  seed: number,
  number: number,
  parts: Pick<
    Round,
    "world" | "runJob" | "runMended" | "tally" | "tempo" | "onlyActs"
  >,
): Round {
  const day = new Date(Date.UTC(2020, 0, 1 + number))
    .toISOString()
    .slice(0, 10);
  const dice = createDice(seed, number, 1);
  const length = dice.chance(twoHoursShare) ? 2 : 1;
  const hours = Array.from({ length }, (_, index): RoundHour => {
    const hour = `${day}T0${3 + index}`;
    return {
      hour,
      path: hour.replace(/[-T]/g, "/"),
      states: [],
      seen: new Map(),
      seenSeq: 0,
    };
  });
  return {
    ...parts,
    number,
    dice,
    hours: hours as [RoundHour, ...RoundHour[]],
    ends: [],
  };
}

/** Writes an object of the hour; what is read from now on may hold it already. */
export async function putObject(
  { number, world }: Round,
  hour: RoundHour,
  name: string,
  bytes: Buffer,
): Promise<void> {
  const key = `${hour.path}/${name}`;
  const objects = new Map(hour.states.at(-1)?.objects ?? []).set(key, bytes);
  hour.states.push({ objects, expected: expectHour(objects) });
  await world.putSource(number, key, bytes);
}

export function newestState({ states }: RoundHour): SourceState {
  const state = states.at(-1);
  if (state === undefined) throw new Error("nothing was written");
  return state;
}
