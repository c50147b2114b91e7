import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Repeatable choices, made in a hurry: slightly uneven, which no corpus minds. */
export interface Dice {
  /** From 0, `limit` excluded. */
  below(limit: number): number;
  /** From 0, 1 excluded. */
  share(): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

export function createDice(seed: number): Dice {
  const generator = xoroshiro128plus(seed);
  // Neighbouring seeds begin alike.
  for (let skipped = 0; skipped < 20; skipped += 1) generator.next();
  const share = () => (generator.next() >>> 0) / 2 ** 32;
  const below = (limit: number) => Math.floor(share() * limit);
  return {
    share,
    below,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}
