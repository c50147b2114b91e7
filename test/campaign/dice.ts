import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Choices that a seed repeats; slightly uneven, which nothing here minds. */
export interface Dice {
  /** From 0, `limit` excluded. */
  below(limit: number): number;
  chance(share: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** The numbers name one sequence, such as the seed, the round, and what it is for. */
export function createDice(...numbers: readonly number[]): Dice {
  let seed = 0x9e3779b9;
  for (const number of numbers)
    seed = Math.imul(seed ^ number, 0x85ebca6b) ^ (seed >>> 13);
  const generator = xoroshiro128plus(seed);
  // Neighbouring seeds begin alike.
  for (let skipped = 0; skipped < 20; skipped += 1) generator.next();
  const share = () => (generator.next() >>> 0) / 2 ** 32;
  const below = (limit: number) => Math.floor(share() * limit);
  return {
    below,
    chance: (limit) => share() < limit,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}
